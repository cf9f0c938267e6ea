"""What to do when the database ends one of two transactions that waited for each other."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

Given = ParamSpec("Given")
Result = TypeVar("Result")
DEADLOCK = "40P01"


def again_after_deadlock(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let an action that opens a transaction of its own be tried once more when it lost a deadlock.

    Inside another transaction nothing is tried again: that one is lost as a whole.
    """

    @wraps(act)
    def tried(*arguments: Given.args, **named: Given.kwargs) -> Result:
        try:
            return act(*arguments, **named)
        except OperationalError as error:
            is_deadlock = getattr(error.__cause__, "sqlstate", None) == DEADLOCK
            if not is_deadlock or connection.in_atomic_block:
                raise
        return act(*arguments, **named)

    return tried
