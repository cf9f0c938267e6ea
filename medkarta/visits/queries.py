"""Reads of the history of visits. Everything goes through a PatientScope."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.evidence import Evidence
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.ui.tables import Table
from medkarta.visits import rules, texts
from medkarta.visits.models import Diagnosis, Visit
from medkarta.visits.rules import ALL_TIME, Period

ORDER = {
    "service": ("service", "-started_at", "id"),
    "facility": ("shown_facility", "-started_at", "id"),
    "date": ("has_date", "started_at", "id"),
    "doctor": ("shown_doctor", "-started_at", "id"),
    "status": ("status", "-started_at", "id"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the history is narrowed to; empty values narrow nothing."""

    period: Period = ALL_TIME
    facility_id: UUID | None = None
    practitioner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit ready to show; texts are empty while unknown."""

    id: UUID
    service: str
    facility: str
    facility_address: str
    started_at: datetime | None
    has_time: bool
    doctor: str
    position: str
    status: str
    status_text: str

    @property
    def is_finished(self) -> bool:
        return self.status == Visit.Status.FINISHED


@dataclass(frozen=True, slots=True)
class DiagnosisRow:
    """A diagnosis or a reason; `code` is ICD-10 or empty."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class VisitDetail:
    """One visit. `facility_href` is empty for a clinic that is not shown to everybody."""

    row: VisitRow
    kind_text: str
    ended_at: datetime | None
    facility_href: str
    diagnoses: tuple[DiagnosisRow, ...]

    @property
    def when(self) -> str:
        """«чт, 26 ноября, 08:40–09:00», «вт, 3 марта – чт, 12 марта» as far as the clinic has told."""
        return texts.period(self.row.started_at, self.ended_at, has_time=self.row.has_time)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may narrow his history to: years, clinics and doctors that occur in it."""

    years: tuple[int, ...]
    facilities: tuple[tuple[UUID, str], ...]
    practitioners: tuple[tuple[UUID, str], ...]


def list_choices(scope: PatientScope) -> Choices:
    """Return what occurs in the whole history. One statement."""
    found = _visits(scope).values_list("started_at", "facility_id", "shown_facility", "doctor_id", "shown_doctor")
    zone = timezone.get_current_timezone()
    facilities: dict[UUID, str] = {}
    practitioners: dict[UUID, str] = {}
    days = []
    for started_at, facility_id, facility, practitioner_id, doctor in found.order_by("-started_at"):
        days.append(started_at.astimezone(zone).date() if started_at else None)
        if facility_id and facility:
            facilities.setdefault(facility_id, facility)
        if practitioner_id and doctor:
            practitioners.setdefault(practitioner_id, doctor)
    return Choices(
        tuple(rules.years_of(days)),
        tuple(sorted(facilities.items(), key=lambda one: one[1])),
        tuple(sorted(practitioners.items(), key=lambda one: one[1])),
    )


def list_visits(scope: PatientScope, filters: Filters, table: Table) -> tuple[Table, list[VisitRow]]:
    """Return a page of what has taken place and the table with its total known. Two statements."""
    found = _narrowed(_visits(scope), filters)
    table = table.with_total(found.count())
    page = table.page
    rows = found.order_by(*table.sorting.pick(ORDER))[page.offset : page.offset + page.limit]
    shown = [_row(one) for one in rows.values(*_COLUMNS)]
    scope.reads.add("Encounter", (row.id for row in shown))
    return table, shown


def get_visit(scope: PatientScope, visit_id: UUID) -> VisitDetail:
    """Return one visit with its diagnoses. Raises NotFound, also for another person's. Two statements."""
    found = _visits(scope).filter(pk=visit_id)
    extra = ("kind", "ended_at", "reasons", "diagnosis_ids", "facility__is_listed", "facility_id")
    one = found.values(*_COLUMNS, *extra).first()
    if one is None:
        raise NotFound
    scope.reads.add("Encounter", [visit_id])
    return VisitDetail(
        row=_row(one),
        kind_text=str(Visit.Kind(one["kind"]).label) if one["kind"] else "",
        ended_at=one["ended_at"],
        facility_href=f"/facilities/{one['facility_id']}/" if one["facility__is_listed"] else "",
        diagnoses=_diagnoses(scope, visit_id, one["diagnosis_ids"], one["reasons"]),
    )


