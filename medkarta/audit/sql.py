"""The row that each page of a record leaves, written without building a statement anew."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

import orjson
from django.db import connection

from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import Actor
from medkarta.core.sql import parameter

_COLUMNS = ("at", "actor_kind", "actor_ref", "action", "person_id", "outcome", "details")


def append(
    actor: Actor, *, action: str, person_id: UUID, outcome: str, details: Mapping[str, object], now: datetime
) -> None:
    """Append one row; what it says of itself is what `AuditEvent` would. One statement, committed when it returns
    unless a transaction is open."""
    values = (
        parameter(now),
        actor.kind.value,
        actor.ref,
        action,
        parameter(person_id),
        outcome,
        orjson.dumps(details).decode(),
    )
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)


@cache
def _statement() -> str:
    """Return the INSERT; PostgreSQL is told the type of the JSON, SQLite keeps it as text."""
    marks = ["%s"] * len(_COLUMNS)
    if connection.vendor == "postgresql":
        marks[-1] = "%s::jsonb"
    quoted = ", ".join(f'"{name}"' for name in _COLUMNS)
    return f'INSERT INTO "{AuditEvent._meta.db_table}" ({quoted}) VALUES ({", ".join(marks)})'  # noqa: S608
