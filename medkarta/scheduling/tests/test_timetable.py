"""How weekly hours become times: clock changes, groups, parity, release, reserved times."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from medkarta.scheduling.rules import defaults, substitutes, timetable
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.rules.rights import COMPETITIVE
from medkarta.scheduling.rules.terms import Calendar, Term
from medkarta.scheduling.rules.timetable import Stretch

MOSCOW, BERLIN, BARNAUL = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Barnaul")
WEDNESDAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
RULES = BookingRules()
HOURS = Stretch(weekday=2, minute_from=480, minute_to=540, slot_minutes=20, valid_from=date(2026, 11, 1))
CLINIC = UUID(int=7)


def clock(found, zone):
    return [f"{start.astimezone(zone):%H:%M}" for start, _end in found]


def made(*lines, first=WEDNESDAY, last=WEDNESDAY, code="49", rules=RULES, now=NOW - timedelta(days=3), zone=MOSCOW):
    return list(timetable.make(lines, first=first, last=last, zone=zone, position_code=code, rules=rules, now=now))


@pytest.mark.parametrize(
    ("changes", "day", "works"),
    [
        ({}, WEDNESDAY, True),
        ({}, WEDNESDAY + timedelta(days=1), False),
        ({"valid_from": WEDNESDAY}, WEDNESDAY, True),
        ({"valid_from": WEDNESDAY + timedelta(days=1)}, WEDNESDAY, False),
        ({"valid_until": WEDNESDAY}, WEDNESDAY, True),
        ({"valid_until": WEDNESDAY - timedelta(days=1)}, WEDNESDAY, False),
        ({"week_parity": 0}, WEDNESDAY, True),  # the 48th week
        ({"week_parity": 1}, WEDNESDAY, False),
    ],
)
def test_works_on_its_weekday_weeks_and_days(changes, day, works):
    assert timetable.works_on(replace(HOURS, **changes), day) is works


@pytest.mark.parametrize(("until", "last"), [(540, "08:40"), (539, "08:20"), (560, "09:00")])
def test_times_of_end_within_the_hours(until, last):
    assert clock(timetable.times_of(replace(HOURS, minute_to=until), WEDNESDAY, MOSCOW), MOSCOW)[-1] == last


def test_times_of_leaves_out_what_the_clock_skips():
    spring = date(2026, 3, 29)  # 02:00 becomes 03:00
    night = replace(HOURS, minute_from=60, minute_to=240, slot_minutes=30)

    assert clock(timetable.times_of(night, spring, BERLIN), BERLIN) == ["01:00", "01:30", "03:00", "03:30"]


def test_times_of_never_overlap_across_a_clock_change():
    night = replace(HOURS, minute_from=90, minute_to=300, slot_minutes=50)  # 01:30, 02:20, 03:10, 04:00

    found = list(timetable.times_of(night, date(2026, 3, 29), BERLIN))

    assert clock(found, BERLIN) == ["01:30", "04:00"]
    assert all(end <= start for (_, end), (start, _) in pairwise(found))


def test_times_of_counts_an_hour_that_comes_twice_once():
    autumn = date(2026, 10, 25)  # 03:00 becomes 02:00
    night = replace(HOURS, minute_from=60, minute_to=240, slot_minutes=60)

    found = list(timetable.times_of(night, autumn, BERLIN))

    assert clock(found, BERLIN) == ["01:00", "02:00", "03:00"]
    assert [f"{start:%H:%M}" for start, _ in found] == ["23:00", "00:00", "02:00"]


def test_times_of_are_the_clinics_own():
    assert [f"{start:%H:%M}" for start, _ in timetable.times_of(HOURS, WEDNESDAY, BARNAUL)] == [
        "01:00",
        "01:20",
        "01:40",
    ]


def test_make_gives_a_group_as_many_times_as_it_has_places():
    found = made(replace(HOURS, capacity=3))

    assert len(found) == 9
    assert [(one.place, one.starts_at.minute) for one in found[:4]] == [(0, 0), (1, 0), (2, 0), (0, 20)]


def test_make_gives_each_time_once_where_two_lines_meet():
    assert len(made(HOURS, HOURS)) == len(made(HOURS)) == 3


def test_make_covers_both_end_days():
    lines = [replace(HOURS, weekday=day) for day in range(7)]

    assert len(made(*lines, last=WEDNESDAY + timedelta(days=6))) == 21


@pytest.mark.parametrize(("code", "open_of_ten"), [("49", 6), ("61", 4), ("23", 0)])
def test_rights_of_are_spread_by_the_share_of_the_position(code, open_of_ten):
    found = made(replace(HOURS, slot_minutes=6), code=code)

    kinds = [one.rights == COMPETITIVE for one in found]
    assert (len(kinds), sum(kinds)) == (10, open_of_ten)
    assert {one.rights for one in found if one.rights != COMPETITIVE} <= {("Doctor", "Registry")}


def test_rights_of_a_line_with_its_own_are_those():
    assert {one.rights for one in made(replace(HOURS, rights=("Doctor",)))} == {("Doctor",)}


@pytest.mark.parametrize(("minute", "is_open"), [(-1, False), (0, True)])
def test_make_opens_reserved_times_at_six_on_the_evening_before(minute, is_open):
    evening = datetime(2026, 11, 24, 18, 0, tzinfo=MOSCOW) + timedelta(minutes=minute)

    found = made(HOURS, code="23", now=evening)

    assert all(("Internet" in one.rights) is is_open for one in found)


def test_make_opens_no_referral_times_on_the_evening_before():
    found = made(replace(HOURS, kind="referral", rights=("Doctor",)), now=NOW + timedelta(days=1))

    assert {one.rights for one in found} == {("Doctor",)}


def test_opens_at_is_within_the_window_and_stays_with_the_clinic():
    moments = {
        number: timetable.opens_at(WEDNESDAY, rules=RULES, clinic_id=UUID(int=number), zone=MOSCOW)
        for number in range(50)
    }

    assert {one.astimezone(MOSCOW).date() for one in moments.values()} == {date(2026, 11, 11)}
    assert all("06:00" <= f"{one.astimezone(MOSCOW):%H:%M}" < "09:00" for one in moments.values())
    assert len(set(moments.values())) > 20
    assert moments[7] == timetable.opens_at(WEDNESDAY, rules=RULES, clinic_id=CLINIC, zone=MOSCOW)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"release_mode": "fixed"}, datetime(2026, 11, 11, 7, 30, tzinfo=MOSCOW)),
        ({"release_mode": "fixed", "release_at": "12:00"}, datetime(2026, 11, 11, 12, 0, tzinfo=MOSCOW)),
        ({"release_mode": "midnight"}, datetime(2026, 11, 11, 0, 0, tzinfo=MOSCOW)),
        ({"release_mode": "midnight", "horizon_days": 30}, datetime(2026, 10, 26, 0, 0, tzinfo=MOSCOW)),
        ({"release_from": "08:00", "release_to": "08:00"}, datetime(2026, 11, 11, 8, 0, tzinfo=MOSCOW)),
    ],
)
def test_opens_at_by_mode(changes, expected):
    assert timetable.opens_at(WEDNESDAY, rules=replace(RULES, **changes), clinic_id=CLINIC, zone=MOSCOW) == expected


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        ({}, True),
        ({"weekday": 3}, False),
        ({"minute_from": 540, "minute_to": 600}, False),
        ({"minute_from": 539, "minute_to": 600}, True),
        ({"week_parity": 1}, True),
        ({"valid_from": date(2026, 12, 1)}, True),
    ],
)
def test_clashes_asks_for_the_same_hours(changes, clash):
    assert timetable.clashes(HOURS, replace(HOURS, **changes)) is clash


@pytest.mark.parametrize(("last", "clash"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True)])
def test_clashes_not_when_one_ends_before_the_other_begins(last, clash):
    assert timetable.clashes(replace(HOURS, valid_until=last), replace(HOURS, valid_from=date(2026, 12, 1))) is clash


def test_clashes_not_in_weeks_of_other_parity():
    assert not timetable.clashes(replace(HOURS, week_parity=0), replace(HOURS, week_parity=1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("owner", "mis"),
        ("release_mode", "fixed"),
        ("release_at", "07:00"),
        ("rights_template", ["49:100", "*:5"]),
        ("horizon_days", 30),
    ],
)
def test_checked_takes_what_the_setting_may_be(name, value):
    assert defaults.checked(name, value) == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("owner", "nobody"),
        ("release_mode", "never"),
        ("release_at", "25:00"),
        ("rights_template", ["49:101"]),
        ("rights_template", "49:10"),
        ("horizon_days", -1),
        ("horizon_days", "14"),
        ("no_such", 1),
    ],
)
def test_checked_refuses_anything_else(name, value):
    with pytest.raises(ValueError, match=name):
        defaults.checked(name, value)


GP, SPECIALIST = Term("GP", "", 24, "hours"), Term("SPEC", "", 14, "working_days")


@pytest.mark.parametrize(
    ("term", "asked_hours_ago", "old_in_hours", "latest"),
    [
        (None, 1, 20, None),
        (GP, 1, 20, NOW + timedelta(hours=23)),  # from the request
        (GP, 1, 23, NOW + timedelta(hours=24)),  # he chose a time at the term's end himself: from now
        (GP, None, 20, NOW + timedelta(hours=24)),
        (SPECIALIST, 48, 20, datetime(2026, 12, 11, 23, 59, 59, 999999, tzinfo=MOSCOW)),
    ],
)
def test_latest_with_same_doctor_is_the_term_of_the_request(term, asked_hours_ago, old_in_hours, latest):
    found = substitutes.latest_with_same_doctor(
        term,
        Calendar(),
        requested_at=None if asked_hours_ago is None else NOW - timedelta(hours=asked_hours_ago),
        old_start=NOW + timedelta(hours=old_in_hours),
        now=NOW,
        zone=MOSCOW,
    )

    assert found == latest


@pytest.mark.parametrize(
    ("old", "new", "expected"), [(100, 100, 24), (26, 100, 24), (25, 100, 23), (100, 25, 23), (1, 100, -1)]
)
def test_answer_until_leaves_two_hours_before_either_visit(old, new, expected):
    until = substitutes.answer_until(
        now=NOW, old_start=NOW + timedelta(hours=old), new_start=NOW + timedelta(hours=new), keep_hours=24
    )

    assert until == NOW + timedelta(hours=expected)
