"""Smallest valid prescriptions and incoming resources."""

from datetime import UTC, date, datetime
from uuid import uuid4

import factory

from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.patients.tests.factories import AccountFactory, PatientFactory
from medkarta.prescriptions.models import Prescription, PrescriptionRepeat

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


class PrescriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Prescription

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    kind = "commercial"
    status = "issued"
    drug_name = "Аторвастатин таблетки 20 мг"
    number = "50 123456"
    authored_at = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    valid_until = date(2026, 12, 31)


class PrescriptionRepeatFactory(factory.django.DjangoModelFactory):
    """A request that was just sent."""

    class Meta:
        model = PrescriptionRepeat

    patient = factory.SubFactory(PatientFactory)
    account = factory.SubFactory(AccountFactory)
    prescription_id = factory.LazyFunction(uuid4)
    drug = "Аторвастатин таблетки 20 мг"
    number = factory.Sequence(lambda n: f"МК-2026-{n:06d}")
    facility_id = factory.LazyFunction(uuid4)
    facility_name = "Поликлиника № 3"
    form_key = factory.LazyFunction(uuid4)
    asked_at = NOW
    changed_at = factory.SelfAttribute("asked_at")


def incoming(type_: str, rid: str, patient=None, **resource) -> Incoming:
    """Return a resource of the source `mis` as the gateway hands it over."""
    return Incoming(
        id=resource_id("mis", type_, rid),
        type=type_,
        rid=rid,
        resource={"resourceType": type_, **resource},
        patient_id=patient.pk if patient else None,
        is_restricted=False,
        is_withdrawn=resource.get("status") == "entered-in-error",
        received_at=NOW,
    )
