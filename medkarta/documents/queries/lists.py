"""The list of documents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.core.text import folded
from medkarta.documents.models import DocumentContent, MedicalDocument
from medkarta.documents.queries.files import IS_HERE, TYPE
from medkarta.documents.queries.visible import is_superseded, later_versions, replacements, seen_by
from medkarta.ui.tables import Table

ORDER = {"title": ("title", "id"), "date": ("dated_at", "id"), "facility": ("place", "-dated_at", "id")}

_MOST_WORDS = 8

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


def list_documents(scope: PatientScope, *, filters: Filters, table: Table) -> DocumentList:
    """Return a page of documents that no newer one replaces. Three statements."""
    visible = seen_by(scope).filter(~Exists(replacements(scope)), ~Exists(later_versions(scope)))
    wanted = _condition(filters)
    total, locked = _count(scope, visible, wanted)
    table = table.with_total(total)
    rows = _rows(visible.filter(wanted), table)
    scope.reads.add("DocumentReference", [row.id for row in rows])
    kinds, places, first_year = _choices(seen_by(scope))
    return DocumentList(table, rows, kinds, places, first_year, locked)


def _count(scope: PatientScope, visible: QuerySet[Any], wanted: Q) -> tuple[int, int]:
    """Return how many documents are wanted, and how many the owner may unlock."""
    if scope.restricted is not Restricted.LOCKED:
        return visible.filter(wanted).count(), 0
    found = (visible | MedicalDocument.objects.locked_for(scope)).aggregate(
        total=Count("id", filter=wanted & Q(is_restricted=False)), locked=Count("id", filter=Q(is_restricted=True))
    )
    return found["total"], found["locked"]


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
    first = DocumentContent.objects.filter(IS_HERE, owner_id=OuterRef("pk")).order_by("position")
    page = table.page
    values = found.annotate(
        file=Subquery(first.values("position")[:1]),
        file_type=Subquery(first.values_list(TYPE)[:1]),
        signed=Coalesce(NullIf("signer__full_name", Value("")), "signer_name"),
    ).order_by(*unknown_last(table.sorting.pick(ORDER)))[page.offset : page.offset + page.limit]
    return tuple(
        DocumentRow(id_, title, kind, dated_at, place, is_superseded(status), draft, file, type_ or "", signed)
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
