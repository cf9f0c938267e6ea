"""Building blocks for the few statements written by hand: one text for both databases where they differ."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def json_rows(columns: Mapping[str, str], rest: str) -> str:
    """Return a sub-select of rows as one JSON text: name -> column expression, then `FROM … ORDER BY …`."""
    selected = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    if is_sqlite():
        pairs = ", ".join(f"'{name}', x.{name}" for name in columns)
        return f"(SELECT json_group_array(json_object({pairs})) FROM (SELECT {selected} {rest}) x)"  # noqa: S608
    return f"(SELECT coalesce(json_agg(x)::text, '[]') FROM (SELECT {selected} {rest}) x)"  # noqa: S608


def days_ago(days: int) -> str:
    """Return the moment some days before the parameter `now`, as SQL compares it with a timestamp."""
    if is_sqlite():
        return f"datetime(%(now)s, '-{days} days')"
    return f"(CAST(%(now)s AS timestamptz) - interval '{days} days')"


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
    adapted: Any = parameters
    if is_sqlite():  # PostgreSQL's driver takes all of them as they are
        if isinstance(parameters, Mapping):
            adapted = {name: parameter(one) for name, one in parameters.items()}
        else:
            adapted = [parameter(one) for one in parameters]
    with connection.cursor() as cursor:
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


def upsert(rows: Iterable[models.Model], *, keep: tuple[str, ...] = ()) -> None:
    """Insert rows of one table, or overwrite those whose primary key is there. One statement for all.

    `keep` names the fields that an overwritten row keeps: what the portal itself knows about it.
    Raises DataError or IntegrityError for a value that the table refuses; nothing of the batch is written then.
    """
    found = sorted(rows, key=attrgetter("pk"))  # one order of locks for all writers
    if not found:
        return
    table = _table(type(found[0]), connection.vendor, keep)
    values = [
        [
            adapt(value) if adapt is not None and value is not None else value
            for adapt, value in zip(table.adapt, table.read(row), strict=True)
        ]
        for row in found
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(table.statement, [list(column) for column in zip(*values, strict=True)])
        else:
            cursor.executemany(table.statement, values)


@dataclass(frozen=True, slots=True)
class _Table:
    """How the rows of one model are written: the statement, the columns of a row, and what the driver needs of each."""

    statement: str
    read: Callable[[models.Model], tuple[Any, ...]]
    adapt: tuple[Callable[[Any], Any] | None, ...]


@cache
def _table(model: type[models.Model], vendor: str, keep: tuple[str, ...]) -> _Table:
    """PostgreSQL takes one array a column, so that the statement is the same for any number of rows."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    names = [quote(str(one.column)) for one in fields]
    key = quote(str(model._meta.pk.column))
    kept = {key, *(quote(str(one.column)) for one in fields if one.name in keep)}
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in kept)
    if vendor == "postgresql":
        kinds = [str(one.db_type(connection)).partition("(")[0] for one in fields]
        arrays = ", ".join(f"%s::{_array_kind(kind)}[]" for kind in kinds)
        picked = ", ".join(
            f"{name}::jsonb" if kind == "jsonb" else name for name, kind in zip(names, kinds, strict=True)
        )
        source = f"SELECT {picked} FROM unnest({arrays}) AS given({', '.join(names)})"  # noqa: S608
    else:
        source = f"VALUES ({', '.join(['%s'] * len(names))})"
    target = f"{quote(model._meta.db_table)} ({', '.join(names)})"
    return _Table(
        f"INSERT INTO {target} {source} ON CONFLICT ({key}) DO UPDATE SET {changes}",
        attrgetter(*(one.attname for one in fields)),
        tuple(_adapter(one, vendor) for one in fields),
    )


def _array_kind(kind: str) -> str:
    return "text" if kind == "jsonb" else kind


def _adapter(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    """Return what makes a value ready for the driver; None for what the driver takes as it is."""
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(kind, models.JSONField):
        return partial(json.dumps, cls=kind.encoder, ensure_ascii=False)
    if isinstance(kind, (models.CharField, models.TextField)):
        return _text
    if isinstance(kind, models.UUIDField):
        return uuid_of if vendor == "postgresql" else _hex
    if isinstance(kind, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value if vendor == "sqlite" else None
    if isinstance(kind, models.BooleanField):
        return None
    return partial(kind.get_db_prep_save, connection=connection)


def _text(value: Any) -> str:
    """Return plain text: an array of a driver takes no member of an enumeration beside it."""
    return value if type(value) is str else str(value)


def _hex(value: Any) -> str:
    return uuid_of(value).hex
