"""Filters of a list that several rooms have. Whatever is wrong in the address becomes «everything»."""

from contextlib import suppress
from datetime import date

from django.utils.translation import gettext as _

Option = tuple[str | int, str]


def read_year(text: str) -> int | None:
    """Return the year that `?year=2026` names; None for anything else, and before 1900."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 and text >= "1900" else None


def read_day(text: str) -> date | None:
    """Return the day that `?since=2026-11-25` names; None for anything else and before 1900."""
    with suppress(ValueError):
        found = date.fromisoformat(text)
        return found if 1900 <= found.year < date.max.year else None
    return None


def year_options(first: int | None, *, this_year: int) -> list[Option]:
    """Return the options «Всё время», this year and back to `first` (this one alone if nothing is known)."""
    years = range(this_year, (first or this_year) - 1, -1)
    return [("", _("Всё время")), *((year, _("%(year)s год") % {"year": year}) for year in years)]
