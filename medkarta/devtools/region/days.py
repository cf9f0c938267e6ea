"""Days on which clinics rest: weekends and the fixed public holidays."""

from datetime import date, timedelta

_HOLIDAYS = frozenset({*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})


def is_holiday(day: date) -> bool:
    """Tell whether a day is a fixed public holiday (Labour Code, article 112); moved days off are not known."""
    return (day.month, day.day) in _HOLIDAYS


def is_working(day: date) -> bool:
    return day.weekday() < 5 and not is_holiday(day)


def working_day_from(day: date) -> date:
    """Return that day, or the first working day after it."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def days_with_working(start: date, count: int) -> int:
    """Return how many days from `start` on hold `count` working days."""
    days = 0
    while count:
        count -= is_working(start + timedelta(days=days))
        days += 1
    return days
