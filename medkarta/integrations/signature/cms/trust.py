"""The operator's list of trusted certificates, and the way from a signer's certificate to one of them."""

import hashlib
import logging
import os
import re
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import pem, x509

from medkarta.integrations.signature import openssl, openssl_gost
from medkarta.integrations.signature.cms.results import Reason
from medkarta.integrations.signature.contract import SignatureUnavailable

log = logging.getLogger(__name__)

SUFFIXES = {".cer", ".crt", ".pem", ".der"}
MAX_FILES = 2000
MAX_FILE_BYTES = 4 * 1024 * 1024

_VERIFY_SECONDS = 10
_ERROR = re.compile(rb"^error (\d+) at (\d+) depth lookup", re.MULTILINE)
_NO_ISSUER = frozenset({2, 18, 19, 20, 21})
_EARLY, _EXPIRED = 9, 10


@dataclass(frozen=True, slots=True)
class TrustList:
    """Certificates (DER) that a chain may end at: roots, or any issuer below them that the operator believes.

    `version` changes when the certificates change, and when the machine learns or forgets to check GOST: what was
    checked under another version is checked again.
    """

    certificates: tuple[bytes, ...] = field(repr=False)
    version: str

    def pem(self) -> bytes:
        return b"".join(map(_pem, self.certificates))


def trust_list(folder: Path) -> TrustList:
    """Return the certificates of a folder: PEM (several in a file, too) and DER. A missing folder is an empty list.

    A file that is no certificate is skipped and named in the log. Read again when a file changes.
    """
    return _read(folder, _stamp(folder), openssl_gost.available())


def trust_in(certificates: Sequence[bytes], *, has_gost: bool) -> TrustList:
    """Return a list of these certificates."""
    found = tuple(sorted(set(certificates)))
    text = b"".join(hashlib.sha256(each).digest() for each in found) + (b"gost" if has_gost else b"")
    return TrustList(found, hashlib.sha256(text).hexdigest())


def check_chain(certificate: bytes, others: Sequence[bytes], trust: TrustList, *, at: datetime) -> Reason | None:
    """Return what keeps a certificate from being believed at a moment; None if a trusted one vouches for it.

    Revocation is not looked up: nothing leaves this machine.
    """
    if not trust.certificates:
        return Reason.NO_TRUST_LIST
    if not openssl.is_installed():
        return Reason.NO_MEANS
    config = openssl.GOST_CONFIG if openssl_gost.available() else openssl.PLAIN_CONFIG
    try:
        with openssl.private_folder(config) as folder:
            given = (
                *(
                    "-partial_chain",
                    "-no-CApath",
                    "-no-CAstore",
                    "-purpose",
                    "any",
                    "-attime",
                    str(int(at.timestamp())),
                ),
                *("-CAfile", openssl.write(folder / "trusted.pem", trust.pem())),
                *("-untrusted", openssl.write(folder / "others.pem", b"".join(map(_pem, others)))),
                openssl.write(folder / "certificate.pem", _pem(certificate)),
            )
            done = openssl.run(folder, "verify", *given, accepted=(0, 2), timeout_seconds=_VERIFY_SECONDS)
    except SignatureUnavailable:
        return Reason.NO_MEANS
    return _reason_of(done.returncode, done.stderr)


def _reason_of(code: int, text: bytes) -> Reason | None:
    if code == 0:
        return None
    found = {(int(error), int(depth)) for error, depth in _ERROR.findall(text)}
    errors = {error for error, _depth in found}
    if errors & _NO_ISSUER:
        return Reason.UNKNOWN_ISSUER
    if errors - {_EARLY, _EXPIRED} or not errors:
        return Reason.BROKEN_CHAIN
    if (_EXPIRED, 0) in found:
        return Reason.EXPIRED
    return Reason.EARLY if (_EARLY, 0) in found else Reason.ISSUER_DATES


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    try:
        with os.scandir(folder) as entries:
            files = [entry for entry in entries if Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file()]
        return tuple(sorted((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)[:MAX_FILES])
    except OSError:
        return ()


@lru_cache(maxsize=8)
def _read(folder: Path, stamp: tuple[tuple[str, int, int], ...], has_gost: bool) -> TrustList:
    found: list[bytes] = []
    for name, _changed, size in stamp:
        try:
            if size > MAX_FILE_BYTES:
                raise ValueError("too large")
            found += _certificates((folder / name).read_bytes())
        except (OSError, ValueError, TypeError) as error:
            log.warning("trusted certificate %s skipped: %s", name, type(error).__name__)
    return trust_in(found, has_gost=has_gost)


def _certificates(data: bytes) -> list[bytes]:
    ders = [der for _kind, _headers, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
    for der in ders:
        x509.Certificate.load(der, strict=True).subject.dump()
    return ders


def _pem(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + encodebytes(der) + b"-----END CERTIFICATE-----\n"
