from datetime import timedelta

import pytest

from medkarta.prescriptions import rules
from medkarta.prescriptions.tests.factories import TODAY


@pytest.mark.parametrize(
    ("status", "days", "shown"),
    [
        ("issued", 0, "issued"),
        ("issued", -1, "expired"),
        ("issued", 1, "issued"),
        ("partly-dispensed", -1, "expired"),
        ("partly-dispensed", 0, "partly-dispensed"),
        ("in-service", -30, "in-service"),
        ("deferred", -30, "deferred"),
        ("dispensed", -30, "dispensed"),
        ("cancelled", -30, "cancelled"),
        ("unknown", -30, "unknown"),
    ],
)
def test_shown_status_counts_the_last_day_in(status, days, shown):
    assert rules.shown_status(status, valid_until=TODAY + timedelta(days), today=TODAY) == shown


def test_shown_status_without_a_known_end_never_expires():
    assert rules.shown_status("issued", valid_until=None, today=TODAY) == "issued"


@pytest.mark.parametrize(
    ("status", "days", "left"),
    [
        ("issued", -1, None),
        ("issued", 0, 0),
        ("issued", 1, 1),
        ("issued", 5, 5),
        ("issued", 6, None),
        ("partly-dispensed", 5, 5),
        ("in-service", 1, None),
        ("dispensed", 1, None),
    ],
)
def test_days_left_warns_within_five_days(status, days, left):
    assert rules.days_left(status, valid_until=TODAY + timedelta(days), today=TODAY, soon_days=5) == left


def test_days_left_without_a_known_end_says_nothing():
    assert rules.days_left("issued", valid_until=None, today=TODAY, soon_days=5) is None


@pytest.mark.parametrize(
    ("fhir", "intent", "refined", "status"),
    [
        ("active", "order", "", "issued"),
        ("active", "order", "in-service", "in-service"),
        ("active", "order", "deferred", "deferred"),
        ("active", "order", "partly-dispensed", "partly-dispensed"),
        ("active", "order", "nonsense", "issued"),
        ("on-hold", "order", "", "deferred"),
        ("completed", "order", "", "dispensed"),
        ("completed", "order", "partly-dispensed", "partly-dispensed"),
        ("cancelled", "order", "dispensed", "cancelled"),
        ("stopped", "order", "", "cancelled"),
        ("draft", "order", "issued", "draft"),
        ("active", "plan", "issued", "draft"),
        ("active", "proposal", "", "draft"),
        ("active", "instance-order", "", "issued"),
        ("unknown", "order", "", "unknown"),
        ("", "", "", "unknown"),
    ],
)
def test_status_of_takes_the_sources_refinement_unless_cancelled(fhir, intent, refined, status):
    assert rules.status_of(fhir, intent=intent, refined=refined) == status


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("аторвастатин", True),
        ("АТОРВА", True),
        ("аторвостатин", True),
        ("аторвсататин", True),
        ("атровастатин", True),
        ("оторвостотин", False),
        ("статин", True),
        ("таблетки 20", True),
        ("таблетки 40", False),
        ("мг", True),
        ("мк", False),
        ("розувастатин", False),
        ("", True),
        ("!!!", True),
    ],
)
def test_is_meant_forgives_a_slip_and_no_more(query, is_found):
    assert rules.is_meant(query, "Аторвастатин, таблетки 20 мг") is is_found


def test_is_meant_takes_yo_for_ye_both_ways():
    assert rules.is_meant("мед", "Мёд пчелиный")
    assert rules.is_meant("Пчёлиный", "мед пчелиный")
