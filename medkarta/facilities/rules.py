"""Opening hours as stretches of a week, and how a clinic's texts are compared. Plain values, no clock.

A stretch is (opens, closes) in minutes since Monday 00:00 of the clinic's own time; one that lasts past midnight
closes after 1440 of its day, and one of Sunday may close after the end of the week.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

DAY = 24 * 60
WEEK = 7 * DAY
LAST_MINUTE = DAY - 1
CLOSING_SOON = 60
RATING_SHOWN_FROM = 5
HIGH_RATING = 4.5
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OID = re.compile(r"(?:urn:oid:)?([0-2](?:\.(?:0|[1-9]\d*)){3,})")

Stretch = tuple[int, int]


class OpenKind(StrEnum):
    ROUND_THE_CLOCK = "round-the-clock"
    OPEN = "open"
    CLOSING_SOON = "closing-soon"
    BREAK = "break"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a clinic is open. `until`: minute of the week of the next change, from the present day on.

    While open, `break_from` and `break_to` tell of a break before `until`; both None without one.
    """

    kind: OpenKind
    until: int = 0
    break_from: int | None = None
    break_to: int | None = None


@dataclass(frozen=True, slots=True)
class WeekLine:
    """Neighbouring days with the same hours: days 0-6, periods in minutes of the day; none on a day off."""

    first: int
    last: int
    periods: tuple[Stretch, ...]


def stretches_of(days: Iterable[str], opens: str, closes: str, *, is_all_day: bool = False) -> list[Stretch]:
    """Return the stretches of one FHIR entry of opening hours (`mon`…`sun`, `08:00:00`).

    No days means every day; a missing end means the start or the end of the day; 23:59 is read as midnight, and a
    closing before the opening as the next morning. Nothing comes out of an entry without any time.
    Source: FHIR R4 Location.hoursOfOperation, HealthcareService.availableTime.
    """
    numbers = sorted({DAYS.index(one) for one in days if one in DAYS}) or range(7)
    if is_all_day:
        start, end = 0, DAY
    elif not opens and not closes:
        return []
    else:
        start, end = _minute(opens, 0), _minute(closes, DAY)
        if end == LAST_MINUTE or end == start == 0:
            end = DAY
        elif end < start:
            end += DAY
    return [(number * DAY + start, number * DAY + end) for number in numbers if start < min(end, DAY)]


def _minute(text: str, missing: int) -> int:
    hour, _, rest = text.partition(":")
    minute = rest[:2]
    return int(hour) * 60 + int(minute) if hour.isdigit() and minute.isdigit() else missing


def merge(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, those of one day that touch put together."""
    found: list[Stretch] = []
    for opens, closes in sorted(stretches):
        if found and opens <= found[-1][1] and opens // DAY == found[-1][0] // DAY:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return found


def week_lines(stretches: Iterable[Stretch]) -> list[WeekLine]:
    """Return the week from Monday on, days with the same hours together; empty for unknown hours."""
    by_day: list[list[Stretch]] = [[] for _ in range(7)]
    for opens, closes in merge(stretches):
        day = opens // DAY
        by_day[day].append((opens - day * DAY, closes - day * DAY))
    if not any(by_day):
        return []
    lines: list[WeekLine] = []
    for day, periods in enumerate(by_day):
        if lines and lines[-1].periods == tuple(periods):
            lines[-1] = WeekLine(lines[-1].first, day, lines[-1].periods)
        else:
            lines.append(WeekLine(day, day, tuple(periods)))
    return lines


def open_state(stretches: Sequence[Stretch], minute: int) -> OpenState | None:
    """Tell whether a clinic is open at a minute of its week; None while its hours are unknown."""
    joined = _timeline(stretches)
    if not joined:
        return None
    for place, (opens, closes) in enumerate(joined):
        if opens <= minute < closes:
            return _open(joined, place, minute)
    after = next(opens for opens, _ in joined if opens > minute)
    before = max((closes for _, closes in joined if closes <= minute), default=-1)
    is_break = (before - 1) // DAY == minute // DAY == after // DAY
    return OpenState(OpenKind.BREAK if is_break else OpenKind.CLOSED, after)


def _open(joined: Sequence[Stretch], place: int, minute: int) -> OpenState:
    closes = joined[place][1]
    if closes - minute > DAY:
        return OpenState(OpenKind.ROUND_THE_CLOCK)
    following = joined[place + 1] if place + 1 < len(joined) else None
    if following and following[0] // DAY == minute // DAY:
        return OpenState(OpenKind.OPEN, following[1], closes, following[0])
    return OpenState(OpenKind.CLOSING_SOON if closes - minute <= CLOSING_SOON else OpenKind.OPEN, closes)


def _timeline(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches of the week before, this one and the next, those that touch put together."""
    found: list[Stretch] = []
    for shift in (-WEEK, 0, WEEK):
        for opens, closes in merge(stretches):
            if found and opens + shift <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], closes + shift))
            else:
                found.append((opens + shift, closes + shift))
    return found


def shown_rating(mean: float | None, count: int) -> float | None:
    """Return the mean of patients' marks, or None: under five marks it says too little to be shown."""
    return mean if mean is not None and count >= RATING_SHOWN_FROM else None


def read_oid(text: str) -> str:
    """Return an OID without its prefix; empty for anything that is not one."""
    found = _OID.fullmatch(text.strip())
    return found.group(1) if found else ""
