"""Working days by the production calendar. Pure but for the file of data, which is read once a process.

Source: Labour Code of Russia, article 112, and the yearly decrees that move days off (`data/production_calendar.json`).
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "production_calendar.json"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off: each year's (month, day), those of single years, and days that are worked though they look free."""

    yearly: frozenset[tuple[int, int]] = frozenset()
    days_off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()


@cache
def calendar() -> Calendar:
    """Return the production calendar that the product ships."""
    told = json.loads(_DATA.read_text(encoding="utf-8"))
    yearly = [tuple(map(int, one.split("-"))) for one in told["yearly"]["days"]]
    return Calendar(
        yearly=frozenset((month, day) for month, day in yearly),
        days_off=frozenset(date.fromisoformat(day) for one in told["moved"] for day in one["days_off"]),
        working=frozenset(date.fromisoformat(day) for one in told["moved"] for day in one["working"]),
    )


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Tell whether a day counts as a working one."""
    if day in calendar.working:
        return True
    return day.weekday() < 5 and (day.month, day.day) not in calendar.yearly and day not in calendar.days_off


def add_working_days(day: date, count: int, calendar: Calendar) -> date:
    """Return the `count`-th working day after a day; the day itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, calendar)
    return day
