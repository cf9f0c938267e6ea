"""The conversation with an OpenID Connect provider: code flow with PKCE and nonce."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from medkarta.integrations.esia.port import (
    AuthorizationRequest,
    BoundedClient,
    EsiaRefused,
    EsiaUnavailable,
    EsiaUntrusted,
    Tokens,
    check_times,
    new_pkce_verifier,
    parse_json,
    refusal,
)
from medkarta.integrations.oidc.discovery import Key, fetch_keys, key_for
from medkarta.integrations.oidc.values import OidcConfig, Provider

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 120
MAX_CODE_CHARS = 16 * 1024
MAX_TOKEN_CHARS = 64 * 1024
MAX_SUBJECT_CHARS = 255


def authorization_request(config: OidcConfig, provider: Provider, state: str) -> AuthorizationRequest:
    """Return the address of the provider's login page; keep `pkce_verifier` and `nonce` until the callback."""
    verifier, nonce = new_pkce_verifier(), secrets.token_urlsafe(24)
    fields = {
        "response_type": "code",
        "client_id": config.client_id,
        "redirect_uri": config.redirect_uri,
        "scope": config.scope,
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    url = f"{provider.authorization_endpoint}{joint}{urlencode(fields, quote_via=quote)}"
    return AuthorizationRequest(url, state, verifier, nonce)


def exchange(
    config: OidcConfig,
    provider: Provider,
    http: BoundedClient,
    code: str,
    pkce_verifier: str,
    nonce: str,
    now: datetime,
) -> Tokens:
    """Return the checked tokens for a callback's code. A code works once, so nothing is tried twice.

    Raises EsiaRefused, EsiaUnavailable, EsiaUntrusted.
    """
    if not code or len(code) > MAX_CODE_CHARS:
        raise EsiaRefused("invalid_grant")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": config.redirect_uri,
        "code_verifier": pkce_verifier,
    }
    proof, headers = _client_proof(config, provider, now)
    answer = http.post_form(provider.token_endpoint, form | proof, headers=headers)
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status >= 400:
        if isinstance(body.get("error"), str):
            raise refusal(body["error"], str(body.get("error_description", "")))
        raise EsiaUnavailable(f"the token request ended with status {answer.status}")
    access = body.get("access_token")
    if str(body.get("token_type", "")).lower() != "bearer" or not isinstance(access, str) or not access.isascii():
        raise EsiaUntrusted("no Bearer token in the answer")
    claims = id_claims(config, body.get("id_token"), fetch_keys(provider, http), nonce=nonce, access=access, now=now)
    trusted = config.always_confirmed or claims.get(config.confirmed_claim) is True
    session = str(claims.get("sid", ""))[:200]
    return Tokens(access, claims, claims["sub"], trusted, session, str(body["id_token"]))


def id_claims(
    config: OidcConfig, token: Any, keys: list[Key], *, nonce: str, access: str, now: datetime
) -> Mapping[str, Any]:
    """Return the claims of an identity token that passed every check of OpenID Connect Core §3.1.3.7.

    Raises EsiaUntrusted.
    """
    header, claims = _verified(config, token, keys)
    if claims.get("iss") != config.issuer:
        raise EsiaUntrusted("another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if config.client_id not in audiences:
        raise EsiaUntrusted("the token is for another system")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != config.client_id:
        raise EsiaUntrusted("the token was made for another system")
    if "iat" not in claims:
        raise EsiaUntrusted("the token has no moment of issue")
    check_times(claims, now)
    if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise EsiaUntrusted("another nonce")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(str(header["alg"]), access):
        raise EsiaUntrusted("the access token does not belong to the identity token")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARS or not subject.isascii():
        raise EsiaUntrusted("the token has no subject")
    return claims


def logout_url(config: OidcConfig, provider: Provider, return_to: str) -> str:
    """Return where the provider's session ends, or `return_to` where it can't be ended.

    No `id_token_hint`: it would put the person's data into an address.
    """
    if not provider.end_session_endpoint:
        return return_to
    fields = {"client_id": config.client_id, "post_logout_redirect_uri": return_to}
    joint = "&" if "?" in provider.end_session_endpoint else "?"
    return f"{provider.end_session_endpoint}{joint}{urlencode(fields)}"


def _client_proof(config: OidcConfig, provider: Provider, now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Return (form fields, headers) by which the portal proves who it is."""
    if config.private_key:
        try:
            key = import_key(config.private_key.read_bytes(), "EC" if config.private_key_alg[0] == "E" else "RSA")
        except (OSError, ValueError, JoseError) as error:
            raise EsiaRefused("invalid_client") from error
        issued = int(now.timestamp())
        assertion = private_key_jwt_sign(
            key,
            config.client_id,
            provider.token_endpoint,
            alg=config.private_key_alg,
            issued_at=issued,
            expires_at=issued + ASSERTION_SECONDS,
        )
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return proof | {"client_id": config.client_id}, {}
    if "client_secret_basic" in provider.token_auth_methods:
        pair = f"{quote(config.client_id, safe='')}:{quote(config.client_secret, safe='')}"
        return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}
    return {"client_id": config.client_id, "client_secret": config.client_secret}, {}


def _verified(config: OidcConfig, token: Any, keys: list[Key]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return (header, claims) of a token signed by one of the keys with an allowed algorithm."""
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS or not token.isascii() or token.count(".") != 2:
        raise EsiaUntrusted("not a token")
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in config.algorithms or "crit" in header:
            raise EsiaUntrusted("the algorithm is not allowed")
        registry = jws.JWSRegistry(algorithms=[str(header["alg"])], strict_check_header=False)
        checked = jws.deserialize_compact(token, key_for(keys, header), registry=registry)
        claims = parse_json(checked.payload)
    except (JoseError, ValueError, TypeError) as error:
        raise EsiaUntrusted("wrong signature or not a token") from error
    if not isinstance(claims, dict):
        raise EsiaUntrusted("the claims are not an object")
    return header, claims


def _half_hash(alg: str, access: str) -> str:
    digest = hashlib.new(f"sha{alg[2:]}", access.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")
