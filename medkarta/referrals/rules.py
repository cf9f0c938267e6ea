"""Decisions about referrals: how long one is valid and which of them still count. Pure.

The day until which a referral is valid counts whole, in the clinic's time zone. The order on the form (057/у, order
No. 519н of the Ministry of Health of Russia of 02.09.2025) states no term: an absent one is unknown, never assumed.
"""

from datetime import date, datetime, tzinfo
from enum import StrEnum

OPEN_STATUSES = ("draft", "active", "on-hold", "unknown")
OPEN_HOSPITALIZATION = ("", "new", "agreed", "date-set", "postponed")
EXPIRING_DAYS = 7
HOSPITALIZATION_OF_STATUS = {
    "draft": "new",
    "active": "new",
    "on-hold": "postponed",
    "completed": "admitted",
    "revoked": "annulled",
}


class Term(StrEnum):
    """What the validity of an open referral means today."""

    UNKNOWN = "unknown"
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


def days_left(valid_until: date, *, now: datetime, zone: tzinfo) -> int:
    """Return how many days remain after today in the clinic's zone: 0 on the last day, negative afterwards."""
    return (valid_until - now.astimezone(zone).date()).days


def term_of(valid_until: date | None, *, now: datetime, zone: tzinfo) -> Term:
    """Return what the validity means now; a week before its end a referral is `EXPIRING`."""
    if valid_until is None:
        return Term.UNKNOWN
    left = days_left(valid_until, now=now, zone=zone)
    if left < 0:
        return Term.EXPIRED
    return Term.EXPIRING if left <= EXPIRING_DAYS else Term.VALID


def is_open(*, status: str, hospitalization_status: str) -> bool:
    """Tell whether a referral still waits to be used."""
    return status in OPEN_STATUSES and hospitalization_status in OPEN_HOSPITALIZATION
