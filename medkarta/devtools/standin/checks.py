"""What ESIA checks of a request that a system has signed: the same for the login page and for the token."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hmac import compare_digest

from medkarta.devtools.standin.world import World
from medkarta.integrations.signature.port import algorithm_of, verifier_for

CLOCK_TOLERANCE = timedelta(minutes=10)
ESIA_SCOPES = """
openid fullname birthdate gender snils id_doc medical_doc email mobile addresses contacts birthplace citizenship inn
birth_cert_doc kid_fullname kid_birthdate kid_gender kid_snils kid_birth_cert_doc kid_medical_doc kid_inn kid_mobile
kid_email
"""
KNOWN_SCOPES = frozenset(ESIA_SCOPES.split())
SIGNED = ("client_id", "client_secret", "client_certificate_hash", "scope", "timestamp", "state", "redirect_uri")


class Refusal(Exception):
    """ESIA's no, by code; `detail` names the parameter."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def check_parameters(given: Mapping[str, str], repeated: Iterable[str], needed: Iterable[str]) -> None:
    """Raise Refusal for a parameter that stands twice, is absent or is empty."""
    for name in sorted(repeated):
        raise Refusal("ESIA-007003", name)
    if "scope" in needed and not given.get("scope"):
        raise Refusal("ESIA-007013")
    for name in needed:
        if not given.get(name):
            raise Refusal("ESIA-007014", name)


def check_signed_request(world: World, given: Mapping[str, str], *, code: str = "") -> None:
    """Raise Refusal unless the registered system signed exactly this request just now."""
    if given["client_id"] != world.options.client_id:
        raise Refusal("ESIA-008010")
    if not set(given["scope"].split(" ")) <= KNOWN_SCOPES:
        raise Refusal("ESIA-007006")
    _check_timestamp(given["timestamp"], world.now())
    verifier = verifier_for(algorithm_of(world.client_der))
    if not compare_digest(
        given["client_certificate_hash"].upper().encode(), verifier.certificate_hash(world.client_der).encode()
    ):
        raise Refusal("ESIA-007053", "client_certificate_hash")
    names = ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri")
    text = "".join(given.get(name, "") for name in names) + code
    if not verifier.verify_raw(text.encode(), _signature(given["client_secret"]), world.client_der):
        raise Refusal("ESIA-007053", "client_secret")


def check_pkce(challenge: str, verifier: str) -> None:
    """Raise Refusal unless the verifier is the one of the challenge. Without a challenge none may come."""
    if not challenge and not verifier:
        return
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    if not verifier or not compare_digest(made, challenge.rstrip("=").encode()):
        raise Refusal("ESIA-007040")


def _check_timestamp(text: str, now: datetime) -> None:
    try:
        moment = datetime.strptime(text, "%Y.%m.%d %H:%M:%S %z")
    except ValueError:
        raise Refusal("ESIA-007038", "timestamp") from None
    if abs(now - moment) > CLOCK_TOLERANCE:
        raise Refusal("ESIA-007015")


def _signature(text: str) -> bytes:
    """Return the bytes of base64url with or without padding."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Refusal("ESIA-007053", "client_secret") from None
