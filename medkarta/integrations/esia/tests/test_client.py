"""The authorization request, refusals and settings, without a network."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from medkarta.integrations.esia import port
from medkarta.integrations.signature import port as signature

NOW = datetime(2026, 8, 20, 13, 0, tzinfo=timezone(timedelta(hours=3)))
CODES = (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 19, 23, 38, 39, 40, 46, 53, 55, 60, 61, 62, 194)


def config(**changes):
    given = {
        "base_url": "https://esia.gosuslugi.ru",
        "client_id": "CP_MSP",
        "redirect_uri": "https://portal.example/login/callback",
        "trusted_certificates": Path("unused"),
        "scopes": ("openid", "fullname"),
    }
    return port.EsiaConfig(**given | changes)


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    pair = signature.make_key_pair(tmp_path_factory.mktemp("keys"), "rsa")
    return signature.signer_from({"key": str(pair.key), "certificate": str(pair.certificate)})


def test_authorization_request_signs_the_fields_in_order(signer):
    state = port.new_state()

    request = port.authorization_request(config(), signer, state, NOW)

    parts = urlsplit(request.url)
    sent = dict(parse_qsl(parts.query, keep_blank_values=True))
    assert parts._replace(query="").geturl() == "https://esia.gosuslugi.ru/aas/oauth2/v2/ac"
    assert sent["timestamp"] == "2026.08.20 10:00:00 +0000"
    assert "timestamp=2026.08.20%2010%3A00%3A00%20%2B0000" in parts.query
    assert (sent["response_type"], sent["access_type"], sent["scope_org"]) == ("code", "online", "")
    assert sent["state"] == request.state == state
    assert sent["client_certificate_hash"] == signer.certificate_hash()
    signed = f"CP_MSPopenid fullname{sent['timestamp']}{state}https://portal.example/login/callback"
    raw = base64.urlsafe_b64decode(sent["client_secret"] + "==")
    assert signature.verifier_for("RS256").verify_raw(signed.encode(), raw, signer.certificate_der())
    assert "=" not in sent["client_secret"]


def test_authorization_request_has_pkce_and_person_filter_as_configured(signer):
    plain = port.authorization_request(config(pkce=False), signer, "s", NOW)
    full = port.authorization_request(config(only_confirmed=True), signer, "s", NOW)

    assert plain.pkce_verifier == ""
    assert "code_challenge" not in plain.url
    assert 43 <= len(full.pkce_verifier) <= 128
    assert full.pkce_verifier not in full.url
    assert "person_filter=Y29uZl9hY2M%3D" in full.url


def test_authorization_request_keeps_the_verifier_out_of_repr(signer):
    request = port.authorization_request(config(), signer, "s", NOW)

    assert request.pkce_verifier not in repr(request)


def test_new_state_is_new_each_time():
    assert port.new_state() != port.new_state()


def test_logout_url_names_the_parameter_as_esia_does():
    url = port.logout_url(config(), "https://portal.example/?a=b")

    assert url == (
        "https://esia.gosuslugi.ru/idp/ext/Logout?client_id=CP_MSP&redirect_url=https%3A%2F%2Fportal.example%2F%3Fa%3Db"
    )


@pytest.mark.parametrize("code", [*(f"ESIA-{7000 + number:06}" for number in CODES), "ESIA-008010"])
def test_every_code_has_an_action_with_words(code):
    action = port.ACTIONS[code]

    assert str(action.text)
    assert str(action.way_on)
    assert code not in str(action.text)


@pytest.mark.parametrize(
    ("code", "kind", "alarm"),
    [
        ("ESIA-007004", port.Kind.CANCELLED, False),
        ("ESIA-007011", port.Kind.RESTART_ONCE, False),
        ("ESIA-007039", port.Kind.RESTART_ONCE, True),
        ("ESIA-007008", port.Kind.UNAVAILABLE, False),
        ("ESIA-007055", port.Kind.UNCONFIRMED, False),
        ("ESIA-007046", port.Kind.SECOND_FACTOR, False),
        ("ESIA-007019", port.Kind.NO_PERMISSION, False),
        ("ESIA-007053", port.Kind.CONFIG_ALARM, True),
        ("ESIA-007014", port.Kind.BUG_ALARM, True),
        ("ESIA-999999", port.Kind.BUG_ALARM, True),
    ],
)
def test_action_of_tells_what_to_do(code, kind, alarm):
    action = port.action_of(code)

    assert (action.kind, action.alarm) == (kind, alarm)


@pytest.mark.parametrize(
    ("error", "description", "code"),
    [
        ("invalid_request", "ESIA-007053: Подпись неверна", "ESIA-007053"),
        ("ESIA-007004", "", "ESIA-007004"),
        ("access_denied", "", "access_denied"),
        ("access_denied", "ESIA-007055: нет", "ESIA-007055"),
        ("<script>", "Иванова Анна", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_refusal_reads_the_code_and_drops_other_text(error, description, code):
    refused = port.refusal(error, description)

    assert (refused.code, str(refused)) == (code, code)


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "http://esia.gosuslugi.ru"},
        {"base_url": "https://esia.gosuslugi.ru/"},
        {"base_url": "https://esia.gosuslugi.ru?x"},
        {"base_url": "esia.gosuslugi.ru"},
        {"redirect_uri": "/login"},
        {"client_id": ""},
        {"scopes": ()},
        {"issuers": ()},
        {"token_algorithms": ("none",)},
        {"token_algorithms": ()},
    ],
)
def test_config_refuses_what_can_not_work(change):
    with pytest.raises(ValueError):
        config(**change)


@pytest.mark.parametrize("code", ["", "x" * (16 * 1024 + 1)])
def test_exchange_refuses_an_impossible_code_without_asking(signer, code):
    with pytest.raises(port.EsiaRefused, match="ESIA-007011"):
        port.exchange(config(), signer, port.BoundedClient(), code, "", datetime.now(UTC))
