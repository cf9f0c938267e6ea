"""Which records an account may open when no session says who is there."""

from datetime import date, timedelta

import pytest

from medkarta.accounts import actions as accounts
from medkarta.config.visitor import find_visitor
from medkarta.core import families
from medkarta.core.scopes import Restricted
from medkarta.patients.models import Representation
from medkarta.patients.tests.factories import NOW, AccountFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db
TURNS_18 = date(2026, 11, 26)
MIDNIGHT = timedelta(hours=12)  # from NOW, noon in Moscow, to the first minute of the next day there


@pytest.fixture
def parent():
    """Return an account with its own record and a child's who is 18 from tomorrow on."""
    account = AccountFactory()
    accounts.give_consent(accounts.scope_of_account(account.pk), kind="processing", now=NOW, address="")
    RepresentationFactory(account=account)
    child = PersonFactory(given_name="Пётр", birth_date=TURNS_18.replace(year=TURNS_18.year - 18))
    RepresentationFactory(account=account, person=child, kind="parent")
    return account


def keys(family):
    return [one.key for one in family.members]


def test_find_gives_the_own_record_first_and_hides_what_is_under_secrecy(parent):
    own = Representation.objects.get(account=parent, kind="self")

    family = families.find(parent.pk, now=NOW)

    assert keys(family)[0] == own.key
    assert [one.is_self for one in family.members] == [True, False]
    assert {one.restricted for one in family.members} == {Restricted.HIDDEN}
    assert {one.may_act for one in family.members} == {False}
    assert family.actor.ref == str(parent.pk)


@pytest.mark.parametrize(("later", "count"), [(MIDNIGHT - timedelta(seconds=1), 2), (MIDNIGHT, 1)])
def test_find_leaves_a_child_out_from_the_first_minute_of_his_eighteenth_birthday(parent, later, count):
    assert len(families.find(parent.pk, now=NOW + later).members) == count


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_find_leaves_out_what_was_suspended_or_closed(parent, status):
    closed_at = NOW if status == "closed" else None
    Representation.objects.filter(kind="parent").update(status=status, closed_at=closed_at)

    assert len(families.find(parent.pk, now=NOW).members) == 1


def test_find_is_nobody_without_the_consent(parent):
    accounts.withdraw_processing(accounts.scope_of_account(parent.pk), now=NOW)
    assert families.find(parent.pk, now=NOW) is None

    parent.refresh_from_db()
    parent.status = "active"  # as a new login makes it, before the new consent
    parent.save()
    assert families.find(parent.pk, now=NOW) is None


@pytest.mark.parametrize("account", [{"is_confirmed": False}, {"status": "closed"}])
def test_find_is_nobody_for_an_account_that_may_not_enter(parent, account):
    for name, value in account.items():
        setattr(parent, name, value)
    parent.save()

    assert families.find(parent.pk, now=NOW) is None


def test_family_of_a_visitor_has_the_same_records_with_the_rights_of_the_session(parent):
    token = accounts.open_session(parent.pk, now=NOW, user_agent="", address="").token

    family = find_visitor(token, now=NOW).family(now=NOW)

    assert keys(family) == keys(families.find(parent.pk, now=NOW))
    assert [one.restricted for one in family.members] == [Restricted.SHOWN, Restricted.HIDDEN]
