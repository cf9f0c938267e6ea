"""Files of documents, and of reports of other rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents import rules
from medkarta.documents.models import DocumentContent
from medkarta.documents.queries.visible import seen_by

_KEY = Coalesce(NullIf("storage_key", Value("")), NullIf("binary__storage_key", Value("")), Value(""))
TYPE = Coalesce(NullIf("binary__content_type", Value("")), "content_type")
_IS_OWN_BINARY = Q(binary__patient_id__isnull=True) | Q(binary__patient_id=F("patient_id"))
IS_HERE = ~Q(storage_key="") | (Q(binary__storage_key__gt="") & _IS_OWN_BINARY)


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
    storage_key: str = ""

    @property
    def family(self) -> rules.Family:
        return rules.family_of(self.content_type)

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it as it is."""
        return rules.is_shown(self.content_type)


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file to hand out: where its bytes are and what the download is called."""

    storage_key: str
    size: int
    content_type: str
    name: rules.FileName

    @property
    def disposition(self) -> str:
        return self.name.disposition("attachment")


def get_file(scope: PatientScope, document_id: UUID, position: int) -> FileSource:
    """Return one file of a document for its download. Two statements. Raises NotFound."""
    found = seen_by(scope).filter(pk=document_id).values_list("title", flat=True).first()
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
    visible = list(seen_by(scope).filter(pk__in=list(document_ids)).values_list("pk", flat=True))
    files = first_files(scope, visible) if visible else {}
    return {pk: scope.url(f"documents/{pk}/files/{number}/") for pk, number in files.items()}


def _files(scope: PatientScope, owner_ids: list[UUID]) -> QuerySet[Any]:
    """Return files with the bytes' key, type and size; a Binary of somebody else's is as good as absent."""
    found = DocumentContent.objects.filter(owner_id__in=owner_ids, patient__person_id=scope.person_id)
    return (
        found.filter(_IS_OWN_BINARY)
        .annotate(key=_KEY, type=TYPE, bytes=Coalesce("binary__size", "size", Value(0)))
        .order_by("owner_id", "position")
    )


def _file_row(found: DocumentContent) -> FileRow:
    extra: Any = found
    return FileRow(
        found.position, found.title, found.format_name, extra.type, extra.bytes or None, bool(extra.key),
        bool(found.binary_id) and not extra.key, extra.key,
    )  # fmt: skip
