"""Key sets of strangers, and settings."""

import json
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from medkarta.integrations.esia.port import EsiaRefused, EsiaUnavailable, EsiaUntrusted, Kind
from medkarta.integrations.oidc import port
from medkarta.integrations.oidc.discovery import key_for, signing_keys

VECTORS = Path(__file__).parents[5] / "shared" / "samples" / "hostile" / "json_web_key_test.json"
NOT_DETECTED = {7}  # a key with the ROCA weakness: no library here looks for it


@pytest.fixture(scope="module")
def rsa():
    return RSAKey.generate_key(2048, {"kid": "one"}, private=True)


@pytest.fixture(scope="module")
def ec():
    return ECKey.generate_key("P-256", {"kid": "two"}, private=True)


def public(key, **more):
    return key.as_dict(private=False) | more


def test_signing_keys_takes_public_rsa_and_ec_keys(rsa, ec):
    keys = signing_keys({"keys": [public(rsa), public(ec, use="sig"), {"kty": "new"}, public(rsa, kid="e", use="enc")]})

    assert [key.kid for key in keys] == ["one", "two"]


@pytest.mark.parametrize("bad", [None, [], {}, {"keys": {}}, {"keys": ["x"]}, {"keys": [{}] * 41}])
def test_signing_keys_refuses_what_is_no_key_set(bad):
    with pytest.raises(EsiaUntrusted):
        signing_keys(bad)


def test_signing_keys_refuses_secrets_and_a_kid_for_two(rsa, ec):
    for bad in (
        [rsa.as_dict(private=True)],
        [public(rsa), {"kty": "oct", "k": "AAAA"}],
        [public(rsa), public(ec, kid="one")],
    ):
        with pytest.raises(EsiaUntrusted):
            signing_keys({"keys": bad})


def test_signing_keys_passes_over_weak_keys(rsa):
    short = public(rsa, kid="short", n=public(rsa)["n"][:170])  # 1020 bits
    exponent_one = public(rsa, kid="exponent", e="AQ")

    assert [key.kid for key in signing_keys({"keys": [short, exponent_one, public(rsa)]})] == ["one"]


@pytest.mark.parametrize(
    ("header", "kid"),
    [
        ({"alg": "RS256", "kid": "one"}, "one"),
        ({"alg": "PS512"}, "one"),
        ({"alg": "ES256"}, "two"),
        ({"alg": "ES256", "kid": "one"}, None),
        ({"alg": "ES384", "kid": "two"}, None),
        ({"alg": "RS256", "kid": "three"}, None),
        ({"alg": "HS256", "kid": "one"}, None),
        ({"alg": "none"}, None),
    ],
)
def test_key_for_lets_the_key_decide_the_algorithm(rsa, ec, header, kid):
    keys = signing_keys({"keys": [public(rsa), public(ec)]})

    if kid is None:
        with pytest.raises(EsiaUntrusted):
            key_for(keys, header)
    else:
        assert key_for(keys, header).kid == kid


def test_key_for_does_not_guess_between_two_keys(rsa):
    keys = signing_keys({"keys": [public(rsa), public(rsa, kid="other")]})

    with pytest.raises(EsiaUntrusted):
        key_for(keys, {"alg": "RS256"})


def test_key_for_obeys_the_algorithm_that_a_key_names(rsa):
    keys = signing_keys({"keys": [public(rsa, alg="RS512")]})

    assert key_for(keys, {"alg": "RS512"})
    with pytest.raises(EsiaUntrusted):
        key_for(keys, {"alg": "RS256"})


def test_published_hostile_key_sets_verify_nothing():
    """Wycheproof's JsonWebKey vectors; those with a symmetric key are refused even where they are valid."""
    if not VECTORS.exists():
        pytest.skip("the hostile samples are absent")
    groups = json.loads(VECTORS.read_text(encoding="utf-8"))["testGroups"]

    for group in groups:
        given = group.get("public") or group["private"]
        key_set = given if "keys" in given else {"keys": [given]}
        for test in group["tests"]:
            valid = test["result"] == "valid" and "public" in group
            if test["tcId"] not in NOT_DETECTED:
                assert verifies(key_set, test["jws"]) == valid, test["comment"]


def verifies(key_set, token):
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = key_for(signing_keys(key_set), header)
        jws.deserialize_compact(token, key, algorithms=[header["alg"]])
    except (EsiaUntrusted, JoseError, ValueError):
        return False
    return True


GOOD = {
    "issuer": "https://id.example.org",
    "client_id": "medkarta",
    "redirect_uri": "https://portal.example/login/callback",
    "client_secret": "secret",
}


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://id.example.org"},
        {"issuer": "https://id.example.org?x"},
        {"issuer": "https://user@id.example.org"},
        {"client_id": ""},
        {"client_secret": ""},
        {"private_key": Path("key.pem")},
        {"scopes": ("profile",)},
        {"algorithms": ("none",)},
        {"algorithms": ("HS256",)},
        {"algorithms": ()},
    ],
)
def test_config_refuses_what_is_not_safe(change):
    with pytest.raises(ValueError):
        port.OidcConfig(**GOOD | change)


def test_config_hides_the_secret():
    assert "secret'" not in repr(port.OidcConfig(**GOOD))


@pytest.mark.parametrize("error", [EsiaUnavailable("x"), EsiaUntrusted("x"), EsiaRefused("access_denied")])
def test_action_of_names_no_other_provider(error):
    action = port.action_of(error)

    assert action.kind == error.action.kind
    assert "Госуслуг" not in str(action.text)


def test_action_of_keeps_the_words_that_name_nobody():
    assert port.action_of(EsiaRefused("invalid_client")).kind == Kind.CONFIG_ALARM
    assert str(port.action_of(EsiaRefused("invalid_client")).text)
