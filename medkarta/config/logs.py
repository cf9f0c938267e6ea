"""Logs without personal data: what a database says of a failure quotes the row, so its words are left out.

Addresses that open something to whoever has them are cut short too.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType

from django.db import Error as DjangoDatabaseError

Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_DRIVERS = ("psycopg", "sqlite3")
_SECRET_ADDRESS = re.compile(r"(/calendar/|/sent/)[^\s/?\"'.]+")


class QuietFormatter(logging.Formatter):
    """Formats failures like Python does, but of a database's error it keeps the kind and the SQLSTATE only."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET_ADDRESS.sub(r"\1…", super().format(record))

    def formatException(self, ei: Info) -> str:
        error = ei[1]
        return "\n\n".join(map(_words, reversed(list(_chain(error))))) if error is not None else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from, the newest first."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _words(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"Traceback (most recent call last):\n{frames}{kind}{_text(error)}"


def _text(error: BaseException) -> str:
    if isinstance(error, DjangoDatabaseError) or type(error).__module__.partition(".")[0] in _DRIVERS:
        state = getattr(error, "sqlstate", None)
        return f" (SQLSTATE {state})" if state else ""
    return f": {error}" if str(error) else ""