def list_visited_facility_ids(scope: PatientScope) -> list[UUID]:
    """Return the clinics in which the person has been, the last visited first. One statement."""
    found = _happened(scope).filter(facility_id__isnull=False).order_by("-started_at", "id")
    return list(dict.fromkeys(found.values_list("facility_id", flat=True)))


def latest_visit(scope: PatientScope, since: date) -> Evidence | None:
    """Return the newest visit from a day on, for whoever needs one. One statement."""
    found = _happened(scope).filter(started_at__gte=_midnight(since)).order_by("-started_at", "id")
    for pk, service, started_at in found.values_list("pk", "service", "started_at")[:1]:
        scope.reads.add("Encounter", [pk])
        return Evidence(service, timezone.localdate(started_at), f"visits/{pk}/")
    return None


def count_locked(scope: PatientScope) -> int:
    """Count visits that the owner would see after proving himself again; 0 for any other scope."""
    if scope.restricted is not Restricted.LOCKED:
        return 0
    return Visit.objects.locked_for(scope).filter(status__in=rules.HAPPENED).count()


_COLUMNS = (
    "id", "service", "shown_facility", "facility__address", "started_at", "has_time", "shown_doctor",
    "shown_position", "status", "kind",
)  # fmt: skip


def _happened(scope: PatientScope) -> QuerySet[Visit]:
    return Visit.objects.for_scope(scope).filter(status__in=rules.HAPPENED)


def _visits(scope: PatientScope) -> QuerySet[Any]:
    """Return the visits that took place with the names that the directory knows, else those of the references."""
    return _happened(scope).annotate(
        shown_facility=Coalesce(NullIf("facility__name", Value("")), "facility_name"),
        shown_doctor=Coalesce(
            NullIf("practitioner__full_name", Value("")),
            NullIf("practitioner_role__practitioner__full_name", Value("")),
            NullIf("practitioner_name", Value("")),
            "practitioner_role__practitioner_name",
            Value(""),
        ),
        shown_position=Coalesce(
            NullIf("practitioner_position", Value("")), "practitioner_role__specialty_name", Value("")
        ),
        doctor_id=Coalesce("practitioner_id", "practitioner_role__practitioner_id"),
        has_date=Case(When(started_at__isnull=True, then=0), default=1),
    )


def _narrowed(found: QuerySet[Any], filters: Filters) -> QuerySet[Any]:
    """Narrow by days in the current time zone."""
    if filters.period.first:
        found = found.filter(started_at__gte=_midnight(filters.period.first))
    if filters.period.last:
        found = found.filter(started_at__lt=_midnight(filters.period.last + timedelta(days=1)))
    if filters.facility_id:
        found = found.filter(facility_id=filters.facility_id)
    return found.filter(doctor_id=filters.practitioner_id) if filters.practitioner_id else found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _row(one: dict[str, Any]) -> VisitRow:
    kind = str(Visit.Kind(one["kind"]).label) if one["kind"] else ""
    return VisitRow(
        id=one["id"],
        service=one["service"] or kind,
        facility=one["shown_facility"],
        facility_address=one["facility__address"] or "",
        started_at=one["started_at"],
        has_time=one["has_time"],
        doctor=one["shown_doctor"],
        position=one["shown_position"],
        status=one["status"],
        status_text=str(Visit.Status(one["status"]).label),
    )


def _diagnoses(
    scope: PatientScope, visit_id: UUID, named: list[str], reasons: list[list[str]]
) -> tuple[DiagnosisRow, ...]:
    """Return the conditions of a visit in its own order, then reasons that say something else."""
    places = {one: place for place, one in enumerate(named)}
    found = Diagnosis.objects.for_scope(scope).filter(Q(pk__in=named) | Q(visit_id=visit_id), is_refuted=False)
    conditions = sorted(
        found.values_list("id", "text", "code"), key=lambda one: (places.get(str(one[0]), len(places)), one[1])
    )
    scope.reads.add("Condition", (one[0] for one in conditions))
    rows = [DiagnosisRow(text, code) for _, text, code in conditions if text]
    known = {row.text.casefold() for row in rows}
    rows += [DiagnosisRow(text, code) for code, text in reasons if text.casefold() not in known]
    return tuple(dict.fromkeys(rows))
