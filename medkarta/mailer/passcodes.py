"""Passcodes, passwords and tokens of what is sent: made, written, compared. No Django, no clock.

Made of 31 signs that nobody takes for one another, in groups of four. A passcode has eight (39 bits; five guesses
at it), a password twelve (59 bits; a file can be guessed at for as long as somebody likes).
"""

import hashlib
import hmac
import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUP = 4
_COST = 2**14
_NOBODY = "00" * 16


def new_passcode() -> str:
    return _grouped(2)


def new_password() -> str:
    return _grouped(3)


def new_token() -> str:
    """Return what stands in the address of a link: 32 characters, 192 bits."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Return SHA-256 of a token, hex: all that the table keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def hashed(passcode: str) -> str:
    """Return a passcode as the table keeps it: salt and scrypt (16 MB, n = 2^14), hex."""
    salt = secrets.token_hex(16)
    return f"{salt}${_scrypt(passcode, salt)}"


def matches(passcode: str, kept: str) -> bool:
    """Tell whether a passcode, however it is written, is the kept one. `kept` empty takes as long, and is no."""
    salt, _, digest = kept.partition("$")
    found = _scrypt(passcode, salt or _NOBODY)
    return hmac.compare_digest(found, digest or "-") and bool(kept)


def _grouped(groups: int) -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(groups))


def _scrypt(passcode: str, salt: str) -> str:
    bare = "".join(sign for sign in passcode.lower() if sign.isalnum())[:64]
    return hashlib.scrypt(bare.encode(), salt=bytes.fromhex(salt), n=_COST, r=8, p=1, dklen=32).hex()
