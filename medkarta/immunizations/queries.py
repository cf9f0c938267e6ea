"""Reads of vaccinations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from medkarta.core.errors import NotFound, Text
from medkarta.core.evidence import Evidence
from medkarta.core.models import unknown_last
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.immunizations.models import Immunization
from medkarta.immunizations.texts import reason_words
from medkarta.ui.tables import Table

MAX_REFUSED = 50
MAX_PRINTED = 500
_ORDER = {
    "name": ("name", "-occurred_on", "id"),
    "date": ("occurred_on", "-name", "id"),
    "facility": ("place", "-occurred_on", "id"),
}


@dataclass(frozen=True, slots=True)
class ImmunizationRow:
    """A vaccination in a list. `on` is as exact as `precision` (day, month, year); `said` is a date in words."""

    id: UUID
    name: str
    vaccine: str
    lot: str
    dose_number: str
    series_doses: str
    on: date | None
    precision: str
    said: str
    place: str
    reason: Text


@dataclass(frozen=True, slots=True)
class ImmunizationList:
    """One page of what was done, all that was not done, and how many records the owner may unlock."""

    table: Table
    rows: tuple[ImmunizationRow, ...]
    refused: tuple[ImmunizationRow, ...]
    locked: int


@dataclass(frozen=True, slots=True)
class ImmunizationPage:
    """A vaccination with everything that its page shows."""

    row: ImmunizationRow
    is_done: bool
    diseases: tuple[str, ...]
    series: str
    expires_on: date | None
    manufacturer: str
    site: str
    route: str
    amount: Decimal | None
    amount_unit: str
    is_reported: bool
    practitioner: str


def list_immunizations(scope: PatientScope, *, table: Table) -> ImmunizationList:
    """Return a page of what was done and what was not done. Three statements at most."""
    visible = _visible(scope)
    done, refused, locked = _count(scope)
    table = table.with_total(done)
    page = table.page
    rows: tuple[ImmunizationRow, ...] = ()
    if done:
        found = visible.filter(status="completed").order_by(*unknown_last(table.sorting.pick(_ORDER)))
        rows = _rows(found[page.offset : page.offset + page.limit])
    not_done: tuple[ImmunizationRow, ...] = ()
    if refused:
        found = visible.filter(status="not-done").order_by(*unknown_last(("-occurred_on", "id")))
        not_done = _rows(found[:MAX_REFUSED])
    scope.reads.add("Immunization", [row.id for row in (*rows, *not_done)])
    return ImmunizationList(table, rows, not_done, locked)


def list_for_sheet(scope: PatientScope) -> tuple[tuple[ImmunizationRow, ...], tuple[ImmunizationRow, ...]]:
    """Return what was done and what was not, the newest first, at most `MAX_PRINTED` of each. Two statements."""
    found = _visible(scope).order_by(*unknown_last(("-occurred_on", "name", "id")))
    done = _rows(found.filter(status="completed")[:MAX_PRINTED])
    not_done = _rows(found.filter(status="not-done")[:MAX_PRINTED])
    scope.reads.add("Immunization", [row.id for row in (*done, *not_done)])
    return done, not_done


def get_immunization(scope: PatientScope, immunization_id: UUID) -> ImmunizationPage:
    """Return one vaccination. One statement. Raises NotFound."""
    found = _visible(scope).filter(pk=immunization_id).first()
    if found is None:
        raise NotFound
    scope.reads.add("Immunization", [found.pk])
    return ImmunizationPage(
        row=_row(found),
        is_done=found.status == Immunization.Status.COMPLETED,
        diseases=tuple(name for _code, _system, name in found.diseases if name),
        series=found.series,
        expires_on=found.expires_on,
        manufacturer=found.manufacturer,
        site=found.site,
        route=found.route,
        amount=found.amount,
        amount_unit=found.amount_unit,
        is_reported=found.is_reported,
        practitioner=found.doctor,  # type: ignore[attr-defined]
    )


def latest_vaccination(scope: PatientScope, since: date) -> Evidence | None:
    """Return the newest vaccination from a day on, for whoever needs one. One statement."""
    found = Immunization.objects.for_scope(scope).filter(status="completed", occurred_on__gte=since)
    for pk, name, on in found.order_by("-occurred_on", "id").values_list("pk", "name", "occurred_on")[:1]:
        assert on is not None  # found by it
        scope.reads.add("Immunization", [pk])
        return Evidence(name, on, f"immunizations/{pk}/")
    return None


def count_locked(scope: PatientScope) -> int:
    """Return how many records the owner would see after proving himself again. One statement."""
    return _count(scope)[2]


def _count(scope: PatientScope) -> tuple[int, int, int]:
    """Return how many were done, not done, and may be unlocked, in one statement."""
    found = Immunization.objects.for_scope(scope)
    is_locked = scope.restricted is Restricted.LOCKED
    if is_locked:
        found = found | Immunization.objects.locked_for(scope)
    shown = Q() if scope.shows_restricted else Q(is_restricted=False)
    counts = found.aggregate(
        done=Count("id", filter=shown & Q(status="completed")),
        refused=Count("id", filter=shown & Q(status="not-done")),
        locked=Count("id", filter=Q(is_restricted=True)),
    )
    return counts["done"], counts["refused"], counts["locked"] if is_locked else 0


def _visible(scope: PatientScope) -> QuerySet[Immunization]:
    place = Coalesce(
        NullIf("facility__short_name", Value("")), NullIf("facility__name", Value("")), "facility_name",
        output_field=TextField(),
    )  # fmt: skip
    doctor = Coalesce(
        NullIf("practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner__full_name", Value("")),
        "practitioner_name",
        output_field=TextField(),
    )
    return Immunization.objects.for_scope(scope).annotate(place=place, doctor=doctor)


def _rows(found: Sequence[Immunization] | QuerySet[Immunization]) -> tuple[ImmunizationRow, ...]:
    return tuple(_row(each) for each in found)


def _row(found: Immunization) -> ImmunizationRow:
    return ImmunizationRow(
        id=found.pk,
        name=found.name,
        vaccine=found.vaccine_name if found.vaccine_name != found.name else "",
        lot=found.lot,
        dose_number=found.dose_number,
        series_doses=found.series_doses,
        on=found.occurred_on,
        precision=found.precision,
        said=found.occurred_text,
        place=found.place,  # type: ignore[attr-defined]
        reason=reason_words(found.reason_code, found.reason_text),
    )
