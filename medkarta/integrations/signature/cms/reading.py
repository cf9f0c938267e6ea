"""The parts of a CMS SignedData that its verification needs, read by asn1crypto."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, x509

from medkarta.integrations.signature.cms.bounds import Malformed
from medkarta.integrations.signature.cms.names import holder_of, short_name
from medkarta.integrations.signature.cms.results import Holder

MAX_SIGNERS = 10
MAX_CERTIFICATES = 40

_SET = b"\x31"
_SIGNING_USES = frozenset({"digital_signature", "non_repudiation"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A signer's certificate; `der` and `key_der` (SubjectPublicKeyInfo) are the bytes that stood there."""

    der: bytes
    key_der: bytes
    key_oid: str
    holder: Holder
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    is_for_signing: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """One SignerInfo. Without `attributes` the signature is over the document itself."""

    certificate: Certificate | None
    digest_oid: str
    signature_oid: str
    pss: Any
    signature: bytes
    attributes: bytes | None
    message_digest: bytes | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedData:
    """A file of signatures. `content`: the document that it carries along, None in a detached one."""

    signers: tuple[Signer, ...]
    certificates: tuple[bytes, ...]
    content: bytes | None


def read(der: bytes) -> SignedData:
    """Read what `bounds.der_of` let through. Raises Malformed for anything that is no SignedData."""
    try:
        return _read(der)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None


def _read(der: bytes) -> SignedData:
    outer = cms.ContentInfo.load(der, strict=True)
    if outer["content_type"].native != "signed_data":
        raise Malformed("not signed data")
    data = outer["content"]
    certificates = [
        choice.chosen
        for choice in data["certificates"] or ()
        if isinstance(choice, cms.CertificateChoices) and choice.name == "certificate"
    ]
    infos = list(data["signer_infos"])
    if not infos or len(infos) > MAX_SIGNERS or len(certificates) > MAX_CERTIFICATES:
        raise Malformed("too many or no signers")
    inner = data["encap_content_info"]
    content = inner["content"].native if inner["content"] else None
    kind = inner["content_type"].dotted
    signers = tuple(_signer(info, certificates, kind) for info in infos)
    if content is not None and not isinstance(content, bytes):
        raise Malformed("the content is no bytes")
    return SignedData(signers, tuple(each.dump() for each in certificates), content)


def _signer(info: cms.SignerInfo, certificates: list[x509.Certificate], content_kind: str) -> Signer:
    algorithm = info["signature_algorithm"]
    attributes, digest, signed_at = None, None, None
    if info["signed_attrs"]:
        found = {each["type"].native: each["values"] for each in info["signed_attrs"]}
        (kind,) = found["content_type"]
        (value,) = found["message_digest"]
        if kind.dotted != content_kind or len(found) != len(info["signed_attrs"]):
            raise Malformed("the signed attributes contradict the content")
        attributes = _SET + info["signed_attrs"].dump()[1:]
        digest = value.native
        signed_at = _moment(found["signing_time"][0].native) if "signing_time" in found else None
    certificate = _own_certificate(info["sid"], certificates)
    return Signer(
        certificate=_certificate(certificate) if certificate is not None else None,
        digest_oid=info["digest_algorithm"]["algorithm"].dotted,
        signature_oid=algorithm["algorithm"].dotted,
        pss=algorithm["parameters"] if algorithm["algorithm"].native == "rsassa_pss" else None,
        signature=info["signature"].native,
        attributes=attributes,
        message_digest=digest,
        signed_at=signed_at,
    )


def _own_certificate(sid: cms.SignerIdentifier, certificates: list[x509.Certificate]) -> x509.Certificate | None:
    if sid.name == "subject_key_identifier":
        return next((each for each in certificates if each.key_identifier == sid.chosen.native), None)
    serial, issuer = sid.chosen["serial_number"].native, sid.chosen["issuer"].dump()
    same = [each for each in certificates if each.serial_number == serial]
    exact = next((each for each in same if each.issuer.dump() == issuer), None)
    # the same name may be written in another string type; whose key it is, the mathematics tells
    return same[0] if exact is None and len(same) == 1 else exact


def _certificate(found: x509.Certificate) -> Certificate:
    key_der = found["tbs_certificate"]["subject_public_key_info"].dump()
    uses = found.key_usage_value
    return Certificate(
        der=found.dump(),
        key_der=key_der,
        key_oid=core.Sequence.load(key_der)[0][0].dotted,  # asn1crypto's own type reads no GOST keys
        holder=holder_of(found.subject),
        issuer=short_name(found.issuer),
        serial=f"{found.serial_number:X}"[:64],
        not_before=_moment(found.not_valid_before),
        not_after=_moment(found.not_valid_after),
        is_for_signing=uses is None or bool(_SIGNING_USES & uses.native),
    )


def _moment(found: datetime) -> datetime:
    return found if found.tzinfo else found.replace(tzinfo=UTC)
