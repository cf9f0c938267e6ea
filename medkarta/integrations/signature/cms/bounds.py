"""Bounds of a file of signatures before anything reads it: its size, its depth, its count of values.

The walk needs no recursion and looks at each value once, so that no file can crash it or hold it up.
"""

import base64
import binascii
import re

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_VALUES = 50_000

_PEM = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,40}-----(.*?)-----END [A-Z0-9 ]{1,40}-----", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_CONSTRUCTED = 0x20
_HIGH_TAG = 0x1F
_INDEFINITE = 0x80
_LONGEST_TAG = 4


class Malformed(Exception):
    """The bytes are no signature that can be read. The text holds no data."""


def der_of(data: bytes, *, most: int = MAX_BYTES) -> bytes:
    """Return the ASN.1 bytes of a file that holds them as they are, as PEM or as plain base64. Raises Malformed."""
    if len(data) > most * 3 // 2:
        raise Malformed("too large")
    found = data if data[:1] == b"\x30" else _decoded(data)
    if len(found) > most:
        raise Malformed("too large")
    walk(found)
    return found


def _decoded(data: bytes) -> bytes:
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    match = _PEM.match(text)
    inner = match[1] if match else text
    if not inner or not _BASE64.fullmatch(inner):
        raise Malformed("neither ASN.1 nor base64")
    try:
        return base64.b64decode(b"".join(inner.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("broken base64") from error


def walk(data: bytes) -> None:
    """Look at every header of a BER text. Raises Malformed for lengths that lie, too much depth, too many values."""
    ends: list[int | None] = [len(data)]  # of the values that are open; None: ends by a mark
    at = values = 0
    while True:
        while ends and ends[-1] == at:
            ends.pop()
        if not ends:
            return
        values += 1
        if values > MAX_VALUES or len(ends) > MAX_DEPTH:
            raise Malformed("too many values or too deep")
        if ends[-1] is None and data[at : at + 2] == b"\x00\x00":
            at += 2
            ends.pop()
            continue
        at = _step(data, at, ends)


def _step(data: bytes, at: int, ends: list[int | None]) -> int:
    """Read one header; open a constructed value, jump over any other. Returns where the next header stands."""
    limit = next(end for end in reversed(ends) if end is not None)
    is_constructed, length, at = _header(data, at, limit)
    if length is None:
        if not is_constructed:
            raise Malformed("a length is missing")
        ends.append(None)
        return at
    if at + length > limit:
        raise Malformed("a length is beyond the end")
    if not is_constructed:
        return at + length
    ends.append(at + length)
    return at


def _header(data: bytes, at: int, limit: int) -> tuple[bool, int | None, int]:
    try:
        tag, at = data[at], at + 1
        if tag & _HIGH_TAG == _HIGH_TAG:
            last = at + _LONGEST_TAG
            while data[at] & 0x80:
                at += 1
                if at > last:
                    raise Malformed("a tag is too long")
            at += 1
        first, at = data[at], at + 1
        if first == _INDEFINITE:
            return bool(tag & _CONSTRUCTED), None, at
        if first < _INDEFINITE:
            length = first
        else:
            size = first & 0x7F
            if size > _LONGEST_TAG or at + size > limit:
                raise Malformed("a length is too long")
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
    except IndexError:
        raise Malformed("cut off") from None
    return bool(tag & _CONSTRUCTED), length, at
