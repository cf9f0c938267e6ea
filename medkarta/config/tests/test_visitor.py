from datetime import timedelta

import pytest

from medkarta.accounts import actions as accounts
from medkarta.config.visitor import find_visitor
from medkarta.mailer.tests.factories import NoticeFactory
from medkarta.patients.tests.factories import NOW, AccountFactory

pytestmark = pytest.mark.django_db


def opened(**account):
    found = AccountFactory(**account)
    return accounts.open_session(found.pk, now=NOW, user_agent="", address="").token


def test_find_visitor_of_a_live_session():
    assert find_visitor(opened(), now=NOW) is not None


@pytest.mark.parametrize("account", [{"is_confirmed": False}, {"status": "closed"}])
def test_find_visitor_is_nobody_for_an_account_that_may_not_enter(account):
    assert find_visitor(opened(**account), now=NOW) is None


@pytest.mark.parametrize(("minutes", "found"), [(29, True), (30, False)])
def test_find_visitor_ends_after_half_an_hour_without_a_page(minutes, found):
    token = opened()

    assert (find_visitor(token, now=NOW + timedelta(minutes=minutes)) is not None) is found


def test_find_visitor_is_nobody_for_an_unknown_token():
    opened()

    assert find_visitor("another", now=NOW) is None


def test_find_visitor_counts_what_the_bell_has_told_and_nobody_read():
    token = opened()
    account_id = find_visitor(token, now=NOW).account_id
    NoticeFactory(account_id=account_id, shown_at=NOW)
    NoticeFactory(account_id=account_id, shown_at=NOW, read_at=NOW)
    NoticeFactory(account_id=account_id, shown_at=NOW + timedelta(seconds=1))
    NoticeFactory(shown_at=NOW)

    assert find_visitor(token, now=NOW).unread == 1


def test_find_visitor_counts_up_to_a_hundred():
    token = opened()
    account_id = find_visitor(token, now=NOW).account_id
    NoticeFactory.create_batch(101, account_id=account_id, shown_at=NOW)

    assert find_visitor(token, now=NOW).unread == 100
