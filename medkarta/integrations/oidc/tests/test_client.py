"""Identity tokens and claims, made by hand."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from medkarta.integrations.esia.port import EsiaRefused, EsiaUntrusted
from medkarta.integrations.oidc import port
from medkarta.integrations.oidc.client import id_claims
from medkarta.integrations.oidc.profile import profile_of
from medkarta.integrations.oidc.values import Provider

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CONFIG = port.OidcConfig("https://id.example.org", "medkarta", "https://portal.example/callback", client_secret="s")
PROVIDER = Provider(
    issuer="https://id.example.org",
    authorization_endpoint="https://id.example.org/authorize?tenant=1",
    token_endpoint="https://id.example.org/token",
    jwks_uri="https://id.example.org/jwks",
)
CLAIMS = {
    "iss": "https://id.example.org",
    "sub": "42",
    "aud": "medkarta",
    "iat": SECONDS,
    "exp": SECONDS + 600,
    "nonce": "n",
}


@pytest.fixture(scope="module")
def keys():
    return {
        "RS256": RSAKey.generate_key(2048, {"kid": "r"}, private=True),
        "ES256": ECKey.generate_key("P-256", {"kid": "e"}, private=True),
    }


@pytest.fixture
def check(keys):
    def run(claims, alg="RS256", config=CONFIG, access="access"):
        token = jwt.encode({"alg": alg, "kid": keys[alg].kid}, claims, keys[alg], algorithms=[alg])
        return id_claims(config, token, list(keys.values()), nonce="n", access=access, now=NOW)

    return run


def half_hash(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_id_claims_returns_the_claims_of_a_good_token(check, alg):
    assert check(CLAIMS, alg) == CLAIMS


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"aud": ["medkarta"]}, True),
        ({"aud": ["medkarta", "other"]}, False),
        ({"aud": ["medkarta", "other"], "azp": "medkarta"}, True),
        ({"aud": ["other"], "azp": "medkarta"}, False),
        ({"azp": "other"}, False),
        ({"azp": "medkarta"}, True),
        ({"iss": "https://id.example.org/"}, False),
        ({"nonce": "other"}, False),
        ({"nonce": None}, False),
        ({"iat": None}, True),
        ({"sub": ""}, False),
        ({"sub": 42}, False),
        ({"sub": "x" * 255}, True),
        ({"sub": "x" * 256}, False),
        ({"sub": "Иванова"}, False),
        ({"exp": SECONDS - 60}, True),
        ({"exp": SECONDS - 61}, False),
        ({"at_hash": half_hash("access")}, True),
        ({"at_hash": half_hash("other")}, False),
    ],
)
def test_id_claims_draws_the_line(check, change, accepted):
    if accepted:
        assert check(CLAIMS | change)
    else:
        with pytest.raises(EsiaUntrusted):
            check(CLAIMS | change)


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_id_claims_needs_every_claim(check, name):
    with pytest.raises(EsiaUntrusted):
        check({key: value for key, value in CLAIMS.items() if key != name})


def test_id_claims_accepts_configured_algorithms_only(check):
    with pytest.raises(EsiaUntrusted, match="algorithm"):
        check(CLAIMS, "ES256", replace(CONFIG, algorithms=("RS256",)))


@pytest.mark.parametrize("token", [None, "", "a.b", "a.b.c", "é.é.é", "x" * 70_000])
def test_id_claims_refuses_what_is_no_token(keys, token):
    with pytest.raises(EsiaUntrusted):
        id_claims(CONFIG, token, list(keys.values()), nonce="n", access="access", now=NOW)


def test_id_claims_never_accepts_an_empty_nonce(keys):
    token = jwt.encode({"alg": "RS256"}, CLAIMS | {"nonce": ""}, keys["RS256"])

    with pytest.raises(EsiaUntrusted, match="nonce"):
        id_claims(CONFIG, token, [keys["RS256"]], nonce="", access="access", now=NOW)


def test_authorization_request_adds_to_the_endpoint_and_hides_its_secrets():
    request = port.authorization_request(CONFIG, PROVIDER, "state")

    assert request.url.startswith("https://id.example.org/authorize?tenant=1&response_type=code&")
    assert f"nonce={request.nonce}" in request.url
    assert "code_challenge_method=S256" in request.url
    assert request.pkce_verifier not in request.url + repr(request)


def test_logout_url_without_an_endpoint_goes_straight_back():
    assert port.logout_url(CONFIG, PROVIDER, "https://portal.example/") == "https://portal.example/"


NAMES = {"family_name": "Иванова", "given_name": "Анна", "birthdate": "1988-04-17", "snils": "900-000-001 82"}


def test_profile_of_reads_the_claims_under_configured_names():
    config = replace(CONFIG, trusted_for_snils=True, claims={**port.CLAIMS, "snils": "urn:snils", "policy": "enp"})
    claims = NAMES | {"urn:snils": "900-000-002 83", "enp": "5090089796001025", "address": {"formatted": "ул. Садовая"}}

    profile = profile_of(config, claims, subject="42", confirmed=True)

    assert (profile.person.oid, profile.person.snils, profile.person.birth_date) == (
        "42",
        "90000000283",
        date(1988, 4, 17),
    )
    assert [one.united_number for one in profile.documents] == ["5090089796001025"]
    assert [one.text for one in profile.addresses] == ["ул. Садовая"]


@pytest.mark.parametrize("number", ["509008979600102", "5090089796001o25", "", None, ["5090089796001025"]])
def test_profile_of_takes_only_a_policy_of_sixteen_digits(number):
    config = replace(CONFIG, trusted_for_snils=True)

    assert profile_of(config, NAMES | {"oms_policy": number}, subject="42", confirmed=True).documents == ()


def test_profile_of_shows_a_child_that_is_listed_twice_once():
    config = replace(CONFIG, trusted_for_snils=True)
    child = {"sub": "7", "family_name": "Иванов", "given_name": "Пётр", "snils": "900-000-002 83"}
    claims = NAMES | {"children": [child, child | {"sub": "8"}, {"given_name": "Без номера"}, "x"]}

    assert [one.id for one in profile_of(config, claims, subject="42", confirmed=True).children] == ["7"]


@pytest.mark.parametrize(
    ("claims", "missing"),
    [
        ({"children": [], "oms_policy": "5055110832001010"}, ()),
        ({"oms_policy": "5055110832001010"}, ("children",)),
        ({"children": []}, ("documents",)),
        ({}, ("documents", "children")),
    ],
)
def test_profile_of_tells_an_absent_claim_from_an_empty_one(claims, missing):
    config = replace(CONFIG, trusted_for_snils=True)

    assert profile_of(config, NAMES | claims, subject="42", confirmed=True).missing == missing


@pytest.mark.parametrize("claims", [{}, {"given_name": "Анна"}, {"family_name": " ", "given_name": "Анна"}])
def test_profile_of_needs_the_names(claims):
    with pytest.raises(EsiaRefused, match="HTTP-403"):
        profile_of(CONFIG, claims, subject="42", confirmed=True)


@pytest.mark.parametrize("birthdate", ["1988", "17.04.1988", "1988-02-31", 5])
def test_profile_of_leaves_an_odd_birth_date_empty(birthdate):
    assert profile_of(CONFIG, NAMES | {"birthdate": birthdate}, subject="42", confirmed=True).person.birth_date is None
