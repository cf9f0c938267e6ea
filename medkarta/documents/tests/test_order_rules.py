"""Decisions about orders: ages, months, ИНН, terms, what a repeat is; on both sides of each limit."""

from datetime import date
from uuid import uuid4

import pytest

from medkarta.core.working_days import calendar
from medkarta.documents.orders import rules
from medkarta.documents.orders.rules import Ages, Fit, Term

DAY = date(2026, 11, 25)
CHILD, FROM_15 = Ages(0, 18), Ages(15)


@pytest.mark.parametrize(
    ("ages", "born", "expected"),
    [
        (CHILD, date(2008, 11, 26), Fit.YES),
        (CHILD, date(2008, 11, 25), Fit.TOO_OLD),
        (FROM_15, date(2011, 11, 25), Fit.YES),
        (FROM_15, date(2011, 11, 26), Fit.TOO_YOUNG),
        (CHILD, None, Fit.YES),
    ],
)
def test_fit_changes_on_the_birthday(ages, born, expected):
    assert rules.fit(ages, born, day=DAY) is expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 25), 6, date(2026, 5, 25)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 25), 1200, date(1926, 11, 25)),
    ],
)
def test_months_before_keeps_to_the_calendar(day, months, expected):
    assert rules.months_before(day, months) == expected


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("500100732259", True),
        ("500100732258", False),
        ("500100732269", False),
        ("50010073225", False),
        ("000000000000", False),
        ("50010073225x", False),
    ],
)
def test_is_valid_inn_checks_both_digits(text, is_one):
    assert rules.is_valid_inn(text) is is_one


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2024, 12, 31), (2024,)),
        (date(2026, 11, 25), (2026, 2025, 2024)),
        (date(2027, 1, 1), (2027, 2026, 2025, 2024)),
        (date(2028, 1, 1), (2028, 2027, 2026, 2025)),
    ],
)
def test_tax_years_begin_with_2024_and_go_back_three(today, years):
    assert rules.tax_years(today) == years


@pytest.mark.parametrize(
    ("term", "ordered_on", "day"),
    [
        (Term(1, 3), date(2026, 11, 25), date(2026, 11, 30)),
        (Term(0, 0), date(2026, 11, 27), date(2026, 11, 30)),
        (Term(3, 5), date(2026, 12, 29), date(2027, 1, 14)),
        (Term(1, 30, is_working=False), date(2026, 11, 25), date(2026, 12, 25)),
    ],
)
def test_ready_by_counts_working_days_or_all(term, ordered_on, day):
    assert rules.ready_by(term, ordered_on, calendar()) == day


def test_same_key_differs_by_person_kind_clinic_and_what_tells_apart():
    person, clinic = uuid4(), uuid4()
    told = {"person_id": person, "kind": "tax", "facility_id": clinic, "apart": {"year": "2025", "payer": "patient"}}
    first = rules.same_key(**told)

    assert rules.same_key(**{**told, "apart": {"payer": "patient", "year": "2025"}}) == first
    for other in ({"person_id": uuid4()}, {"kind": "pool"}, {"facility_id": uuid4()}, {"apart": {"year": "2024"}}):
        assert rules.same_key(**{**told, **other}) != first


def test_order_key_is_another_for_another_account_or_person():
    form, account, person = uuid4(), uuid4(), uuid4()
    key = rules.order_key(form, account_id=account, person_id=person)

    assert rules.order_key(form, account_id=account, person_id=person) == key
    assert rules.order_key(form, account_id=uuid4(), person_id=person) != key
    assert rules.order_key(form, account_id=account, person_id=uuid4()) != key
