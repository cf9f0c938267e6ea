"""Working days: holidays, moved days off, and worked Saturdays."""

from datetime import date

import pytest

from medkarta.core.working_days import Calendar, add_working_days, calendar, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 25), True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 4), False),
        (date(2026, 1, 9), False),
        (date(2026, 12, 31), False),
        (date(2026, 12, 30), True),
        (date(2027, 1, 8), False),
        (date(2027, 1, 11), True),
    ],
)
def test_is_working_day_follows_the_production_calendar(day, works):
    assert is_working_day(day, calendar()) is works


def test_is_working_day_of_a_moved_saturday():
    saturday = date(2026, 11, 28)

    assert is_working_day(saturday, Calendar(working=frozenset({saturday})))


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 11, 25), 14, date(2026, 12, 15)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 12, 30), 1, date(2027, 1, 11)),
        (date(2026, 11, 25), 0, date(2026, 11, 25)),
    ],
)
def test_add_working_days_starts_on_the_day_after(day, count, last):
    assert add_working_days(day, count, calendar()) == last
