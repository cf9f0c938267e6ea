"""The discovery document and the key set of a provider."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from medkarta.integrations.esia.port import BoundedClient, EsiaUnavailable, EsiaUntrusted, is_loopback, is_safe_url
from medkarta.integrations.oidc.values import OidcConfig, Provider

MAX_KEYS = 40
MIN_RSA_BITS = 2048
MIN_RSA_EXPONENT = 3
CURVE_OF_ALGORITHM = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
PRIVATE_PARTS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

Key = RSAKey | ECKey


def discover(config: OidcConfig, http: BoundedClient) -> Provider:
    """Return what the provider says about itself.

    Raises EsiaUnavailable; EsiaUntrusted when the issuer differs, an address isn't https (http only from an issuer on
    this machine to this machine), or PKCE with S256 is ruled out.
    """
    answer = http.get_json(f"{config.issuer.rstrip('/')}/.well-known/openid-configuration")
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise EsiaUnavailable(f"discovery ended with status {answer.status}")
    body = answer.body
    if body.get("issuer") != config.issuer:
        raise EsiaUntrusted("the discovery document names another issuer")
    methods = body.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise EsiaUntrusted("the provider has no PKCE with S256")
    auth = body.get("token_endpoint_auth_methods_supported")
    return Provider(
        issuer=config.issuer,
        authorization_endpoint=_address(config, body, "authorization_endpoint"),
        token_endpoint=_address(config, body, "token_endpoint"),
        jwks_uri=_address(config, body, "jwks_uri"),
        userinfo_endpoint=_address(config, body, "userinfo_endpoint", needed=False),
        end_session_endpoint=_address(config, body, "end_session_endpoint", needed=False),
        token_auth_methods=tuple(map(str, auth)) if isinstance(auth, list) and auth else ("client_secret_basic",),
    )


def fetch_keys(provider: Provider, http: BoundedClient) -> list[Key]:
    """Return the provider's signing keys. Raises EsiaUnavailable, EsiaUntrusted (see `signing_keys`)."""
    answer = http.get_json(provider.jwks_uri)
    if answer.status != 200:
        raise EsiaUnavailable(f"the key set ended with status {answer.status}")
    return signing_keys(answer.body)


def signing_keys(key_set: Any) -> list[Key]:
    """Return the RSA and EC keys of a key set that may sign; odd single keys are passed over.

    Raises EsiaUntrusted for a set that as a whole can't be believed: private or symmetric keys in it, one `kid` for
    two keys, too many keys.
    """
    rows = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or len(rows) > MAX_KEYS:
        raise EsiaUntrusted("the key set can't be read")
    if any(row.get("kty") == "oct" or PRIVATE_PARTS & set(row) for row in rows):
        raise EsiaUntrusted("the key set holds secret keys")
    kids = [row["kid"] for row in rows if "kid" in row]
    if len({str(kid) for kid in kids}) != len(kids):
        raise EsiaUntrusted("two keys have one kid")
    return [key for row in rows if (key := _key_of(row)) is not None]


def key_for(keys: list[Key], header: Mapping[str, Any]) -> Key:
    """Return the one key that a token's header can mean; the key's type must fit `alg`. Raises EsiaUntrusted."""
    alg, kid = str(header.get("alg")), header.get("kid")
    fitting = [key for key in keys if _fits(key, alg) and (kid is None or key.kid == kid)]
    if len(fitting) != 1:
        raise EsiaUntrusted("no key, or more than one, fits the token")
    return fitting[0]


def _key_of(row: Mapping[str, Any]) -> Key | None:
    if row.get("use", "sig") != "sig" or "verify" not in row.get("key_ops", ["verify"]):
        return None
    try:
        if row.get("kty") == "RSA" and not _is_strong(row):
            return None
        key = import_key(dict(row))
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey) else None


def _is_strong(row: Mapping[str, Any]) -> bool:
    """Tell whether an RSA key is worth importing: joserfc only warns of weak ones."""
    modulus, exponent = (int.from_bytes(urlsafe_b64decode(f"{row[name]}==")) for name in ("n", "e"))
    return modulus.bit_length() >= MIN_RSA_BITS and exponent >= MIN_RSA_EXPONENT


def _fits(key: Key, alg: str) -> bool:
    if key.get("alg") not in (None, alg):
        return False
    if isinstance(key, RSAKey):
        return alg[:2] in {"RS", "PS"}
    return CURVE_OF_ALGORITHM.get(alg) == key.curve_name


def _address(config: OidcConfig, body: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    url = body.get(name)
    if url is None and not needed:
        return ""
    if not isinstance(url, str) or not is_safe_url(url):
        raise EsiaUntrusted(f"{name} is absent or not https")
    if is_loopback(urlsplit(url).hostname or "") and not is_loopback(urlsplit(config.issuer).hostname or ""):
        raise EsiaUntrusted(f"{name} points to this machine")
    return url
