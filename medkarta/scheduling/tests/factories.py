"""Smallest valid rows of the room."""

from datetime import timedelta
from uuid import uuid4

import factory

from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.scheduling.models import Appointment, HomeVisitRequest, Schedule, Slot, WaitlistEntry


class ScheduleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Schedule

    id = factory.LazyFunction(uuid4)
    source = "mis"


class SlotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Slot

    id = factory.LazyFunction(uuid4)
    source = "mis"
    status = "free"
    starts_at = NOW + timedelta(days=1)
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + timedelta(minutes=15))


class AppointmentFactory(factory.django.DjangoModelFactory):
    """Booked for tomorrow; `past=True` for one that was kept a month ago."""

    class Meta:
        model = Appointment

    class Params:
        past = factory.Trait(starts_at=NOW - timedelta(days=30), status="fulfilled")

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    status = "booked"
    specialty_name = "Терапевт"
    starts_at = NOW + timedelta(days=1)
    ends_at = factory.LazyAttribute(lambda row: row.starts_at)  # no length: two of one person are no overlap


class HomeVisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HomeVisitRequest

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    status = "accepted"
    specialty_name = "Педиатр"
    starts_at = NOW + timedelta(days=1)
    ends_at = factory.LazyAttribute(lambda row: row.starts_at + timedelta(hours=5))
    has_time = True
    has_end = True
    requested_at = NOW


class WaitlistFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WaitlistEntry

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    status = "created"
    specialty_name = "Офтальмолог"
    not_before = NOW
    not_after = NOW + timedelta(days=30)
    requested_at = NOW
