"""Reads of documents and of the files of documents and reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.core.text import folded
from medkarta.documents import rules
from medkarta.documents.models import DocumentContent, MedicalDocument
from medkarta.ui.tables import Table

ORDER = {"title": ("title", "id"), "date": ("dated_at", "id"), "facility": ("place", "-dated_at", "id")}

_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty values narrow nothing. `kind` and `facility` are names as shown."""

    words: str = ""
    kind: str = ""
    facility: str = ""
    year: int | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.kind or self.facility or self.year)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list. `file` is the number of the first file that can be downloaded, None without one."""

    id: UUID
    title: str
    kind_name: str
    dated_at: datetime | None
    place: str
    is_superseded: bool
    is_preliminary: bool
    file: int | None
    file_type: str
    signer_name: str


@dataclass(frozen=True, slots=True)
class DocumentList:
    """One page of the list with the choices of its filters. `locked` counts what the owner may unlock."""

    table: Table
    rows: tuple[DocumentRow, ...]
    kinds: tuple[str, ...]
    facilities: tuple[str, ...]
    first_year: int | None
    locked: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file on a page. `is_here`: its bytes can be downloaded; `is_awaited`: they are still to come."""

    position: int
    title: str
    format_name: str
    content_type: str
    size: int | None
    is_here: bool
    is_awaited: bool

    @property
    def family(self) -> rules.Family:
        return rules.family_of(self.content_type)


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file to hand out: where its bytes are and what the download is called."""

    storage_key: str
    size: int
    content_type: str
    name: rules.FileName

    @property
    def disposition(self) -> str:
        return f"attachment; filename=\"{self.name.ascii}\"; filename*=UTF-8''{quote(self.name.full, safe='')}"


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


def list_documents(scope: PatientScope, *, filters: Filters, table: Table) -> DocumentList:
    """Return a page of documents that no newer one replaces. Three statements."""
    visible = _visible(scope).filter(~Exists(_replacements(scope)))
    wanted = _condition(filters)
    total, locked = _count(scope, visible, wanted)
    table = table.with_total(total)
    rows = _rows(visible.filter(wanted), table)
    scope.reads.add("DocumentReference", [row.id for row in rows])
    kinds, places, first_year = _choices(_visible(scope))
    return DocumentList(table, rows, kinds, places, first_year, locked)


def get_document(scope: PatientScope, document_id: UUID) -> DocumentPage:
    """Return one document with its files. Two statements. Raises NotFound."""
    found = (
        _visible(scope)
        .filter(pk=document_id)
        .annotate(
            author=_author(),
            post=Coalesce("practitioner_role__specialty_name", Value("")),
            signed=Coalesce(NullIf("signer__full_name", Value("")), "signer_name"),
            replaced_by=Subquery(_replacements(scope).order_by("-dated_at").values("pk")[:1]),
            replaced=Subquery(_visible(scope).filter(pk=OuterRef("replaces_id")).values("pk")[:1]),
        )
        .first()
    )
    if found is None:
        raise NotFound
    scope.reads.add("DocumentReference", [found.pk])
    extra: Any = found
    return DocumentPage(
        found.pk, found.title, found.kind_name, found.kind_code, found.dated_at, found.received_at, extra.place,
        extra.author, extra.post, extra.signed, found.number, _is_superseded(found.status) or bool(extra.replaced_by),
        found.is_preliminary, extra.replaced, extra.replaced_by, list_files(scope, found.pk),
    )  # fmt: skip


def get_file(scope: PatientScope, document_id: UUID, position: int) -> FileSource:
    """Return one file of a document for its download. Two statements. Raises NotFound."""
    found = _visible(scope).filter(pk=document_id).values_list("title", flat=True).first()
    if found is None:
        raise NotFound
    scope.reads.add("DocumentReference", [document_id])
    return get_owned_file(scope, document_id, position, title=found)


def get_owned_file(scope: PatientScope, owner_id: UUID, position: int, *, title: str) -> FileSource:
    """Return one file of a document or report that the caller found in this scope. Raises NotFound."""
    found = _files(scope, [owner_id]).filter(position=position).exclude(key="").first()
    if found is None:
        raise NotFound
    extra: Any = found
    name = rules.file_name(title or found.title, extra.type, position=position)
    return FileSource(extra.key, extra.bytes, extra.type, name)


def list_files(scope: PatientScope, owner_id: UUID) -> tuple[FileRow, ...]:
    """Return the files of a document or report that the caller found in this scope. One statement."""
    return tuple(_file_row(found) for found in _files(scope, [owner_id]))


def first_files(scope: PatientScope, owner_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the number of the first file at hand of each owner that has one. One statement."""
    found = _files(scope, list(owner_ids)).exclude(key="").order_by("owner_id", "-position")
    return dict(found.values_list("owner_id", "position"))


