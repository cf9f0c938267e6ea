"""Building blocks for the few statements written by hand: one text for both databases where they differ."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def json_rows(columns: Mapping[str, str], rest: str) -> str:
    """Return a sub-select of rows as one JSON text: name -> column expression, then `FROM … ORDER BY …`."""
    selected = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    if is_sqlite():
        pairs = ", ".join(f"'{name}', x.{name}" for name in columns)
        return f"(SELECT json_group_array(json_object({pairs})) FROM (SELECT {selected} {rest}) x)"  # noqa: S608
    return f"(SELECT coalesce(json_agg(x)::text, '[]') FROM (SELECT {selected} {rest}) x)"  # noqa: S608


def parameter(value: Any) -> Any:
    """Return a value as the driver of this database stores it (UUID, moment, day)."""
    if isinstance(value, UUID):
        return value.hex if is_sqlite() else value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def fetch_row(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run one statement; return its first row or None."""
    with connection.cursor() as cursor:
        adapted: Any
        if isinstance(parameters, Mapping):
            adapted = {name: parameter(one) for name, one in parameters.items()}
        else:
            adapted = [parameter(one) for one in parameters]
        cursor.execute(statement, adapted)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def rows_of(text: str | None) -> list[dict[str, Any]]:
    """Return the rows of a `json_rows` column."""
    return orjson.loads(text) if text else []


def moment(value: Any) -> datetime:
    """Return an aware moment from what either database gives for a timestamp, also inside JSON."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(value: Any) -> date | None:
    """Return a day from what either database gives for a date, also inside JSON."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return date.fromisoformat(str(value)[:10])


def uuid_of(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
