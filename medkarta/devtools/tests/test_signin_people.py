"""The way in of the demo's persons, from the click at the provider to the cards on the page."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from medkarta.accounts import consents
from medkarta.accounts.models import Account, Consent, LoginAttempt, Session
from medkarta.audit.models import AuditEvent
from medkarta.devtools.standin.tests.conftest import ANNA, FROLOVA, LEBEDEV, MARIA, ORLOV, SMIRNOV
from medkarta.insurance.models import InsurancePolicy
from medkarta.patients.models import Person, Representation

pytestmark = pytest.mark.django_db

DMITRY = "1000100009"


def keys_in(html: str) -> set[str]:
    return set(re.findall(r'href="/p/([^/"]+)/"', html))


def test_sign_in_takes_one_click_then_asks_for_consent(person):
    answer = person.sign_in(ANNA)

    assert (answer.status_code, answer["Location"]) == (302, "/consent/?next=%2Fhome%2F")
    page = person.get("/consent/")
    assert page.status_code == 200
    assert consents.current("processing").title in page.content.decode()
    assert 'name="agree" value="yes" id="agree"><span>' in page.content.decode(), "nothing is ticked beforehand"


def test_consent_opens_three_cards(person):
    key = person.enter(ANNA)

    html = person.get(f"/p/{key}/").content.decode()
    assert len(keys_in(html)) == 3
    for name in ("Иванова Анна Сергеевна", "Пётр", "Мария"):
        assert name in html
    assert "5055 •••• •••• 1010" in html
    assert "5055110832001010" not in html


def test_before_consent_only_the_number_and_the_mark_are_kept(person):
    person.sign_in(ANNA)

    account = Account.objects.get()
    assert (account.provider, account.subject, account.is_confirmed) == ("esia", ANNA, True)
    assert (account.email, account.mobile, account.address, account.preferences) == ("", "", "", {})
    assert not Person.objects.exists()
    assert not Representation.objects.exists()
    assert not InsurancePolicy.objects.exists()
    sealed = Session.objects.get().sealed_tokens
    assert sealed
    assert "Иванов" not in sealed
    assert person.standin.world.register.get(ANNA).snils not in sealed


@pytest.mark.parametrize("form", [{}, {"agree": "no"}, {"agree": ""}])
def test_consent_without_the_mark_asks_again_and_keeps_nothing(person, form):
    person.sign_in(ANNA)

    answer = person.portal.post("/consent/", form | {"next": "/appointments/"})

    assert answer.status_code == 422
    assert "Согласие не дано" in answer.content.decode()
    assert 'value="/appointments/"' in answer.content.decode()
    assert not Consent.objects.exists()
    assert not Person.objects.exists()


def test_declining_the_consent_leads_out_and_leaves_no_session(person):
    person.sign_in(ANNA)

    assert 'href="/logout"' in person.get("/consent/").content.decode()
    answer = person.portal.post("/logout")

    assert answer["Location"].startswith(person.standin.base_url)
    assert Session.objects.get().revoked_at is not None
    assert Session.objects.get().sealed_tokens == ""
    assert person.get("/consent/")["Location"].startswith("/login?")
    assert not Person.objects.exists()


def test_no_record_opens_without_consent(person):
    person.sign_in(ANNA)

    assert person.get("/home/")["Location"] == "/consent/?next=%2Fhome%2F"
    assert person.get("/p/any-key/")["Location"] == "/consent/?next=%2Fp%2Fany-key%2F"


def test_consent_record_says_which_text_when_from_where(person):
    now = datetime.now(UTC).replace(microsecond=0)
    person.sign_in(ANNA)

    person.consent()

    consent, text = Consent.objects.get(), consents.current("processing")
    assert (consent.kind, consent.version, consent.text_hash) == ("processing", text.version, text.hash)
    assert consent.account.subject == ANNA
    assert consent.address == "127.0.0.1"
    assert consent.given_at >= now
    assert consent.withdrawn_at is None
    assert AuditEvent.objects.filter(action="accounts.give_consent", actor_ref=str(consent.account_id)).count() == 1


def test_consent_reads_contacts_policies_and_forgets_the_tokens(person):
    person.enter(ANNA)

    account = Account.objects.get()
    assert (account.email, account.mobile) == ("resident01@example.org", "+7(900)0000001")
    assert account.address == "Московская обл., г. Подольск, ул. Садовая, д. 12, кв. 45"
    assert Person.objects.get(given_name="Анна").snils == "90000000182"
    assert InsurancePolicy.objects.filter(is_confirmed=True).count() == 3
    assert Session.objects.get().sealed_tokens == ""


def test_second_sign_in_needs_no_consent_and_keeps_the_keys(person):
    key = person.enter(ANNA)

    answer = person.come_back(person.standin.press(person.begin(retry="1"), person=ANNA))

    assert answer["Location"] == "/home/"
    assert person.get("/home/")["Location"] == f"/p/{key}/"
    assert Consent.objects.count() == 1
    assert Representation.objects.count() == 3


def test_sign_in_comes_back_to_the_section_asked_for(person):
    asked = person.get("/appointments/", date="today")["Location"]

    assert asked == "/login?next=%2Fappointments%2F%3Fdate%3Dtoday"
    answer = person.sign_in(ANNA, "/appointments/?date=today")
    answer = person.consent("/appointments/?date=today")
    assert answer["Location"] == "/appointments/?date=today"


def test_consent_given_already_goes_on_at_once(person):
    person.enter(ANNA)

    assert person.get("/consent/", next="/visits/")["Location"] == "/visits/"
    assert person.consent("/visits/")["Location"] == "/visits/"
    assert Consent.objects.count() == 1


def test_login_of_somebody_signed_in_goes_on_at_once(person):
    person.enter(ANNA)

    assert person.get("/login", next="/visits/")["Location"] == "/visits/"
    assert person.begin("/visits/", again="1").startswith(person.standin.base_url)


def test_unconfirmed_account_gets_the_page_how_to_confirm_it(person):
    answer = person.sign_in(LEBEDEV)

    assert answer.status_code == 403
    assert "не подтверждена" in answer.content.decode()
    assert not Session.objects.exists()
    assert Account.objects.get().is_confirmed is False
    assert not Person.objects.exists()
    assert person.get("/home/")["Location"].startswith("/login?")


def test_confirmed_later_opens_the_same_account(person, new_person):
    Account.objects.create(provider="esia", subject=ANNA, is_confirmed=False, created_at=datetime.now(UTC))

    person.enter(ANNA)

    assert Account.objects.get().is_confirmed


def test_two_parents_have_keys_of_their_own(person, new_person):
    anna, dmitry = person, new_person()
    anna_key, dmitry_key = anna.enter(ANNA), dmitry.enter(DMITRY)

    annas = keys_in(anna.get(f"/p/{anna_key}/").content.decode())
    dmitrys = keys_in(dmitry.get(f"/p/{dmitry_key}/").content.decode())

    assert len(annas) == len(dmitrys) == 3
    assert not annas & dmitrys
    assert Person.objects.count() == 4, "the children are the same two persons"


def test_keys_of_one_parent_are_missing_pages_for_the_other(person, new_person):
    anna, dmitry = person, new_person()
    anna.enter(ANNA)
    dmitry.enter(DMITRY)
    before = AuditEvent.objects.count()
    for foreign in Representation.objects.filter(account__subject=ANNA):
        answer = dmitry.get(f"/p/{foreign.key}/results/")

        assert answer.status_code == 404
        assert "Анна" not in answer.content.decode()
    rows = AuditEvent.objects.order_by("pk")[before:]
    assert [(row.action, row.outcome, row.person_id) for row in rows] == [("access.foreign_key", "refused", None)] * 3
    assert {row.actor_ref for row in rows} == {str(Account.objects.get(subject=DMITRY).pk)}


def test_two_tabs_show_two_children_side_by_side(person):
    person.enter(ANNA)
    pyotr, maria = (Representation.objects.get(person__given_name=name).key for name in ("Пётр", "Мария"))

    first = person.get(f"/p/{pyotr}/appointments/").content.decode()
    second = person.get(f"/p/{maria}/appointments/").content.decode()
    first_again = person.get(f"/p/{pyotr}/appointments/").content.decode()

    assert f"/p/{pyotr}/visits/" in first
    assert f"/p/{maria}/visits/" in second
    assert f"/p/{pyotr}/visits/" in first_again
    assert f"/p/{maria}/visits/" not in first_again
    assert person.get("/visits/")["Location"] == f"/p/{pyotr}/visits/", "without a key: the one shown last"


def test_person_without_a_policy_has_a_card_that_says_so(person):
    key = person.enter(FROLOVA)

    html = person.get(f"/p/{key}/").content.decode()

    assert "Полис не указан" in html
    assert not InsurancePolicy.objects.exists()


def test_teenager_has_his_own_record(person):
    key = person.enter(ORLOV)

    page = person.get(f"/p/{key}/")

    assert page.status_code == 200
    assert "Орлов Артём Максимович" in page.content.decode()
    assert Representation.objects.get().kind == "self"


def test_child_of_fourteen_signs_in_beside_the_parents(person, new_person):
    person.enter(ANNA)

    key = new_person().enter(MARIA)

    own = Representation.objects.get(account__subject=MARIA)
    assert (own.key, own.kind) == (key, "self")
    assert own.person == Representation.objects.get(account__subject=ANNA, person__given_name="Мария").person


def test_child_listed_twice_is_one_card(person):
    person.standin.order("rs/kids", "duplicate")

    key = person.enter(ANNA)

    assert len(keys_in(person.get(f"/p/{key}/").content.decode())) == 3


@pytest.mark.parametrize(("days", "status"), [(1, 200), (0, 404)])
def test_parent_loses_a_child_on_the_eighteenth_birthday(person, days, status):
    person.enter(ANNA)
    maria = Representation.objects.get(person__given_name="Мария")
    birthday = timezone.localdate() + timedelta(days=days)
    Person.objects.filter(pk=maria.person_id).update(birth_date=date(birthday.year - 18, birthday.month, birthday.day))

    assert person.get(f"/p/{maria.key}/").status_code == status


def test_login_attempts_keep_no_secret_of_the_browser(person):
    person.begin("/visits/")

    attempt = LoginAttempt.objects.get()
    cookie = person.portal.cookies["medkarta_login"]
    assert attempt.next_path == "/visits/"
    assert cookie.value
    assert cookie.value not in (attempt.browser_hash, attempt.state, attempt.verifier)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 600


def test_another_person_at_the_same_browser_replaces_the_session(person):
    key = person.enter(ANNA)
    person.standin.browser.cookies.clear()

    answer = person.come_back(person.standin.press(person.begin(retry="1"), person=SMIRNOV))

    assert answer["Location"].startswith("/consent/")
    assert Session.objects.filter(revoked_at=None).count() == 1
    person.consent()
    assert person.get(f"/p/{key}/").status_code == 404
