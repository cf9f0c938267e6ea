"""Decisions about referrals: how long one is valid and which of them still count. Pure.

The day until which a referral is valid counts whole, in the clinic's time zone. The order on the form (057/у, order
No. 519н of the Ministry of Health of Russia of 02.09.2025) states no term: an absent one is unknown, never assumed.
"""

import re
from datetime import date, datetime, tzinfo
from enum import StrEnum

OPEN_STATUSES = ("draft", "active", "on-hold", "unknown")
BOOKABLE_STATUSES = ("active",)
OPEN_HOSPITALIZATION = ("", "new", "agreed", "date-set", "postponed")
EXPIRING_DAYS = 7
HOSPITALIZATION_OF_STATUS = {
    "draft": "new",
    "active": "new",
    "on-hold": "postponed",
    "completed": "admitted",
    "revoked": "annulled",
}

_URGENT = re.compile(r"\b(?:I\d\d|C\d\d|D0\d)", re.ASCII)
_SUSPICION = "подозрен"


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


def can_book(*, category: str, status: str, valid_from: date | None, valid_until: date | None, today: date) -> bool:
    """Tell whether a visit may be booked by a referral on a day of its clinic: its kind, its status, its term."""
    has_begun = valid_from is None or valid_from <= today
    is_over = valid_until is not None and valid_until < today
    return category in ("study", "consultation") and status in BOOKABLE_STATUSES and has_begun and not is_over


def is_urgent(reason: str) -> bool:
    """Tell whether the sender suspects cancer or an illness of the heart and vessels, by his own words and codes only.

    Source: programme of state guarantees for 2026, shorter terms for such a suspicion (ICD-10 I00-I99, C00-D09).
    """
    return _SUSPICION in reason.casefold() and _URGENT.search(reason) is not None
