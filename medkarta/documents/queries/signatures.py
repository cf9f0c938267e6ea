"""Signatures of documents as pages show them, and the files that they may be of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents import rules
from medkarta.documents.models import DocumentContent, DocumentSignature, MedicalDocument
from medkarta.documents.queries.files import FileSource
from medkarta.integrations.signature.port import Reason, sentence

P7S = "application/pkcs7-signature"
_SUFFIXES = (".p7s", ".sig", ".sgn", ".p7m")


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One signer on a page. `is_intact`: the document is as he signed it (None: it could not be told)."""

    state: str
    why: str
    is_intact: bool | None
    name: str
    post: str
    organisation: str
    snils: str
    ogrn: str
    issuer: str
    not_before: datetime | None
    not_after: datetime | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One file of signatures on a page. `number` is its place in the address of the download, from 1."""

    number: int
    state: str
    why: str
    role_name: str
    size: int
    signers: tuple[SignerRow, ...]

    @property
    def is_pending(self) -> bool:
        return self.state == DocumentSignature.State.PENDING

    @property
    def is_broken(self) -> bool:
        return self.state == DocumentSignature.State.INVALID


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is here: a signature, or what one may be of. The key of its bytes is their SHA-256."""

    document_id: UUID
    position: int
    content_type: str
    title: str
    storage_key: str
    size: int

    @property
    def is_signature(self) -> bool:
        return self.content_type == P7S or self.title.lower().endswith(_SUFFIXES)

    @property
    def is_structured(self) -> bool:
        return rules.family_of(self.content_type) in (rules.Family.CDA, rules.Family.XML)


def list_signatures(scope: PatientScope, document_id: UUID) -> tuple[SignatureRow, ...]:
    """Return the signatures of a document that this scope may see, as they came. One statement."""
    found = _of_document(scope, document_id).values_list("state", "reason", "role_name", "size", "signers")
    return tuple(
        SignatureRow(number, state, _why(reason), role, size, tuple(map(_signer, signers)))
        for number, (state, reason, role, size, signers) in enumerate(found, 1)
    )


def get_signature(scope: PatientScope, document_id: UUID, number: int) -> FileSource:
    """Return one file of signatures for its download. Two statements. Raises NotFound."""
    title = MedicalDocument.objects.for_scope(scope).filter(pk=document_id).values_list("title", flat=True).first()
    rows = (
        list(_of_document(scope, document_id).values_list("storage_key", "size")[number - 1 : number]) if number else []
    )
    if title is None or not rows:
        raise NotFound
    scope.reads.add("DocumentReference", [document_id])
    key, size = rows[0]
    return FileSource(key, size, P7S, rules.file_name(title, P7S, position=number))


def candidate_files(document_ids: Collection[UUID]) -> list[Candidate]:
    """Return the files of documents that are here. A Binary of somebody else's is as good as absent. One statement."""
    found = DocumentContent.objects.filter(owner_id__in=document_ids).select_related("binary").order_by("position")
    return [one for content in found if (one := _candidate(content)) is not None]


def _candidate(content: DocumentContent) -> Candidate | None:
    if content.storage_key:
        key, type_, size = content.storage_key, content.content_type, content.size
    else:
        binary = content.binary
        if binary is None or not binary.storage_key or binary.patient_id not in (None, content.patient_id):
            return None
        key, type_, size = binary.storage_key, binary.content_type, binary.size
    return Candidate(content.owner_id, content.position, type_, content.title, key, size or 0)


def _of_document(scope: PatientScope, document_id: UUID) -> QuerySet[Any]:
    seen = MedicalDocument.objects.for_scope(scope).filter(pk=document_id).values("pk")
    return DocumentSignature.objects.filter(document_id__in=seen).order_by("arrived_at", "pk")


def _signer(found: dict[str, Any]) -> SignerRow:
    return SignerRow(
        found["state"],
        _why(found["reason"]),
        found["is_intact"],
        found["name"],
        found["post"],
        found["organisation"],
        found["snils"],
        found["ogrn"],
        found["issuer"],
        _moment(found["not_before"]),
        _moment(found["not_after"]),
        _moment(found["signed_at"]),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _why(reason: str) -> str:
    """Say a reason in words; a valid signature needs none."""
    return "" if reason in ("", Reason.CONFIRMED) else str(sentence(Reason(reason)))
