"""One document with everything that its page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents.queries.files import FileRow, list_files
from medkarta.documents.queries.visible import author, is_superseded, replacements, seen_by


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with everything that its page shows."""

    id: UUID
    title: str
    kind_name: str
    kind_code: str
    dated_at: datetime | None
    received_at: datetime
    place: str
    author_name: str
    author_post: str
    signer_name: str
    number: str
    is_superseded: bool
    is_preliminary: bool
    replaces: UUID | None
    replaced_by: UUID | None
    files: tuple[FileRow, ...]


def get_document(scope: PatientScope, document_id: UUID) -> DocumentPage:
    """Return one document with its files. Two statements. Raises NotFound."""
    found = (
        seen_by(scope)
        .filter(pk=document_id)
        .annotate(
            author=author(),
            post=Coalesce("practitioner_role__specialty_name", Value("")),
            signed=Coalesce(NullIf("signer__full_name", Value("")), "signer_name"),
            replaced_by=Subquery(replacements(scope).order_by("-dated_at").values("pk")[:1]),
            replaced=Subquery(seen_by(scope).filter(pk=OuterRef("replaces_id")).values("pk")[:1]),
        )
        .first()
    )
    if found is None:
        raise NotFound
    scope.reads.add("DocumentReference", [found.pk])
    extra: Any = found
    return DocumentPage(
        found.pk, found.title, found.kind_name, found.kind_code, found.dated_at, found.received_at, extra.place,
        extra.author, extra.post, extra.signed, found.number, is_superseded(found.status) or bool(extra.replaced_by),
        found.is_preliminary, extra.replaced, extra.replaced_by, list_files(scope, found.pk),
    )  # fmt: skip
