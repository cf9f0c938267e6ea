"""Which visits have taken place, and which periods a person may choose."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

HAPPENED = ("arrived", "triaged", "in-progress", "onleave", "finished", "unknown")
STATUSES = frozenset({*HAPPENED, "planned", "cancelled", "entered-in-error"})


class Period(NamedTuple):
    """Days from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None


ALL_TIME = Period(None, None)


def read_period(text: str, *, today: date) -> Period:
    """Return the days of `3m`, `12m` or a year such as `2025`; all time for anything else.

    Months are counted back by calendar; a day that the month lacks becomes its last one.
    """
    if text in ("3m", "12m"):
        return Period(_months_before(today, int(text[:-1])), None)
    if len(text) == 4 and text.isascii() and text.isdigit() and int(text) >= 1900:
        return Period(date(int(text), 1, 1), date(int(text), 12, 31))
    return ALL_TIME


def years_of(moments: Iterable[date | None]) -> list[int]:
    """Return the years in which something took place, latest first."""
    return sorted({one.year for one in moments if one}, reverse=True)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
