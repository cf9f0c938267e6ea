"""Digests and signatures: RSA by `cryptography`, GOST R 34.10 (2012 and 2001) by OpenSSL with its engine."""

import hashlib
import hmac
from base64 import encodebytes
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from medkarta.integrations.signature import openssl, openssl_gost
from medkarta.integrations.signature.cms.reading import Certificate, Signer
from medkarta.integrations.signature.cms.results import Reason
from medkarta.integrations.signature.contract import SignatureUnavailable

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
_TIMEOUT_SECONDS = 20

_RSA = "1.2.840.113549.1.1.1"
_PSS = "1.2.840.113549.1.1.10"
_SHA = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_RSA_WITH = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_OUTDATED = frozenset({"1.3.14.3.2.26", "1.2.840.113549.2.5", "1.2.840.113549.2.2"})  # SHA-1, MD5, MD2


@dataclass(frozen=True, slots=True)
class _Gost:
    """What belongs to one kind of GOST key: its digest, OpenSSL's name for it, how a SignerInfo names the signature."""

    digest_oid: str
    digest: str
    signature_oids: frozenset[str]


_GOST = {
    "1.2.643.7.1.1.1.1": _Gost(
        "1.2.643.7.1.1.2.2", "md_gost12_256", frozenset({"1.2.643.7.1.1.1.1", "1.2.643.7.1.1.3.2"})
    ),
    "1.2.643.7.1.1.1.2": _Gost(
        "1.2.643.7.1.1.2.3", "md_gost12_512", frozenset({"1.2.643.7.1.1.1.2", "1.2.643.7.1.1.3.3"})
    ),
    "1.2.643.2.2.19": _Gost("1.2.643.2.2.9", "md_gost94", frozenset({"1.2.643.2.2.19", "1.2.643.2.2.3"})),
}


def is_gost(certificate: Certificate) -> bool:
    return certificate.key_oid in _GOST


def check(signer: Signer, data: bytes) -> Reason | None:
    """Return what speaks against a signature of `data`; None if its mathematics holds."""
    certificate = signer.certificate
    if certificate is None:
        return Reason.NO_CERTIFICATE
    if signer.digest_oid in _OUTDATED:
        return Reason.OUTDATED
    if certificate.key_oid == _RSA:
        return _check_rsa(signer, certificate, data)
    gost = _GOST.get(certificate.key_oid)
    if gost is None or signer.digest_oid != gost.digest_oid or signer.signature_oid not in gost.signature_oids:
        return Reason.ALGORITHM
    if not openssl_gost.available():
        return Reason.NO_GOST
    try:
        return _check_gost(signer, certificate, gost, data)
    except SignatureUnavailable:
        return Reason.NO_MEANS


def _check_rsa(signer: Signer, certificate: Certificate, data: bytes) -> Reason | None:
    digest = _SHA.get(signer.digest_oid)
    key = _rsa_key(certificate)
    if digest is None or key is None:
        return Reason.ALGORITHM
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        return Reason.OUTDATED
    scheme = _scheme(signer, digest)
    if scheme is None:
        return Reason.ALGORITHM
    if not _is_promised(signer, hashlib.new(digest.name, data).digest()):
        return Reason.CHANGED
    try:
        key.verify(signer.signature, data if signer.attributes is None else signer.attributes, scheme, digest)
    except InvalidSignature:
        return Reason.CHANGED if signer.attributes is None else Reason.FORGED
    return None


def _rsa_key(certificate: Certificate) -> RSAPublicKey | None:
    try:
        key = load_der_public_key(certificate.key_der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def _scheme(signer: Signer, digest: Any) -> padding.AsymmetricPadding | None:
    if signer.signature_oid == _PSS:
        return _pss(signer.pss.native, digest)
    is_plain = signer.signature_oid == _RSA or _RSA_WITH.get(signer.signature_oid) == digest.name
    return padding.PKCS1v15() if is_plain else None


def _pss(given: Any, digest: Any) -> padding.PSS | None:
    """Return the scheme of RSASSA-PSS parameters: both digests have to be the message's own."""
    mask = given["mask_gen_algorithm"]
    names = (given["hash_algorithm"]["algorithm"], (mask["parameters"] or {}).get("algorithm"))
    salt = given["salt_length"]
    if names != (digest.name, digest.name) or mask["algorithm"] != "mgf1" or not 0 <= salt <= MAX_RSA_BITS // 8:
        return None
    return padding.PSS(mgf=padding.MGF1(digest), salt_length=salt)


def _check_gost(signer: Signer, certificate: Certificate, gost: _Gost, data: bytes) -> Reason | None:
    with openssl.private_folder() as folder:
        document = openssl.write(folder / "document", data)
        kind = f"-{gost.digest}"
        if signer.attributes is None:
            signed = document
        else:
            made = openssl.run(folder, "dgst", kind, "-binary", document, timeout_seconds=_TIMEOUT_SECONDS).stdout
            if not _is_promised(signer, made):
                return Reason.CHANGED
            signed = openssl.write(folder / "attributes", signer.attributes)
        key = openssl.write(folder / "key.pem", _pem(certificate.key_der))
        signature = openssl.write(folder / "signature", signer.signature)
        given = ("-verify", key, "-signature", signature, signed)
        done = openssl.run(folder, "dgst", kind, *given, accepted=(0, 1), timeout_seconds=_TIMEOUT_SECONDS)
    if done.returncode == 0 and done.stdout.strip() == b"Verified OK":
        return None
    return Reason.CHANGED if signer.attributes is None else Reason.FORGED


def _is_promised(signer: Signer, digest: bytes) -> bool:
    """Tell whether the signed attributes promise this digest; without attributes the signature itself will tell."""
    return signer.message_digest is None or hmac.compare_digest(signer.message_digest, digest)


def _pem(key_der: bytes) -> bytes:
    return b"-----BEGIN PUBLIC KEY-----\n" + encodebytes(key_der) + b"-----END PUBLIC KEY-----\n"