def list_download_links(scope: PatientScope, document_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the address of the first file at hand of each document that this scope may see. Two statements."""
    visible = list(_visible(scope).filter(pk__in=list(document_ids)).values_list("pk", flat=True))
    files = first_files(scope, visible) if visible else {}
    return {pk: scope.url(f"documents/{pk}/files/{number}/") for pk, number in files.items()}


def _count(scope: PatientScope, visible: QuerySet[Any], wanted: Q) -> tuple[int, int]:
    """Return how many documents are wanted, and how many the owner may unlock."""
    if scope.restricted is not Restricted.LOCKED:
        return visible.filter(wanted).count(), 0
    found = (visible | MedicalDocument.objects.locked_for(scope)).aggregate(
        total=Count("id", filter=wanted & Q(is_restricted=False)), locked=Count("id", filter=Q(is_restricted=True))
    )
    return found["total"], found["locked"]


def _visible(scope: PatientScope) -> QuerySet[Any]:
    names = (NullIf("facility__short_name", Value("")), NullIf("facility__name", Value("")), "facility_name")
    place = Coalesce(*names, output_field=TextField())
    return MedicalDocument.objects.for_scope(scope).annotate(place=place)


def _replacements(scope: PatientScope) -> QuerySet[Any]:
    return MedicalDocument.objects.for_scope(scope).filter(
        replaces_id=OuterRef("pk"), patient_id=OuterRef("patient_id")
    )


def _author() -> Coalesce:
    return Coalesce(
        NullIf("practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner_name", Value("")),
        "practitioner_name",
        output_field=TextField(),
    )


def _condition(filters: Filters) -> Q:
    found = Q()
    for word in folded(filters.words).split()[:_MOST_WORDS]:
        found &= Q(words__contains=word)
    if filters.kind:
        found &= Q(kind_name=filters.kind)
    if filters.facility:
        found &= Q(place=filters.facility)
    if filters.year:
        found &= Q(dated_at__year=filters.year)
    return found


def _rows(found: QuerySet[Any], table: Table) -> tuple[DocumentRow, ...]:
    first = DocumentContent.objects.filter(_IS_HERE, owner_id=OuterRef("pk")).order_by("position")
    page = table.page
    values = found.annotate(
        file=Subquery(first.values("position")[:1]),
        file_type=Subquery(first.values_list(_TYPE)[:1]),
        signed=Coalesce(NullIf("signer__full_name", Value("")), "signer_name"),
    ).order_by(*unknown_last(table.sorting.pick(ORDER)))[page.offset : page.offset + page.limit]
    return tuple(
        DocumentRow(id_, title, kind, dated_at, place, _is_superseded(status), draft, file, type_ or "", signed)
        for id_, title, kind, dated_at, place, status, draft, file, type_, signed in values.values_list(
            "id", "title", "kind_name", "dated_at", "place", "status", "is_preliminary", "file", "file_type", "signed"
        )
    )


def _choices(visible: QuerySet[Any]) -> tuple[tuple[str, ...], tuple[str, ...], int | None]:
    found = (
        visible.values("kind_name", "place").annotate(first=Min("dated_at")).values_list("kind_name", "place", "first")
    )
    rows = list(found.order_by())
    years = [timezone.localtime(first).year for _kind, _place, first in rows if first]
    kinds = sorted({kind for kind, _place, _first in rows if kind}, key=folded)
    places = sorted({place for _kind, place, _first in rows if place}, key=folded)
    return tuple(kinds), tuple(places), min(years, default=None)


_KEY = Coalesce(NullIf("storage_key", Value("")), NullIf("binary__storage_key", Value("")), Value(""))
_TYPE = Coalesce(NullIf("binary__content_type", Value("")), "content_type")
_IS_OWN_BINARY = Q(binary__patient_id__isnull=True) | Q(binary__patient_id=F("patient_id"))
_IS_HERE = ~Q(storage_key="") | (Q(binary__storage_key__gt="") & _IS_OWN_BINARY)


def _files(scope: PatientScope, owner_ids: list[UUID]) -> QuerySet[Any]:
    """Return files with the bytes' key, type and size; a Binary of somebody else's is as good as absent."""
    found = DocumentContent.objects.filter(owner_id__in=owner_ids, patient__person_id=scope.person_id)
    return (
        found.filter(_IS_OWN_BINARY)
        .annotate(key=_KEY, type=_TYPE, bytes=Coalesce("binary__size", "size", Value(0)))
        .order_by("owner_id", "position")
    )


def _file_row(found: DocumentContent) -> FileRow:
    extra: Any = found
    return FileRow(
        found.position, found.title, found.format_name, extra.type, extra.bytes or None, bool(extra.key),
        bool(found.binary_id) and not extra.key,
    )  # fmt: skip


def _is_superseded(status: str) -> bool:
    return status == MedicalDocument.Status.SUPERSEDED
