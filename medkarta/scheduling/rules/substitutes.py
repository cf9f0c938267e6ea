"""Another time instead of one that the clinic took away: within which term, and until when it is kept. Pure.

Source: booking rules of the portal §1.7; the terms are those of `rules.terms`.
"""

from datetime import datetime, timedelta, tzinfo

from medkarta.core.working_days import Calendar
from medkarta.scheduling.rules import terms

NEAR = timedelta(hours=2)
"""How far a colleague's time of the same day may lie from the old one."""
ANSWER_BEFORE = timedelta(hours=2)


def latest_with_same_doctor(
    term: terms.Term | None,
    calendar: Calendar,
    *,
    requested_at: datetime | None,
    old_start: datetime,
    now: datetime,
    zone: tzinfo,
) -> datetime | None:
    """Return until when the same doctor's later time may be offered; None where no term binds.

    The term counts from the request; a person who chose a time beyond it himself gets the term from now on.
    """
    if term is None:
        return None
    if requested_at is not None:
        ends = terms.deadline(term, asked_at=requested_at, zone=zone, calendar=calendar)
        if ends > old_start:
            return ends
    return terms.deadline(term, asked_at=now, zone=zone, calendar=calendar)


def answer_until(*, now: datetime, old_start: datetime, new_start: datetime, keep_hours: int) -> datetime:
    """Return until when a found time is kept for an answer: some hours, or two hours before either visit."""
    return min(now + timedelta(hours=keep_hours), old_start - ANSWER_BEFORE, new_start - ANSWER_BEFORE)
