"""Reads of the form of an order: whom it is for, which clinics may issue it, what the record holds already."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from medkarta.core import evidence
from medkarta.core.scopes import PatientScope
from medkarta.documents.models import MedicalDocument
from medkarta.documents.orders import rules
from medkarta.documents.orders.catalogue import Check, Kind
from medkarta.facilities import queries as facilities
from medkarta.patients import queries as patients


@dataclass(frozen=True, slots=True)
class Clinic:
    id: UUID
    name: str
    address: str
    town: str


@dataclass(frozen=True, slots=True)
class Orderer:
    """Whom a certificate is for, and who may issue one: his clinics, those of his documents, then all others."""

    name: str
    birth_date: date | None
    registered: tuple[Clinic, ...]
    visited: tuple[Clinic, ...]
    others: tuple[Clinic, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that a kind needs in the record: what was found, None while a visit may be needed."""

    title: str
    months: int
    found: evidence.Evidence | None
    href: str


def get_birth_date(scope: PatientScope) -> date | None:
    """Return when the person of the record was born. One statement."""
    return patients.get_person(scope).birth_date


def get_orderer(scope: PatientScope, *, today: date) -> Orderer:
    """Return the person of the record and the clinics to choose from. Six statements."""
    person = patients.get_person(scope)
    registered = _clinics(patients.list_registered_facility_ids(scope))
    documents = MedicalDocument.objects.for_scope(scope).filter(facility_id__isnull=False)
    visited = _clinics(list(documents.order_by().values_list("facility_id", flat=True).distinct()))
    born = person.birth_date
    is_child = born is not None and rules.years_on(born, today) < rules.ADULT_YEARS
    known = {one.id for one in registered}
    seen = known | {one.id for one in visited}
    return Orderer(
        name=person.full_name,
        birth_date=born,
        registered=registered,
        visited=tuple(one for one in visited if one.id not in known),
        others=tuple(one for one in _clinics(None, "children" if is_child else "adults") if one.id not in seen),
    )


def _clinics(ids: list[UUID] | None, audience: str = "") -> tuple[Clinic, ...]:
    if ids is not None and not ids:
        return ()
    found = facilities.list_clinics(audience=audience, ids=ids)
    return tuple(Clinic(one.id, one.name, one.address, one.town) for one in found)


def check_record(scope: PatientScope, kind: Kind, *, today: date) -> tuple[Checked, ...]:
    """Return what the record holds of what a kind needs. One statement for each thing."""
    return tuple(_checked(scope, one, today) for one in kind.checks)


def _checked(scope: PatientScope, check: Check, today: date) -> Checked:
    found = evidence.find(scope, check.what, since=rules.months_before(today, check.months))
    return Checked(str(check.title), check.months, found, scope.url(found.section) if found else "")
