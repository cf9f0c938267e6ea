"""Reads that are authored with the ORM and compiled once: Django builds the same SQL anew for each call otherwise.

Building and compiling costs a read more than its round trip does; what changes from call to call are values only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from medkarta.core.sql import parameter

Row = tuple[Any, ...]
_NOWHERE = UUID("5eed5eed-0000-4000-8000-000000000000")
_NEVER = datetime(1900, 1, 1, tzinfo=UTC)


def compiled(build: Callable[..., QuerySet[Any, Any]]) -> Callable[..., list[Row]]:
    """Let a function that builds a `values_list` queryset of its named values return the rows instead.

    Values are UUIDs, moments, texts, tuples of UUIDs, whole numbers or None. The queryset is built once for each
    database, for each set of values that are None, for each length of the tuples and for each of the numbers, which
    should be few: `build` may look at nothing else, and read no clock.
    """
    plans: dict[Row, _Plan] = {}

    @wraps(build)
    def rows(**values: UUID | datetime | str | int | tuple[UUID, ...] | None) -> list[Row]:
        shape = connection.vendor, *((name, _size(value)) for name, value in values.items())
        plan = plans.get(shape)
        if plan is None:
            plan = plans[shape] = _plan(build, values)
        return plan.rows(values)

    return rows


def _size(value: Any) -> Any:
    """Return what of a value a plan hangs on."""
    if isinstance(value, tuple):
        return len(value)
    return ("number", value) if isinstance(value, int) else value is None


@dataclass(frozen=True, slots=True)
class _Plan:
    """`statement`: "" for one that can find nothing. `locks`: it locks rows, which needs a transaction.

    `places`: for each parameter of the statement what it is: (name, index in a tuple or None), or a fixed value.
    """

    statement: str
    locks: bool
    places: tuple[tuple[str | None, int | None, Any], ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]

    def rows(self, values: dict[str, Any]) -> list[Row]:
        if not self.statement:
            return []
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction only")
        parameters = [
            fixed if name is None else parameter(values[name] if index is None else values[name][index])
            for name, index, fixed in self.places
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.statement, parameters)
            found: list[Row] = cursor.fetchall()
        return [self._converted(row) for row in found] if self.converters else found

    def _converted(self, row: Row) -> Row:
        changed = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                changed[place] = convert(changed[place], expression, connection)
        return tuple(changed)


def _plan(build: Callable[..., QuerySet[Any, Any]], values: dict[str, Any]) -> _Plan:
    """Build a queryset of stand-ins and remember where each of them went."""
    stand_ins: dict[str, Any] = {}
    known: dict[Any, tuple[str, int | None]] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            stand_ins[name] = tuple(_stand_in(UUID(int=0), len(known) + number) for number in range(len(value)))
            known |= {parameter(one): (name, index) for index, one in enumerate(stand_ins[name])}
        else:
            stand_ins[name] = _stand_in(value, len(known))
            if value is not None and not isinstance(value, int):
                known[parameter(stand_ins[name])] = (name, None)
    query = build(**stand_ins).query
    compiler = query.get_compiler(connection=connection)
    try:
        statement, parameters = compiler.as_sql()
    except EmptyResultSet:
        return _Plan("", False, (), ())
    select = [expression for expression, _sql, _alias in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(select)
    places = tuple((*known.get(one, (None, None)), one) for one in parameters)
    locks = bool(query.select_for_update)
    return _Plan(
        statement, locks, places, tuple((place, tuple(found), one) for place, (found, one) in converters.items())
    )


def _stand_in(value: Any, number: int) -> Any:
    """Return a value of the same kind that nothing else has."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return f"\ue001{number}"
    if isinstance(value, datetime):
        return _NEVER + timedelta(seconds=number)
    return UUID(int=_NOWHERE.int + number)
