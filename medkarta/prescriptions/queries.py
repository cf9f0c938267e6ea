"""Reads of prescriptions."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.prescriptions import rules, validity
from medkarta.prescriptions.models import Prescription
from medkarta.prescriptions.repeats.rules import Why, may_repeat
from medkarta.ui.tables import Table

ORDER = {
    "drug": ("drug", "-valid_until", "id"),
    "facility": ("place", "-valid_until", "id"),
    "number": ("number", "id"),
    "until": ("valid_until", "authored_at", "id"),
}
STATUSES = ("issued", "in-service", "deferred", "partly-dispensed", "dispensed", rules.EXPIRED, "cancelled")
"""What a list can be narrowed to, in the order of a prescription's life."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the lists are narrowed to; empty values narrow nothing. `status` is one of `STATUSES`.

    `since` and `until` are days of issue, both included.
    """

    drug: str = ""
    number: str = ""
    status: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any((self.drug, self.number, self.status, self.year, self.since, self.until))


@dataclass(frozen=True, slots=True)
class PrescriptionRow:
    """A prescription in a list, as it stands today. `days_left` is set when it ends soon."""

    id: UUID
    drug: str
    place: str
    number: str
    valid_until: date | None
    status: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class PrescriptionLists:
    """Both tables of the page. `locked` counts what the owner may unlock; `first_year` bounds the filter."""

    state: tuple[PrescriptionRow, ...]
    state_table: Table
    commercial: tuple[PrescriptionRow, ...]
    commercial_table: Table
    first_year: int | None
    locked: int


@dataclass(frozen=True, slots=True)
class PrescriptionPage:
    """A prescription with everything that its page shows. `validity` says why it ends on its day."""

    row: PrescriptionRow
    kind: str
    substances: str
    form: str
    authored_at: datetime | None
    doctor: str
    post: str
    dosage: tuple[str, ...]
    quantity: str
    repeats: int | None
    note: str
    validity: str
    can_repeat: Why
    form_code: str
    patient_id: UUID
    facility_id: UUID | None
    is_restricted: bool


def list_prescriptions(
    scope: PatientScope, *, filters: Filters, state: Table, commercial: Table, today: date
) -> PrescriptionLists:
    """Return a page of each table. Three statements, one more for a search by drug."""
    visible = _visible(scope)
    wanted = _condition(visible, filters, today)
    counts = _count(scope, visible, wanted)
    state, commercial = state.with_total(counts["state"]), commercial.with_total(counts["commercial"])
    found = visible.filter(wanted)
    lists = PrescriptionLists(
        _rows(found.filter(kind=Prescription.Kind.STATE), state, today),
        state,
        _rows(found.filter(kind=Prescription.Kind.COMMERCIAL), commercial, today),
        commercial,
        timezone.localtime(counts["first"]).year if counts["first"] else None,
        counts.get("locked", 0),
    )
    scope.reads.add("MedicationRequest", [row.id for row in (*lists.state, *lists.commercial)])
    return lists


def get_prescription(scope: PatientScope, prescription_id: UUID, *, today: date) -> PrescriptionPage:
    """Return one prescription. One statement. Raises NotFound."""
    found = (
        _visible(scope)
        .filter(pk=prescription_id)
        .annotate(
            doctor=Coalesce(
                NullIf("practitioner__full_name", Value("")),
                NullIf("practitioner_role__practitioner__full_name", Value("")),
                NullIf("practitioner_role__practitioner_name", Value("")),
                "practitioner_name",
                output_field=TextField(),
            ),
            post=Coalesce("practitioner_role__specialty_name", Value("")),
            substances=Coalesce("medication__substances", Value("")),
            shape=Coalesce("medication__form", Value("")),
            clinic=Coalesce("facility_id", "practitioner_role__facility_id"),
        )
        .first()
    )
    if found is None:
        raise NotFound
    scope.reads.add("MedicationRequest", [found.pk])
    extra: Any = found
    row = _row((found.pk, extra.drug, extra.place, found.number, found.valid_until, found.status), today)
    return PrescriptionPage(
        row, found.kind, extra.substances, extra.shape, found.authored_at, extra.doctor, extra.post,
        tuple(found.dosage.splitlines()), found.quantity, found.repeats, found.note, _why(found),
        may_repeat(status=row.status, form=found.form, ends_soon=row.days_left is not None), found.form,
        found.patient_id, extra.clinic, found.is_restricted,
    )  # fmt: skip


def _why(found: Prescription) -> str:
    return validity.why(
        found.form,
        is_state=found.kind == Prescription.Kind.STATE,
        is_long_course=found.is_long_course,
        issued_on=timezone.localdate(found.authored_at) if found.authored_at else None,
        valid_until=found.valid_until,
        is_computed=found.is_term_computed,
    )


def _visible(scope: PatientScope) -> QuerySet[Any]:
    """Return prescriptions that were really issued, with the drug and the clinic by name."""
    drug = Coalesce(
        NullIf("drug_name", Value("")),
        NullIf("medication__name", Value("")),
        NullIf("medication__substances", Value("")),
        "drug_display",
        output_field=TextField(),
    )
    place = Coalesce(
        NullIf("facility__short_name", Value("")),
        NullIf("facility__name", Value("")),
        NullIf("facility_name", Value("")),
        NullIf("practitioner_role__facility__short_name", Value("")),
        "practitioner_role__facility__name",
        Value(""),
        output_field=TextField(),
    )
    issued = Prescription.objects.for_scope(scope).exclude(status="draft")
    named: QuerySet[Any] = issued.annotate(drug=drug, place=place)
    return named


def _condition(visible: QuerySet[Any], filters: Filters, today: date) -> Q:
    found = Q()
    if filters.drug:
        names = visible.order_by().values_list("id", "drug", "medication__substances")
        meant = [id_ for id_, drug, inn in names if rules.is_meant(filters.drug, f"{drug} {inn or ''}")]
        found &= Q(id__in=meant)
    if filters.number:
        found &= Q(number__icontains=filters.number.strip())
    if filters.year:
        found &= Q(authored_at__year=filters.year)
    if filters.since:
        found &= Q(authored_at__gte=_midnight(filters.since))
    if filters.until:
        found &= Q(authored_at__lt=_midnight(filters.until + timedelta(days=1)))
    return found & _status_condition(filters.status, today) if filters.status else found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _status_condition(status: str, today: date) -> Q:
    """Return the database's side of `rules.shown_status`."""
    is_over = Q(status__in=rules.CAN_EXPIRE, valid_until__lt=today)
    return is_over if status == rules.EXPIRED else Q(status=status) & ~is_over


