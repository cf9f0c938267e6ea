"""A fragment of the home page's one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from medkarta.core.sql import days_ago, json_rows, moment, uuid_of

RECENT_DAYS = 7

_MOST = 3
_READY = ("final", "amended", "corrected", "appended")


@dataclass(frozen=True, slots=True)
class RecentReport:
    """A result that has just become ready. `ready_at`: when it was issued, else when the study was done."""

    id: UUID
    name: str
    kind: str
    ready_at: datetime


def recent() -> str:
    """Return the SQL of results that became ready within `RECENT_DAYS`, the newest three.

    Columns: id, name, kind (laboratory or instrumental), ready_at. Reads `patients.sql.OWN`.
    Parameters: now, restricted.
    """
    ready_at = "coalesce(r.issued_at, r.effective_at)"
    statuses = ", ".join(f"'{status}'" for status in _READY)
    return json_rows(
        {"id": "r.id", "name": "r.name", "kind": "r.kind", "ready_at": ready_at},
        "FROM results_diagnosticreport r"
        " JOIN own ON own.id = r.patient_id"
        " WHERE NOT r.is_withdrawn"
        " AND (NOT r.is_restricted OR %(restricted)s = 1)"
        f" AND r.status IN ({statuses}) AND {ready_at} BETWEEN {days_ago(RECENT_DAYS)} AND {days_ago(0)}"
        f" ORDER BY {ready_at} DESC, r.id LIMIT {_MOST}",
    )


def recents(rows: list[dict[str, Any]]) -> list[RecentReport]:
    """Return the rows of `recent` as values."""
    return [RecentReport(uuid_of(row["id"]), row["name"], row["kind"], moment(row["ready_at"])) for row in rows]
