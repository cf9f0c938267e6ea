from datetime import date

import pytest

from medkarta.visits.rules import ALL_TIME, Period, read_period, years_of

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("3m", TODAY, Period(date(2026, 8, 25), None)),
        ("12m", TODAY, Period(date(2025, 11, 25), None)),
        ("3m", date(2026, 5, 31), Period(date(2026, 2, 28), None)),
        ("3m", date(2024, 5, 31), Period(date(2024, 2, 29), None)),
        ("3m", date(2026, 1, 31), Period(date(2025, 10, 31), None)),
        ("12m", date(2026, 12, 1), Period(date(2025, 12, 1), None)),
        ("2025", TODAY, Period(date(2025, 1, 1), date(2025, 12, 31))),
        ("1900", TODAY, Period(date(1900, 1, 1), date(1900, 12, 31))),
        ("1899", TODAY, ALL_TIME),
        ("²025", TODAY, ALL_TIME),
        ("", TODAY, ALL_TIME),
        ("20255", TODAY, ALL_TIME),
    ],
)
def test_read_period_reads_what_it_offers_and_nothing_else(text, today, expected):
    assert read_period(text, today=today) == expected


def test_years_of_names_each_year_once():
    assert years_of([date(2024, 1, 1), None, date(2026, 1, 1), date(2024, 5, 5)]) == [2026, 2024]
