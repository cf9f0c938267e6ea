"""A fragment of the home page's one statement."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings

from medkarta.core.sql import day, is_sqlite, json_rows, uuid_of
from medkarta.prescriptions import rules

_MOST = 5


@dataclass(frozen=True, slots=True)
class EndingPrescription:
    """A prescription that the pharmacy has not given out and that ends soon; 0 days left on its last day."""

    id: UUID
    drug: str
    days_left: int


def expiring() -> str:
    """Return the SQL of prescriptions that end around the next days, the first to end first, at most five.

    Columns: id, drug, status, valid_until (last day). Reads `patients.sql.OWN`.
    Parameters: now, restricted. The window is a day
    wider on both sides than `settings.PRESCRIPTION_SOON_DAYS`, since the database does not know the clinic's zone:
    `endings` keeps what is due on the reader's day.
    """
    columns = {
        "id": "r.id",
        "drug": "coalesce(nullif(r.drug_name, ''), nullif(m.name, ''), nullif(m.substances, ''), r.drug_display)",
        "status": "r.status",
        "valid_until": "r.valid_until",
    }
    statuses = ", ".join(f"'{status}'" for status in sorted(rules.CAN_EXPIRE))
    return json_rows(
        columns,
        "FROM prescriptions_prescription r"
        " JOIN own ON own.id = r.patient_id"
        " LEFT JOIN prescriptions_medication m ON m.id = r.medication_id"
        " WHERE NOT r.is_withdrawn"
        " AND (NOT r.is_restricted OR %(restricted)s = 1)"
        f" AND r.status IN ({statuses})"
        f" AND r.valid_until BETWEEN {_day_after(-1)} AND {_day_after(settings.PRESCRIPTION_SOON_DAYS + 1)}"
        f" ORDER BY r.valid_until, r.id LIMIT {_MOST * 2}",
    )


def endings(rows: list[dict[str, Any]], *, today: date) -> list[EndingPrescription]:
    """Return the rows of `expiring` that end soon after a day."""
    found = []
    for row in rows:
        left = rules.days_left(
            row["status"],
            valid_until=day(row["valid_until"]),
            today=today,
            soon_days=settings.PRESCRIPTION_SOON_DAYS,
        )
        if left is not None:
            found.append(EndingPrescription(uuid_of(row["id"]), row["drug"], left))
    return found[:_MOST]


def _day_after(days: int) -> str:
    if is_sqlite():
        return f"date(%(now)s, '{days:+d} days')"
    return f"(CAST(%(now)s AS timestamptz)::date + {days})"
