"""The fragment for the one statement of the home page: referrals that soon expire, as JSON."""

from medkarta.core.sql import is_sqlite, json_rows
from medkarta.referrals import rules

_MOST = 20
_COLUMNS = {
    "id": "r.id",
    "category": "r.category",
    "status": "r.status",
    "hospitalization_status": "r.hospitalization_status",
    "number": "r.number",
    "what": "r.what",
    "department": "r.department",
    "valid_until": "r.valid_until",
    "clinic": "coalesce(nullif(clinic.name, ''), nullif(owner.name, ''), nullif(r.facility_name, ''),"
    " nullif(r.location_name, ''), '')",
    "address": "coalesce(nullif(place.address, ''), nullif(clinic.address, ''), nullif(owner.address, ''), '')",
    "timezone": "coalesce(nullif(clinic.timezone, ''), nullif(owner.timezone, ''), '')",
}


def expiring_referrals() -> str:
    """Open referrals whose last day is near, soonest first, at most 20.

    Columns: those of the list (id, category, status, hospitalization_status, number, what, department, valid_until,
    clinic, address, timezone). Reads `patients.sql.OWN`.
    Parameters: `%(now)s`, `%(restricted)s` (1: restricted records too).
    The span is a day wider on both sides than the warning: `queries.expiring_referrals` knows each clinic's calendar.
    """
    first, last = _day_from_now(-1), _day_from_now(rules.EXPIRING_DAYS + 1)
    return json_rows(
        _COLUMNS,
        "FROM referrals_referral r JOIN own ON own.id = r.patient_id"
        " LEFT JOIN facilities_facility clinic ON clinic.id = r.facility_id"
        " LEFT JOIN facilities_location place ON place.id = r.location_id"
        " LEFT JOIN facilities_facility owner ON owner.id = place.facility_id"
        " WHERE NOT r.is_withdrawn AND (NOT r.is_restricted OR %(restricted)s = 1)"
        f" AND r.status IN ({_quoted(rules.OPEN_STATUSES)})"
        f" AND r.hospitalization_status IN ({_quoted(rules.OPEN_HOSPITALIZATION)})"
        f" AND r.valid_until BETWEEN {first} AND {last} ORDER BY r.valid_until, r.id LIMIT {_MOST}",
    )


def _day_from_now(days: int) -> str:
    if is_sqlite():
        return f"date(%(now)s, '{days:+d} days')"
    return f"((%(now)s AT TIME ZONE 'UTC')::date + ({days}))"


def _quoted(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
