"""GOST R 34.10-2012 (256 bit) by the OpenSSL command line with Debian's `libengine-gost-openssl`.

The engine is switched on by a private configuration for the child process alone. No shell, a fixed PATH, a time
limit, files that only the owner reads, at most four processes at once. One call costs about 15 ms.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from threading import BoundedSemaphore

from cryptography.hazmat.primitives.serialization import Encoding

from medkarta.integrations.signature.certificates import algorithm_of, parse_certificate
from medkarta.integrations.signature.contract import Algorithm, SignatureUnavailable

SIGNATURE_BYTES = 64
MAX_DATA_BYTES = 1024 * 1024
TIMEOUT_SECONDS = 5
PATH = "/usr/local/bin:/usr/bin:/bin"

_PROCESSES = BoundedSemaphore(4)

_CONFIG = """\
openssl_conf = openssl_init
[openssl_init]
engines = engine_section
[engine_section]
gost = gost_section
[gost_section]
engine_id = gost
default_algorithms = ALL
CRYPT_PARAMS = id-Gost28147-89-CryptoPro-A-ParamSet
[req]
distinguished_name = dn
[dn]
"""


@cache
def available() -> bool:
    """Tell whether this machine's OpenSSL has a working GOST engine. Asked once per process."""
    try:
        return len(_digest(b"")) == SIGNATURE_BYTES
    except SignatureUnavailable:
        return False


class OpensslGostSigner:
    alg: Algorithm = "GOST3410_2012_256"

    def __init__(self, key: Path, certificate_der: bytes) -> None:
        self._key = key
        self._certificate = certificate_der
        self._hash = ""

    def sign(self, data: bytes) -> bytes:
        with _folder() as folder:
            message = _write(folder / "message", data)
            signature = folder / "signature"
            _openssl(
                folder, "dgst", "-md_gost12_256", "-sign", str(self._key.absolute()), "-out", str(signature), message
            )
            made = signature.read_bytes()
        if len(made) != SIGNATURE_BYTES:
            raise SignatureUnavailable("openssl made a signature of an unexpected length")
        return made

    def certificate_der(self) -> bytes:
        return self._certificate

    def certificate_hash(self) -> str:
        self._hash = self._hash or _digest(self._certificate)
        return self._hash


class OpensslGostVerifier:
    alg: Algorithm = "GOST3410_2012_256"

    def verify_raw(self, data: bytes, signature: bytes, certificate_der: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES or algorithm_of(certificate_der) != self.alg:
            return False
        with _folder() as folder:
            public = _write(folder / "public.pem", _public_key(certificate_der))
            message = _write(folder / "message", data)
            given = ("-verify", public, "-signature", _write(folder / "signature", signature), message)
            done = _openssl(folder, "dgst", "-md_gost12_256", *given, accepted=(0, 1))
        return done.returncode == 0 and done.stdout.strip() == b"Verified OK"

    def certificate_hash(self, certificate_der: bytes) -> str:
        return _digest(certificate_der)


def make_key_pair(key_path: Path, certificate_path: Path, *, common_name: str, days: int) -> None:
    """Write a key of parameter set A (0600) and its self-signed certificate."""
    with _folder() as folder:
        key = folder / "key.pem"
        _openssl(folder, "genpkey", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A", "-out", str(key))
        made = folder / "certificate.pem"
        subject = ("-days", str(days), "-subj", f"/C=RU/CN={common_name}", "-out", str(made))
        _openssl(folder, "req", "-x509", "-new", "-key", str(key), *subject)
        os.chmod(key, 0o600)
        shutil.move(key, key_path)
        certificate_path.write_bytes(made.read_bytes())


@lru_cache(maxsize=64)
def _public_key(certificate_der: bytes) -> bytes:
    """Return the certificate's public key as PEM."""
    with _folder() as folder:
        pem = parse_certificate(certificate_der).public_bytes(Encoding.PEM)
        certificate = _write(folder / "certificate.pem", pem)
        return _openssl(folder, "x509", "-in", certificate, "-noout", "-pubkey").stdout


def _digest(data: bytes) -> str:
    """Return Streebog-256 of `data` as upper-case hex."""
    with _folder() as folder:
        message = _write(folder / "message", data)
        done = _openssl(folder, "dgst", "-md_gost12_256", "-r", message)
    return done.stdout.split(b" ", 1)[0].decode("ascii", "replace").upper()


def _write(path: Path, data: bytes) -> str:
    if len(data) > MAX_DATA_BYTES:
        raise SignatureUnavailable("the data is too large to be signed")
    path.write_bytes(data)
    return str(path)


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a private folder (0700) that holds the configuration; everything in it is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="medkarta-gost-") as name:
        folder = Path(name)
        (folder / "openssl.cnf").write_text(_CONFIG, encoding="ascii")
        yield folder


def _openssl(folder: Path, *arguments: str, accepted: Sequence[int] = (0,)) -> subprocess.CompletedProcess[bytes]:
    tool = shutil.which("openssl", path=PATH)
    if tool is None:
        raise SignatureUnavailable("openssl is not installed")
    environment = {"OPENSSL_CONF": str(folder / "openssl.cnf"), "PATH": PATH, "LC_ALL": "C"}
    try:
        with _PROCESSES:
            done = subprocess.run(
                [tool, *arguments],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
                umask=0o077,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SignatureUnavailable("openssl did not run") from error
    if done.returncode not in accepted:
        raise SignatureUnavailable(f"openssl {arguments[0]} ended with {done.returncode}")
    return done
