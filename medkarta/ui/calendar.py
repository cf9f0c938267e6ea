"""A month as a table of days, for the calendar macro. Pure: the caller brings today and the marked days."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from medkarta.ui import format

APPOINTMENT = "app"
HOME_VISIT = "home"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a day holds: `kind` is `APPOINTMENT` or `HOME_VISIT`; `note` names it («приём терапевта в 08:40»)."""

    kind: str
    href: str
    note: str


@dataclass(frozen=True, slots=True)
class Day:
    """One cell. `css` is the class of its mark; `is_out` marks a day of a neighbouring month."""

    number: int
    is_out: bool
    is_today: bool
    css: str = ""
    href: str = ""
    note: str = ""
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month ready to show; links with an empty href are left out."""

    title: str
    weeks: tuple[tuple[Day, ...], ...]
    previous_href: str = ""
    previous_title: str = ""
    next_href: str = ""
    next_title: str = ""
    add_href: str = ""


def build_month(
    first: date,
    *,
    today: date,
    marks: Mapping[date, Mark],
    href: str = "?month=",
    add_href: str = "",
) -> Month:
    """Return the month of `first` in weeks from Monday.

    `href`: start of the neighbours' addresses, followed by `2026-12`.
    """
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    return Month(
        title=format.month_title(first.year, first.month),
        weeks=tuple(
            tuple(_marked(on, today, marks[on]) if on in marks and not day.is_out else day for on, day in week)
            for week in _plain_weeks(first, today)
        ),
        previous_href=f"{href}{before:%Y-%m}",
        previous_title=format.month_name(before.month),
        next_href=f"{href}{after:%Y-%m}",
        next_title=format.month_name(after.month),
        add_href=add_href,
    )


MAX_YEARS_AWAY = 120


def read_month(text: str, *, today: date) -> date:
    """Return the first day of the month that `?month=2026-12` names; this month for anything else.

    Years beyond a human life away are something else: the neighbours of a month have to exist too.
    """
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return month if abs(month.year - today.year) <= MAX_YEARS_AWAY else today.replace(day=1)


@lru_cache(maxsize=32)
def _plain_weeks(first: date, today: date) -> tuple[tuple[tuple[date, Day], ...], ...]:
    """Return the weeks of a month without marks: the same for everybody."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return tuple(tuple((on, _plain(on, first, today)) for on in week) for week in weeks)


def _plain(on: date, first: date, today: date) -> Day:
    is_out = on.month != first.month
    return Day(on.day, is_out, on == today, css="is-today" if on == today and not is_out else "")


def _marked(on: date, today: date, mark: Mark) -> Day:
    css = [f"is-{mark.kind}"]
    if on < today:
        css.append("is-past")
    if on == today:
        css.append("is-today")
    note = f"{format.day_and_month(on).partition(format.NBSP)[2]}: {mark.note}"
    return Day(on.day, False, on == today, " ".join(css), mark.href, note, mark.kind == HOME_VISIT)
