"""GOST R 34.10-2012 (256 bit) by the OpenSSL command line with Debian's `libengine-gost-openssl`.

One call costs about 15 ms; how it runs is told in `openssl.py`.
"""

import os
import shutil
from functools import cache, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from medkarta.integrations.signature import openssl
from medkarta.integrations.signature.certificates import algorithm_of, parse_certificate
from medkarta.integrations.signature.contract import Algorithm, SignatureUnavailable

SIGNATURE_BYTES = 64
MAX_DATA_BYTES = 1024 * 1024


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
        with openssl.private_folder() as folder:
            message = _write(folder / "message", data)
            signature = folder / "signature"
            key = str(self._key.absolute())
            openssl.run(folder, "dgst", "-md_gost12_256", "-sign", key, "-out", str(signature), message)
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
        with openssl.private_folder() as folder:
            public = _write(folder / "public.pem", _public_key(certificate_der))
            message = _write(folder / "message", data)
            given = ("-verify", public, "-signature", _write(folder / "signature", signature), message)
            done = openssl.run(folder, "dgst", "-md_gost12_256", *given, accepted=(0, 1))
        return done.returncode == 0 and done.stdout.strip() == b"Verified OK"

    def certificate_hash(self, certificate_der: bytes) -> str:
        return _digest(certificate_der)


def make_key_pair(key_path: Path, certificate_path: Path, *, common_name: str, days: int) -> None:
    """Write a key of parameter set A (0600) and its self-signed certificate."""
    with openssl.private_folder() as folder:
        key = folder / "key.pem"
        openssl.run(folder, "genpkey", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A", "-out", str(key))
        made = folder / "certificate.pem"
        subject = ("-days", str(days), "-subj", f"/C=RU/CN={common_name}", "-out", str(made))
        openssl.run(folder, "req", "-x509", "-new", "-key", str(key), *subject)
        os.chmod(key, 0o600)
        shutil.move(key, key_path)
        certificate_path.write_bytes(made.read_bytes())


@lru_cache(maxsize=64)
def _public_key(certificate_der: bytes) -> bytes:
    """Return the certificate's public key as PEM."""
    with openssl.private_folder() as folder:
        pem = parse_certificate(certificate_der).public_bytes(Encoding.PEM)
        certificate = _write(folder / "certificate.pem", pem)
        return openssl.run(folder, "x509", "-in", certificate, "-noout", "-pubkey").stdout


def _digest(data: bytes) -> str:
    """Return Streebog-256 of `data` as upper-case hex."""
    with openssl.private_folder() as folder:
        message = _write(folder / "message", data)
        done = openssl.run(folder, "dgst", "-md_gost12_256", "-r", message)
    return done.stdout.split(b" ", 1)[0].decode("ascii", "replace").upper()


def _write(path: Path, data: bytes) -> str:
    if len(data) > MAX_DATA_BYTES:
        raise SignatureUnavailable("the data is too large to be signed")
    return openssl.write(path, data)
