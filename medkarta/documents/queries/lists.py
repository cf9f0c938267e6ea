"""The list of documents."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.core.text import folded
from medkarta.documents.models import DocumentContent, DocumentSignature, MedicalDocument
from medkarta.documents.queries.files import IS_HERE, TYPE
from medkarta.documents.queries.visible import is_superseded, later_versions, replacements, seen_by, with_place
from medkarta.search import queries as search
from medkarta.ui.tables import Table

ORDER = {"title": ("title", "id"), "date": ("dated_at", "id"), "facility": ("place", "-dated_at", "id")}
KIND = "document"
"""The kind of the entries in the index of words."""

_MOST_WORDS = 8
_STATES = ("invalid", "unchecked", "pending", "valid")
_COLUMNS = (
    "id", "title", "kind_name", "dated_at", "place", "status", "is_preliminary", "file", "file_type", "signed",
    "signature",
)  # fmt: skip

Runs = tuple[tuple[str, bool], ...]
"""Pieces of a text, each with whether it is what was looked for."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty values narrow nothing. `kind` and `facility` are names as shown.

    `since` and `until` are days, both included.
    """

    words: str = ""
    kind: str = ""
    facility: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any((self.words, self.kind, self.facility, self.year, self.since, self.until))


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list. `file` is the number of the first file that can be downloaded, None without one.

    `signature`: the worst state of its signatures, empty without any. `snippet`: where the words of a search stand.
    """

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
    signature: str = ""
    snippet: Runs = ()

    @property
    def name(self) -> str:
        return self.title or self.kind_name


@dataclass(frozen=True, slots=True)
class DocumentList:
    """One page of the list with the choices of its filters. `locked` counts what the owner may unlock.

    `shown_for`: the words as they were understood, empty if they were taken as typed.
    """

    table: Table
    rows: tuple[DocumentRow, ...]
    kinds: tuple[str, ...]
    facilities: tuple[str, ...]
    first_year: int | None
    locked: int
    shown_for: str = ""


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is told of the whole list."""

    total: int
    locked: int
    kinds: tuple[str, ...]
    facilities: tuple[str, ...]
    first_year: int | None


def list_documents(scope: PatientScope, *, filters: Filters, table: Table) -> DocumentList:
    """Return a page of documents that no newer one replaces. Two statements; words cost one more, typos two more."""
    matched = search.ids(scope, filters.words, kinds=[KIND]) if filters.words else None
    visible = seen_by(scope).filter(~Exists(replacements(scope)), ~Exists(later_versions(scope)))
    wanted = _condition(filters, matched)
    sums = _sums(scope, visible, wanted)
    table = table.with_total(sums.total)
    rows = _rows(visible.filter(wanted), table, matched) if sums.total else ()
    scope.reads.add("DocumentReference", [row.id for row in rows])
    shown_for = matched.shown_for if matched else ""
    return DocumentList(table, rows, sums.kinds, sums.facilities, sums.first_year, sums.locked, shown_for)


def _condition(filters: Filters, matched: search.Matched | None) -> Q:
    found = Q()
    if matched:
        in_title = Q()
        for word in folded(filters.words).split()[:_MOST_WORDS]:
            in_title &= Q(words__contains=word)
        found &= Q(pk__in=matched.ids) | in_title
    if filters.kind:
        found &= Q(kind_name=filters.kind)
    if filters.facility:
        found &= Q(place=filters.facility)
    if filters.year:
        found &= Q(dated_at__year=filters.year)
    if filters.since:
        found &= Q(dated_at__gte=_midnight(filters.since))
    if filters.until:
        found &= Q(dated_at__lt=_midnight(filters.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _sums(scope: PatientScope, visible: QuerySet[Any], wanted: Q) -> _Sums:
    """Count what is wanted and what the owner may unlock, and gather the choices. One statement."""
    if scope.restricted is Restricted.LOCKED:
        visible = visible | with_place(MedicalDocument.objects.locked_for(scope))
    shown = Q() if scope.shows_restricted else Q(is_restricted=False)
    rows = list(
        visible.values("kind_name", "place")
        .annotate(
            first=Min("dated_at", filter=shown),
            shown=Count("id", filter=shown),
            hits=Count("id", filter=wanted & shown),
            locked=Count("id", filter=~shown) if shown else Value(0),
        )
        .order_by()
    )
    years = [timezone.localtime(row["first"]).year for row in rows if row["first"]]
    return _Sums(
        total=sum(row["hits"] for row in rows),
        locked=sum(row["locked"] for row in rows),
        kinds=tuple(sorted({row["kind_name"] for row in rows if row["kind_name"] and row["shown"]}, key=folded)),
        facilities=tuple(sorted({row["place"] for row in rows if row["place"] and row["shown"]}, key=folded)),
        first_year=min(years, default=None),
    )


def _rows(found: QuerySet[Any], table: Table, matched: search.Matched | None) -> tuple[DocumentRow, ...]:
    first = DocumentContent.objects.filter(IS_HERE, owner_id=OuterRef("pk")).order_by("position")
    signatures = DocumentSignature.objects.filter(document_id=OuterRef("pk")).order_by(
        Case(*(When(state=state, then=Value(place)) for place, state in enumerate(_STATES)))
    )
    page = table.page
    values = found.annotate(
        file=Subquery(first.values("position")[:1]),
        file_type=Subquery(first.values_list(TYPE)[:1]),
        signed=Coalesce(NullIf("signer__full_name", Value("")), "signer_name"),
        signature=Subquery(signatures.values("state")[:1]),
        text=F("reading__text") if matched else Value(""),
    ).order_by(*unknown_last(table.sorting.pick(ORDER)))[page.offset : page.offset + page.limit]
    return tuple(_row(row, matched) for row in values.values(*_COLUMNS, "text"))


def _row(row: dict[str, Any], matched: search.Matched | None) -> DocumentRow:
    return DocumentRow(
        row["id"], row["title"], row["kind_name"], row["dated_at"], row["place"], is_superseded(row["status"]),
        row["is_preliminary"], row["file"], row["file_type"] or "", row["signed"], row["signature"] or "",
        _snippet(row["text"] or "", matched),
    )  # fmt: skip


def _snippet(text: str, matched: search.Matched | None) -> Runs:
    """Return the place of a hit in a text; nothing if the words stand only in the title."""
    runs = tuple((run.text, run.is_hit) for run in matched.marker.snippet(text)) if matched and text else ()
    return runs if any(is_hit for _text, is_hit in runs) else ()
