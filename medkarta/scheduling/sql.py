"""The fragment for the one statement of the home page: rows of all three tables and of the month, as JSON.

They go through one chain of joins with the directory: opening it costs PostgreSQL more than the few rows of one person.
It reads `patients.sql.OWN`. Parameters: `%(now)s`, `%(restricted)s` (1: restricted records too), `%(from)s` and
`%(to)s` (moments).
"""

from collections.abc import Iterable
from typing import Any

from medkarta.core.sql import json_rows
from medkarta.scheduling import rules
from medkarta.ui.calendar import APPOINTMENT, HOME_VISIT

KINDS = ("appointments", "home_visits", "waitlist", "marks")
FIRST = 5

_APPOINTMENTS, _HOME_VISITS, _WAITLIST = (
    "scheduling_appointment",
    "scheduling_homevisitrequest",
    "scheduling_waitlistentry",
)
_MARKS = {APPOINTMENT: "marks", HOME_VISIT: "marks"}
_SHOWN = (
    "id", "status", "reason", "starts_at", "ends_at", "has_time", "has_end",
    "not_before", "not_after", "offered_at", "requested_at", "instructions", "is_own", "offer_id",
    "offer_deadline",
)  # fmt: skip
_NAMED = (
    "practitioner_role_id", "practitioner_id", "location_id", "facility_id",
    "specialty_name", "practitioner_name", "facility_name", "location_name", "service_name", "cabinet",
)  # fmt: skip
_NO_TIME = "CAST(NULL AS timestamptz)"
_NO_WISH = {
    "not_before": _NO_TIME,
    "not_after": _NO_TIME,
    "offered_at": _NO_TIME,
    "is_own": "false",
    "offer_id": "CAST(NULL AS uuid)",
    "offer_deadline": _NO_TIME,
}
_OFFER = "(SELECT o.{} FROM scheduling_waitlistoffer o WHERE o.entry_id = r.id AND o.state = 'sent')"
_EXACT = {"has_time": "true", "has_end": "true"}
_ABSENT = {  # what a table has no column for
    _APPOINTMENTS: {**_NO_WISH, **_EXACT},
    _HOME_VISITS: {**_NO_WISH, "service_name": "''", "cabinet": "''"},
    _WAITLIST: {
        "starts_at": _NO_TIME,
        "ends_at": _NO_TIME,
        **_EXACT,
        "instructions": "''",
        "cabinet": "''",
        "offer_id": _OFFER.format("id"),
        "offer_deadline": _OFFER.format("deadline"),
    },
}
_JOINS = """ LEFT JOIN facilities_practitionerrole role ON role.id = r.practitioner_role_id
 LEFT JOIN facilities_practitioner holder ON holder.id = role.practitioner_id
 LEFT JOIN facilities_practitioner doctor ON doctor.id = r.practitioner_id
 LEFT JOIN facilities_location place ON place.id = r.location_id
 LEFT JOIN facilities_facility clinic ON clinic.id = r.facility_id
 LEFT JOIN facilities_facility owner ON owner.id = place.facility_id
 LEFT JOIN facilities_facility employer ON employer.id = role.facility_id"""


def served() -> str:
    """Return the sub-select of what lies ahead (the first five of each table, with the total) and of the month.

    Columns: kind, those of the tables (id, status, reason, starts_at, ends_at, has_time, has_end, not_before,
    not_after, offered_at, requested_at, instructions, is_own, offer_id, offer_deadline; null where a table has none),
    names of the directory (what,
    doctor, cabinet_name, clinic, address, timezone), total. `by_kind` parts the rows.
    """
    parts = (
        _ahead("appointments", _APPOINTMENTS, rules.LIVE_APPOINTMENT),
        _ahead("home_visits", _HOME_VISITS, rules.LIVE_HOME_VISIT),
        _ahead("waitlist", _WAITLIST, rules.LIVE_WAITLIST, ends="not_after", begins="requested_at"),
        _month(APPOINTMENT, _APPOINTMENTS, rules.KEPT_APPOINTMENT),
        _month(HOME_VISIT, _HOME_VISITS, rules.KEPT_HOME_VISIT),
    )
    columns = {name: f"r.{name}" for name in ("kind", *_SHOWN)} | _names() | {"total": "r.total"}
    return json_rows(
        columns, f"FROM ({' UNION ALL '.join(parts)}) r{_JOINS} ORDER BY r.first_at IS NULL, r.first_at, r.id"
    )


def by_kind(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Part the rows of `served` into those of `KINDS`; those of `marks` say themselves what they are."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for row in rows:
        found[_MARKS.get(row["kind"], row["kind"])].append(row)
    return found


def _ahead(kind: str, table: str, live: tuple[str, ...], *, ends: str = "ends_at", begins: str = "starts_at") -> str:
    rows = _select(kind, table, live, total="count(*) OVER ()", begins=begins)
    # a part of a union has a LIMIT only as a sub-select of its own
    return (
        f"SELECT * FROM ({rows} AND (r.{ends} IS NULL OR r.{ends} > %(now)s)"  # noqa: S608
        f" ORDER BY r.{begins} IS NULL, r.{begins}, r.id LIMIT {FIRST}) {kind}"
    )


def _month(kind: str, table: str, kept: tuple[str, ...]) -> str:
    """Return what a calendar marks from `%(from)s` to before `%(to)s`; cancelled ones are left out."""
    return f"{_select(kind, table, kept)} AND r.starts_at >= %(from)s AND r.starts_at < %(to)s"


def _select(kind: str, table: str, statuses: tuple[str, ...], *, total: str = "0", begins: str = "starts_at") -> str:
    absent = _ABSENT[table]
    columns = ", ".join(f"{absent[name]} AS {name}" if name in absent else f"r.{name}" for name in (*_SHOWN, *_NAMED))
    return (
        f"SELECT '{kind}' AS kind, {columns}, r.{begins} AS first_at, {total} AS total"  # noqa: S608
        f" FROM {table} r JOIN own ON own.id = r.patient_id"
        " WHERE NOT r.is_withdrawn AND (NOT r.is_restricted OR %(restricted)s = 1)"
        f" AND r.status IN ({', '.join(repr(one) for one in statuses)})"
    )


def _names() -> dict[str, str]:
    """Return the expressions of `models.ServedQuerySet.with_names`."""
    clinics = ("clinic", "owner", "employer")
    return {
        "what": _first_of("role.position_name", "r.specialty_name", "role.specialty_name", "r.service_name"),
        "doctor": _first_of("holder.full_name", "doctor.full_name", "r.practitioner_name", "role.practitioner_name"),
        "cabinet_name": _first_of("r.cabinet", "role.cabinet"),
        "clinic": _first_of(*(f"{one}.name" for one in clinics), "r.facility_name", "r.location_name"),
        "address": _first_of("place.address", *(f"{one}.address" for one in clinics)),
        "timezone": _first_of(*(f"{one}.timezone" for one in clinics)),
    }


def _first_of(*names: str) -> str:
    parts = [f"nullif({name}, '')" for name in names]
    return f"coalesce({', '.join(parts)}, '')"
