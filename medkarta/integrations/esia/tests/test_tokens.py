"""Checks of tokens made by hand with a trusted RSA key."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medkarta.integrations.esia import tokens
from medkarta.integrations.esia.errors import EsiaUntrusted
from medkarta.integrations.esia.trust import TrustedFolder
from medkarta.integrations.esia.values import EsiaConfig
from medkarta.integrations.signature import port as signature

NOW = datetime.now(UTC).replace(microsecond=0)  # the certificate is made now, too
SECONDS = int(NOW.timestamp())
ISSUER = "http://esia.gosuslugi.ru/"
CLAIMS = {"iss": ISSUER, "aud": "MEDKARTA", "exp": SECONDS + 3600, "iat": SECONDS, "nbf": SECONDS}


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    pair = signature.make_key_pair(tmp_path_factory.mktemp("keys"), "rsa")
    return signature.signer_from({"key": str(pair.key), "certificate": str(pair.certificate)})


@pytest.fixture
def trusted(signer, tmp_path):
    (tmp_path / "esia.cer").write_bytes(signer.certificate_der())
    return TrustedFolder(tmp_path).certificates()


@pytest.fixture
def check(signer, trusted):
    """Return a function that signs the claims (or takes a ready token) and checks it at NOW."""
    config = EsiaConfig("https://esia.gosuslugi.ru", "MEDKARTA", "https://portal.example/callback", Path("unused"))

    def run(claims, audience="aud", token=None):
        made = token or jwt(signer, claims)
        return tokens.checked_claims(made, config, trusted, audience=audience, now=NOW)

    return run


def segment(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(signer, claims, header=None):
    signed = f"{segment(header or {'alg': 'RS256', 'typ': 'JWT'})}.{segment(claims)}"
    return f"{signed}.{segment(signer.sign(signed.encode()))}"


def test_checked_claims_returns_the_claims_of_a_good_token(check):
    assert check(CLAIMS) == CLAIMS


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_checked_claims_accepts_numbers_as_strings(check, name):
    assert check(CLAIMS | {name: str(CLAIMS[name])})


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"exp": SECONDS - 60}, True),
        ({"exp": SECONDS - 61}, False),
        ({"nbf": SECONDS + 60}, True),
        ({"nbf": SECONDS + 61}, False),
        ({"iat": SECONDS + 60}, True),
        ({"iat": SECONDS + 61}, False),
        ({"exp": SECONDS + 7 * 86400}, True),
        ({"exp": SECONDS + 7 * 86400 + 1}, False),
        ({"exp": "nan"}, False),
        ({"exp": "inf"}, False),
        ({"exp": True}, False),
        ({"exp": [SECONDS]}, False),
        ({"iss": "https://esia.gosuslugi.ru/"}, False),
        ({"iss": "http://esia.gosuslugi.ru"}, False),
        ({"iss": [ISSUER]}, False),
        ({"aud": ["MEDKARTA"]}, True),
        ({"aud": ["MEDKARTA", "OTHER"]}, False),
        ({"aud": []}, False),
        ({"aud": "medkarta"}, False),
    ],
)
def test_checked_claims_draws_the_line(check, change, accepted):
    if accepted:
        assert check(CLAIMS | change)
    else:
        with pytest.raises(EsiaUntrusted):
            check(CLAIMS | change)


@pytest.mark.parametrize("name", ["exp", "iss", "aud"])
def test_checked_claims_needs_end_issuer_and_audience(check, name):
    with pytest.raises(EsiaUntrusted):
        check({key: value for key, value in CLAIMS.items() if key != name})


def test_checked_claims_of_an_access_token_looks_at_client_id(check):
    access = {**CLAIMS, "client_id": "MEDKARTA", "aud": "OTHER"}

    assert check(access, audience="client_id")
    with pytest.raises(EsiaUntrusted, match="another system"):
        check(access | {"client_id": ["MEDKARTA"]}, audience="client_id")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "rs256"},
        {"alg": "ES256"},
        {"alg": ["RS256"]},
        {"typ": "JWT"},
        {"alg": "RS256", "crit": ["exp"]},
        {"alg": "GOST3410_2012_256"},
    ],
)
def test_checked_claims_refuses_other_algorithms_under_a_good_signature(check, signer, header):
    with pytest.raises(EsiaUntrusted):
        check(CLAIMS, token=jwt(signer, CLAIMS, header))


@pytest.mark.parametrize(
    "token",
    [
        None,
        17,
        "",
        "a.b",
        "a.b.c.d",
        "....",
        "é.é.é",
        f"{segment([])}.{segment({})}.AA",
        f"{segment({'alg': 'RS256'})}.{segment(b'[')}.AA",
        f"{segment(b'{}' * 40000)}.{segment({})}.AA",
        f"{segment(b'[' * 30000)}.{segment({})}.AA",
        f"{segment({'alg': 'RS256'})}.{segment(b'{' + b'}')}.!!",
    ],
)
def test_checked_claims_refuses_what_is_no_token(check, token):
    with pytest.raises(EsiaUntrusted):
        check(CLAIMS, token=token or "x")


def test_checked_claims_refuses_a_key_that_stands_twice(check, signer):
    twice = json.dumps(CLAIMS).encode()[:-1] + b', "aud": "MEDKARTA"}'
    signed = f"{segment({'alg': 'RS256'})}.{segment(twice)}"
    token = f"{signed}.{segment(signer.sign(signed.encode()))}"

    with pytest.raises(EsiaUntrusted, match="can't be read"):
        check(CLAIMS, token=token)


def test_checked_claims_does_not_believe_a_certificate_outside_its_time(signer, trusted):
    config = EsiaConfig("https://esia.gosuslugi.ru", "MEDKARTA", "https://portal.example/callback", Path("unused"))
    late = trusted[0].not_after.replace(year=trusted[0].not_after.year + 1)
    claims = {**CLAIMS, "exp": int(late.timestamp()) + 60, "iat": int(late.timestamp()), "nbf": int(late.timestamp())}

    with pytest.raises(EsiaUntrusted, match="no valid trusted certificate"):
        tokens.checked_claims(jwt(signer, claims), config, trusted, audience="aud", now=late)


SUBJECT = {"urn:esia:sbj:typ": "P", "urn:esia:sbj:oid": 1000299681, "urn:esia:sbj:is_tru": True}


@pytest.mark.parametrize(
    ("change", "confirmed"),
    [
        ({}, True),
        ({"urn:esia:sbj:is_tru": "true"}, True),
        ({"urn:esia:sbj:is_tru": False}, False),
        ({"urn:esia:sbj:is_tru": None}, False),
        ({"urn:esia:sbj:is_tru": 1}, False),
        ({"urn:esia:sbj:is_tru": "false"}, False),
        ({"urn:esia:sbj:oid": "1000299681"}, True),
    ],
)
def test_subject_of_reads_number_and_mark(change, confirmed):
    assert tokens.subject_of({"urn:esia:sbj": SUBJECT | change}) == ("1000299681", confirmed)


def test_subject_of_takes_an_absent_mark_for_not_confirmed():
    subject = {name: value for name, value in SUBJECT.items() if name != "urn:esia:sbj:is_tru"}

    assert tokens.subject_of({"urn:esia:sbj": subject, "sub": 1000299681}) == ("1000299681", False)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"urn:esia:sbj": "P"},
        {"urn:esia:sbj": SUBJECT | {"urn:esia:sbj:typ": "L"}},
        {"urn:esia:sbj": SUBJECT | {"urn:esia:sbj:oid": ""}},
        {"urn:esia:sbj": SUBJECT | {"urn:esia:sbj:oid": "1/../2"}},
        {"urn:esia:sbj": SUBJECT | {"urn:esia:sbj:oid": True}},
        {"urn:esia:sbj": SUBJECT | {"urn:esia:sbj:oid": "9" * 21}},
        {"urn:esia:sbj": SUBJECT, "sub": 5},
    ],
)
def test_subject_of_refuses_other_subjects(claims):
    with pytest.raises(EsiaUntrusted):
        tokens.subject_of(claims)
