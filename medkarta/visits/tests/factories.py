"""Smallest valid visits, and resources as the gateway hands them over."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import factory

from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.patients.tests.factories import PatientFactory
from medkarta.visits.models import Diagnosis, Visit

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    status = "finished"
    kind = "AMB"
    service = "Приём терапевта первичный"
    started_at = datetime(2026, 11, 12, 7, 0, tzinfo=UTC)
    has_time = True


class DiagnosisFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Diagnosis

    id = factory.LazyFunction(uuid4)
    visit = factory.SubFactory(VisitFactory)
    patient = factory.SelfAttribute("visit.patient")
    text = "Острый ринит"
    code = "J00"


def incoming(
    resource: dict, patient_id: UUID | None, *, source: str = "mis", restricted: bool = False, withdrawn: bool = False
) -> Incoming:
    """Return a resource with its canonical id."""
    id_ = resource_id(source, resource["resourceType"], resource["id"])
    canonical = resource | {"id": str(id_)}
    return Incoming(id_, resource["resourceType"], resource["id"], canonical, patient_id, restricted, withdrawn, NOW)
