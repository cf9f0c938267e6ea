"""Which accounts are told what happened in somebody's record."""

from datetime import date, timedelta

import pytest

from medkarta.patients import queries
from medkarta.patients.tests.factories import NOW, AccountFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def family(**child):
    """Return a child with an own account, and that account and a parent's."""
    person = PersonFactory(**child)
    parent, own = AccountFactory(), AccountFactory()
    RepresentationFactory(account=parent, person=person, kind="parent")
    RepresentationFactory(account=own, person=person)
    return person, own.pk, parent.pk


def told(person, today=TODAY, is_restricted=False):
    return queries.list_account_ids(person.pk, today=today, is_restricted=is_restricted)


def test_list_account_ids_begins_with_the_persons_own():
    person, own, parent = family(birth_date=date(2010, 1, 1))

    assert told(person) == [own, parent]


def test_list_account_ids_leaves_a_parent_out_from_the_eighteenth_birthday_on():
    person, own, parent = family(birth_date=date(2008, 11, 25))

    assert told(person, TODAY - timedelta(days=1)) == [own, parent]
    assert told(person, TODAY) == [own]


@pytest.mark.parametrize(("since", "is_parent_told"), [(TODAY, False), (TODAY + timedelta(days=1), True)])
def test_list_account_ids_leaves_a_parent_out_from_full_capacity_on(since, is_parent_told):
    person, _own, parent = family(birth_date=date(2010, 1, 1), full_capacity_on=since)

    assert (parent in told(person)) is is_parent_told


@pytest.mark.parametrize(
    ("access", "is_parent_told"), [("full", True), ("notify_teen", True), ("teen_may_hide", False)]
)
def test_list_account_ids_goes_by_what_the_region_lets_a_parent_see(settings, access, is_parent_told):
    settings.MINOR15_PARENT_ACCESS = access
    person, _own, parent = family(birth_date=date(2011, 11, 25))  # 15 today

    assert (parent in told(person)) is is_parent_told
    assert parent in told(person, TODAY - timedelta(days=1))


@pytest.mark.parametrize(("days", "is_told"), [(30, True), (31, False)])
def test_list_account_ids_keeps_an_unlisted_child_for_the_grace_days(days, is_told):
    person = PersonFactory(birth_date=date(2019, 9, 3))
    link = RepresentationFactory(person=person, kind="parent", status="needs-confirmation")

    assert (told(person, TODAY + timedelta(days=days)) == [link.account_id]) is is_told


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_list_account_ids_leaves_out_what_was_suspended_or_closed(status):
    person = PersonFactory()
    RepresentationFactory(person=person, status=status, closed_at=NOW if status == "closed" else None)

    assert told(person) == []


def test_list_account_ids_tells_a_parent_nothing_secret_from_fifteen_on():
    person, own, parent = family(birth_date=date(2011, 11, 25))

    assert told(person, TODAY - timedelta(days=1), is_restricted=True) == [own, parent]
    assert told(person, TODAY, is_restricted=True) == [own]


def test_list_account_ids_tells_a_parent_something_secret_where_the_region_only_locks_it(settings):
    settings.MINOR15_PARENT_RESTRICTED = "locked"
    person, own, parent = family(birth_date=date(2010, 1, 1))

    assert told(person, is_restricted=True) == [own, parent]


def test_list_account_ids_asks_once(django_assert_num_queries):
    person, _own, _parent = family(birth_date=date(2010, 1, 1))

    with django_assert_num_queries(1):
        told(person, is_restricted=True)
