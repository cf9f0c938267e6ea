"""A second provider, found by discovery: the same way in, and the limits of what it is believed."""

import pytest

from medkarta.accounts.models import Account, Session
from medkarta.devtools.standin.tests.conftest import ANNA, LEBEDEV
from medkarta.devtools.tests.conftest import _use, query_of
from medkarta.insurance.models import InsurancePolicy
from medkarta.patients.models import Patient, Person, Representation
from medkarta.patients.tests.factories import PatientFactory
from medkarta.signin import providers

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(oidc_world, new_person):
    return new_person("oidc")


def test_login_goes_to_the_address_that_discovery_names_with_pkce_and_nonce(person):
    query = query_of(person.begin())

    assert query["client_id"] == "medkarta-oidc"
    assert query["code_challenge_method"] == "S256"
    assert query["nonce"]
    assert query["redirect_uri"] == "http://127.0.0.1:8000/login/oidc/callback"


def test_sign_in_by_discovery_opens_the_record_and_the_children(person):
    key = person.enter(ANNA)

    assert person.get(f"/p/{key}/").status_code == 200
    account = Account.objects.get()
    assert (account.provider, account.subject) == (providers.configured()["oidc"].realm, ANNA)
    assert account.email == "resident01@example.org"
    assert set(Person.objects.values_list("snils", flat=True)) == {"90000000182", "90000000283", "90000000384"}


def test_snils_is_taken_only_from_a_provider_trusted_for_it(person, settings, quick_http):
    row = PatientFactory(unlinked=True, snils="90000000182", enp="5055110832001010", birth_date=None)
    settings.IDENTITY = settings.IDENTITY | {"oidc_trusted_for_snils": False}
    _use(quick_http)

    person.enter(ANNA)

    assert set(Person.objects.values_list("snils", "enp")) == {("", "")}
    assert Patient.objects.get(pk=row.pk).link == "unlinked", "nothing of the hospitals is opened"
    assert not InsurancePolicy.objects.filter(is_confirmed=True).exists()


def test_second_sign_in_without_snils_finds_the_same_person(person, settings, quick_http):
    settings.IDENTITY = settings.IDENTITY | {"oidc_trusted_for_snils": False}
    _use(quick_http)
    key = person.enter(ANNA)

    person.come_back(person.standin.press(person.begin(retry="1"), person=ANNA))

    assert person.get("/home/")["Location"] == f"/p/{key}/"
    assert Person.objects.count() == Representation.objects.count() == 1


def test_unconfirmed_account_of_the_provider_opens_nothing(person):
    assert person.sign_in(LEBEDEV).status_code == 403
    assert not Session.objects.exists()


FLAWS = ["issuer", "audience", "alg-none", "alg-hs256", "tampered", "foreign-key", "expired", "future", "nonce"]


@pytest.mark.parametrize("flaw", FLAWS)
def test_token_with_a_flaw_lets_nobody_in(person, flaw):
    person.standin.order("oidc/token", "flaw", flaw)

    answer = person.sign_in(ANNA)

    assert answer.status_code == 400
    assert answer.content.decode().count("<h1") == 1
    assert not Account.objects.exists()


@pytest.mark.parametrize(("kind", "value"), [("html", ""), ("huge", ""), ("status", "500"), ("flaw", "issuer")])
def test_discovery_that_answers_nonsense_makes_the_login_unavailable(person, kind, value):
    person.standin.order("oidc/discovery", kind, value)

    answer = person.get("/login")

    assert answer.status_code in (400, 503)
    assert answer.content.decode().count("<h1") == 1
    assert person.get("/login").status_code == 302, "the failure is not remembered"


def test_state_of_another_provider_is_stale(person):
    back = person.standin.press(person.begin(), person=ANNA)
    person.provider = "esia"

    assert person.come_back(back).status_code == 404, "not configured"


def test_logout_ends_at_the_provider_too(person):
    person.enter(ANNA)

    answer = person.portal.post("/logout")

    assert answer["Location"].startswith(f"{person.standin.base_url}/oidc/logout?")
    assert person.standin.browser.get(answer["Location"]).headers["location"] == "http://127.0.0.1:8000/"


def test_logout_works_while_the_provider_is_down(person):
    from medkarta.signin import providers

    person.enter(ANNA)
    providers._discover.cache_clear()
    person.standin.order("oidc/discovery", "status", "503")

    assert person.portal.post("/logout")["Location"] == "http://127.0.0.1:8000/"
    assert Session.objects.filter(revoked_at=None).count() == 0


def test_login_offers_the_choice_when_there_are_two_providers(person, world, settings, quick_http):
    settings.IDENTITY = settings.IDENTITY | {"esia_url": world.options.base_url}
    _use(quick_http)

    html = person.get("/login", next="/visits/").content.decode()

    assert 'href="/login/esia?next=%2Fvisits%2F"' in html
    assert 'href="/login/oidc?next=%2Fvisits%2F"' in html
    assert "Вход области" in html
    back = person.standin.press(person.get("/login/oidc", next="/visits/")["Location"], person=ANNA)
    person.provider = "esia"
    assert person.come_back(back).status_code == 400, "a state belongs to its provider"


def test_accounts_of_two_providers_are_two_accounts(person, new_person, world, settings, quick_http):
    person.enter(ANNA)
    settings.IDENTITY = settings.IDENTITY | {"esia_url": world.options.base_url, "oidc_issuer": ""}
    _use(quick_http)

    new_person("esia").enter(ANNA)

    assert Account.objects.count() == 2
    assert Person.objects.filter(snils="90000000182").count() == 1
