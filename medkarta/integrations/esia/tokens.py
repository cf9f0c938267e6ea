"""Checks of ESIA's tokens, in the order of the protocol. Only the first failure is told, and only to the log."""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from medkarta.integrations.esia.errors import EsiaUntrusted
from medkarta.integrations.esia.strict_json import parse_json
from medkarta.integrations.esia.trust import TrustedCertificate
from medkarta.integrations.esia.values import EsiaConfig
from medkarta.integrations.signature.port import verifier_for

LEEWAY_SECONDS = 60
MAX_TOKEN_CHARS = 64 * 1024
MAX_LIFETIME_SECONDS = 7 * 24 * 3600


def checked_claims(
    token: Any, config: EsiaConfig, certificates: Sequence[TrustedCertificate], *, audience: str, now: datetime
) -> Mapping[str, Any]:
    """Return the claims of a token that passed every check. `audience` names the claim that must be our мнемоника:
    `aud` (identity token) or `client_id` (access token).

    Raises EsiaUntrusted.
    """
    signed, header, claims, signature = _split(token)
    alg = header.get("alg")
    if alg not in config.token_algorithms or "crit" in header:
        raise EsiaUntrusted("the algorithm is not allowed")
    _check_signature(str(alg), signed, signature, certificates, now)
    check_times(claims, now)
    if claims.get("iss") not in config.issuers:
        raise EsiaUntrusted("another issuer")
    _check_audience(claims, audience, config.client_id)
    return claims


def subject_of(claims: Mapping[str, Any]) -> tuple[str, bool]:
    """Return (oid, confirmed) of checked identity-token claims. An absent `is_tru` means not confirmed.

    Raises EsiaUntrusted when the subject is not a natural person or contradicts `sub`.
    """
    subject = claims.get("urn:esia:sbj")
    if not isinstance(subject, Mapping) or subject.get("urn:esia:sbj:typ") != "P":
        raise EsiaUntrusted("the subject is not a person")
    oid = oid_of(subject.get("urn:esia:sbj:oid"))
    if "sub" in claims and oid_of(claims["sub"]) != oid:
        raise EsiaUntrusted("two subjects in one token")
    mark = subject.get("urn:esia:sbj:is_tru")
    return oid, mark is True or mark == "true"


def oid_of(value: Any) -> str:
    """Return an account number (a JSON number or a string of digits) as digits. Raises EsiaUntrusted."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise EsiaUntrusted("the subject has no number")
    return text


def _split(token: Any) -> tuple[bytes, Mapping[str, Any], Mapping[str, Any], bytes]:
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise EsiaUntrusted("not a token")
    parts = token.split(".")
    if len(parts) != 3:
        raise EsiaUntrusted("a token has three segments")
    try:
        header, claims = (parse_json(_from_base64url(part)) for part in parts[:2])
        signature = _from_base64url(parts[2])
    except (ValueError, binascii.Error) as error:
        raise EsiaUntrusted("a segment can't be read") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise EsiaUntrusted("a segment is not an object")
    return f"{parts[0]}.{parts[1]}".encode("ascii"), header, claims, signature


def _from_base64url(text: str) -> bytes:
    padded = text.rstrip("=")
    return base64.b64decode(padded + "=" * (-len(padded) % 4), altchars=b"-_", validate=True)


def _check_signature(
    alg: str, signed: bytes, signature: bytes, certificates: Sequence[TrustedCertificate], now: datetime
) -> None:
    """The key's type decides the algorithm, never the token's header: a header only chooses among the keys."""
    fitting = [one for one in certificates if one.alg == alg and one.is_valid(now)]
    if not fitting:
        raise EsiaUntrusted(f"no valid trusted certificate for {alg}")
    if not any(verifier_for(one.alg).verify_raw(signed, signature, one.der) for one in fitting):
        raise EsiaUntrusted("wrong signature")


def check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Check `exp` (necessary), `nbf`, `iat` with 60 s of leeway. Raises EsiaUntrusted."""
    moment = now.astimezone(UTC).timestamp()
    expires = _seconds(claims, "exp")
    if expires is None:
        raise EsiaUntrusted("the token has no end")
    if moment > expires + LEEWAY_SECONDS:
        raise EsiaUntrusted("the token has expired")
    if expires > moment + MAX_LIFETIME_SECONDS:
        raise EsiaUntrusted("the token lives too long")
    for name in ("nbf", "iat"):
        begins = _seconds(claims, name)
        if begins is not None and moment < begins - LEEWAY_SECONDS:
            raise EsiaUntrusted("the token is of the future")


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a moment in seconds since 1970: a number or a string of one; None where absent. Raises EsiaUntrusted."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            if math.isfinite(seconds := float(value)):
                return seconds
    raise EsiaUntrusted("a moment of the token can't be read")


def _check_audience(claims: Mapping[str, Any], name: str, client_id: str) -> None:
    given = claims.get(name)
    allowed = given if isinstance(given, list) and name == "aud" else [given]
    if allowed != [client_id]:
        raise EsiaUntrusted("the token is for another system")
