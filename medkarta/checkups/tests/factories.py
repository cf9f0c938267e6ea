"""The smallest examination: one that was passed."""

from datetime import date
from uuid import uuid4

import factory

from medkarta.checkups.models import Checkup
from medkarta.patients.tests.factories import PatientFactory


class CheckupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Checkup

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    title = "404н Диспансеризация"
    status = "completed"
    happened_on = date(2025, 8, 18)
