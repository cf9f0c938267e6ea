"""Wrong, late, huge and forged answers of ESIA: each ends the sign-in cleanly and lets nobody in."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from medkarta.devtools.standin.codes import MESSAGES
from medkarta.devtools.standin.tests.conftest import ANNA, LEBEDEV, callback_of
from medkarta.integrations.esia import port as esia
from medkarta.integrations.signature import port as signature

CLAIM_FLAWS = [
    ("issuer", "another issuer"),
    ("audience", "another system"),
    ("expired", "expired"),
    ("future", "future"),
    ("not-a-person", "not a person"),
    ("other-person", "two people"),
    ("two-segments", "three segments"),
    ("state", "another state"),
    ("token-type", "not Bearer"),
    ("no-id-token", "not a token"),
]
SIGNATURE_FLAWS = [
    ("alg-none", "algorithm"),
    ("alg-hs256", "algorithm"),
    ("tampered", "wrong signature"),
    ("foreign-key", "wrong signature"),
]


@pytest.mark.parametrize(("flaw", "reason"), CLAIM_FLAWS)
def test_exchange_refuses_tokens_with_a_flaw(portal, flaw, reason):
    portal.standin.order("te", "flaw", flaw)

    with pytest.raises(esia.EsiaUntrusted, match=reason):
        portal.sign_in()


@pytest.mark.parametrize(("flaw", "reason"), SIGNATURE_FLAWS)
def test_exchange_refuses_tokens_with_a_flawed_signature_of_either_kind(start, kind, flaw, reason):
    portal = start(kind)
    portal.standin.order("te", "flaw", flaw)

    with pytest.raises(esia.EsiaUntrusted, match=reason):
        portal.sign_in()


def test_exchange_refuses_tokens_of_a_key_type_that_is_not_allowed(portal):
    request = portal.begin()
    code = portal.standin.press(request.url, person=ANNA)["code"]

    with pytest.raises(esia.EsiaUntrusted, match="algorithm"):
        portal.exchange(code, request.pkce_verifier, token_algorithms=("GOST3410_2012_256",))


def test_exchange_refuses_tokens_when_no_certificate_is_trusted(portal, tmp_path):
    request = portal.begin()
    code = portal.standin.press(request.url, person=ANNA)["code"]

    with pytest.raises(esia.EsiaUntrusted, match="no valid trusted certificate"):
        portal.exchange(code, request.pkce_verifier, trusted_certificates=tmp_path)


@pytest.mark.parametrize("fault", [("html", ""), ("huge", ""), ("status", "503"), ("redirect", "http://127.0.0.1:9/")])
def test_exchange_with_an_answer_that_is_not_the_protocol_is_unavailable(portal, fault):
    portal.standin.order("te", *fault)

    with pytest.raises(esia.EsiaUnavailable) as caught:
        portal.sign_in()

    assert caught.value.action.kind == esia.Kind.UNAVAILABLE


@pytest.mark.parametrize("fault", [("slow", "2"), ("drip", "20")])
def test_exchange_gives_up_on_a_slow_answer(portal, fault):
    portal.http = esia.BoundedClient(timeout_seconds=0.3, total_seconds=0.8)
    portal.standin.order("te", *fault)
    began = time.monotonic()

    with pytest.raises(esia.EsiaUnavailable):
        portal.sign_in()

    assert time.monotonic() - began < 4
    portal.http.close()


def test_exchange_with_esia_down_is_unavailable(portal):
    with pytest.raises(esia.EsiaUnavailable):
        portal.exchange("a.b.c", "v" * 64, base_url="http://127.0.0.1:9")


def test_exchange_of_a_replayed_code_restarts_the_login(portal):
    request = portal.begin()
    code = portal.standin.press(request.url, person=ANNA)["code"]
    portal.exchange(code, request.pkce_verifier)

    with pytest.raises(esia.EsiaRefused) as caught:
        portal.exchange(code, request.pkce_verifier)

    assert (caught.value.code, caught.value.action.kind) == ("ESIA-007011", esia.Kind.RESTART_ONCE)


def test_exchange_with_the_verifier_of_another_browser_is_refused(portal):
    code = portal.standin.press(portal.begin().url, person=ANNA)["code"]

    with pytest.raises(esia.EsiaRefused, match="ESIA-007040"):
        portal.exchange(code, portal.begin().pkce_verifier)


@pytest.mark.parametrize(("seconds", "refused"), [(120, False), (121, True)])
def test_exchange_has_two_minutes_for_a_code(portal, monkeypatch, seconds, refused):
    request = portal.begin()
    now = datetime.now(UTC).replace(microsecond=0)
    codes = portal.standin.world.codes
    monkeypatch.setattr(codes, "now", lambda: now)
    code = portal.standin.press(request.url, person=ANNA)["code"]
    monkeypatch.setattr(codes, "now", lambda: now + timedelta(seconds=seconds))

    if refused:
        with pytest.raises(esia.EsiaRefused, match="ESIA-007011"):
            portal.exchange(code, request.pkce_verifier)
    else:
        assert portal.exchange(code, request.pkce_verifier).oid == ANNA


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_code_at_the_login_page_comes_back_as_its_action(portal, code):
    back = portal.standin.press(f"{portal.begin().url}&error={code}")

    refused = esia.refusal(back["error"], back["error_description"])

    assert refused.code == code
    assert refused.action is esia.ACTIONS[code]


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_code_at_the_token_is_raised_as_its_action(portal, code):
    portal.standin.order("te", "error", code)

    with pytest.raises(esia.EsiaRefused) as caught:
        portal.sign_in()

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("form", "code"), [({"refuse": "1"}, "ESIA-007004"), ({"error": "ESIA-007046"}, "ESIA-007046")]
)
def test_buttons_of_the_login_page_refuse(portal, form, code):
    back = portal.standin.press(portal.begin().url, **form)

    assert esia.refusal(back["error"], back["error_description"]).code == code


def test_only_confirmed_turns_an_unconfirmed_account_away(portal):
    back = portal.standin.press(portal.begin(only_confirmed=True).url, person=LEBEDEV)

    assert esia.refusal(back["error"], back["error_description"]).action.kind == esia.Kind.UNCONFIRMED


@pytest.mark.parametrize(("minutes", "accepted"), [(-9, True), (9, True), (-11, False), (11, False)])
def test_stand_in_allows_ten_minutes_between_the_clocks(portal, minutes, accepted):
    url = portal.begin(now=datetime.now(UTC) + timedelta(minutes=minutes)).url

    back = portal.standin.press(url, person=ANNA)

    assert ("code" in back) == accepted
    assert accepted or "ESIA-007015" in back["error_description"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("scope=openid", "scope=openid%20gender", "ESIA-007053"),
        ("client_id=MEDKARTA", "client_id=OTHER", "ESIA-008010"),
        ("&timestamp=", "&was=", "ESIA-007014"),
        ("&scope=", "&was=", "ESIA-007013"),
        ("scope=openid", "scope=everything", "ESIA-007006"),
        ("&response_type=code", "&response_type=token", "ESIA-007012"),
        ("&code_challenge_method=S256", "&code_challenge_method=plain", "ESIA-007039"),
        ("&state=", "&state=1&state=", "ESIA-007003"),
        ("&timestamp=2", "&timestamp=x", "ESIA-007038"),
    ],
)
def test_stand_in_refuses_a_request_that_was_changed(portal, old, new, code):
    url = portal.begin().url
    assert old in url

    back = callback_of(portal.standin.browser.get(url.replace(old, new)))

    assert code in back["error_description"]


def test_stand_in_refuses_the_hash_of_another_certificate(portal):
    url = portal.begin().url
    old = portal.signer.certificate_hash()

    back = callback_of(portal.standin.browser.get(url.replace(old, old[::-1])))

    assert "ESIA-007053" in back["error_description"]


def test_stand_in_never_sends_the_browser_to_a_domain_that_is_not_registered(portal):
    answer = portal.standin.browser.get(portal.begin(redirect_uri="http://evil.example.org/").url)

    assert answer.status_code == 400
    assert "ESIA-007023" in answer.text


def test_exchange_refused_without_words_is_unavailable(portal):
    portal.standin.order("te", "status", "400")

    with pytest.raises(esia.EsiaUnavailable, match="status 400"):
        portal.sign_in()


def test_exchange_with_another_scope_than_was_asked_is_refused(portal):
    request = portal.begin()
    code = portal.standin.press(request.url, person=ANNA)["code"]

    with pytest.raises(esia.EsiaRefused, match="ESIA-007006"):
        portal.exchange(code, request.pkce_verifier, scopes=("openid",))


def test_exchange_at_another_address_than_was_asked_is_refused(portal):
    request = portal.begin()
    code = portal.standin.press(request.url, person=ANNA)["code"]

    with pytest.raises(esia.EsiaRefused, match="ESIA-007011"):
        portal.exchange(code, request.pkce_verifier, redirect_uri="http://127.0.0.1:9/other")


@pytest.mark.parametrize("field", ["client_secret", "timestamp", "code", "state"])
def test_token_needs_every_field_once(portal, field):
    good = {
        "client_id": "MEDKARTA",
        "client_certificate_hash": "0",
        "scope": "openid",
        "redirect_uri": "http://127.0.0.1",
    }
    good |= {"client_secret": "x", "timestamp": "x", "code": "x", "state": "x", "grant_type": "authorization_code"}
    url = f"{portal.standin.base_url}/aas/oauth2/v3/te"

    absent = portal.standin.browser.post(url, data={name: value for name, value in good.items() if name != field})
    twice = portal.standin.browser.post(url, data=good | {field: ["x", "y"]})

    assert (absent.status_code, twice.status_code) == (400, 400)
    assert f"ESIA-007014: Нет обязательного параметра [{field}]" == absent.json()["error_description"]
    assert twice.json()["error_description"].startswith("ESIA-007003")


def test_sign_in_with_a_key_that_has_gone_is_a_config_alarm(start, tmp_path):
    if not signature.available("gost"):
        pytest.skip("the GOST engine of OpenSSL is absent")
    portal = start("rsa")
    pair = signature.make_key_pair(tmp_path, "gost")
    portal.signer = signature.signer_from({"key": str(pair.key), "certificate": str(pair.certificate)})
    pair.key.unlink()

    with pytest.raises(esia.EsiaRefused) as caught:
        portal.begin()

    assert caught.value.action.kind == esia.Kind.CONFIG_ALARM


def test_many_people_sign_in_at_once(start, tls):
    portal = start("rsa")
    oids = [f"100010000{number}" for number in range(1, 10)] * 2

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda oid: sign_in_alone(portal, tls, oid), oids))

    assert found == oids


def sign_in_alone(portal, tls, oid):
    with httpx2.Client(trust_env=False, verify=tls) as browser:
        alone = replace(portal, standin=replace(portal.standin, browser=browser))
        return esia.read_profile(portal.config, portal.http, alone.sign_in(oid)).person.oid
