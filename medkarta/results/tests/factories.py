"""Smallest valid reports, values and incoming resources."""

from datetime import UTC, datetime
from uuid import uuid4

import factory

from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.patients.tests.factories import PatientFactory
from medkarta.results.models import DiagnosticReport, Observation, ResultLink

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class DiagnosticReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DiagnosticReport

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    name = "Биохимический анализ крови"
    words = factory.LazyAttribute(lambda one: one.name.lower().replace("ё", "е"))
    kind = "laboratory"
    status = "final"
    effective_at = datetime(2026, 11, 18, 5, 15, tzinfo=UTC)


class ObservationFactory(factory.django.DjangoModelFactory):
    """A value of 6.1 mmol/l against 3.0-5.2."""

    class Meta:
        model = Observation

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    name = "Холестерин общий"
    status = "final"
    measure = factory.LazyFunction(
        lambda: {"kind": "number", "number": "6.1", "unit": "ммоль/л", "norm_low": "3.0", "norm_high": "5.2"}
    )


def value_of(report: DiagnosticReport, position: int = 1, *, owner_id=None, **values) -> Observation:
    """Give a report (or a group, by its id) one more value."""
    found = ObservationFactory(**{"patient": report.patient, **values})
    ResultLink.objects.create(owner_id=owner_id or report.pk, observation_id=found.pk, position=position)
    return found


def incoming(type_: str, rid: str, patient=None, **resource) -> Incoming:
    """Return a resource of the source `mis` as the gateway hands it over."""
    return Incoming(
        id=resource_id("mis", type_, rid),
        type=type_,
        rid=rid,
        resource={"resourceType": type_, "status": "final", **resource},
        patient_id=patient.pk if patient else None,
        is_restricted=False,
        is_withdrawn=resource.get("status") == "entered-in-error",
        received_at=NOW,
    )
