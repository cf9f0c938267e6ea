"""The token says that the account is confirmed, the profile a moment later that it is not: the profile wins."""

from dataclasses import replace

import pytest

from medkarta.accounts.models import Account, Session
from medkarta.devtools.standin.persons import add_person
from medkarta.devtools.standin.tests.conftest import ANNA
from medkarta.devtools.standin.world import TOKEN_LIFETIME, Shelf
from medkarta.insurance.models import InsurancePolicy
from medkarta.patients.models import Person, Representation

pytestmark = pytest.mark.django_db


@pytest.fixture
def withdraw(world, monkeypatch):
    """Return a function after which the provider takes Anna's confirmation back as soon as a token is out."""
    anna = world.register.get(ANNA)

    class Withdrawing(Shelf):
        def put(self, value, key=""):
            add_person(world.files.data_dir, replace(anna, trusted=False))
            return super().put(value, key)

    yield lambda: monkeypatch.setattr(world, "tokens", Withdrawing(TOKEN_LIFETIME, world.now))
    add_person(world.files.data_dir, anna)


def test_consent_to_a_profile_that_is_not_confirmed_writes_nobody_down(person, withdraw):
    withdraw()
    assert person.sign_in(ANNA)["Location"].startswith("/consent/"), "the token alone is believed so far"

    answer = person.consent()

    assert answer.status_code == 403
    assert "не подтверждена" in answer.content.decode()
    assert not Person.objects.exists()
    assert not Representation.objects.exists()
    assert not InsurancePolicy.objects.exists()
    assert Account.objects.get().email == ""
    assert Session.objects.get().sealed_tokens == "", "the tokens are not kept for another try"


def test_sign_in_with_a_profile_that_is_not_confirmed_opens_no_session(person, new_person, withdraw):
    person.enter(ANNA)
    withdraw()
    elsewhere = new_person()

    answer = elsewhere.sign_in(ANNA)

    assert answer.status_code == 403
    assert "не подтверждена" in answer.content.decode()
    assert Session.objects.count() == 1, "that of the first browser"
    assert elsewhere.get("/home/")["Location"].startswith("/login?")
