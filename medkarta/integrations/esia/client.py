"""The conversation with ESIA: authorization request (v2/ac), code for tokens (v3/te), logout."""

import base64
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from medkarta.integrations.esia import tokens
from medkarta.integrations.esia.errors import EsiaRefused, EsiaUnavailable, EsiaUntrusted, refusal
from medkarta.integrations.esia.http import Answer, BoundedClient
from medkarta.integrations.esia.trust import trusted_folder
from medkarta.integrations.esia.values import AuthorizationRequest, Confirmation, EsiaConfig, Tokens
from medkarta.integrations.signature.port import SignatureUnavailable, Signer

AUTHORIZATION_PATH = "/aas/oauth2/v2/ac"
TOKEN_PATH = "/aas/oauth2/v3/te"  # noqa: S105
LOGOUT_PATH = "/idp/ext/Logout"
CONFIRMED_ONLY = base64.b64encode(b"conf_acc").decode("ascii")
MAX_CODE_CHARS = 16 * 1024


def new_state() -> str:
    """Return a fresh state: the text of a random UUID, as ESIA demands."""
    return str(uuid.uuid4())


def new_pkce_verifier() -> str:
    """Return 64 unreserved characters (RFC 7636: 43 to 128)."""
    return secrets.token_urlsafe(48)


def authorization_request(config: EsiaConfig, signer: Signer, state: str, now: datetime) -> AuthorizationRequest:
    """Return the address of ESIA's login page for one login attempt.

    Raises EsiaRefused (a config alarm) when the signer can't sign.
    """
    verifier = new_pkce_verifier() if config.pkce else ""
    fields = _signed_fields(config, signer, state=state, now=now)
    fields |= {"response_type": "code", "access_type": "online"}
    if config.only_confirmed:
        fields["person_filter"] = CONFIRMED_ONLY
    if verifier:
        fields |= {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    url = f"{config.base_url}{AUTHORIZATION_PATH}?{urlencode(fields, quote_via=quote)}"
    return AuthorizationRequest(url, state, verifier)


def exchange(
    config: EsiaConfig, signer: Signer, http: BoundedClient, code: str, pkce_verifier: str, now: datetime
) -> Tokens:
    """Return the checked tokens for a callback's code. A code works once, so nothing is tried twice.

    Raises EsiaRefused (ESIA's code), EsiaUnavailable, EsiaUntrusted (any check of the answer failed).
    """
    if not code or len(code) > MAX_CODE_CHARS:
        raise EsiaRefused("ESIA-007011")
    state = new_state()
    form = _signed_fields(config, signer, state=state, now=now, code=code)
    form |= {"code": code, "grant_type": "authorization_code", "token_type": "Bearer"}
    if pkce_verifier:
        form["code_verifier"] = pkce_verifier
    answer = http.post_form(f"{config.base_url}{TOKEN_PATH}", form)
    body = _accepted(answer)
    if not secrets.compare_digest(str(body.get("state", "")).encode(), state.encode()):
        raise EsiaUntrusted("the token answer has another state")
    return _checked_tokens(config, body, now)


def read_confirmed(given: Tokens) -> Confirmation:
    """Return all that may be kept before the first consent: the number and the mark. Asks nobody."""
    return Confirmation(given.oid, given.trusted)


def logout_url(config: EsiaConfig, return_to: str) -> str:
    """Return where to send the browser after the own session has ended. The parameter is `redirect_url` at ESIA."""
    return f"{config.base_url}{LOGOUT_PATH}?{urlencode({'client_id': config.client_id, 'redirect_url': return_to})}"


def _signed_fields(config: EsiaConfig, signer: Signer, *, state: str, now: datetime, code: str = "") -> dict[str, str]:
    """Return the fields that both requests share, with their signature over the plain concatenation."""
    timestamp = now.astimezone(UTC).strftime("%Y.%m.%d %H:%M:%S %z")
    text = f"{config.client_id}{config.scope}{config.scope_org}{timestamp}{state}{config.redirect_uri}{code}"
    try:
        signature = signer.sign(text.encode())
        certificate_hash = signer.certificate_hash()
    except SignatureUnavailable as error:
        raise EsiaRefused("ESIA-007053") from error
    return {
        "client_id": config.client_id,
        "client_secret": base64.urlsafe_b64encode(signature).rstrip(b"=").decode("ascii"),
        "client_certificate_hash": certificate_hash,
        "scope": config.scope,
        "scope_org": config.scope_org,
        "timestamp": timestamp,
        "state": state,
        "redirect_uri": config.redirect_uri,
    }


def _accepted(answer: Answer) -> Mapping[str, Any]:
    """Return the body of a success; raise what a refusal means."""
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status >= 400:
        if isinstance(body.get("error"), str):
            raise refusal(body["error"], str(body.get("error_description", "")))
        raise EsiaUnavailable(f"the token request ended with status {answer.status}")
    return body


def _checked_tokens(config: EsiaConfig, body: Mapping[str, Any], now: datetime) -> Tokens:
    if str(body.get("token_type", "")).lower() != "bearer":
        raise EsiaUntrusted("the token type is not Bearer")
    trusted = trusted_folder(config.trusted_certificates).certificates()
    try:
        identity = tokens.checked_claims(body.get("id_token"), config, trusted, audience="aud", now=now)
        access = tokens.checked_claims(body.get("access_token"), config, trusted, audience="client_id", now=now)
    except SignatureUnavailable as error:
        raise EsiaRefused("ESIA-007005") from error
    oid, confirmed = tokens.subject_of(identity)
    if tokens.oid_of(access.get("urn:esia:sbj_id")) != oid:
        raise EsiaUntrusted("the two tokens are of two people")
    return Tokens(
        access=str(body["access_token"]),
        id_claims=identity,
        oid=oid,
        trusted=confirmed,
        session_id=str(identity.get("urn:esia:sid", ""))[:200],
        id_token=str(body["id_token"]),
    )
