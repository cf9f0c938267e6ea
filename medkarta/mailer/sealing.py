"""Secrets of a sending between its form and its letter, unreadable in a copy of the database alone."""

import base64
from dataclasses import dataclass, field
from functools import lru_cache

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@dataclass(frozen=True, slots=True)
class Secrets:
    """`secret`: the passcode of a link or the password of a file; `token`: of the link; `is_typed`: by the person."""

    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    is_typed: bool = False


def seal(found: Secrets) -> str:
    fields = {"secret": found.secret, "token": found.token, "is_typed": found.is_typed}
    return _box(settings.SECRET_KEY).encrypt(orjson.dumps(fields)).decode()


def unseal(text: str) -> Secrets | None:
    """Return what was sealed; None where it was forgotten, or the portal's key has changed since."""
    try:
        return Secrets(**orjson.loads(_box(settings.SECRET_KEY).decrypt(text.encode())))
    except (InvalidToken, TypeError, ValueError):
        return None


@lru_cache(maxsize=2)
def _box(key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"medkarta secrets of sendings").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
