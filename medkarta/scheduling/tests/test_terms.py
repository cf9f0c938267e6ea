"""State-guarantee terms: which, until when, and on both sides of the limit."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medkarta.core import working_days
from medkarta.scheduling.queries import guarantees
from medkarta.scheduling.rules import terms
from medkarta.scheduling.rules.places import distance_km

MOSCOW, KAMCHATKA = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Kamchatka")
DAY = date(2026, 11, 25)


@pytest.fixture
def programme():
    return guarantees.programme()


@pytest.fixture
def calendar():
    return working_days.calendar()


@pytest.mark.parametrize(
    ("code", "is_room", "row"),
    [("49", False, "GP"), ("27", False, "GP"), ("34", False, "SPEC"), ("", False, "SPEC"), ("", True, "DIAG")],
)
def test_term_for_a_position(programme, code, is_room, row):
    assert terms.term_for(programme, code, is_room=is_room, day=DAY).row == row


@pytest.mark.parametrize("code", ["46", "45"])
def test_term_for_dentists_is_not_told(programme, code):
    assert terms.term_for(programme, code, is_room=False, day=DAY) is None


@pytest.mark.parametrize(
    ("day", "is_known"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_term_for_a_day_outside_the_programme_is_not_guessed(programme, day, is_known):
    assert (terms.term_for(programme, "34", is_room=False, day=day) is not None) is is_known


def test_deadline_in_working_days_is_the_end_of_the_last_one_at_the_clinic(programme, calendar):
    term = terms.term_for(programme, "34", is_room=False, day=DAY)
    asked_at = datetime(2026, 11, 25, 13, tzinfo=UTC)  # the 26th on Kamchatka

    assert terms.deadline(term, asked_at=asked_at, zone=MOSCOW, calendar=calendar).date() == date(2026, 12, 15)
    assert terms.deadline(term, asked_at=asked_at, zone=KAMCHATKA, calendar=calendar).date() == date(2026, 12, 16)


def test_is_late_on_both_sides_of_working_days(programme, calendar):
    term = terms.term_for(programme, "34", is_room=False, day=DAY)
    until = terms.deadline(term, asked_at=datetime(2026, 11, 25, 9, tzinfo=UTC), zone=MOSCOW, calendar=calendar)

    assert not terms.is_late(datetime(2026, 12, 15, 23, 59, tzinfo=MOSCOW), until)
    assert terms.is_late(datetime(2026, 12, 16, 0, 0, tzinfo=MOSCOW), until)
    assert terms.is_late(None, until)


def test_is_late_on_both_sides_of_hours(programme, calendar):
    term = terms.term_for(programme, "49", is_room=False, day=DAY)
    asked_at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    until = terms.deadline(term, asked_at=asked_at, zone=MOSCOW, calendar=calendar)

    assert not terms.is_late(asked_at + timedelta(hours=24), until)
    assert terms.is_late(asked_at + timedelta(hours=24, seconds=1), until)


def test_distance_km_between_two_towns_and_of_an_unknown_place():
    assert distance_km((55.7558, 37.6173), (59.9343, 30.3351)) == pytest.approx(634, abs=3)
    assert distance_km((55.0, 37.0), (55.0, 37.0)) == 0
    assert distance_km(None, (55.0, 37.0)) is None
