"""A month as a table of days, for the calendar macro. Pure: the caller brings today and the marked days.

The cells are put together here and not by the macro: a page shows forty-two of them, nearly all the same for everybody.
"""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from medkarta.ui import format
from medkarta.ui.environment import icon

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
    """One day. `css` is the class of its mark; `is_out` marks a day of a neighbouring month; `cell` is the markup."""

    number: int
    is_out: bool
    is_today: bool
    css: str = ""
    href: str = ""
    note: str = ""
    is_home: bool = False
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month ready to show; links with an empty href are left out."""

    title: str
    days: tuple[Day, ...]
    previous_href: str = ""
    previous_title: str = ""
    next_href: str = ""
    next_title: str = ""
    add_href: str = ""

    @property
    def body(self) -> Markup:
        """The rows of the table: whole weeks from Monday."""
        cells = [day.cell for day in self.days]
        rows = ["".join(cells[place : place + 7]) for place in range(0, len(cells), 7)]
        return Markup("<tr>" + "</tr>\n<tr>".join(rows) + "</tr>")  # noqa: S704  cells are escaped


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
    plain = _plain(first.replace(day=1), today, href, add_href, format.language())
    if not marks:
        return plain
    days, ahead = list(plain.days), first.replace(day=1).weekday()
    for on, mark in marks.items():
        if (on.year, on.month) == (first.year, first.month):
            days[ahead + on.day - 1] = _marked(on, today, mark)
    return replace(plain, days=tuple(days))


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


@lru_cache(maxsize=64)
def _plain(first: date, today: date, href: str, add_href: str, spoken: str) -> Month:
    """Return a month without marks in the active language, `spoken`: the same for everybody."""
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    return Month(
        title=format.month_title(first.year, first.month),
        days=tuple(_plain_day(on, first, today) for on in Calendar().itermonthdates(first.year, first.month)),
        previous_href=f"{href}{before:%Y-%m}",
        previous_title=format.month_name(before.month),
        next_href=f"{href}{after:%Y-%m}",
        next_title=format.month_name(after.month),
        add_href=add_href,
    )


def _plain_day(on: date, first: date, today: date) -> Day:
    is_out, is_today = on.month != first.month, on == today
    css = "is-today" if is_today and not is_out else ""
    words = f'<span class="mk-vh"> {escape(_("сегодня"))}</span>' if is_today else ""
    number = f"<span{_class(css)}>{on.day}{words}</span>"
    cell = Markup(f"<td{_class('is-out' if is_out else '')}>{number}</td>")  # noqa: S704  escaped above
    return Day(on.day, is_out, is_today, css, cell=cell)


def _class(css: str) -> str:
    return f' class="{css}"' if css else ""


def _marked(on: date, today: date, mark: Mark) -> Day:
    is_home = mark.kind == HOME_VISIT
    css = f"is-{mark.kind}{' is-past' if on < today else ' is-today' if on == today else ''}"
    note = f"{format.day_and_month(on).partition(format.NBSP)[2]}: {mark.note}"
    words = f'<span class="mk-vh"> {escape(note)}</span>{icon("home-heart") if is_home else ""}'
    cell = Markup(f'<td><a class="{css}" href="{escape(mark.href)}">{on.day}{words}</a></td>')  # noqa: S704
    return Day(on.day, False, on == today, css, mark.href, note, is_home, cell)
