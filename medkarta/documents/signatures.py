"""Signatures of documents on their way in: kept byte for byte, then checked by the worker, never by a page."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Count, Q

from medkarta.core.ids import NAMESPACE, new_key
from medkarta.core.scopes import SystemScope, WorkerScope
from medkarta.documents.models import DocumentContent, DocumentSignature
from medkarta.documents.queries.signatures import Candidate, candidate_files
from medkarta.integrations.storage.port import storage
from medkarta.outbox import actions as outbox

CHECK = "documents.check_signatures"
RECHECK = "documents.recheck_signatures"
QUEUED_AT_ONCE = 2000

_CODE, _NAME = 64, 255


@dataclass(frozen=True, slots=True)
class Loose:
    """A signature that came apart from the files of its document: in a Provenance, or beside a CDA file.

    `origin_id`: the resource that brought it. `role_code`: 1.2.643.5.1.13.13.99.2.368, or what FHIR calls it.
    """

    document_id: UUID
    origin_id: UUID
    data: bytes
    role_code: str = ""
    role_name: str = ""


def keep_loose(scope: SystemScope, found: Sequence[Loose], *, origins: Collection[UUID], now: datetime) -> None:
    """Keep the signatures that these resources bring, in place of those that they brought before; queue the check.

    The same bytes for the same document are kept once. The document may come later.
    """
    rows = [_row(one, now=now) for one in found]
    before = dict(DocumentSignature.objects.filter(origin_id__in=origins).values_list("pk", "document_id"))
    lost = set(before) - {row.pk for row in rows}
    if lost:
        DocumentSignature.objects.filter(pk__in=lost).delete()
    _insert(rows)
    _queue({*before.values(), *(row.document_id for row in rows)})


def note_files(scope: SystemScope, document_ids: Collection[UUID], *, now: datetime) -> None:
    """After the files of documents came or changed: keep those that are signatures, and queue the check of all."""
    if not document_ids:
        return
    rows = [_file_row(one, now=now) for one in candidate_files(document_ids) if one.is_signature]
    known = DocumentSignature.objects.filter(document_id__in=document_ids).values_list("pk", "origin_id", "document_id")
    kept = {row.pk for row in rows}
    lost, touched = [], {row.document_id for row in rows}
    for pk, origin_id, document_id in known:
        touched.add(document_id)
        if origin_id == document_id and pk not in kept:
            lost.append(pk)
    if lost:
        DocumentSignature.objects.filter(pk__in=lost).delete()
    _insert(rows)
    _queue(touched)


def note_binaries(scope: SystemScope, binary_ids: Collection[UUID], *, now: datetime) -> None:
    """After bytes came apart: what waited for them may be a signature, or the file that one is of."""
    if binary_ids:
        waiting = DocumentContent.objects.filter(binary_id__in=binary_ids)
        note_files(scope, set(waiting.values_list("owner_id", flat=True)), now=now)


def queue_outdated(scope: WorkerScope, *, version: str) -> int:
    """Queue what was checked by another version of the trust list. Returns how many documents.

    Rows take the version at once, so that the next round does not queue them again.
    """
    outdated = Q(trust_version__lt=version) | Q(trust_version__gt=version)
    rows = DocumentSignature.objects.exclude(state=DocumentSignature.State.PENDING).filter(outdated)
    ids = list(rows.order_by("trust_version", "pk").values_list("document_id", flat=True)[:QUEUED_AT_ONCE])
    DocumentSignature.objects.filter(document_id__in=ids).filter(outdated).update(trust_version=version)
    return queue(scope, set(ids))


def queue_all(scope: WorkerScope) -> int:
    """Queue every document that has signatures. Returns how many."""
    ids = DocumentSignature.objects.order_by("document_id").values_list("document_id", flat=True).distinct()
    found, count = list(ids), 0
    for start in range(0, len(found), QUEUED_AT_ONCE):
        count += queue(scope, found[start : start + QUEUED_AT_ONCE])
    return count


def count_states() -> list[tuple[str, str, int]]:
    """Return how many signatures have each state and reason."""
    found = DocumentSignature.objects.values_list("state", "reason").annotate(count=Count("pk"))
    return list(found.order_by("state", "reason"))


def queue(scope: WorkerScope, document_ids: Iterable[UUID]) -> int:
    """Queue a check of the signatures of documents; what was found before is shown meanwhile.

    Each call counts: all that one import brings has the same moment, and a check may have run in between.
    """
    deliveries = [outbox.Delivery(CHECK, f"{one}:{new_key()}", {"document_id": str(one)}) for one in document_ids]
    outbox.put_many(deliveries)
    return len(deliveries)


def _queue(document_ids: Collection[UUID]) -> None:
    if document_ids:
        DocumentSignature.objects.filter(document_id__in=document_ids).update(
            state=DocumentSignature.State.PENDING, reason="", signers=[], checked_at=None, trust_version=""
        )
        queue(WorkerScope(), document_ids)


def _insert(rows: Sequence[DocumentSignature]) -> None:
    if rows:
        DocumentSignature.objects.bulk_create(rows, ignore_conflicts=True)


def _row(one: Loose, *, now: datetime) -> DocumentSignature:
    sha256 = hashlib.sha256(one.data).hexdigest()
    return DocumentSignature(
        id=_id(one.document_id, sha256),
        document_id=one.document_id,
        origin_id=one.origin_id,
        sha256=sha256,
        storage_key=storage().put(one.data),
        size=len(one.data),
        role_code=one.role_code[:_CODE],
        role_name=one.role_name[:_NAME],
        arrived_at=now,
    )


def _file_row(one: Candidate, *, now: datetime) -> DocumentSignature:
    return DocumentSignature(
        id=_id(one.document_id, one.storage_key),
        document_id=one.document_id,
        origin_id=one.document_id,
        sha256=one.storage_key,
        storage_key=one.storage_key,
        size=one.size,
        arrived_at=now,
    )


def _id(document_id: UUID, sha256: str) -> UUID:
    return uuid5(NAMESPACE, f"{document_id}|signature|{sha256}")
