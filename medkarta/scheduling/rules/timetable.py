"""How weekly hours become times: which, when they open, who may book them. Pure.

Sources: booking rules of the portal §1.2 (shares and reserved times), §1.3 (release), §1.11 (settings).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from uuid import UUID

from medkarta.scheduling.rules import rights
from medkarta.scheduling.rules.defaults import BookingRules

DAY = timedelta(days=1)
OPENABLE = ("primary", "repeat", "follow_up", "prevent", "reserve")
"""Kinds whose reserved times open to everybody on the evening before."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of weekly hours: minutes of the day in the clinic's zone; `valid_until` is a whole day."""

    weekday: int
    minute_from: int
    minute_to: int
    slot_minutes: int
    valid_from: date
    valid_until: date | None = None
    week_parity: int | None = None
    capacity: int = 1
    kind: str = "primary"
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """One time that weekly hours give. `place` tells the times of a group apart."""

    starts_at: datetime
    ends_at: datetime
    place: int
    kind: str
    rights: tuple[str, ...]


def works_on(stretch: Stretch, day: date) -> bool:
    """Tell whether a line holds on a day. Weeks are those of ISO 8601, numbered within their year."""
    if day.weekday() != stretch.weekday or day < stretch.valid_from:
        return False
    if stretch.valid_until is not None and day > stretch.valid_until:
        return False
    return stretch.week_parity is None or day.isocalendar().week % 2 == stretch.week_parity


def times_of(stretch: Stretch, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end, in UTC, of each visit of a day.

    A clock change: times that don't exist are left out, those that come twice count once, and no two overlap.
    """
    length = timedelta(minutes=stretch.slot_minutes)
    free_from = datetime.min.replace(tzinfo=UTC)
    for minute in range(stretch.minute_from, stretch.minute_to - stretch.slot_minutes + 1, stretch.slot_minutes):
        starts_at = moment_of(day, minute, zone)
        if starts_at is not None and starts_at >= free_from:
            free_from = starts_at + length
            yield starts_at, free_from


def moment_of(day: date, minute: int, zone: tzinfo) -> datetime | None:
    """Return the moment, in UTC, of a minute of a day in a zone; None where the clock skips it."""
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def make(
    stretches: Iterable[Stretch],
    *,
    first: date,
    last: date,
    zone: tzinfo,
    position_code: str,
    rules: BookingRules,
    now: datetime,
) -> Iterator[Made]:
    """Yield every time of whole days first..last; where two lines give the same time, the earlier line's."""
    lines, seen = list(stretches), set[tuple[datetime, int]]()
    for number in range((last - first).days + 1):
        day = first + number * DAY
        is_public = now >= opens_to_all_at(day, rules, zone)
        for line in lines:
            if not works_on(line, day):
                continue
            for position, (starts_at, ends_at) in enumerate(times_of(line, day, zone)):
                found = rights_of(line, position, position_code=position_code, rules=rules, is_public=is_public)
                for place in range(line.capacity):
                    if (starts_at, place) not in seen:
                        seen.add((starts_at, place))
                        yield Made(starts_at, ends_at, place, line.kind, found)


def rights_of(
    stretch: Stretch, position: int, *, position_code: str, rules: BookingRules, is_public: bool
) -> tuple[str, ...]:
    """Return who may book the n-th time of a day: what the line names, else its share is spread evenly over the day.

    `is_public`: the evening before has come, so that reserved times are open to everybody.
    """
    own = stretch.rights
    if not own:
        percent = competitive_percent(rules, position_code)
        is_competitive = (position + 1) * percent // 100 > position * percent // 100
        own = rights.COMPETITIVE if is_competitive else rules.rights_reserved
    return opened(own) if is_public and stretch.kind in OPENABLE else own


def opened(own: Iterable[str]) -> tuple[str, ...]:
    """Return some rights with those of everybody added."""
    return tuple(dict.fromkeys((*rights.COMPETITIVE, *own)))


def competitive_percent(rules: BookingRules, position_code: str) -> int:
    """Return the share of times that everybody may book, 0..100."""
    shares = dict(one.split(":", 1) for one in rules.rights_template)
    return int(shares.get(position_code, shares.get("*", "0")))


def opens_at(day: date, *, rules: BookingRules, clinic_id: UUID | None, zone: tzinfo) -> datetime:
    """Return when the times of a day open to people.

    `rolling`: `horizon_days` before, at a minute of the window that is the clinic's own, so that not all clinics open
    at once; `fixed`: at `release_at`; `midnight`. A minute that the clock skips: the next one that exists.
    """
    if rules.release_mode == "midnight":
        minute = 0
    elif rules.release_mode == "fixed":
        minute = minute_of(rules.release_at)
    else:
        first, last = minute_of(rules.release_from), minute_of(rules.release_to)
        minute = first + jitter(clinic_id, max(last - first, 1))
    return _at(day - rules.horizon_days * DAY, minute, zone)


def opens_to_all_at(day: date, rules: BookingRules, zone: tzinfo) -> datetime:
    """Return when unbooked reserved times of a day open to everybody: the evening before."""
    return _at(day - DAY, minute_of(rules.reserved_to_public_at), zone)


def jitter(clinic_id: UUID | None, minutes: int) -> int:
    """Return a number 0..minutes-1 that stays with a clinic."""
    return int.from_bytes(sha256(str(clinic_id).encode()).digest()[:8]) % minutes


def minute_of(clock: str) -> int:
    """Return the minute of the day of `HH:MM`."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clashes(one: Stretch, other: Stretch) -> bool:
    """Tell whether two lines of one schedule ask for the same person or room at the same time."""
    if one.weekday != other.weekday:
        return False
    if None not in (one.week_parity, other.week_parity) and one.week_parity != other.week_parity:
        return False
    if one.minute_to <= other.minute_from or other.minute_to <= one.minute_from:
        return False
    ends = [line.valid_until or date.max for line in (one, other)]
    return max(one.valid_from, other.valid_from) <= min(ends)


def _at(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return a moment of a day; what the clock skips is read by the offset before the change."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
