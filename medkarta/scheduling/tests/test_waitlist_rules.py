"""The rules of the waiting list, at their boundaries."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.rules import waitlist
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.rules.waitlist import Priority, Window

RULES = BookingRules()
MOSCOW, YEKATERINBURG = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Yekaterinburg")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("ahead", "people", "minutes"),
    [
        (72 * HOUR + SECOND, 1, 240),
        (72 * HOUR, 1, 60),
        (24 * HOUR, 1, 60),
        (24 * HOUR - SECOND, 1, 20),
        (3 * HOUR, 1, 20),
        (3 * HOUR - SECOND, 3, 20),
        (2 * HOUR + 10 * MINUTE, 3, 10),  # not longer than until it is everybody's
    ],
)
def test_plan_gives_less_time_the_nearer_the_visit(ahead, people, minutes):
    found = waitlist.plan(NOW + ahead, RULES, now=NOW)

    assert (found.people, found.deadline) == (people, NOW + minutes * MINUTE)
    assert found.is_exclusive is (people == 1)


@pytest.mark.parametrize(("ahead", "is_offered"), [(2 * HOUR, False), (2 * HOUR + SECOND, True), (-HOUR, False)])
def test_plan_of_a_time_near_the_visit_is_none(ahead, is_offered):
    assert (waitlist.plan(NOW + ahead, RULES, now=NOW) is not None) is is_offered


@pytest.mark.parametrize(
    ("window", "fits"),
    [
        (Window(), True),
        (Window(weekdays=1 << 2), True),
        (Window(weekdays=127 & ~(1 << 2)), False),
        (Window(minute_from=720), True),
        (Window(minute_from=721), False),
        (Window(minute_to=721), True),
        (Window(minute_to=720), False),
        (Window(not_before=WEDNESDAY_NOON), True),
        (Window(not_before=WEDNESDAY_NOON + SECOND), False),
        (Window(not_after=WEDNESDAY_NOON + SECOND), True),
        (Window(not_after=WEDNESDAY_NOON), False),
    ],
)
def test_suits_by_day_hour_and_period(window, fits):
    assert waitlist.suits(window, WEDNESDAY_NOON, MOSCOW) is fits


def test_suits_goes_by_the_clinics_clock():
    late = datetime(2026, 11, 25, 23, 0, tzinfo=MOSCOW)  # already Thursday, 01:00, in Yekaterinburg

    assert waitlist.suits(Window(weekdays=1 << 2), late, MOSCOW)
    assert waitlist.suits(Window(weekdays=1 << 3, minute_to=61), late, YEKATERINBURG)
    assert not waitlist.suits(Window(weekdays=1 << 2), late, YEKATERINBURG)


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ((21, 59, 59), None),
        ((22, 0, 0), datetime(2026, 11, 26, 8, 0, tzinfo=MOSCOW)),
        ((7, 59, 59), datetime(2026, 11, 25, 8, 0, tzinfo=MOSCOW)),
        ((8, 0, 0), None),
    ],
)
def test_quiet_until_is_the_morning(clock, ends):
    moment = datetime(2026, 11, 25, *clock, tzinfo=MOSCOW)

    assert waitlist.quiet_until(moment, quiet=(22, 8), zone=MOSCOW) == ends
    assert waitlist.quiet_until(moment, quiet=None, zone=MOSCOW) is None


@pytest.mark.parametrize(("hour", "ends_hour"), [(12, None), (13, 15), (14, 15), (15, None)])
def test_quiet_until_within_a_day(hour, ends_hour):
    found = waitlist.quiet_until(WEDNESDAY_NOON.replace(hour=hour), quiet=(13, 15), zone=MOSCOW)

    assert found == (WEDNESDAY_NOON.replace(hour=ends_hour) if ends_hour else None)


def test_quiet_until_of_equal_hours_is_never():
    assert waitlist.quiet_until(WEDNESDAY_NOON, quiet=(0, 0), zone=MOSCOW) is None


@pytest.mark.parametrize(("missed", "paused"), [(1, False), (2, True)])
def test_is_paused_after_two_misses(missed, paused):
    assert waitlist.is_paused(missed, RULES) is paused
    assert waitlist.is_paused(missed, replace(RULES, waitlist_max_missed=3)) is False


@pytest.mark.parametrize(("later", "keeps"), [(timedelta(days=7) - SECOND, True), (timedelta(days=7), False)])
def test_keeps_place_for_seven_days(later, keeps):
    assert waitlist.keeps_place(NOW, RULES, now=NOW + later) is keeps


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_swap": True}, Priority.SWAP),
        ({"is_swap": False}, Priority.ORDINARY),
        ({"is_swap": False, "has_benefit": True}, Priority.BENEFIT),
        ({"is_swap": True, "has_benefit": True}, Priority.SWAP),
        ({"is_swap": True, "is_urgent": True}, Priority.URGENT_REFERRAL),
        ({"is_swap": True, "is_urgent": True, "is_displaced": True}, Priority.DISPLACED),
    ],
)
def test_priority_is_that_of_the_strongest_reason(facts, expected):
    assert waitlist.priority(**facts) == expected


@pytest.mark.parametrize(("place", "freed", "days"), [(1, 14, 1), (4, 28, 2), (5, 28, 3), (1, 1, 14), (3, 0, None)])
def test_forecast_days_is_the_place_by_the_pace(place, freed, days):
    assert waitlist.forecast_days(place, freed=freed) == days
