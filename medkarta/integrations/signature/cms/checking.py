"""From a document and the file of its signatures to what can be said of each of them."""

from datetime import UTC, datetime, timedelta

from medkarta.integrations.signature.cms import bounds, mathematics, reading
from medkarta.integrations.signature.cms.results import CmsResult, Reason, SignerResult, result_of
from medkarta.integrations.signature.cms.trust import TrustList, check_chain

CLOCKS_DIFFER = timedelta(days=1)
_FIRST_BELIEVED = datetime(2000, 1, 1, tzinfo=UTC)


def verify_cms(data: bytes, p7s: bytes, trust: TrustList, *, at: datetime) -> CmsResult:
    """Check the signatures of a document. Nothing in `p7s` can raise.

    `p7s`: a CMS SignedData in DER, PEM or base64, usually detached; one that carries a document along has to carry
    this very one. `at`: when it arrived. A certificate's dates are compared with the signing time that the signature
    states, if the chain is trusted and the time is not after arrival; else with the arrival.
    """
    try:
        signed = reading.read(bounds.der_of(p7s, most=bounds.MAX_BYTES + len(data)))
    except bounds.Malformed:
        return CmsResult((), Reason.CORRUPT)
    if signed.content is not None and signed.content != data:
        return result_of(tuple(_described(each, Reason.OTHER_CONTENT, is_intact=False) for each in signed.signers))
    return result_of(tuple(_check(each, signed, data, trust, at) for each in signed.signers))


def _check(
    signer: reading.Signer, signed: reading.SignedData, data: bytes, trust: TrustList, at: datetime
) -> SignerResult:
    wrong = mathematics.check(signer, data)
    if wrong is not None:
        is_intact = False if wrong in (Reason.CHANGED, Reason.FORGED) else None
        return _described(signer, wrong, is_intact=is_intact)
    certificate = signer.certificate
    assert certificate is not None
    judged_at = _believed(signer, at)
    reason = check_chain(certificate.der, signed.certificates, trust, at=judged_at)
    if reason is None and not certificate.is_for_signing:
        reason = Reason.NOT_FOR_SIGNING
    return _described(signer, reason or Reason.CONFIRMED, is_intact=True, judged_at=judged_at)


def _believed(signer: reading.Signer, at: datetime) -> datetime:
    stated = signer.signed_at
    return stated if stated is not None and _FIRST_BELIEVED <= stated <= at + CLOCKS_DIFFER else at


def _described(
    signer: reading.Signer, reason: Reason, *, is_intact: bool | None, judged_at: datetime | None = None
) -> SignerResult:
    certificate = signer.certificate
    if certificate is None:
        return SignerResult(reason, is_intact, signed_at=signer.signed_at)
    return SignerResult(
        reason,
        is_intact,
        certificate.holder,
        certificate.issuer,
        certificate.serial,
        certificate.not_before,
        certificate.not_after,
        signer.signed_at,
        judged_at,
    )
