"""The waiting list: whose turn it is, which times suit, how long an offer stands. Pure.

A moment is aware; "now" comes from the caller. Source: booking rules §1.8 of the portal (inferred where no act says).
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import IntEnum
from math import ceil
from uuid import UUID

from medkarta.scheduling.rules.defaults import BookingRules

MISSES_OF_SLOT = 3
"""Offers of one time that nobody answered; then it is everybody's."""
PUBLIC_BEFORE = timedelta(hours=2)
"""How long before the visit a time stops being offered: then it is everybody's."""
AT_ONCE = 3
"""How many are asked at once when the visit is near; the first answer wins."""
ALL_DAYS = 127
KEEPER = UUID("5b1f4c2e-8f0a-4f57-9d55-0d3f0a6f5a10")
"""Holds a freed time for the few seconds in which only the waiting list may take it."""


class Priority(IntEnum):
    """Lower is served first; inside a priority, first come."""

    DISPLACED = 0
    URGENT_REFERRAL = 1
    LIMIT_PASSED = 2
    BENEFIT = 3
    ORDINARY = 4
    SWAP = 5


@dataclass(frozen=True, slots=True)
class Window:
    """When somebody can come: days of the week as bits (1 is Monday), minutes of the day [from, to), moments."""

    weekdays: int = ALL_DAYS
    minute_from: int = 0
    minute_to: int = 1440
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a time is offered: to how many at once, and until when each may answer."""

    people: int
    deadline: datetime

    @property
    def is_exclusive(self) -> bool:
        return self.people == 1


def suits(window: Window, starts_at: datetime, zone: tzinfo) -> bool:
    """Tell whether a visit that starts then, by the clinic's clock, is one that the person can come to."""
    if window.not_before is not None and starts_at < window.not_before:
        return False
    if window.not_after is not None and starts_at >= window.not_after:
        return False
    weekday, minute = local_place(starts_at, zone)
    return bool(window.weekdays & weekday) and window.minute_from <= minute < window.minute_to


def local_place(starts_at: datetime, zone: tzinfo) -> tuple[int, int]:
    """Return the bit of the weekday and the minute of the day by a clinic's clock."""
    local = starts_at.astimezone(zone)
    return 1 << local.weekday(), local.hour * 60 + local.minute


def plan(starts_at: datetime, rules: BookingRules, *, now: datetime) -> Plan | None:
    """Return how a time is offered now; None when it is too near the visit and everybody's.

    Over 72 h to the visit: 240 min to answer; from 24 h: 60; from 3 h: 20; nearer: three people at once.
    """
    ahead = starts_at - now
    if ahead <= PUBLIC_BEFORE:
        return None
    far, middle, near = rules.waitlist_offer_minutes
    if ahead > timedelta(hours=72):
        minutes = far
    else:
        minutes = middle if ahead >= timedelta(hours=24) else near
    people = 1 if ahead >= timedelta(hours=3) else AT_ONCE
    return Plan(people, min(now + timedelta(minutes=minutes), starts_at - PUBLIC_BEFORE))


def quiet_until(moment: datetime, *, quiet: tuple[int, int] | None, zone: tzinfo) -> datetime | None:
    """Return when the quiet hours that a moment falls into end, or None outside them. `quiet`: hours [from, to)."""
    if quiet is None or quiet[0] == quiet[1]:
        return None
    start, end = time(quiet[0] % 24), time(quiet[1] % 24)
    local = moment.astimezone(zone)
    clock = local.time()
    is_quiet = clock >= start or clock < end if start > end else start <= clock < end
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1) if clock >= end else local.date()
    return datetime.combine(day, end, zone).astimezone(moment.tzinfo)


def is_paused(missed: int, rules: BookingRules) -> bool:
    """Tell whether so many unanswered offers in a row make us ask «ещё нужно?» before the next."""
    return missed >= rules.waitlist_max_missed


def keeps_place(paused_at: datetime, rules: BookingRules, *, now: datetime) -> bool:
    """Tell whether one who comes back from a pause has his old place still."""
    return now < paused_at + timedelta(days=rules.waitlist_paused_days)


def priority(*, is_displaced: bool = False, is_urgent: bool = False, has_benefit: bool = False, is_swap: bool) -> int:
    """Return whose turn it is; a limit that passes later lifts an ordinary entry (`rules.terms`)."""
    if is_displaced:
        return Priority.DISPLACED
    if is_urgent:
        return Priority.URGENT_REFERRAL
    if is_swap:
        return Priority.SWAP
    return Priority.BENEFIT if has_benefit else Priority.ORDINARY


def forecast_days(place: int, *, freed: int, over_days: int = 14) -> int | None:
    """Return in how many days a place comes up at the pace of the last days; None when nothing was freed in them."""
    return ceil(place * over_days / freed) if freed > 0 else None
