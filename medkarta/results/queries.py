"""Reads of reports and of the values in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.core.text import folded
from medkarta.documents import queries as documents
from medkarta.results import rules
from medkarta.results.measures import Measure
from medkarta.results.models import DiagnosticReport, Observation, ResultLink
from medkarta.ui.tables import Table

ORDER = {
    "name": ("name", "-effective_at", "id"),
    "date": ("effective_at", "id"),
    "facility": ("place", "-effective_at", "id"),
}

_MOST_WORDS = 8
NEWS = timedelta(days=7)
READY = ("final", "amended", "corrected", "appended")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty values narrow nothing. `kind` is laboratory or instrumental."""

    words: str = ""
    kind: str = ""
    year: int | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.kind or self.year)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list. `file` is the number of its first file at hand, None without one."""

    id: UUID
    name: str
    kind: str
    status: str
    effective_at: datetime | None
    place: str
    file: int | None
    issued_at: datetime | None

    def is_new(self, now: datetime) -> bool:
        """Tell whether it became ready within the days that the home page calls news."""
        ready_at = self.issued_at or self.effective_at
        return ready_at is not None and now - NEWS < ready_at <= now and self.status in READY


@dataclass(frozen=True, slots=True)
class ReportList:
    """One page of the list. `locked` counts what the owner may unlock; `first_year` bounds the filter."""

    table: Table
    rows: tuple[ReportRow, ...]
    first_year: int | None
    locked: int


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A measured value, or a part of one (`is_part`), with its flag."""

    name: str
    status: str
    measure: Measure
    assessment: rules.Assessment
    note: str = ""
    is_part: bool = False
    id: UUID | None = None

    @property
    def trend_id(self) -> UUID | None:
        """The value whose trend can be drawn; None for what is no number of its own."""
        return self.id if self.measure.kind == "number" and not self.is_part else None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report with everything that its page shows. `missing`: values that it names and nobody has sent yet."""

    id: UUID
    name: str
    kind: str
    status: str
    effective_at: datetime | None
    is_whole_day: bool
    issued_at: datetime | None
    place: str
    doctor: str
    post: str
    conclusion: str
    values: tuple[ValueRow, ...]
    missing: int
    files: tuple[documents.FileRow, ...]

    @property
    def outside(self) -> tuple[ValueRow, ...]:
        """The values out of the norm."""
        return tuple(row for row in self.values if row.assessment.is_out)


def list_reports(scope: PatientScope, *, filters: Filters, table: Table) -> ReportList:
    """Return a page of reports. Three statements."""
    visible = visible_reports(scope)
    wanted = _condition(filters)
    counts = _count(scope, visible, wanted)
    table = table.with_total(counts["total"])
    found = _page(visible.filter(wanted), table)
    files = documents.first_files(scope, [row[0] for row in found]) if found else {}
    rows = tuple(
        ReportRow(id_, name, kind, status, effective_at, place, files.get(id_), issued_at)
        for id_, name, kind, status, effective_at, place, issued_at in found
    )
    scope.reads.add("DiagnosticReport", [row.id for row in rows])
    first = timezone.localtime(counts["first"]).year if counts["first"] else None
    return ReportList(table, rows, first, counts.get("locked", 0))


def get_report(scope: PatientScope, report_id: UUID) -> ReportPage:
    """Return one report with its values in the sender's order and its files. Four statements. Raises NotFound."""
    found = visible_reports(scope).filter(pk=report_id).annotate(doctor=_doctor(), post=_post()).first()
    if found is None:
        raise NotFound
    extra: Any = found
    values, missing = _values(scope, report_id)
    scope.reads.add("DiagnosticReport", [found.pk])
    return ReportPage(
        found.pk, found.name, found.kind, found.status, found.effective_at, found.is_whole_day, found.issued_at,
        extra.place, extra.doctor, extra.post, found.conclusion, values, missing, documents.list_files(scope, found.pk),
    )  # fmt: skip


def get_file(scope: PatientScope, report_id: UUID, position: int) -> documents.FileSource:
    """Return one file of a report for its download. Two statements. Raises NotFound."""
    name = visible_reports(scope).filter(pk=report_id).values_list("name", flat=True).first()
    if name is None:
        raise NotFound
    scope.reads.add("DiagnosticReport", [report_id])
    return documents.get_owned_file(scope, report_id, position, title=name)


