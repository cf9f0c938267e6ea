"""A small certification authority made by OpenSSL, for the demo and for tests: keys and certificates of all kinds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from medkarta.integrations.signature import openssl

DIGESTS = {"gost": "md_gost12_256", "gost512": "md_gost12_512", "gost2001": "md_gost94"}
"""What OpenSSL calls the digest of each kind of key; of any other it is sha256."""

_KEY_SECONDS = 60
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
_SECTIONS = """
[root]
basicConstraints = critical,CA:TRUE
[issuer]
basicConstraints = critical,CA:TRUE
keyUsage = keyCertSign
[person]
basicConstraints = CA:FALSE
keyUsage = digitalSignature,nonRepudiation
[server]
basicConstraints = CA:FALSE
keyUsage = keyEncipherment
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
unique_subject = no
policy = any
preserve = yes
string_mask = utf8only
[any]
commonName = supplied
"""
_KEYS: dict[str, tuple[str, ...]] = {
    "rsa": ("rsa", "-pkeyopt", "rsa_keygen_bits:2048"),
    "weak": ("rsa", "-pkeyopt", "rsa_keygen_bits:1024"),
    "gost": ("gost2012_256", "-pkeyopt", "paramset:A"),
    "gost512": ("gost2012_512", "-pkeyopt", "paramset:A"),
    "gost2001": ("gost2001", "-pkeyopt", "paramset:A"),
    "ec": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """A key of a kind with its certificate, as paths of PEM files."""

    kind: str
    key: Path
    certificate: Path


class Authority:
    """An authority in a folder; `kind` is that of its own key. All whom it certifies share one key of each kind.

    Everything raises SignatureUnavailable where OpenSSL, or its engine for GOST, is absent.
    """

    def __init__(self, folder: Path, kind: str, *, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._kind = folder, kind
        self._serial = 1000
        self.root = Owner(kind, folder / "root.key", folder / "root.crt")
        self._certify(self.root, f"/C=RU/CN={name}", self.root, section="root", first=_FIRST, last=_LAST)

    def issue(
        self,
        subject: str,
        *,
        first: datetime,
        last: datetime,
        kind: str = "",
        section: str = "person",
        issuer: Owner | None = None,
    ) -> Owner:
        """Make a certificate that is valid between two moments. `subject` as `subject_of` writes it.

        `section`: person, server (not for signing) or issuer; `issuer`: who signs it, the root unless told.
        """
        self._serial += 1
        kind = kind or self._kind
        made = Owner(kind, self._folder / f"{kind}.key", self._folder / f"{self._serial}.crt")
        self._certify(made, subject, issuer or self.root, section=section, first=first, last=last)
        return made

    def _certify(
        self, made: Owner, subject: str, issuer: Owner, *, section: str, first: datetime, last: datetime
    ) -> None:
        with openssl.private_folder(config_for(made.kind, issuer.kind) + _SECTIONS) as folder:
            if not made.key.exists():
                asked = (*_KEYS[made.kind], "-out", str(made.key))
                openssl.run(folder, "genpkey", "-algorithm", *asked, timeout_seconds=_KEY_SECONDS)
            asked = ("-key", str(made.key), "-subj", subject, "-out", "asked.csr")
            openssl.run(folder, "req", "-new", "-utf8", *asked)
            openssl.write(folder / "index", b"")
            openssl.write(folder / "serial", f"{self._serial:08X}\n".encode())
            who = ("-selfsign",) if issuer is made else ("-cert", str(issuer.certificate))
            dates = ("-startdate", f"{first:%y%m%d%H%M%SZ}", "-enddate", f"{last:%y%m%d%H%M%SZ}")
            how = ("-md", DIGESTS.get(issuer.kind, "sha256"), "-extensions", section, "-keyfile", str(issuer.key))
            done = ("-batch", "-utf8", "-notext", "-preserveDN", "-in", "asked.csr", "-out", str(made.certificate))
            # in OpenSSL 3.0 nothing but `ca` takes a first day
            openssl.run(folder, "ca", *who, *dates, *how, *done)


def subject_of(parts: Iterable[tuple[str, str]]) -> str:
    """Write a subject for OpenSSL from (short name or object identifier, value); empty values are left out."""
    return "".join(f"/{name}={_escaped(value)}" for name, value in parts if value)


def _escaped(value: str) -> str:
    return re.sub(r"([\\/+])", r"\\\1", value)


def config_for(*kinds: str) -> str:
    """Return a configuration that does without the engine where no key needs it."""
    return openssl.GOST_CONFIG if any(kind.startswith("gost") for kind in kinds) else openssl.PLAIN_CONFIG
