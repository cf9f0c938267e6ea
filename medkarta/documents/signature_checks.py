"""The check of one document's signatures, as the worker does it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from medkarta.core.scopes import WorkerScope
from medkarta.documents.models import DocumentSignature
from medkarta.documents.queries.signatures import Candidate, candidate_files
from medkarta.integrations.signature.port import (
    CmsResult,
    Reason,
    SignerResult,
    TrustList,
    trust_list,
    verify_cms,
)
from medkarta.integrations.storage.port import storage

MOST_FILES = 8
MOST_SIGNATURES = 50


def trusted() -> TrustList:
    """Return the operator's list of trusted certificates."""
    return trust_list(settings.SIGNATURE_TRUST)


def check(scope: WorkerScope, document_id: UUID, *, now: datetime) -> None:
    """Check every signature of a document against its files and write down what was found.

    Raises FileMissing and StorageUnavailable: the delivery is tried again.
    """
    rows = list(DocumentSignature.objects.filter(document_id=document_id).order_by("arrived_at", "pk"))[
        :MOST_SIGNATURES
    ]
    files = [one for one in candidate_files([document_id]) if not one.is_signature]
    files.sort(key=lambda one: (not one.is_structured, one.position))
    trust = trusted()
    for row in rows:
        _write(row, _best(row, files[:MOST_FILES], trust), trust, now=now)


def _best(row: DocumentSignature, files: Sequence[Candidate], trust: TrustList) -> CmsResult:
    """Return what the signature says of the file that it is of: the first one that fits, else the main one."""
    p7s, found = _read(row.storage_key), None
    for file in files:
        result = verify_cms(_read(file.storage_key), p7s, trust, at=row.arrived_at)
        if result.fits or result.reason is Reason.CORRUPT:
            return result
        found = found or result
    return found or CmsResult((), Reason.NO_DOCUMENT)


def _read(key: str) -> bytes:
    with storage().open(key) as file:
        return file.read()


def _write(row: DocumentSignature, result: CmsResult, trust: TrustList, *, now: datetime) -> None:
    DocumentSignature.objects.filter(pk=row.pk).update(
        state=result.state.value,
        reason=result.reason.value,
        signers=[_stored(one) for one in result.signers],
        checked_at=now,
        trust_version=trust.version,
    )


def _stored(one: SignerResult) -> dict[str, Any]:
    """Return a signer as JSON; moments as ISO 8601, what is unknown is empty."""
    holder = one.holder
    return {
        "state": one.state.value,
        "reason": one.reason.value,
        "is_intact": one.is_intact,
        "name": holder.name,
        "post": holder.post,
        "organisation": holder.organisation,
        "snils": holder.snils,
        "inn": holder.inn,
        "ogrn": holder.ogrn,
        "issuer": one.issuer,
        "serial": one.serial,
        **{
            name: moment.isoformat() if moment else ""
            for name, moment in (
                ("not_before", one.not_before),
                ("not_after", one.not_after),
                ("signed_at", one.signed_at),
                ("judged_at", one.judged_at),
            )
        },
    }