def _count(scope: PatientScope, visible: QuerySet[Any], wanted: Q) -> dict[str, Any]:
    """Return the lengths of both tables, the first date, and for a locked scope how many it may unlock."""
    counted, seen, locked = visible, Q(), {}
    if scope.restricted is Restricted.LOCKED:
        counted = visible | Prescription.objects.locked_for(scope).exclude(status="draft")
        seen, locked = Q(is_restricted=False), {"locked": Count("id", filter=Q(is_restricted=True))}
    totals = {kind: Count("id", filter=wanted & seen & Q(kind=kind)) for kind in Prescription.Kind.values}
    return counted.order_by().aggregate(**totals, **locked, first=Min("authored_at", filter=seen or None))


def _rows(found: QuerySet[Any], table: Table, today: date) -> tuple[PrescriptionRow, ...]:
    page = table.page
    values = found.order_by(*unknown_last(table.sorting.pick(ORDER))).values_list(
        "id", "drug", "place", "number", "valid_until", "status"
    )
    return tuple(_row(each, today) for each in values[page.offset : page.offset + page.limit])


def _row(values: tuple[Any, ...], today: date) -> PrescriptionRow:
    id_, drug, place, number, valid_until, status = values
    return PrescriptionRow(
        id_, drug, place, number, valid_until,
        rules.shown_status(status, valid_until=valid_until, today=today),
        rules.days_left(
            status, valid_until=valid_until, today=today, soon_days=settings.PRESCRIPTION_SOON_DAYS
        ),
    )  # fmt: skip
