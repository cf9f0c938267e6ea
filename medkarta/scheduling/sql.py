"""Fragments for the one statement of the home page: sub-selects of rows as JSON, names of the directory joined.

Parameters: `%(person)s`, `%(now)s`, `%(restricted)s` (1: restricted records too), `%(from)s` and `%(to)s` (moments).
`queries.appointment_rows`, `home_visit_rows`, `waitlist_rows` and `marks_of` turn the rows into what pages show.
"""

from collections.abc import Mapping

from medkarta.core.sql import json_rows
from medkarta.scheduling import rules

FIRST = 5
_SEEN = "p.person_id = %(person)s AND NOT r.is_withdrawn AND (NOT r.is_restricted OR %(restricted)s = 1)"
_JOINS = """
    JOIN patients_patient p ON p.id = r.patient_id
    LEFT JOIN facilities_practitionerrole role ON role.id = r.practitioner_role_id
    LEFT JOIN facilities_practitioner holder ON holder.id = role.practitioner_id
    LEFT JOIN facilities_practitioner doctor ON doctor.id = r.practitioner_id
    LEFT JOIN facilities_location place ON place.id = r.location_id
    LEFT JOIN facilities_facility clinic ON clinic.id = r.facility_id
    LEFT JOIN facilities_facility owner ON owner.id = place.facility_id
    LEFT JOIN facilities_facility employer ON employer.id = role.facility_id"""
_OWN_WHAT = {"scheduling_homevisitrequest": ()}
_OWN_CABINET = {"scheduling_appointment": ("r.cabinet",)}


def upcoming_appointments() -> str:
    """First five appointments ahead, soonest first.

    Columns: those of every row (id, status, reason, what, doctor, cabinet_name, clinic, address, timezone, total),
    starts_at, ends_at, instructions.
    """
    table = "scheduling_appointment"
    own = ("starts_at", "ends_at", "instructions")
    return json_rows(
        _columns(table, own),
        f"FROM {table} r {_JOINS} WHERE {_SEEN} AND {_ahead(rules.LIVE_APPOINTMENT, 'ends_at')}"
        f" ORDER BY r.starts_at IS NULL, r.starts_at, r.id LIMIT {FIRST}",
    )


def upcoming_home_visits() -> str:
    """First five home visits ahead, soonest first.

    Columns: those of every row, starts_at, ends_at, has_time, has_end.
    """
    table = "scheduling_homevisitrequest"
    own = ("starts_at", "ends_at", "has_time", "has_end")
    return json_rows(
        _columns(table, own),
        f"FROM {table} r {_JOINS} WHERE {_SEEN} AND {_ahead(rules.LIVE_HOME_VISIT, 'ends_at')}"
        f" ORDER BY r.starts_at IS NULL, r.starts_at, r.id LIMIT {FIRST}",
    )


def live_waitlist_entries() -> str:
    """First five live entries of the waiting list, oldest first.

    Columns: those of every row, not_before, not_after, offered_at, requested_at.
    """
    table = "scheduling_waitlistentry"
    own = ("not_before", "not_after", "offered_at", "requested_at")
    return json_rows(
        _columns(table, own),
        f"FROM {table} r {_JOINS} WHERE {_SEEN} AND {_ahead(rules.LIVE_WAITLIST, 'not_after')}"
        f" ORDER BY r.requested_at IS NULL, r.requested_at, r.id LIMIT {FIRST}",
    )


def month_marks() -> str:
    """What a calendar marks from `%(from)s` to before `%(to)s`, soonest first; cancelled ones are left out.

    Columns: kind (`app`, `home`), starts_at, has_time, what, timezone.
    """
    names = ("kind", "starts_at", "has_time", "what", "timezone")
    parts = " UNION ALL ".join(
        (
            _marks("scheduling_appointment", "app", "1", rules.KEPT_APPOINTMENT),
            _marks(
                "scheduling_homevisitrequest", "home", "CASE WHEN r.has_time THEN 1 ELSE 0 END", rules.KEPT_HOME_VISIT
            ),
        )
    )
    return json_rows({name: f"m.{name}" for name in names}, f"FROM ({parts}) m ORDER BY m.starts_at")


def _marks(table: str, kind: str, has_time: str, kept: tuple[str, ...]) -> str:
    names = _names(table)
    columns = (f"'{kind}' AS kind", "r.starts_at", f"{has_time} AS has_time", f"{names['what']} AS what")
    condition = f"r.status IN ({_quoted(kept)}) AND r.starts_at >= %(from)s AND r.starts_at < %(to)s"
    selected = ", ".join((*columns, f"{names['timezone']} AS timezone"))
    return " ".join(("SELECT", selected, "FROM", table, "r", _JOINS, "WHERE", _SEEN, "AND", condition))


def _columns(table: str, own: tuple[str, ...]) -> Mapping[str, str]:
    plain = {name: f"r.{name}" for name in ("id", "status", "reason", *own)}
    return {**plain, **_names(table), "total": "count(*) OVER ()"}


def _names(table: str) -> Mapping[str, str]:
    """Return the expressions of `models.ServedQuerySet.with_names`."""
    clinics = ("clinic", "owner", "employer")
    return {
        "what": _first_of(
            "role.position_name", "r.specialty_name", "role.specialty_name", *_OWN_WHAT.get(table, ("r.service_name",))
        ),
        "doctor": _first_of("holder.full_name", "doctor.full_name", "r.practitioner_name", "role.practitioner_name"),
        "cabinet_name": _first_of(*_OWN_CABINET.get(table, ()), "role.cabinet"),
        "clinic": _first_of(*(f"{one}.name" for one in clinics), "r.facility_name", "r.location_name"),
        "address": _first_of("place.address", *(f"{one}.address" for one in clinics)),
        "timezone": _first_of(*(f"{one}.timezone" for one in clinics)),
    }


def _first_of(*names: str) -> str:
    parts = [f"nullif({name}, '')" for name in names]
    return f"coalesce({', '.join(parts)}, '')"


def _ahead(live: tuple[str, ...], ends: str) -> str:
    return f"r.status IN ({_quoted(live)}) AND (r.{ends} IS NULL OR r.{ends} > %(now)s)"


def _quoted(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
