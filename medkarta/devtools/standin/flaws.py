"""Tokens with one thing wrong, for tests of whoever checks them."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from medkarta.devtools.standin.keys import base64url, make_jwt, segment
from medkarta.devtools.standin.world import World
from medkarta.integrations.signature.port import Signer

DAY_SECONDS = 24 * 3600


def flawed_jwt(world: World, signer: Signer, claims: Mapping[str, Any], header: Mapping[str, Any], flaw: str) -> str:
    """Return a good token for `flaw` "" (or one that concerns something else), otherwise one with that flaw."""
    wrong = {**claims, **_wrong_claims(claims, flaw)}
    if flaw in {"alg-none", "alg-hs256"}:
        return _unsigned(signer, wrong, header, flaw)
    if flaw == "foreign-key":
        return make_jwt(world.foreign_signer(signer), wrong, header=header)
    token = make_jwt(signer, wrong, header=header)
    if flaw == "tampered":
        head, _, signature = token.split(".")
        return f"{head}.{segment({**wrong, 'urn:esia:amd': 'PWD2'})}.{signature}"
    return token.rpartition(".")[0] if flaw == "two-segments" else token


def _wrong_claims(claims: Mapping[str, Any], flaw: str) -> dict[str, Any]:
    audience = "aud" if "aud" in claims else "client_id"
    wrong: dict[str, dict[str, Any]] = {
        "issuer": {"iss": "http://esia.example.org/"},
        "audience": {audience: "ANOTHER"},
        "expired": {name: claims[name] - DAY_SECONDS for name in ("exp", "iat", "nbf") if name in claims},
        "future": {name: claims[name] + DAY_SECONDS for name in ("exp", "iat", "nbf") if name in claims},
    }
    if "urn:esia:sbj" in claims:
        wrong["not-a-person"] = {"urn:esia:sbj": {**claims["urn:esia:sbj"], "urn:esia:sbj:typ": "L"}}
    if "urn:esia:sbj_id" in claims:
        wrong["other-person"] = {"urn:esia:sbj_id": claims["urn:esia:sbj_id"] + 1}
    if "nonce" in claims:
        wrong["nonce"] = {"nonce": "another"}
    return wrong.get(flaw, {})


def _unsigned(signer: Signer, claims: Mapping[str, Any], header: Mapping[str, Any], flaw: str) -> str:
    """`none` without a signature; HS256 with our public certificate as the secret (key confusion)."""
    alg = "none" if flaw == "alg-none" else "HS256"
    signed = f"{segment({'typ': 'JWT', **header, 'alg': alg})}.{segment(claims)}"
    if flaw == "alg-none":
        return f"{signed}."
    return f"{signed}.{base64url(hmac.new(signer.certificate_der(), signed.encode(), hashlib.sha256).digest())}"
