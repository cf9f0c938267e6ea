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
