"""RS256 by `cryptography`: the signer of machines without the GOST engine. Its hash is SHA-256, not Streebog."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.x509.oid import NameOID

from medkarta.integrations.signature.certificates import algorithm_of, parse_certificate
from medkarta.integrations.signature.contract import Algorithm, SignatureUnavailable

MIN_KEY_BITS = 2048


class RsaSigner:
    alg: Algorithm = "RS256"

    def __init__(self, key: Path, certificate_der: bytes) -> None:
        try:
            loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise SignatureUnavailable("the private key can't be read") from error
        if not isinstance(loaded, RSAPrivateKey):
            raise SignatureUnavailable("the private key is not an RSA key")
        if loaded.public_key() != parse_certificate(certificate_der).public_key():
            raise SignatureUnavailable("the private key does not belong to the certificate")
        self._key = loaded
        self._certificate = certificate_der

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def certificate_der(self) -> bytes:
        return self._certificate

    def certificate_hash(self) -> str:
        return hashlib.sha256(self._certificate).hexdigest().upper()


class RsaVerifier:
    alg: Algorithm = "RS256"

    def verify_raw(self, data: bytes, signature: bytes, certificate_der: bytes) -> bool:
        if algorithm_of(certificate_der) != self.alg:
            return False
        key = parse_certificate(certificate_der).public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
            return False
        try:
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def certificate_hash(self, certificate_der: bytes) -> str:
        return hashlib.sha256(certificate_der).hexdigest().upper()


def make_key_pair(key_path: Path, certificate_path: Path, *, common_name: str, days: int) -> None:
    """Write a 2048-bit key (0600) and its self-signed certificate."""
    key = generate_private_key(public_exponent=65537, key_size=MIN_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(key_path, pem)
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
