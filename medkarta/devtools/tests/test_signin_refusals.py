"""Everything that can go wrong on the way in: each ends on a page with a sentence, and lets nobody in."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from medkarta.accounts.models import Account, LoginAttempt, Session
from medkarta.devtools.standin.codes import MESSAGES
from medkarta.devtools.standin.tests.conftest import ANNA, SMIRNOV
from medkarta.devtools.tests.conftest import query_of, state_of
from medkarta.integrations.esia.errors import ACTIONS, Kind, action_of
from medkarta.patients.models import Person

pytestmark = pytest.mark.django_db

STATUS = {
    Kind.UNAVAILABLE: 503,
    Kind.CONFIG_ALARM: 503,
    Kind.BUG_ALARM: 502,
    Kind.UNCONFIRMED: 403,
}
UNKNOWN_TO_THE_STANDIN = ["access_denied", "no-such-error", "", "ESIA-999999", "<script>alert(1)</script>"]


def assert_human(answer, status):
    """The page speaks to the person and shows a way on."""
    html = answer.content.decode()
    assert answer.status_code == status, html
    assert html.count("<h1") == 1
    assert 'href="/login' in html
    assert "Traceback" not in html
    assert answer["Cache-Control"] == "no-store"
    assert not Session.objects.exists()


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_callback_with_an_error_code_is_a_human_page(person, code):
    person.begin()
    parameters = {"error": "invalid_request", "error_description": f"{code}: {MESSAGES[code]}"}

    answer = person.come_back(parameters)

    action = action_of(code)
    if action.kind is Kind.RESTART_ONCE:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/esia?")
        answer = person.come_back(parameters)
    assert_human(answer, STATUS.get(action.kind, 400))
    html = answer.content.decode()
    assert code not in html
    assert str(action.text) in html or action.kind is Kind.UNCONFIRMED


@pytest.mark.parametrize("code", ["ESIA-007004", "ESIA-007007", "ESIA-007053", "ESIA-007055"])
def test_error_pressed_at_the_provider_comes_back_as_a_page(person, code):
    answer = person.come_back(person.standin.press(person.begin(), error=code))

    assert_human(answer, STATUS.get(ACTIONS[code].kind, 400))


def test_refusal_at_the_provider_says_that_the_person_cancelled(person):
    answer = person.come_back(person.standin.press(person.begin(), refuse="1"))

    assert_human(answer, 400)
    assert "Вы отменили вход" in answer.content.decode()


@pytest.mark.parametrize("error", UNKNOWN_TO_THE_STANDIN[1:])
def test_callback_with_an_unknown_error_never_repeats_it(person, error):
    person.begin()

    answer = person.come_back({"error": error or "x", "error_description": "<b>имя</b>" * 100})

    assert_human(answer, 502)
    assert "<script>alert" not in answer.content.decode()
    assert "<b>имя" not in answer.content.decode()


@pytest.mark.parametrize("code", ["ESIA-007011", "ESIA-007007", "ESIA-007053", "ESIA-007019"])
def test_token_answer_with_an_error_code_is_a_human_page(person, code):
    person.standin.order("te", "error", code, times=2)

    answer = person.sign_in(ANNA)

    if ACTIONS[code].kind is Kind.RESTART_ONCE:
        assert answer["Location"].startswith("/login/esia?")
        answer = person.sign_in(ANNA)
    assert_human(answer, STATUS.get(ACTIONS[code].kind, 400))


def test_restart_happens_once_by_itself_and_then_lets_the_person_in(person):
    person.standin.order("te", "error", "ESIA-007011")
    answer = person.sign_in(ANNA, "/visits/")
    assert answer["Location"].startswith("/login/esia?")

    answer = person.sign_in(ANNA)

    assert answer["Location"].startswith("/consent/")
    assert person.portal.cookies["medkarta_login_retried"].value == ""


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"state": "x" * 5000}])
def test_callback_with_a_wrong_state_is_stale(person, change):
    back = person.standin.press(person.begin(), person=ANNA)

    answer = person.come_back(back | change)

    assert_human(answer, 400)
    assert "уже не действует" in answer.content.decode()


def test_callback_with_a_nul_is_a_bad_request(person):
    back = person.standin.press(person.begin(), person=ANNA)

    assert person.come_back(back | {"state": "a\x00b"}).status_code == 400
    assert not Session.objects.exists()


def test_callback_without_any_parameter_is_stale(person):
    assert_human(person.come_back({}), 400)


def test_state_of_another_browser_is_stale(person, new_person):
    back = person.standin.press(person.begin(), person=ANNA)
    thief = new_person()
    thief.begin()

    assert_human(thief.come_back(back), 400)
    assert_human(new_person().come_back(back), 400)
    assert person.come_back(back).status_code == 302, "the owner is not hindered by the attempt"


def test_login_forced_on_a_victim_is_refused(person, new_person):
    """Login CSRF: a link with the attacker's own code, opened in the victim's browser."""
    attackers = new_person()
    back = attackers.standin.press(attackers.begin(), person=SMIRNOV)
    person.begin()

    assert_human(person.come_back(back), 400)


def test_code_works_once_and_state_works_once(person):
    back = person.standin.press(person.begin(), person=ANNA)
    assert person.come_back(back).status_code == 302
    person.portal.cookies.clear()
    Session.objects.all().delete()

    assert_human(person.come_back(back), 400)
    fresh = state_of(person.begin())
    answer = person.come_back(back | {"state": fresh})
    assert answer["Location"].startswith("/login/esia?"), "the provider refuses the used code; we begin anew once"


@pytest.mark.parametrize(("minutes", "seconds", "is_live"), [(10, 0, True), (10, 1, False)])
def test_attempt_lives_for_ten_minutes(person, minutes, seconds, is_live):
    person.begin()
    attempt = LoginAttempt.objects.get()
    back = person.standin.press(person.begin(), person=ANNA)
    made = datetime.now(UTC) - timedelta(minutes=minutes, seconds=seconds)
    with time_machine.travel(made + timedelta(minutes=minutes, seconds=seconds), tick=False):
        LoginAttempt.objects.exclude(pk=attempt.pk).update(created_at=made)
        answer = person.come_back(back)

    assert answer.status_code == (302 if is_live else 400)


def test_two_tabs_of_one_browser_can_both_finish(person):
    first, second = person.begin("/visits/"), person.begin("/results/")

    answers = [person.come_back(person.standin.press(url, person=ANNA)) for url in (first, second)]

    assert [answer.status_code for answer in answers] == [302, 400]
    assert Session.objects.filter(revoked_at=None).count() == 1


FLAWS = [
    "issuer",
    "audience",
    "alg-none",
    "alg-hs256",
    "tampered",
    "foreign-key",
    "expired",
    "future",
    "not-a-person",
    "other-person",
    "two-segments",
    "state",
    "token-type",
    "no-id-token",
]


@pytest.mark.parametrize("flaw", FLAWS)
def test_token_with_a_flaw_lets_nobody_in(person, flaw):
    person.standin.order("te", "flaw", flaw)

    answer = person.sign_in(ANNA)

    assert_human(answer, 400)
    assert not Account.objects.exists()


BROKEN = [("html", ""), ("huge", ""), ("status", "500"), ("status", "204"), ("redirect", "http://127.0.0.1:9/")]


@pytest.mark.parametrize(("kind", "value"), BROKEN)
@pytest.mark.parametrize("endpoint", ["te", "rs"])
def test_provider_that_answers_nonsense_is_unavailable(person, endpoint, kind, value):
    person.standin.order(endpoint, kind, value, times=9)

    answer = person.sign_in(ANNA)
    if endpoint == "rs":
        assert answer["Location"].startswith("/consent/")
        answer = person.consent()
        Session.objects.all().delete()

    assert_human(answer, 503)
    assert "недоступны" in answer.content.decode()
    assert not Person.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "value"), [("slow", "1.5"), ("drip", "4")])
def test_provider_that_is_slow_is_given_up(person, kind, value):
    person.standin.order("te", kind, value)

    assert_human(person.sign_in(ANNA), 503)


def test_provider_that_is_down_is_a_page_to_try_again(person, settings, unused_port):
    back = person.standin.press(person.begin(), person=ANNA)
    from medkarta.devtools.tests.conftest import _forget

    settings.IDENTITY = settings.IDENTITY | {"esia_url": f"http://127.0.0.1:{unused_port}"}
    _forget()

    assert_human(person.come_back(back), 503)


def test_consent_survives_a_provider_that_is_down_and_the_next_attempt_completes_it(person):
    person.sign_in(ANNA)
    person.standin.order("rs", "status", "503", times=9)
    assert person.consent().status_code == 503
    assert not Person.objects.exists()
    person.standin.world.faults.clear()

    answer = person.come_back(person.standin.press(person.begin(retry="1"), person=ANNA))

    assert answer["Location"] == "/home/"
    assert Person.objects.count() == 3


def test_login_cookie_of_a_stranger_does_not_help(person, new_person):
    url = person.begin()
    other = new_person()
    other.portal.cookies["medkarta_login"] = "guessed"

    assert_human(other.come_back({"state": query_of(url)["state"], "code": "x"}), 400)


def test_login_without_a_provider_says_so(person, settings):
    from medkarta.devtools.tests.conftest import _forget

    settings.IDENTITY = settings.IDENTITY | {"esia_url": ""}
    _forget()

    answer = person.get("/login")

    assert answer.status_code == 503
    assert "Вход временно недоступен" in answer.content.decode()
    assert person.get("/login/esia/callback").status_code == 404


def test_login_with_an_unknown_provider_is_missing(person):
    assert person.get("/login/nobody").status_code == 404
    assert person.get("/login/nobody/callback").status_code == 404
    assert person.get("/login/esia").status_code == 302
