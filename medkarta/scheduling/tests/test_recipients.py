"""Who is told what happens to a visit or a waiting entry: nobody whose right has ended, nobody it is hidden from."""

from datetime import date
from uuid import uuid4

import pytest

from medkarta.core.scopes import WorkerScope
from medkarta.mailer.models import Notice
from medkarta.patients import actions as patients
from medkarta.patients.tests.factories import (
    NOW,
    AccountFactory,
    PatientFactory,
    PersonFactory,
    RepresentationFactory,
    scope_of,
)
from medkarta.scheduling.actions import absences, booking, offering, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment, WaitlistEntry
from medkarta.scheduling.tests.clinic import staff
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, Clinic, booked

pytestmark = pytest.mark.django_db
ENGINE = WorkerScope()
TODAY = date(2026, 11, 25)
SIXTEEN, ALMOST_ADULT, ADULT = date(2010, 1, 1), date(2008, 11, 28), date(2008, 11, 25)


@pytest.fixture
def clinic():
    return Clinic()


class Family:
    """A child, and the accounts of the child and of two parents."""

    def __init__(self, birth_date):
        self.child = PatientFactory(person=PersonFactory(birth_date=birth_date))
        self.own, self.mother, self.father = AccountFactory(), AccountFactory(), AccountFactory()
        RepresentationFactory(account=self.own, person=self.child.person)
        for parent in (self.mother, self.father):
            RepresentationFactory(account=parent, person=self.child.person, kind="parent")

    def scope(self, account):
        return scope_of(self.child, account=account)

    def told(self, text):
        """Return whom these words have reached: of «own», «mother», «father»."""
        found = set(Notice.objects.filter(text=text).values_list("account_id", flat=True))
        return {name for name in ("own", "mother", "father") if getattr(self, name).pk in found}


def at_the_desk(clinic, child, slot):
    order = Order(slot_id=slot.pk, key=uuid4(), patient_id=child.pk, channel="Registry")
    return booking.book(staff(clinic.facility), order, now=NOW)


def take_away(clinic, slot):
    """Let the doctor fall ill over a time."""
    absence_id = absences.announce_absence(
        ENGINE, schedule_id=clinic.schedule.pk, starts_at=slot.starts_at - HOUR, ends_at=slot.ends_at + HOUR,
        reason="sick", moving="ask", now=NOW,
    )  # fmt: skip
    absences.place_people(absence_id, now=NOW)


def cancel(row, *, now=NOW):
    return releasing.cancel(ENGINE, appointment_id=row.pk, patient_id=row.patient_id, reason="Ремонт", now=now)


@pytest.mark.parametrize(("is_restricted", "names"), [(True, {"own"}), (False, {"own", "mother", "father"})])
def test_absence_of_a_hidden_visit_is_told_to_its_person_only(clinic, is_restricted, names):
    family, slot = Family(SIXTEEN), clinic.slot()
    row = at_the_desk(clinic, family.child, slot)
    Appointment.objects.filter(pk=row.pk).update(is_restricted=is_restricted)
    clinic.slot(NOW + 6 * DAY)

    take_away(clinic, slot)

    assert family.told("scheduling.absence_asked") == names


@pytest.mark.parametrize(("birth_date", "names"), [(ALMOST_ADULT, {"own", "mother", "father"}), (ADULT, {"own"})])
def test_booking_at_the_desk_is_told_to_no_parent_of_an_adult(clinic, birth_date, names):
    family = Family(birth_date)

    at_the_desk(clinic, family.child, clinic.slot())

    assert family.told("scheduling.booked") == names


def test_cancellation_is_told_to_whoever_booked_while_he_may_open_the_record(clinic):
    family = Family(ALMOST_ADULT)
    _scope, row = booked(clinic.slot(), family.scope(family.mother))

    cancel(row)

    assert family.told("scheduling.booked") == family.told("scheduling.cancelled") == {"mother"}


def test_cancellation_is_told_to_the_person_once_the_right_of_whoever_booked_has_ended(clinic):
    family = Family(ALMOST_ADULT)
    _scope, row = booked(clinic.slot(), family.scope(family.mother))
    later = NOW + 3 * DAY
    patients.close_ended(ENGINE, today=ALMOST_ADULT.replace(year=2026), now=later)

    cancel(row, now=later)

    assert family.told("scheduling.cancelled") == {"own"}


def test_cancellation_of_what_became_hidden_is_not_told_to_the_parent_who_booked(clinic):
    family = Family(SIXTEEN)
    _scope, row = booked(clinic.slot(), family.scope(family.mother))
    Appointment.objects.filter(pk=row.pk).update(is_restricted=True)

    cancel(row)

    assert family.told("scheduling.cancelled") == {"own"}


def test_offer_is_told_to_the_person_once_the_right_of_whoever_asked_has_ended(clinic):
    family, slot = Family(ALMOST_ADULT), clinic.slot(NOW + 6 * DAY)
    clinic.join(family.scope(family.mother))

    offering.offer_slot(slot.pk, now=NOW + 3 * DAY)

    assert family.told("scheduling.waitlist_offer") == {"own"}


def test_offer_of_a_hidden_entry_is_not_told_to_a_parent(clinic):
    family, slot = Family(SIXTEEN), clinic.slot()
    clinic.join(family.scope(family.mother))
    WaitlistEntry.objects.update(is_restricted=True)

    offering.offer_slot(slot.pk, now=NOW)

    assert family.told("scheduling.waitlist_offer") == {"own"}


def test_nobody_is_told_of_a_row_without_a_person(clinic):
    at_the_desk(clinic, PatientFactory(unlinked=True), clinic.slot())

    assert not Notice.objects.exists()
