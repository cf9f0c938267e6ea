"""One document with everything that its page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents.queries.files import FileRow, list_files
from medkarta.documents.queries.visible import (
    author,
    earlier_versions,
    is_superseded,
    later_versions,
    replacements,
    seen_by,
)


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with everything that its page shows.

    `is_conforming`: to its official guide, None if nobody could check; `findings` say where it is not. `notes`: what of
    it could not be read when it came. `kind_type` is the kind whatever its edition (1.2.643.5.1.13.13.11.1522).
    """

    id: UUID
    title: str
    kind_name: str
    kind_code: str
    kind_type: str
    dated_at: datetime | None
    received_at: datetime
    place: str
    author_name: str
    author_post: str
    signer_name: str
    number: str
    version: int
    language: str
    is_conforming: bool | None
    findings: tuple[str, ...]
    is_superseded: bool
    is_preliminary: bool
    replaces: UUID | None
    replaced_by: UUID | None
    files: tuple[FileRow, ...]

    @property
    def name(self) -> str:
        """What the page is called; empty if the sender named neither the document nor its kind."""
        return self.title or self.kind_name

    @property
    def path(self) -> str:
        """Its address inside the record."""
        return f"documents/{self.id}/"


def get_document(scope: PatientScope, document_id: UUID) -> DocumentPage:
    """Return one document with its files. Two statements. Raises NotFound."""
    found = (
        seen_by(scope)
        .filter(pk=document_id)
        .annotate(
            author=author(),
            post=Coalesce(NullIf("practitioner_role__specialty_name", Value("")), "practitioner_post"),
            signed=Coalesce(NullIf("signer__full_name", Value("")), "signer_name"),
            newer=Coalesce(_one(replacements(scope), "-dated_at"), _one(later_versions(scope), "-version")),
            older=Coalesce(
                _one(seen_by(scope).filter(pk=OuterRef("replaces_id")), "pk"),
                _one(earlier_versions(scope), "-version"),
            ),
            conforming=F("reading__is_conforming"),
            found_wrong=F("reading__findings"),
        )
        .first()
    )
    if found is None:
        raise NotFound
    scope.reads.add("DocumentReference", [found.pk])
    extra: Any = found
    return DocumentPage(
        found.pk, found.title, found.kind_name, found.kind_code, found.kind_type, found.dated_at, found.received_at,
        extra.place, extra.author, extra.post, extra.signed, found.number, found.version, found.language,
        extra.conforming, tuple(map(str, extra.found_wrong or ())), is_superseded(found.status) or bool(extra.newer),
        found.is_preliminary, extra.older, extra.newer, list_files(scope, found.pk),
    )  # fmt: skip


def _one(found: QuerySet[Any], order: str) -> Subquery:
    return Subquery(found.order_by(order).values("pk")[:1])
