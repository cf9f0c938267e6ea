"""Reading certificates of both kinds. `cryptography` parses a GOST certificate but not its key."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from medkarta.integrations.signature.contract import Algorithm, SignatureUnavailable

MAX_FILE_BYTES = 64 * 1024

_ALGORITHMS: dict[str, Algorithm] = {
    "1.2.840.113549.1.1.1": "RS256",
    "1.2.643.7.1.1.1.1": "GOST3410_2012_256",
}


def load_certificate(path: Path) -> bytes:
    """Return the DER bytes of a PEM or DER certificate file. Raises SignatureUnavailable."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SignatureUnavailable("a certificate file is too large")
        return parse_certificate(path.read_bytes()).public_bytes(Encoding.DER)
    except OSError as error:
        raise SignatureUnavailable("a certificate file can't be read") from error


def parse_certificate(data: bytes) -> x509.Certificate:
    """Return the certificate of PEM or DER bytes. Raises SignatureUnavailable."""
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise SignatureUnavailable("a file is not a certificate") from error


def algorithm_of(certificate_der: bytes) -> Algorithm:
    """Return the signature algorithm that the certificate's key makes. Raises SignatureUnavailable for others."""
    oid = parse_certificate(certificate_der).public_key_algorithm_oid.dotted_string
    try:
        return _ALGORITHMS[oid]
    except KeyError as error:
        raise SignatureUnavailable("the certificate's key is of an unknown kind") from error


def validity_of(certificate_der: bytes) -> tuple[datetime, datetime]:
    """Return the first and the last moment (UTC) at which the certificate holds."""
    certificate = parse_certificate(certificate_der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
