"""What every signer and verifier offers, and what can go wrong with them."""

from pathlib import Path
from typing import Literal, NamedTuple, Protocol

Algorithm = Literal["GOST3410_2012_256", "RS256"]
"""Names as ESIA writes them in the `alg` of its tokens."""

Kind = Literal["gost", "rsa"]

ALGORITHM_OF_KIND: dict[Kind, Algorithm] = {"gost": "GOST3410_2012_256", "rsa": "RS256"}


class SignatureUnavailable(Exception):
    """No means to sign or verify: a missing engine, key file or a tool that failed. The text holds no data."""


class Signer(Protocol):
    """One private key with its certificate."""

    @property
    def alg(self) -> Algorithm: ...

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature: GOST 64 bytes `s || r`, RSA PKCS#1 v1.5 of SHA-256.

        Raises SignatureUnavailable.
        """
        ...

    def certificate_der(self) -> bytes: ...

    def certificate_hash(self) -> str:
        """Return the hash of the DER certificate, 64 upper-case hex digits: Streebog-256 (GOST), SHA-256 (RSA)."""
        ...


class Verifier(Protocol):
    """Checks raw signatures of one algorithm."""

    @property
    def alg(self) -> Algorithm: ...

    def verify_raw(self, data: bytes, signature: bytes, certificate_der: bytes) -> bool:
        """Tell whether `signature` of `data` was made by the certificate's key.

        A certificate of the other kind verifies nothing. Raises SignatureUnavailable.
        """
        ...

    def certificate_hash(self, certificate_der: bytes) -> str:
        """Return the same hash as `Signer.certificate_hash` for any certificate."""
        ...


class KeyPair(NamedTuple):
    """Files of one key: PEM private key (0600) and PEM certificate."""

    kind: Kind
    key: Path
    certificate: Path
