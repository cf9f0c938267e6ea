"""Smallest valid referral."""

from datetime import date
from uuid import uuid4

import factory

from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.referrals.models import Referral


class ReferralFactory(factory.django.DjangoModelFactory):
    """For a study, valid for a month; `hospital=True` for one to a hospital."""

    class Meta:
        model = Referral

    class Params:
        hospital = factory.Trait(
            category="hospitalization", hospitalization_status="agreed", department="Кардиология", number="50-1"
        )

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    category = "study"
    status = "active"
    what = "УЗИ брюшной полости"
    valid_until = date(2026, 12, 25)
    issued_at = NOW
