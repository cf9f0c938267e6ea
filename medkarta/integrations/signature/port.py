"""Signatures for the rest of the product: choose a signer from settings, a verifier by algorithm."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from medkarta.integrations.signature import gost_python, openssl_gost, rsa
from medkarta.integrations.signature.authority import Authority, Owner, subject_of
from medkarta.integrations.signature.certificates import algorithm_of, load_certificate, validity_of
from medkarta.integrations.signature.cms.bounds import Malformed, der_of
from medkarta.integrations.signature.cms.checking import verify_cms
from medkarta.integrations.signature.cms.making import Means
from medkarta.integrations.signature.cms.making import make_cms as make
from medkarta.integrations.signature.cms.results import CmsResult, Holder, Reason, SignerResult, State, sentence
from medkarta.integrations.signature.cms.trust import TrustList, trust_list
from medkarta.integrations.signature.contract import (
    ALGORITHM_OF_KIND,
    Algorithm,
    KeyPair,
    Kind,
    SignatureUnavailable,
    Signer,
    Verifier,
)

__all__ = [
    "ALGORITHM_OF_KIND",
    "Algorithm",
    "Authority",
    "CmsResult",
    "Holder",
    "KeyPair",
    "Kind",
    "Malformed",
    "Owner",
    "Reason",
    "SignatureUnavailable",
    "Signer",
    "SignerResult",
    "State",
    "TrustList",
    "Verifier",
    "algorithm_of",
    "available",
    "der_of",
    "load_certificate",
    "make_cms",
    "make_key_pair",
    "preferred_kind",
    "sentence",
    "signer_from",
    "subject_of",
    "trust_list",
    "validity_of",
    "verifier_for",
    "verify_cms",
]


def available(kind: Kind) -> bool:
    """Tell whether this machine can sign with keys of this kind."""
    return kind == "rsa" or openssl_gost.available()


def preferred_kind() -> Kind:
    """Return `gost` where Debian's GOST engine works, else `rsa`."""
    return "gost" if available("gost") else "rsa"


def signer_from(settings: Mapping[str, str]) -> Signer:
    """Return the signer of the files `key` and `certificate` (paths of PEM or DER files).

    The kind follows from the certificate's own key. Raises SignatureUnavailable when a file is missing or
    unreadable, when the key is of an unknown kind, or when it is a GOST key and the engine is absent.
    """
    key, certificate = (Path(settings.get(name, "")) for name in ("key", "certificate"))
    for name, path in (("key", key), ("certificate", certificate)):
        if not path.is_file():
            raise SignatureUnavailable(f"the signer's {name} file is missing")
    der = load_certificate(certificate)
    if algorithm_of(der) == "RS256":
        return rsa.RsaSigner(key, der)
    if not openssl_gost.available():
        raise SignatureUnavailable("the certificate is GOST, but OpenSSL's gost engine is absent")
    return openssl_gost.OpensslGostSigner(key, der)


@cache
def verifier_for(alg: Algorithm) -> Verifier:
    """Return a verifier: for GOST the OpenSSL engine, else pure Python. Raises SignatureUnavailable."""
    if alg == "RS256":
        return rsa.RsaVerifier()
    if openssl_gost.available():
        return openssl_gost.OpensslGostVerifier()
    if gost_python.available():
        return gost_python.PythonGostVerifier()
    raise SignatureUnavailable("neither OpenSSL's gost engine nor gostcrypto is installed")


def make_cms(data: bytes, owners: Sequence[Owner], *, at: datetime) -> bytes:
    """Return detached signatures of `data` (a mebibyte at most) that state a time. For demo and tests.

    Raises SignatureUnavailable.
    """
    signers = [signer_from({"key": str(one.key), "certificate": str(one.certificate)}) for one in owners]
    return make(data, [Means(one, verifier_for(one.alg)) for one in signers], at=at)


def make_key_pair(folder: Path, kind: Kind, *, name: str = "client", days: int = 3650) -> KeyPair:
    """Write a new private key and a self-signed certificate `<name>.key.pem`, `<name>.crt.pem`. For demo and tests.

    Raises SignatureUnavailable for `gost` where the engine is absent.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pair = KeyPair(kind, folder / f"{name}.key.pem", folder / f"{name}.crt.pem")
    if kind == "rsa":
        rsa.make_key_pair(pair.key, pair.certificate, common_name=name, days=days)
    elif openssl_gost.available():
        openssl_gost.make_key_pair(pair.key, pair.certificate, common_name=name, days=days)
    else:
        raise SignatureUnavailable("OpenSSL's gost engine is absent")
    return pair
