"""Who we are towards push services: one P-256 key, and a short token signed with it (RFC 8292)."""

import base64
import contextlib
import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from joserfc import jwt
from joserfc.jwk import ECKey

VALID = timedelta(hours=12)
KEY_BYTES = 32
SECRET_BYTES = 16


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@cache
def private_key(given: str, file: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key: the one given (base64url of 32 bytes), else that of the file, made on first use.

    Browsers tie a subscription to it: with another key every device has to subscribe again.
    Raises ImproperlyConfigured for a key that is none.
    """
    if not given and not file.exists():
        _make(file)
    try:
        raw = decode(given or file.read_text().strip())
        if len(raw) != KEY_BYTES:
            raise ValueError
        return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError:
        where = "MEDKARTA_VAPID_KEY" if given else f"{file.name} of the data folder"
        raise ImproperlyConfigured(f"{where} must be a P-256 private key: 32 bytes in base64url") from None


def _make(file: Path) -> None:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(encode(number.to_bytes(KEY_BYTES, "big")))
    with contextlib.suppress(FileExistsError):
        os.link(partial, file)
    partial.unlink()


def is_point(text: str) -> bool:
    """Tell whether a text is a point of P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(text))
    except ValueError:
        return False
    return True


def is_secret(text: str) -> bool:
    """Tell whether a text is the 16 bytes that a browser shares with us."""
    try:
        return len(decode(text)) == SECRET_BYTES
    except ValueError:
        return False


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public key as browsers take it (`applicationServerKey`)."""
    return encode(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def authorization(key: ec.EllipticCurvePrivateKey, *, audience: str, contact: str, now: datetime) -> str:
    """Return the header for one push service; `audience` is its origin."""
    claims = {"aud": audience, "exp": int((now + VALID).timestamp()), "sub": contact}
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(key))
    return f"vapid t={token}, k={public_text(key)}"
