"""The smallest vaccination; `refused=True` for one that was not done."""

from datetime import date
from uuid import uuid4

import factory

from medkarta.immunizations.models import Immunization
from medkarta.patients.tests.factories import PatientFactory


class ImmunizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Immunization

    class Params:
        refused = factory.Trait(status="not-done", reason_code="MEDPREC")

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    status = "completed"
    name = "Грипп"
    occurred_on = date(2025, 10, 2)
