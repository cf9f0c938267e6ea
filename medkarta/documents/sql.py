"""A fragment of the home page's one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from medkarta.core.sql import days_ago, json_rows, moment, uuid_of

ARRIVED_DAYS = 7
DATED_DAYS = 30
"""A document that arrives late is no news: an archive loaded today does not fill the home page."""

_MOST = 3


@dataclass(frozen=True, slots=True)
class RecentDocument:
    """A document that has just arrived."""

    id: UUID
    title: str
    received_at: datetime


def recent() -> str:
    """Return the SQL of documents that arrived lately and are not old, the newest three.

    Columns: id, title, received_at. Reads `patients.sql.OWN`.
    Parameters: now, restricted.
    """
    columns = {"id": "d.id", "title": "coalesce(nullif(d.title, ''), d.kind_name)", "received_at": "d.received_at"}
    return json_rows(
        columns,
        "FROM documents_medicaldocument d"
        " JOIN own ON own.id = d.patient_id"
        " WHERE NOT d.is_withdrawn AND d.status = 'current'"
        " AND (NOT d.is_restricted OR %(restricted)s = 1)"
        f" AND d.received_at >= {days_ago(ARRIVED_DAYS)} AND d.dated_at >= {days_ago(DATED_DAYS)}"
        f" ORDER BY d.dated_at DESC, d.id LIMIT {_MOST}",
    )


def recents(rows: list[dict[str, Any]]) -> list[RecentDocument]:
    """Return the rows of `recent` as values."""
    return [RecentDocument(uuid_of(row["id"]), row["title"], moment(row["received_at"])) for row in rows]
