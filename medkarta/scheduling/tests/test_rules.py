from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medkarta.scheduling import rules

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("ends_at", "ahead"), [(NOW + MINUTE, True), (NOW, False), (NOW - MINUTE, False), (None, True)]
)
def test_is_ahead_until_its_end(ends_at, ahead):
    assert rules.is_ahead(status="booked", ends_at=ends_at, now=NOW, live=rules.LIVE_APPOINTMENT) is ahead


@pytest.mark.parametrize("status", ["cancelled", "fulfilled", "noshow"])
def test_is_ahead_only_while_it_is_live(status):
    assert not rules.is_ahead(status=status, ends_at=NOW + MINUTE, now=NOW, live=rules.LIVE_APPOINTMENT)


@pytest.mark.parametrize(
    ("status", "not_after", "expected"),
    [
        ("created", NOW + MINUTE, "created"),
        ("created", NOW, "expired"),
        ("offered", NOW, "expired"),
        ("created", None, "created"),
        ("cancelled", NOW - MINUTE, "cancelled"),
        ("booked", NOW - MINUTE, "booked"),
    ],
)
def test_waitlist_status_of_a_live_entry_expires(status, not_after, expected):
    assert rules.waitlist_status(status=status, not_after=not_after, now=NOW) == expected


def test_day_bounds_count_the_last_day_whole_in_the_zone():
    start, end = rules.day_bounds(date(2026, 11, 26), date(2026, 11, 26), MOSCOW)

    assert start == datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    assert end == datetime(2026, 11, 26, 21, 0, tzinfo=UTC)
    assert rules.day_bounds(None, None, MOSCOW) == (None, None)


def test_month_bounds_reach_over_the_year():
    start, end = rules.month_bounds(date(2026, 12, 31), MOSCOW)

    assert (start.date(), end.date()) == (date(2026, 12, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("lead", "kept"),
    [
        (timedelta(hours=30) + MINUTE, (1440, 120)),
        (timedelta(hours=30), (120,)),
        (timedelta(hours=2, minutes=31), (120,)),
        (timedelta(hours=2, minutes=30), ()),
    ],
)
def test_reminders_leave_out_what_would_come_right_after_the_booking(lead, kept):
    found = rules.reminders(NOW + lead, now=NOW, offsets_minutes=(1440, 120))

    assert found == tuple((minutes, NOW + lead - minutes * MINUTE) for minutes in kept)