def visible_reports(scope: PatientScope) -> QuerySet[Any]:
    """Return the reports of a scope with the `place` each was made at."""
    place = Coalesce(
        NullIf("facility__short_name", Value("")),
        NullIf("facility__name", Value("")),
        NullIf("facility_name", Value("")),
        NullIf("practitioner_role__facility__short_name", Value("")),
        "practitioner_role__facility__name",
        Value(""),
        output_field=TextField(),
    )
    return DiagnosticReport.objects.for_scope(scope).annotate(place=place)


def _doctor() -> Coalesce:
    return Coalesce(
        NullIf("practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner_name", Value("")),
        "practitioner_name",
        output_field=TextField(),
    )


def _post() -> Coalesce:
    return Coalesce("practitioner_role__specialty_name", Value(""))


def _condition(filters: Filters) -> Q:
    found = Q()
    for word in folded(filters.words).split()[:_MOST_WORDS]:
        found &= Q(words__contains=word)
    if filters.kind:
        found &= Q(kind=filters.kind)
    if filters.year:
        found &= Q(effective_at__year=filters.year)
    return found


def _count(scope: PatientScope, visible: QuerySet[Any], wanted: Q) -> dict[str, Any]:
    """Return the length of the list, its first date, and for a locked scope how many it may unlock."""
    counted, seen, locked = visible, Q(), {}
    if scope.restricted is Restricted.LOCKED:
        counted = visible | DiagnosticReport.objects.locked_for(scope)
        seen, locked = Q(is_restricted=False), {"locked": Count("id", filter=Q(is_restricted=True))}
    return counted.aggregate(
        total=Count("id", filter=(wanted & seen) or None), first=Min("effective_at", filter=seen or None), **locked
    )


def _page(found: QuerySet[Any], table: Table) -> list[tuple[Any, ...]]:
    page = table.page
    rows = found.order_by(*unknown_last(table.sorting.pick(ORDER)))[page.offset : page.offset + page.limit]
    return list(rows.values_list("id", "name", "kind", "status", "effective_at", "place", "issued_at"))


def _values(scope: PatientScope, report_id: UUID) -> tuple[tuple[ValueRow, ...], int]:
    """Return the values of a report, those of its groups behind each group, and how many have not arrived."""
    direct = ResultLink.objects.filter(owner_id=report_id)
    links = ResultLink.objects.filter(Q(owner_id=report_id) | Q(owner_id__in=direct.values("observation_id")))
    members: dict[UUID, list[UUID]] = {}
    arrived: set[UUID] = set()
    known = Exists(Observation.objects.filter(pk=OuterRef("observation_id")))
    for owner_id, target, is_known in links.order_by("position").values_list("owner_id", "observation_id", known):
        members.setdefault(owner_id, []).append(target)
        if is_known:
            arrived.add(target)
    order = _in_order(report_id, members)
    found = Observation.objects.for_scope(scope).in_bulk(order) if order else {}
    scope.reads.add("Observation", found)
    rows = (row for id_ in order if id_ in found for row in _rows_of(found[id_]))
    return tuple(rows), len(order) - len(arrived)


def _in_order(report_id: UUID, members: dict[UUID, list[UUID]]) -> list[UUID]:
    """Return each value once, in the order of the report; the values of a group follow it."""
    order: dict[UUID, None] = {}
    for id_ in members.get(report_id, ()):
        order[id_] = None
        order.update(dict.fromkeys(members.get(id_, ())))
    return list(order)


def _rows_of(found: Observation) -> Sequence[ValueRow]:
    if found.status == "cancelled":
        measure = Measure(absent="cancelled")
        return [ValueRow(found.name, found.status, measure, measure.assess(), found.note)]
    measure = Measure.of_json(found.measure)
    parts = [
        ValueRow(part["name"], found.status, inner, inner.assess(), is_part=True)
        for part in found.components
        for inner in [Measure.of_json(part["measure"])]
    ]
    if not measure.has_value and not measure.absent and parts and not found.note:
        return [ValueRow(f"{found.name}: {row.name}", row.status, row.measure, row.assessment) for row in parts]
    return [ValueRow(found.name, found.status, measure, measure.assess(), found.note, id=found.pk), *parts]
