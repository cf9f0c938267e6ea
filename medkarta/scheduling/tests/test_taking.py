"""What a clinic's system sends of appointments, beside what the portal itself has done with them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.mailer.models import Notice
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, RepresentationFactory, scope_of
from medkarta.scheduling import fhir
from medkarta.scheduling.actions import booking
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.tests.factories import SlotFactory, WaitlistFactory

pytestmark = pytest.mark.django_db
START = NOW + timedelta(days=1)


class Clinic:
    """A clinic's system with one patient who signs in here too."""

    def __init__(self):
        self.patient = PatientFactory()
        self.account = AccountFactory()
        RepresentationFactory(account=self.account, person=self.patient.person, confirmed_at=NOW)
        self.person = scope_of(self.patient, account=self.account)
        self.id = uuid4()

    def send(self, slot, *, status="booked", row_id=None, **more):
        resource = {
            "resourceType": "Appointment",
            "status": status,
            "start": slot.starts_at.isoformat(),
            "end": slot.ends_at.isoformat(),
            "slot": [{"reference": f"Slot/{slot.pk}"}],
            "participant": [],
            **more,
        }
        found = row_id or self.id
        incoming = Incoming(found, "Appointment", "a", resource, self.patient.pk, False, False, NOW)
        return fhir.store(SystemScope.of("mis"), [incoming])


@pytest.fixture
def clinic():
    return Clinic()


def slot_at(days=1):
    return SlotFactory(specialty_code="49", rights_mask=15, starts_at=NOW + timedelta(days=days))


def test_store_takes_the_time_and_refuses_the_second(clinic):
    slot = slot_at()

    assert clinic.send(slot) == {}
    slot.refresh_from_db()
    assert slot.appointment == clinic.id
    other = Clinic()
    assert "занято" in other.send(slot)[other.id]
    assert Appointment.objects.count() == 1


def test_store_refuses_what_a_person_is_just_confirming(clinic):
    slot = slot_at()
    slot.held_by, slot.held_until = uuid4(), NOW + timedelta(minutes=1)
    slot.save()

    assert clinic.id in clinic.send(slot)


def test_store_leaves_what_was_cancelled_or_moved_here(clinic):
    slot, later = slot_at(), slot_at(3)
    clinic.send(slot)
    moved = booking.book(clinic.person, Order(later.pk, move_of=clinic.id), now=NOW)

    clinic.send(slot, comment="Возьмите снимки")

    assert Appointment.objects.get(status="booked").pk == moved.pk
    slot.refresh_from_db()
    assert slot.appointment is None


def test_store_takes_back_what_its_own_clinic_had_cancelled(clinic):
    slot = slot_at()
    clinic.send(slot)
    clinic.send(slot, status="cancelled")

    clinic.send(slot)

    slot.refresh_from_db()
    assert slot.appointment == clinic.id


def test_store_of_a_cancellation_tells_the_person_and_takes_reminders_back(clinic):
    slot = slot_at(5)
    booked = booking.book(clinic.person, Order(slot.pk), now=NOW)
    assert Notice.objects.filter(text="scheduling.reminder").exists()

    clinic.send(slot, status="cancelled", row_id=booked.pk)

    assert not Notice.objects.filter(text="scheduling.reminder").exists()
    assert Notice.objects.filter(text="scheduling.cancelled").count() == 1


def test_store_shows_a_freed_time_to_the_waiting_list_first(clinic):
    slot = slot_at()
    clinic.send(slot)
    WaitlistFactory(is_own=True, specialty_code="49")

    clinic.send(slot, status="cancelled")

    slot.refresh_from_db()
    assert slot.held_by == KEEPER
    assert OutboxEvent.objects.filter(handler="scheduling.slot_freed").exists()


def test_store_shows_a_new_time_to_the_waiting_list_first():
    WaitlistFactory(is_own=True, specialty_code="49")
    slot_id = uuid4()
    resource = {
        "resourceType": "Slot",
        "status": "free",
        "start": START.isoformat(),
        "end": (START + timedelta(minutes=15)).isoformat(),
        "specialty": [{"coding": [{"system": "urn:oid:1.2.643.5.1.13.13.11.1066", "code": "49"}]}],
    }

    fhir.store(SystemScope.of("mis"), [Incoming(slot_id, "Slot", "s", resource, None, False, False, NOW)])

    assert OutboxEvent.objects.filter(handler="scheduling.slot_freed").exists()


def test_store_of_a_waiting_entry_in_place_of_an_appointment_frees_its_time(clinic):
    slot = slot_at()
    clinic.send(slot)

    clinic.send(slot, status="waitlist", requestedPeriod=[{"start": "2026-11-26", "end": "2026-12-20"}])

    slot.refresh_from_db()
    assert slot.appointment is None
