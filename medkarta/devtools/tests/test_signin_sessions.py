"""What becomes of a session: limits, rotation, the list of devices, the ways out, withdrawal of the consent."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from medkarta.accounts.models import Account, Consent, Session
from medkarta.audit.models import AuditEvent
from medkarta.devtools.standin.tests.conftest import ANNA, SMIRNOV
from medkarta.patients.models import Person

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def is_in(person) -> bool:
    return person.get("/home/")["Location"].startswith("/p/")


def test_session_token_is_new_after_each_login_and_the_old_one_is_dead(person, new_person):
    person.enter(ANNA)
    old = person.portal.cookies["medkarta_session"].value
    person.come_back(person.standin.press(person.begin(retry="1"), person=ANNA))

    assert person.portal.cookies["medkarta_session"].value != old
    thief = new_person()
    thief.portal.cookies["medkarta_session"] = old
    assert not is_in(thief)
    assert is_in(person)


def test_session_given_before_the_login_is_never_taken_over(person):
    person.portal.cookies["medkarta_session"] = "chosen-by-somebody-else"

    person.enter(ANNA)

    assert person.portal.cookies["medkarta_session"].value != "chosen-by-somebody-else"


def test_table_keeps_only_the_hash_of_the_token(person):
    person.enter(ANNA)

    row = Session.objects.get()
    token = person.portal.cookies["medkarta_session"].value
    assert token not in str({name: getattr(row, name) for name in ("token_hash", "sealed_tokens", "device", "id")})
    assert len(row.token_hash) == 64


@pytest.mark.parametrize(
    ("idle", "is_live"), [(timedelta(minutes=29, seconds=59), True), (timedelta(minutes=30), False)]
)
def test_session_ends_after_half_an_hour_without_a_page(person, idle, is_live):
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False):
        person.enter(ANNA)
    with time_machine.travel(start + idle, tick=False):
        assert is_in(person) is is_live


def test_session_that_is_used_lives_on_but_not_longer_than_twelve_hours(person):
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False):
        person.enter(ANNA)
    for minutes in range(20, 12 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert is_in(person), minutes
    with time_machine.travel(start + timedelta(hours=12), tick=False):
        assert not is_in(person)


def test_old_session_leads_to_the_login_and_back_to_the_page(person):
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False):
        key = person.enter(ANNA)
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        answer = person.get(f"/p/{key}/results/", page="2")

        assert answer["Location"] == f"/login?next=%2Fp%2F{key}%2Fresults%2F%3Fpage%3D2"
        person.standin.browser.cookies.clear()
        back = person.sign_in(ANNA, f"/p/{key}/results/?page=2")
        assert back["Location"] == f"/p/{key}/results/?page=2"
        assert person.get(f"/p/{key}/results/").status_code == 200


def test_account_page_lists_devices_consents_and_contacts(person):
    person.portal.defaults["HTTP_USER_AGENT"] = FIREFOX
    person.enter(ANNA)

    html = person.get("/account/").content.decode()

    assert "Firefox, Linux" in html
    assert "resident01@example.org" in html
    assert Consent.objects.get().version in html


def test_revoke_session_ends_the_other_device_only(person, new_person):
    other = new_person()
    person.enter(ANNA)
    other.enter(ANNA)
    theirs = Session.objects.order_by("created_at").last()

    answer = person.portal.post(f"/account/sessions/{theirs.pk}/revoke/")

    assert answer["Location"] == "/account/"
    assert is_in(person)
    assert not is_in(other)


def test_revoke_session_of_another_account_is_missing(person, new_person):
    other = new_person()
    person.enter(ANNA)
    other.enter(SMIRNOV)
    theirs = Session.objects.get(account__subject=SMIRNOV)

    assert person.portal.post(f"/account/sessions/{theirs.pk}/revoke/").status_code == 404
    assert is_in(other)


def test_sign_out_everywhere_ends_all_and_the_cookie(person, new_person):
    other = new_person()
    person.enter(ANNA)
    other.enter(ANNA)

    answer = person.portal.post("/account/sign-out-everywhere/")

    assert answer["Location"] == "/"
    assert person.portal.cookies["medkarta_session"].value == ""
    assert not is_in(person)
    assert not is_in(other)
    assert AuditEvent.objects.get(action="accounts.sign_out_everywhere").details == {"count": 2}


def test_withdraw_consent_asks_first_then_closes_and_forgets(person):
    key = person.enter(ANNA)

    asked = person.portal.post("/account/withdraw-consent/")
    assert asked.status_code == 200
    assert is_in(person)
    answer = person.portal.post("/account/withdraw-consent/", {"sure": "yes"})

    assert answer["Location"] == "/"
    assert not is_in(person)
    account = Account.objects.get()
    assert (account.status, account.email, account.mobile, account.address) == ("closed", "", "", "")
    assert Consent.objects.get().withdrawn_at is not None
    assert person.get(f"/p/{key}/")["Location"].startswith("/login?")


def test_withdrawn_consent_can_be_given_anew(person):
    person.enter(ANNA)
    person.portal.post("/account/withdraw-consent/", {"sure": "yes"})

    answer = person.sign_in(ANNA)

    assert answer["Location"].startswith("/consent/")
    assert Account.objects.get().email == ""
    person.consent()
    assert is_in(person)
    assert Account.objects.get().email == "resident01@example.org"
    assert Consent.objects.count() == 2
    assert Person.objects.count() == 3


def test_logout_ends_the_session_here_and_at_the_provider(person):
    person.enter(ANNA)
    assert "Выйти из портала?" in person.get("/logout").content.decode()

    answer = person.portal.post("/logout")

    assert answer["Location"].startswith(f"{person.standin.base_url}/idp/ext/Logout?client_id=MEDKARTA")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert person.portal.cookies["medkarta_session"].value == ""
    assert not is_in(person)
    back = person.standin.browser.get(answer["Location"])
    assert back.headers["location"] == "http://127.0.0.1:8000/"
    page = person.standin.browser.get(person.begin())
    assert page.status_code == 200, "the provider asks again who signs in"


def test_logout_of_nobody_leads_to_the_start(person):
    assert person.get("/logout")["Location"] == "/"
    assert person.portal.post("/logout")["Location"] == "/"


def test_logout_kills_the_token_itself_not_only_the_cookie(person):
    person.enter(ANNA)
    token = person.portal.cookies["medkarta_session"].value
    person.portal.post("/logout")

    person.portal.cookies["medkarta_session"] = token

    assert not is_in(person)


def test_sealed_tokens_are_gone_an_hour_after_the_login(person):
    """Too late to read the person with them: the login is done once more, and nothing is asked twice."""
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False):
        person.sign_in(ANNA)
    for minutes in (20, 40, 60):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert person.get("/consent/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        answer = person.consent("/visits/")

        assert answer["Location"] == "/login?next=%2Fvisits%2F&retry=1"
        assert not Person.objects.exists()
        person.standin.browser.cookies.clear()
        again = person.come_back(person.standin.press(person.begin("/visits/", retry="1"), person=ANNA))
        assert again["Location"] == "/visits/"
        assert Person.objects.count() == 3


def test_proving_himself_again_ends_the_providers_session_first(person):
    person.sign_in(ANNA)

    ended = person.get("/login?again=1&next=/visits/")["Location"]

    assert ended.startswith(f"{person.standin.base_url}/idp/ext/Logout?")
    back = parse_qs(urlsplit(ended).query)["redirect_url"][0]
    assert urlsplit(back).path == "/login/esia"
    assert parse_qs(urlsplit(back).query) == {"next": ["/visits/"], "retry": ["1"]}
