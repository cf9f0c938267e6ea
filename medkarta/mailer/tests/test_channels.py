from datetime import timedelta
from uuid import uuid4

import pytest

from medkarta.accounts.actions import scope_of_account
from medkarta.core.errors import NotFound
from medkarta.mailer import actions, queries, rules
from medkarta.mailer.models import Choice, ContactPoint
from medkarta.mailer.tests.factories import NOW, ChoiceFactory, ContactPointFactory
from medkarta.outbox.models import OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope():
    return scope_of_account(uuid4())


def test_get_channels_of_somebody_new_is_all_off(scope):
    found = queries.get_channels(scope)

    assert found.chosen == {"mail": frozenset(), "push": frozenset()}
    assert (found.is_detailed, found.address, found.pending, found.devices) == (False, "", "", ())


def test_choose_replaces_what_was_chosen(scope):
    theirs = ChoiceFactory()
    actions.choose(scope, chosen={"mail": ["reminders"], "push": ["waitlist"]}, is_detailed=True)

    actions.choose(scope, chosen={"mail": ["requests", "nonsense"], "pigeon": ["requests"]}, is_detailed=True)

    found = queries.get_channels(scope)
    assert found.chosen == {"mail": {"requests"}, "push": frozenset()}
    assert found.is_detailed
    assert Choice.objects.filter(pk=theirs.pk).exists()


def test_stop_letters_leaves_the_devices(scope):
    actions.choose(scope, chosen={"mail": ["reminders"], "push": ["reminders"]}, is_detailed=False)

    actions.stop_letters(scope.account_id)

    assert queries.get_channels(scope).chosen == {"mail": frozenset(), "push": {"reminders"}}


def test_request_address_waits_for_its_link(scope):
    ContactPointFactory(account_id=scope.account_id, address="old@example.org", is_detailed=True)

    actions.request_address(scope, address=" new@example.org ", now=NOW)

    found = queries.get_channels(scope)
    assert (found.address, found.pending, found.is_detailed) == ("old@example.org", "new@example.org", True)
    assert OutboxEvent.objects.get().handler == "mailer.confirm"
    assert "example" not in str(OutboxEvent.objects.get().payload)


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "a b@example.org", "a@example.org\n", "x" * 255 + "@example.org"]
)
def test_request_address_refuses_what_is_none(scope, address):
    if address.endswith("\n"):
        address = "a@exam\nple.org"
    with pytest.raises(actions.AddressUnusable):
        actions.request_address(scope, address=address, now=NOW)

    assert not OutboxEvent.objects.exists()


def test_request_address_sends_five_letters_a_day(scope):
    for number in range(5):
        actions.request_address(scope, address=f"{number}@example.org", now=NOW)

    with pytest.raises(actions.TooManyLetters, match="TooManyLetters") as caught:
        actions.request_address(scope, address="6@example.org", now=NOW)
    assert "5 писем" in str(caught.value.text)

    actions.request_address(scope, address="6@example.org", now=NOW + timedelta(days=1))
    assert OutboxEvent.objects.count() == 6


def test_confirm_address_takes_it_into_use_and_may_be_repeated():
    point = ContactPointFactory(address="old@example.org", pending="new@example.org", refused_at=NOW)
    digest = rules.address_hash("new@example.org")

    for _ in range(2):
        actions.confirm_address(point_id=point.pk, address_hash=digest)

    point.refresh_from_db()
    assert (point.address, point.pending, point.refused_at) == ("new@example.org", "", None)


@pytest.mark.parametrize("digest", ["", rules.address_hash("typed-before@example.org")])
def test_confirm_address_of_an_earlier_link_is_missing(digest):
    point = ContactPointFactory(pending="new@example.org")

    with pytest.raises(NotFound):
        actions.confirm_address(point_id=point.pk, address_hash=digest)
    with pytest.raises(NotFound):
        actions.confirm_address(point_id=uuid4(), address_hash=rules.address_hash("new@example.org"))

    assert ContactPoint.objects.get(pk=point.pk).address == ""


def test_drop_address_goes_back_to_the_providers(scope):
    ContactPointFactory(account_id=scope.account_id, address="a@example.org", pending="b@example.org", is_detailed=True)

    actions.drop_address(scope)

    found = queries.get_channels(scope)
    assert (found.address, found.pending, found.is_detailed) == ("", "", True)
