from datetime import date, timedelta

import pytest

from medkarta.core.scopes import Restricted
from medkarta.patients import rules

BORN = date(2012, 2, 11)


def opens(**changes):
    given = {
        "kind": "parent",
        "status": "active",
        "birth_date": BORN,
        "full_capacity_on": None,
        "minor15_access": "full",
        "confirmed_on": date(2026, 11, 1),
        "grace_days": 30,
        "today": date(2026, 11, 25),
    }
    return rules.may_open(**{**given, **changes})


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2000, 5, 5), date(2018, 5, 4), 17),
        (date(2000, 5, 5), date(2018, 5, 5), 18),
    ],
)
def test_age_on_counts_whole_years(born, day, age):
    assert rules.age_on(born, day) == age


@pytest.mark.parametrize(("day", "expected"), [(date(2030, 2, 10), True), (date(2030, 2, 11), False)])
def test_may_open_ends_for_a_parent_at_18(day, expected):
    assert opens(today=day, confirmed_on=day) is expected


def test_may_open_ends_for_a_parent_of_a_leap_day_child_on_the_first_of_march():
    born = date(2008, 2, 29)

    assert opens(birth_date=born, today=date(2026, 2, 28), confirmed_on=date(2026, 2, 28))
    assert not opens(birth_date=born, today=date(2026, 3, 1), confirmed_on=date(2026, 3, 1))


@pytest.mark.parametrize(("mode", "expected"), [("full", True), ("notify_teen", True), ("teen_may_hide", False)])
def test_may_open_from_15_is_the_regions_decision(mode, expected):
    assert opens(minor15_access=mode, today=date(2027, 2, 11), confirmed_on=date(2027, 2, 11)) is expected
    assert opens(minor15_access=mode, today=date(2027, 2, 10), confirmed_on=date(2027, 2, 10)) is True


@pytest.mark.parametrize(("days", "expected"), [(30, True), (31, False)])
def test_may_open_keeps_an_unlisted_child_for_the_grace_days(days, expected):
    day = date(2026, 11, 1) + timedelta(days=days)

    assert opens(status="needs-confirmation", today=day) is expected


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_may_open_nothing_that_is_suspended_or_closed(status):
    assert not opens(status=status)
    assert not opens(status=status, kind="self")


def test_may_open_ends_at_once_with_full_capacity():
    assert opens(full_capacity_on=date(2026, 11, 26))
    assert not opens(full_capacity_on=date(2026, 11, 25))


def test_may_open_needs_a_birth_date_for_a_parent():
    assert not opens(birth_date=None)


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 2, 10), False), (date(2026, 2, 11), True)])
def test_may_open_own_record_from_14(day, expected):
    assert opens(kind="self", today=day) is expected


def test_may_open_own_record_without_a_birth_date():
    assert opens(kind="self", birth_date=None)


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        ("self", date(2027, 2, 10), False),
        ("self", date(2027, 2, 11), True),
        ("parent", date(2027, 2, 10), True),
    ],
)
def test_may_act_for_himself_from_15(kind, day, expected):
    assert rules.may_act(kind=kind, birth_date=BORN, today=day) is expected


def test_may_act_without_a_birth_date():
    assert rules.may_act(kind="self", birth_date=None, today=date(2026, 11, 25))


def mode(**changes):
    given = {
        "kind": "self",
        "birth_date": BORN,
        "is_fresh": False,
        "minor15_restricted": "hidden",
        "today": date(2026, 11, 25),
    }
    return rules.restricted_mode(**{**given, **changes})


def test_restricted_mode_of_the_owner_asks_for_a_fresh_login():
    assert mode() is Restricted.LOCKED
    assert mode(is_fresh=True) is Restricted.SHOWN


@pytest.mark.parametrize(
    ("day", "setting", "expected"),
    [
        (date(2027, 2, 10), "hidden", Restricted.SHOWN),
        (date(2027, 2, 11), "hidden", Restricted.HIDDEN),
        (date(2027, 2, 11), "locked", Restricted.SHOWN),
    ],
)
def test_restricted_mode_of_a_parent_changes_at_15(day, setting, expected):
    assert mode(kind="parent", is_fresh=True, today=day, minor15_restricted=setting) is expected


def test_restricted_mode_of_a_parent_hides_without_a_birth_date():
    assert mode(kind="parent", birth_date=None, is_fresh=True) is Restricted.HIDDEN


def compare(**changes):
    given = {
        "birth_date": date(1988, 4, 17),
        "gender": "female",
        "family_name": "Иванова",
        "given_name": "Анна",
        "person_birth_date": date(1988, 4, 17),
        "person_gender": "female",
        "person_family_name": "Иванова",
        "person_given_name": "Анна",
    }
    return rules.compare(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, rules.Match.SAME),
        ({"birth_date": None}, rules.Match.SAME),
        ({"birth_date": date(1988, 4, 18)}, rules.Match.DOUBTFUL_BIRTH_DATE),
        ({"gender": "male"}, rules.Match.DOUBTFUL_GENDER),
        ({"gender": "unknown"}, rules.Match.SAME),
        ({"family_name": "Петрова"}, rules.Match.SAME),
        ({"family_name": "Петрова", "given_name": "Ольга"}, rules.Match.DOUBTFUL_NAME),
        ({"family_name": "", "given_name": ""}, rules.Match.SAME),
        ({"given_name": "АННА "}, rules.Match.SAME),
    ],
)
def test_compare_finds_contradictions(changes, expected):
    assert compare(**changes) is expected


def test_compare_takes_yo_for_ye():
    assert compare(given_name="Пётр", person_given_name="Петр", family_name="А", person_family_name="Б") == "same"
