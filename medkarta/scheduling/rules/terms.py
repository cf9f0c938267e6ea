"""How long somebody may be kept waiting by the programme of state guarantees. Pure; the numbers come from data.

Source: decree of the Government of Russia No. 2188 of 29.12.2025 (`data/waiting_terms.json`): 24 hours to a district
doctor, 14 working days to a specialist or a study. Days are counted from the one after the request, each whole, by
the production calendar (`core/data/production_calendar.json`). Nothing is said outside the years of the programme.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from medkarta.core.working_days import Calendar, add_working_days

HOURS, WORKING_DAYS = "hours", "working_days"


@dataclass(frozen=True, slots=True)
class Term:
    """One row: at most `limit` units. No `positions`: for every position that no other row names."""

    row: str
    what: str
    limit: int
    unit: str
    positions: tuple[str, ...] = ()
    for_rooms: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """An act with its rows, in force on whole days from the first to the last."""

    act: str
    number: str
    signed_on: date
    valid_from: date
    valid_until: date
    terms: tuple[Term, ...]
    except_positions: tuple[str, ...] = ()


def term_for(programme: Programme, position_code: str, *, is_room: bool, day: date) -> Term | None:
    """Return the row for a position on a day; None when the programme says nothing or isn't in force."""
    if not programme.valid_from <= day <= programme.valid_until or position_code in programme.except_positions:
        return None
    named = [one for one in programme.terms if position_code and position_code in one.positions]
    rest = [one for one in programme.terms if not one.positions and one.for_rooms == is_room]
    return next(iter(named or rest), None)


def deadline(term: Term, *, asked_at: datetime, zone: tzinfo, calendar: Calendar) -> datetime:
    """Return the last moment that is in time: so many hours later, or the end of the last working day at the clinic."""
    if term.unit == HOURS:
        return asked_at + timedelta(hours=term.limit)
    last = add_working_days(asked_at.astimezone(zone).date(), term.limit, calendar)
    return datetime.combine(last, time.max, zone)


def is_late(nearest: datetime | None, until: datetime) -> bool:
    """Tell whether the nearest free time is past the limit; the limit itself is in time, no time at all is not."""
    return nearest is None or nearest > until
