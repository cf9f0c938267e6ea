"""The certificates whose signatures we believe: a folder that an operator fills, read again when it changes."""

import logging
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock

from medkarta.integrations.signature.port import (
    Algorithm,
    SignatureUnavailable,
    algorithm_of,
    load_certificate,
    validity_of,
)

log = logging.getLogger(__name__)

SUFFIXES = {".cer", ".crt", ".pem", ".der"}
MAX_CERTIFICATES = 50
WARN_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class TrustedCertificate:
    """`name` is the file's; the certificate is believed from `not_before` to `not_after`."""

    name: str
    alg: Algorithm
    not_before: datetime
    not_after: datetime
    der: bytes = field(repr=False)

    def is_valid(self, now: datetime) -> bool:
        return self.not_before <= now <= self.not_after


class TrustedFolder:
    """Certificates of one folder. A file that is no certificate is skipped and named in the log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._found: tuple[TrustedCertificate, ...] = ()

    def certificates(self) -> tuple[TrustedCertificate, ...]:
        """Return all certificates, expired ones too. Costs one listing of the folder while nothing changes."""
        with self._lock:
            stamp = self._current_stamp()
            if stamp != self._stamp:
                self._found = tuple(self._read([name for name, _, _ in stamp]))
                self._stamp = stamp
            return self._found

    def expiring(self, now: datetime) -> tuple[TrustedCertificate, ...]:
        """Return those that end within 30 days or have ended; rotation is the usual cause of a broken login."""
        return tuple(one for one in self.certificates() if one.not_after <= now + WARN_BEFORE)

    def _current_stamp(self) -> tuple[tuple[str, int, int], ...]:
        try:
            with os.scandir(self._folder) as entries:
                files = [entry for entry in entries if Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file()]
            found = sorted((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
        except OSError:
            return ()
        return tuple(found[:MAX_CERTIFICATES])

    def _read(self, names: list[str]) -> list[TrustedCertificate]:
        found = []
        for name in names:
            try:
                der = load_certificate(self._folder / name)
                found.append(TrustedCertificate(name, algorithm_of(der), *validity_of(der), der))
            except SignatureUnavailable as error:
                log.warning("trusted certificate %s skipped: %s", name, error)
        return found


@lru_cache(maxsize=16)
def trusted_folder(folder: Path) -> TrustedFolder:
    """Return the one reader of a folder in this process."""
    return TrustedFolder(folder)
