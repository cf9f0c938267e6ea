"""Smallest valid rows of the directory, and resources as the gateway hands them over."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import factory

from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.facilities.models import Facility, HealthcareService, Location, Practitioner, PractitionerRole

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Moscow
SOURCE = "mis"


class _DirectoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    id = factory.LazyFunction(uuid4)
    source = SOURCE
    updated_at = NOW


class FacilityFactory(_DirectoryFactory):
    """Listed; `foreign=True` for one without an OID that nobody shows."""

    class Meta:
        model = Facility

    class Params:
        foreign = factory.Trait(oid="", is_listed=False)

    name = "Поликлиника № 3"
    oid = factory.Sequence(lambda n: f"1.2.643.5.1.13.13.12.2.50.{n + 1}")
    is_listed = True
    first_seen_at = NOW


class LocationFactory(_DirectoryFactory):
    class Meta:
        model = Location


class HealthcareServiceFactory(_DirectoryFactory):
    class Meta:
        model = HealthcareService


class PractitionerFactory(_DirectoryFactory):
    class Meta:
        model = Practitioner

    family, given, patronymic = "Пробный", "Иван", "Петрович"
    full_name = "Пробный Иван Петрович"


class PractitionerRoleFactory(_DirectoryFactory):
    class Meta:
        model = PractitionerRole

    practitioner = factory.SubFactory(PractitionerFactory)
    specialty_name = "Терапия"


def incoming(type_: str, rid: str, *, source: str = SOURCE, withdrawn: bool = False, **content: object) -> Incoming:
    """Return a canonical resource without a patient."""
    id_ = resource_id(source, type_, rid)
    resource = {"resourceType": type_, "id": str(id_), **content}
    return Incoming(id_, type_, rid, resource, None, False, withdrawn, NOW)


def ref(type_: str, rid: str, *, source: str = SOURCE, display: str = "") -> dict[str, str]:
    """Return a canonical reference."""
    found = {"reference": f"{type_}/{resource_id(source, type_, rid)}"}
    return found | ({"display": display} if display else {})


def row_id(type_: str, rid: str, source: str = SOURCE) -> UUID:
    return resource_id(source, type_, rid)
