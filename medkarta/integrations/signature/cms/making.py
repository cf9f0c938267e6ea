"""A detached CMS made with keys of our own, for the demo: unlike OpenSSL's, it states the time that it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, x509

from medkarta.integrations.signature.contract import ALGORITHM_OF_KIND, Kind, Signer, Verifier

_DIGEST: dict[Kind, str] = {"rsa": "2.16.840.1.101.3.4.2.1", "gost": "1.2.643.7.1.1.2.2"}
_SIGNATURE: dict[Kind, str] = {"rsa": "1.2.840.113549.1.1.1", "gost": "1.2.643.7.1.1.1.1"}
_SET = b"\x31"


@dataclass(frozen=True, slots=True)
class Means:
    """What one signer signs with. `verifier`: of the same algorithm; its hash of a certificate is its digest."""

    signer: Signer
    verifier: Verifier

    @property
    def kind(self) -> Kind:
        return "rsa" if self.signer.alg == ALGORITHM_OF_KIND["rsa"] else "gost"


def make_cms(data: bytes, means: Sequence[Means], *, at: datetime) -> bytes:
    """Return the signatures of all signers over `data` (a mebibyte at most). Raises SignatureUnavailable."""
    certificates = [x509.Certificate.load(one.signer.certificate_der()) for one in means]
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": oid} for oid in sorted({_DIGEST[one.kind] for one in means})],
            "encap_content_info": {"content_type": "data"},
            "certificates": certificates,
            "signer_infos": [_info(data, one, whose, at) for one, whose in zip(means, certificates, strict=True)],
        }
    )
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return made


def _info(data: bytes, means: Means, certificate: x509.Certificate, at: datetime) -> cms.SignerInfo:
    digest = bytes.fromhex(means.verifier.certificate_hash(data))
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": core.UTCTime(at)})]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
        ]
    )
    name = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": name}),
            "digest_algorithm": {"algorithm": _DIGEST[means.kind]},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": _SIGNATURE[means.kind]},
            "signature": means.signer.sign(_SET + attributes.dump()[1:]),
        }
    )
