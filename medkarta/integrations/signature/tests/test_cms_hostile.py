"""Files that are no signatures, or want to be the last ones: a quick «corrupt» for each."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medkarta.integrations.signature.cms import bounds, reading
from medkarta.integrations.signature.cms.checking import verify_cms
from medkarta.integrations.signature.cms.results import Reason, State
from medkarta.integrations.signature.cms.trust import trust_in
from medkarta.integrations.signature.tests.authority import CLINIC, DOCUMENT, der, sign

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NOBODY = trust_in([], has_gost=False)
QUICK_SECONDS = 2


def nested(depth, header):
    found = b""
    for _ in range(depth):
        found = header(len(found)) + found
    return found


def long_form(length):
    return b"\x30\x84" + length.to_bytes(4, "big")


CASES = {
    "nothing": b"",
    "text": "это не подпись".encode(),
    "a page": b"<html><body>404</body></html>",
    "a pdf": b"%PDF-1.7 and so on",
    "cut off": b"\x30",
    "a length that lies": b"\x30\x84\xff\xff\xff\xff\x02\x01\x01",
    "a length without end": b"\x30\x8f" + b"\xff" * 15,
    "indefinite and endless": b"\x30\x80" * 200_000,
    "deep": nested(5_000, long_form),
    "wide": long_form(600_000) + b"\x05\x00" * 300_000,
    "a long tag": b"\x30\x10\x1f" + b"\xff" * 15,
    "an empty sequence": b"\x30\x00",
    "a sequence of nulls": b"\x30\x04\x05\x00\x05\x00",
    "indefinite primitive": b"\x04\x80\x00\x00",
    "data, not signed data": bytes.fromhex("300f06092a864886f70d010701a0020400"),
    "signed data of nothing": bytes.fromhex("300f06092a864886f70d010702a0023000"),
    "broken base64": b"MIIB" + b"=" * 10 + b"A",
    "pem without an end": b"-----BEGIN CMS-----\nMIIB",
    "pem of nothing": b"-----BEGIN CMS-----\n-----END CMS-----\n",
    "many dashes": b"-----BEGIN CMS-----" * 20_000,
    "too large": b"\x30" + bytes(3 * bounds.MAX_BYTES),
}


@pytest.mark.parametrize("name", CASES)
def test_verify_cms_of_garbage_is_corrupt_and_quick(name):
    started = time.monotonic()

    result = verify_cms(DOCUMENT, CASES[name], NOBODY, at=NOW)

    assert (result.state, result.reason, result.signers) == (State.INVALID, Reason.CORRUPT, ())
    assert time.monotonic() - started < QUICK_SECONDS


def test_verify_cms_of_a_cut_off_signature_is_corrupt(rsa_authority):
    whole = sign(DOCUMENT, rsa_authority.issue())

    for length in range(1, len(whole), 37):
        assert verify_cms(DOCUMENT, whole[:length], NOBODY, at=NOW).reason is Reason.CORRUPT


@pytest.fixture(scope="session")
def whole(rsa_authority):
    return sign(DOCUMENT, rsa_authority.issue())


def test_verify_cms_of_any_changed_byte_never_raises_or_turns_valid(rsa_authority, whole):
    """But for what no signature covers: certificates that are not the signer's, and notes beside the signature."""
    trust = trust_in([der(rsa_authority.root)], has_gost=False)
    at = datetime.now(UTC)

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, len(whole) - 1), st.integers(1, 255))
    def check(place, change):
        broken = bytearray(whole)
        broken[place] ^= change
        result = verify_cms(DOCUMENT + b" ", bytes(broken), trust, at=at)
        assert result.state is not State.VALID

    check()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_verify_cms_of_random_bytes_is_corrupt(data):
    assert verify_cms(DOCUMENT, b"\x30" + data, NOBODY, at=NOW).reason is Reason.CORRUPT


def test_verify_cms_of_too_many_signers_is_corrupt(rsa_authority, monkeypatch):
    both = sign(DOCUMENT, rsa_authority.issue(), rsa_authority.issue(CLINIC))

    for most, reason in ((2, Reason.NO_TRUST_LIST), (1, Reason.CORRUPT)):
        monkeypatch.setattr(reading, "MAX_SIGNERS", most)
        assert verify_cms(DOCUMENT, both, NOBODY, at=NOW).reason is reason


@pytest.mark.parametrize(("depth", "is_let_through"), [(bounds.MAX_DEPTH, True), (bounds.MAX_DEPTH + 1, False)])
def test_walk_ends_at_its_depth(depth, is_let_through):
    data = nested(depth, lambda length: bytes((0x30, length)))

    if is_let_through:
        bounds.walk(data)
    else:
        with pytest.raises(bounds.Malformed):
            bounds.walk(data)


def test_walk_takes_indefinite_lengths_that_end():
    bounds.walk(b"\x30\x80\x30\x80\x05\x00\x00\x00\x00\x00")

    for broken in (b"\x30\x80\x05\x00", b"\x30\x80\x05\x00\x00", b"\x30\x02\x30\x80\x00\x00"):
        with pytest.raises(bounds.Malformed):
            bounds.walk(broken)
