"""A second provider, found by discovery, logs in over HTTP; hostile answers let nobody in."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from medkarta.devtools.standin.tests.conftest import ANNA, LEBEDEV, REDIRECT_URI, callback_of
from medkarta.integrations.esia import port as esia
from medkarta.integrations.oidc import port as oidc


@pytest.fixture
def config(portal):
    files = portal.standin.world.files
    return oidc.OidcConfig(
        issuer=f"{portal.standin.base_url}/oidc",
        client_id="medkarta-oidc",
        redirect_uri=REDIRECT_URI,
        client_secret=files.oidc_secret,
        trusted_for_snils=True,
    )


def sign_in(portal, config, oid=ANNA, **changes):
    provider = oidc.discover(config, portal.http)
    request = oidc.authorization_request(config, provider, oidc.new_state())
    back = portal.standin.press(request.url, person=oid)
    assert back["state"] == request.state
    given = {"code": back["code"], "pkce_verifier": request.pkce_verifier, "nonce": request.nonce, **changes}
    return provider, oidc.exchange(config, provider, portal.http, now=datetime.now(UTC), **given)


def test_sign_in_by_discovery_gives_the_same_profile_as_esia(portal, config):
    provider, tokens = sign_in(portal, config)

    profile = oidc.read_profile(config, provider, portal.http, tokens)

    assert (tokens.oid, tokens.trusted) == (ANNA, True)
    assert (profile.person.family_name, profile.person.birth_date) == ("Иванова", date(1988, 4, 17))
    assert (profile.person.snils, profile.person.gender) == ("90000000182", "female")
    assert [one.united_number for one in profile.documents] == ["5055110832001010"]
    assert [child.snils for child in profile.children] == ["90000000283", "90000000384"]
    assert [one.united_number for one in profile.children[0].documents] == ["5090089796001025"]
    assert {contact.type for contact in profile.contacts} == {"EML", "MBT"}
    assert profile.missing == ()


def test_read_profile_takes_no_snils_policy_or_children_from_a_provider_not_trusted_for_them(portal, config):
    config = replace(config, trusted_for_snils=False)
    provider, tokens = sign_in(portal, config)

    profile = oidc.read_profile(config, provider, portal.http, tokens)

    assert profile.person.family_name == "Иванова"
    assert (profile.person.snils, profile.documents, profile.children) == ("", (), ())
    assert profile.missing == ("documents", "children")


def test_sign_in_with_a_private_key_needs_no_secret(portal, config):
    key = portal.standin.world.files.client.key
    config = replace(config, client_secret="", private_key=key)

    _, tokens = sign_in(portal, config)

    assert tokens.oid == ANNA


def test_exchange_with_a_key_that_is_not_registered_is_refused(portal, config):
    key = portal.standin.world.files.tokens["rsa"].key
    config = replace(config, client_secret="", private_key=key)

    with pytest.raises(esia.EsiaRefused, match="invalid_client"):
        sign_in(portal, config)


def test_exchange_with_a_wrong_secret_is_refused(portal, config):
    with pytest.raises(esia.EsiaRefused) as caught:
        sign_in(portal, replace(config, client_secret="wrong"))

    assert caught.value.action.kind == esia.Kind.CONFIG_ALARM


def test_sign_in_of_an_unconfirmed_account_is_not_trusted(portal, config):
    _, tokens = sign_in(portal, config, LEBEDEV)

    assert not tokens.trusted


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("issuer", "another issuer"),
        ("audience", "another system"),
        ("alg-none", "algorithm"),
        ("alg-hs256", "algorithm"),
        ("tampered", "wrong signature"),
        ("foreign-key", "wrong signature"),
        ("expired", "expired"),
        ("future", "future"),
        ("nonce", "another nonce"),
        ("two-segments", "not a token"),
    ],
)
def test_exchange_refuses_a_token_with_a_flaw(portal, config, flaw, reason):
    portal.standin.order("oidc/token", "flaw", flaw)

    with pytest.raises(esia.EsiaUntrusted, match=reason):
        sign_in(portal, config)


def test_exchange_refuses_a_nonce_of_another_login(portal, config):
    with pytest.raises(esia.EsiaUntrusted, match="nonce"):
        sign_in(portal, config, nonce="of another login")


def test_exchange_refuses_a_verifier_of_another_login(portal, config):
    with pytest.raises(esia.EsiaRefused, match="invalid_grant"):
        sign_in(portal, config, pkce_verifier="v" * 64)


def test_exchange_works_once_per_code(portal, config):
    provider = oidc.discover(config, portal.http)
    request = oidc.authorization_request(config, provider, oidc.new_state())
    code = portal.standin.press(request.url, person=ANNA)["code"]
    given = (code, request.pkce_verifier, request.nonce, datetime.now(UTC))
    oidc.exchange(config, provider, portal.http, *given)

    with pytest.raises(esia.EsiaRefused) as caught:
        oidc.exchange(config, provider, portal.http, *given)

    assert caught.value.action.kind == esia.Kind.RESTART_ONCE


def test_discover_refuses_a_document_of_another_issuer(portal, config):
    portal.standin.order("oidc/discovery", "flaw", "issuer")

    with pytest.raises(esia.EsiaUntrusted, match="another issuer"):
        oidc.discover(config, portal.http)


@pytest.mark.parametrize("endpoint", ["oidc/discovery", "oidc/token", "oidc/jwks"])
@pytest.mark.parametrize("fault", [("html", ""), ("huge", ""), ("status", "503"), ("redirect", "http://127.0.0.1:9/")])
def test_sign_in_with_a_provider_that_misbehaves_ends_cleanly(portal, config, endpoint, fault):
    portal.standin.order(endpoint, *fault)

    with pytest.raises(esia.EsiaUnavailable):
        sign_in(portal, config)


def test_read_profile_refuses_userinfo_of_another_person(portal, config):
    provider, tokens = sign_in(portal, config)
    portal.standin.order("oidc/userinfo", "flaw", "other-person")

    with pytest.raises(esia.EsiaUntrusted, match="another person"):
        oidc.read_profile(config, provider, portal.http, tokens)


def test_logout_url_ends_the_session_and_comes_back(portal, config):
    provider, _ = sign_in(portal, config)
    browser = portal.standin.browser
    assert browser.cookies.get("standin_session")

    back = browser.get(oidc.logout_url(config, provider, REDIRECT_URI))

    assert back.headers["location"] == REDIRECT_URI
    assert not browser.cookies.get("standin_session")


def test_exchange_by_secret_in_the_form_works_where_basic_is_not_offered(portal, config):
    provider = replace(oidc.discover(config, portal.http), token_auth_methods=("client_secret_post",))
    request = oidc.authorization_request(config, provider, oidc.new_state())
    code = portal.standin.press(request.url, person=ANNA)["code"]

    tokens = oidc.exchange(config, provider, portal.http, code, request.pkce_verifier, request.nonce, datetime.now(UTC))

    assert tokens.oid == ANNA


def test_exchange_without_the_private_key_is_a_config_alarm(portal, config, tmp_path):
    with pytest.raises(esia.EsiaRefused) as caught:
        sign_in(portal, replace(config, client_secret="", private_key=tmp_path / "absent.pem"))

    assert caught.value.action.kind == esia.Kind.CONFIG_ALARM


@pytest.mark.parametrize(
    ("status", "error"), [("401", esia.EsiaRefused), ("403", esia.EsiaRefused), ("500", esia.EsiaUnavailable)]
)
def test_read_profile_without_userinfo_says_why(portal, config, status, error):
    provider, tokens = sign_in(portal, config)
    portal.standin.order("oidc/userinfo", "status", status)

    with pytest.raises(error):
        oidc.read_profile(config, provider, portal.http, tokens)


def test_read_profile_with_a_forged_access_token_restarts_the_login(portal, config):
    provider, tokens = sign_in(portal, config)

    with pytest.raises(esia.EsiaRefused, match="HTTP-401"):
        oidc.read_profile(config, provider, portal.http, replace(tokens, access="forged"))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("response_type=code", "response_type=token", "unsupported_response_type"),
        ("code_challenge_method=S256", "code_challenge_method=plain", "invalid_request"),
        ("scope=openid%20profile", "scope=profile", "invalid_scope"),
        ("&state=", "&state=1&state=", "invalid_request"),
    ],
)
def test_authorize_sends_errors_back(portal, config, old, new, error):
    url = oidc.authorization_request(config, oidc.discover(config, portal.http), oidc.new_state()).url
    assert old in url

    back = callback_of(portal.standin.browser.get(url.replace(old, new)))

    assert back["error"] == error


@pytest.mark.parametrize("change", [{"client_id": "other"}, {"redirect_uri": "http://evil.example.org/"}])
def test_authorize_sends_nobody_to_strangers(portal, config, change):
    provider = oidc.discover(config, portal.http)

    answer = portal.standin.browser.get(oidc.authorization_request(replace(config, **change), provider, "s").url)

    assert answer.status_code == 400


def test_refused_login_comes_back_as_cancelled(portal, config):
    request = oidc.authorization_request(config, oidc.discover(config, portal.http), oidc.new_state())

    back = portal.standin.press(request.url, refuse="1")

    assert esia.refusal(back["error"], back["error_description"]).action.kind == esia.Kind.CANCELLED


@pytest.mark.parametrize("error", ["access_denied", "temporarily_unavailable"])
def test_ordered_errors_come_back(portal, config, error):
    portal.standin.order("oidc/authorize", "error", error)
    url = oidc.authorization_request(config, oidc.discover(config, portal.http), oidc.new_state()).url

    assert callback_of(portal.standin.browser.get(url))["error"] == error

    portal.standin.order("oidc/token", "error", error)
    with pytest.raises(esia.EsiaRefused, match=error):
        sign_in(portal, config)


def test_code_of_one_protocol_is_worth_nothing_in_the_other(portal, config):
    request = portal.begin()
    code = portal.standin.press(request.url, person=ANNA)["code"]

    with pytest.raises(esia.EsiaRefused, match="invalid_grant"):
        sign_in(portal, config, code=code, pkce_verifier=request.pkce_verifier)
