"""Who has a visit and waits for an earlier one: what becomes of the old visit, and of the wish when it is gone."""

from uuid import uuid4

import pytest

from medkarta.core.scopes import WorkerScope
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import NOW
from medkarta.requests.models import Request
from medkarta.scheduling.actions import booking, offer_ends, offering, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.actions.offering import Outcome
from medkarta.scheduling.models import Appointment, BookingSetting
from medkarta.scheduling.queries import settings as numbers
from medkarta.scheduling.tests.waiting_room import DAY, MINUTE, Clinic, booked, reloaded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None
    numbers.forget()
    yield
    numbers.forget()


@pytest.fixture
def clinic(db):
    return Clinic()


def test_earlier_visit_booked_by_itself_shows_the_old_one_as_given_up_by_the_person(clinic):
    scope, old = booked(clinic.slot(NOW + 9 * DAY))
    clinic.join(scope, swaps=old.pk, auto_book=True)

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.BOOKED

    assert (reloaded(old).status, old.cancelled_by) == ("cancelled", "patient")


def test_earlier_visit_is_not_booked_by_itself_when_the_old_one_cannot_be_given_up_any_more(clinic):
    scope, old = booked(clinic.slot(NOW + 9 * DAY))
    clinic.join(scope, swaps=old.pk, auto_book=True)
    BookingSetting.objects.create(name="cancel_until_minutes", value=10 * 24 * 60, valid_from=NOW - DAY, created_at=NOW)
    numbers.forget()

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.PUBLIC

    assert reloaded(old).status == "booked"


def swapping(clinic, **wish):
    scope, old = booked(clinic.slot(NOW + 9 * DAY))
    _scope, entry = clinic.join(scope, swaps=old.pk, auto_book=True, **wish)
    return scope, old, entry


def test_wish_for_an_earlier_visit_ends_with_the_visit_that_its_person_cancelled(clinic):
    scope, old, entry = swapping(clinic)
    releasing.cancel(scope, appointment_id=old.pk, now=NOW)

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.PUBLIC

    assert reloaded(entry).status == "cancelled"
    assert Request.objects.get(target_id=entry.pk).status == "cancelled"
    assert Notice.objects.get(text="scheduling.waitlist_closed").account_id == scope.account_id
    assert not Appointment.objects.filter(status="booked").exists()


def test_wish_for_an_earlier_visit_ends_by_the_clock_too(clinic):
    scope, old, entry = swapping(clinic)
    _other, kept, waits = swapping(clinic)
    releasing.cancel(scope, appointment_id=old.pk, now=NOW)

    for _twice in range(2):
        offer_ends.tidy(now=NOW + MINUTE)

    assert (reloaded(entry).status, reloaded(waits).status) == ("cancelled", "created")
    assert reloaded(kept).status == "booked"
    assert Notice.objects.filter(text="scheduling.waitlist_closed").count() == 1


def test_wish_for_an_earlier_visit_outlives_one_that_the_clinic_cancelled(clinic):
    _scope, old, entry = swapping(clinic)
    releasing.cancel(WorkerScope(), appointment_id=old.pk, patient_id=old.patient_id, now=NOW)
    offer_ends.tidy(now=NOW)

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.BOOKED
    assert reloaded(entry).status == "booked"


def test_wish_for_an_earlier_visit_follows_one_that_was_moved(clinic):
    scope, old, entry = swapping(clinic)
    order = Order(slot_id=clinic.slot(NOW + 8 * DAY).pk, key=uuid4(), move_of=old.pk)
    moved = booking.book(scope, order, now=NOW)
    offer_ends.tidy(now=NOW)
    assert reloaded(entry).status == "created"
    releasing.cancel(scope, appointment_id=moved.pk, now=NOW)

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.PUBLIC
    assert reloaded(entry).status == "cancelled"
