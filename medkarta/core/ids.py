"""Identifiers: row ids, opaque keys, and the check digits of Russian numbers.

Sources: СНИЛС sum, ПФР rules (checked above 001-001-998); ЕНП, Luhn mod 10 over sixteen digits.
"""

import os
import re
import secrets
import time
import uuid
from functools import lru_cache

NAMESPACE = uuid.UUID("6f0c7e6c-5a0e-5d2b-9a39-6a0f6c1f7f3e")
SNILS_UNCHECKED_UP_TO = 1_001_998
_NOT_DIGITS = re.compile(r"\D+")


def new_id() -> uuid.UUID:
    """Return a time-ordered UUID (version 7 layout), so that new rows stay together in an index."""
    millis = time.time_ns() // 1_000_000
    value = (millis & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def new_key() -> str:
    """Return an opaque random key for an address: 22 characters, 128 bits."""
    return secrets.token_urlsafe(16)


@lru_cache(maxsize=16_384)
def resource_id(source: str, type_: str, rid: str) -> uuid.UUID:
    """Return our id of a hospital's resource: a pure function of (source, type, its id there).

    Re-import is idempotent by construction and a reference resolves without a look-up,
    also before its target has arrived.
    """
    return uuid.uuid5(NAMESPACE, f"{source}|{type_}|{rid}")


def digits(text: str) -> str:
    """Return only the digits of a number as people write it."""
    return _NOT_DIGITS.sub("", text)


def snils_check_digits(first_nine: str) -> str:
    """Return the two check digits of a СНИЛС."""
    total = sum(int(digit) * weight for digit, weight in zip(first_nine, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02d}"


def is_valid_snils(text: str) -> bool:
    """Tell whether eleven digits form a СНИЛС; numbers up to 001-001-998 carry no check digits."""
    number = digits(text)
    if len(number) != 11:
        return False
    if int(number[:9]) <= SNILS_UNCHECKED_UP_TO:
        return True
    return number[9:] == snils_check_digits(number[:9])


def format_snils(number: str) -> str:
    """Return `NNN-NNN-NNN NN` for eleven digits, anything else as it is."""
    if len(number) != 11 or not number.isdigit():
        return number
    return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"


def enp_check_digit(first_fifteen: str) -> str:
    """Return the last digit of an ЕНП (unified OMS policy number)."""
    total = 0
    for place, digit in enumerate(reversed(first_fifteen)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_valid_enp(text: str) -> bool:
    """Tell whether sixteen digits form an ЕНП."""
    number = digits(text)
    return len(number) == 16 and number[15] == enp_check_digit(number[:15])
