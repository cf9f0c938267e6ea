"""The page of a waiting entry and the answers that it takes, as a browser without a script sends them."""

from datetime import timedelta

import pytest
import time_machine

from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.actions import offering, releasing, waitlist
from medkarta.scheduling.models import Appointment, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.tests.factories import WaitlistFactory
from medkarta.scheduling.tests.waiting_room import (
    DAY,
    HOUR,
    MINUTE,
    Clinic,
    Visitor,
    booked,
    live_offer,
    reloaded,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.QUIET_HOURS = None
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def clinic(db):
    return Clinic(name="Поликлиника № 3", serves_adults=True)


@pytest.fixture
def visitor():
    return Visitor()


@pytest.fixture
def offered(clinic, visitor):
    """Return a visitor's entry and the offer that it has of a time four days ahead."""
    slot = clinic.slot()
    _scope, entry = clinic.join(scope=visitor.scope)
    offering.offer_slot(slot.pk, now=NOW)
    return entry, live_offer()


def test_entry_shows_the_offer_and_accept_books_it(offered, visitor):
    entry, offer = offered
    here = f"waitlist/{entry.pk}/"

    page = text(visitor.get(here))
    assert "Вам предлагают время" in page
    assert "осталось 4 часа" in page
    answer = visitor.post(f"{here}offers/{offer.pk}/accept/")

    appointment = Appointment.objects.get()
    assert answer["Location"] == f"{visitor.home}{appointment.pk}/?done=booked"
    assert "Готово, вы записаны" in text(visitor.browser.get(answer["Location"]))
    assert "Открыть запись" in text(visitor.get(here))


def test_accept_too_late_says_that_the_place_is_kept(offered, visitor, clock):
    entry, offer = offered
    clock.move_to(NOW + 4 * HOUR)
    visitor.sign_in_again()

    answer = visitor.post(f"waitlist/{entry.pk}/offers/{offer.pk}/accept/")

    assert answer.status_code == 409
    assert "Место в очереди сохранено" in text(answer)
    assert not Appointment.objects.exists()


def test_accept_against_another_visit_names_it(offered, visitor, clinic):
    entry, offer = offered
    starts_at = Slot.objects.get().starts_at
    _scope, other = booked(clinic.slot(starts_at, specialty_code="61", practitioner_role=None), scope=visitor.scope)

    answer = visitor.post(f"waitlist/{entry.pk}/offers/{offer.pk}/accept/")

    assert answer.status_code == 409
    assert f"{visitor.home}{other.pk}/" in text(answer)


def test_decline_keeps_the_place(offered, visitor):
    entry, offer = offered

    answer = visitor.post(f"waitlist/{entry.pk}/offers/{offer.pk}/decline/")

    assert "место в очереди сохранено" in text(visitor.browser.get(answer["Location"]))
    assert reloaded(offer).state == "declined"


def test_decline_after_accept_says_so(offered, visitor):
    entry, offer = offered
    waitlist.accept(visitor.scope, offer_id=offer.pk, now=NOW)

    answer = visitor.post(f"waitlist/{entry.pk}/offers/{offer.pk}/decline/")

    assert answer.status_code == 409
    assert "уже записаны" in text(answer)


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_answer_by_another_person_or_under_another_entry_looks_missing(offered, visitor, answer, clinic):
    entry, offer = offered
    _scope, other = clinic.join()
    stranger = Visitor()

    assert stranger.post(f"waitlist/{entry.pk}/offers/{offer.pk}/{answer}/").status_code == 404
    assert visitor.post(f"waitlist/{other.pk}/offers/{offer.pk}/{answer}/").status_code == 404
    assert reloaded(offer).state == "sent"


def test_answers_are_never_given_by_get(offered, visitor):
    entry, offer = offered

    assert visitor.get(f"waitlist/{entry.pk}/offers/{offer.pk}/accept/").status_code == 405
    assert reloaded(offer).state == "sent"


def test_lists_show_the_offer_with_both_answers(offered, visitor):
    entry, offer = offered

    for path in (visitor.home, visitor.home.removesuffix("appointments/")):
        page = text(visitor.browser.get(path))
        assert f"waitlist/{entry.pk}/offers/{offer.pk}/accept/" in page
        assert f"waitlist/{entry.pk}/offers/{offer.pk}/decline/" in page
        assert "ответьте до" in page


def test_lists_let_an_own_entry_be_cancelled_and_no_other(clinic, visitor):
    _scope, entry = clinic.join(scope=visitor.scope)
    told = WaitlistFactory(patient=visitor.patient)

    page = text(visitor.browser.get(visitor.home))

    assert f"waitlist/{entry.pk}/leave/" in page
    assert f"waitlist/{told.pk}/leave/" not in page


def test_leave_asks_once_and_ends_the_entry(clinic, visitor):
    _scope, entry = clinic.join(scope=visitor.scope)
    here = f"waitlist/{entry.pk}/leave/"

    assert "Да, отменить" in text(visitor.get(here))
    assert reloaded(entry).status == "created"
    visitor.post(here)

    assert reloaded(entry).status == "cancelled"


def test_leave_what_was_booked_meanwhile_says_so(offered, visitor):
    entry, offer = offered
    waitlist.accept(visitor.scope, offer_id=offer.pk, now=NOW)

    answer = visitor.post(f"waitlist/{entry.pk}/leave/")

    assert answer.status_code == 409
    assert "уже закрыта" in text(answer)


def test_pause_asks_and_goes_on(clinic, visitor):
    _scope, entry = clinic.join(scope=visitor.scope)
    WaitlistEntry.objects.update(paused_at=NOW, missed=2)

    page = text(visitor.get(f"waitlist/{entry.pk}/"))
    assert "Приём ещё нужен?" in page
    assert "ср, 2 декабря, 12:00" in page
    visitor.post(f"waitlist/{entry.pk}/keep/")

    assert reloaded(entry).paused_at is None


def test_keep_what_is_closed_says_so(clinic, visitor):
    _scope, entry = clinic.join(scope=visitor.scope)
    waitlist.leave(visitor.scope, entry_id=entry.pk, now=NOW)

    assert visitor.post(f"waitlist/{entry.pk}/keep/").status_code == 409


def test_entry_of_a_clinic_is_shown_and_cannot_be_changed(visitor):
    entry = WaitlistFactory(patient=visitor.patient, status="offered", offered_at=NOW + DAY)

    page = text(visitor.get(f"waitlist/{entry.pk}/"))

    assert "Ответьте клинике по телефону" in page
    assert "leave/" not in page
    assert visitor.post(f"waitlist/{entry.pk}/leave/").status_code == 404


def test_forecast_counts_what_was_given_back(clinic, visitor):
    owner, appointment = booked(clinic.slot(NOW + 2 * DAY))
    releasing.cancel(owner, appointment_id=appointment.pk, now=NOW - MINUTE)
    _scope, entry = clinic.join(scope=visitor.scope)

    page = text(visitor.get(f"waitlist/{entry.pk}/"))
    assert "Примерно через 14 дней" in page
    assert "За 14 дней освободилось 1 время" in page


def test_entry_after_misses_lists_what_was_offered(offered, visitor, clock):
    entry, _offer = offered
    clock.move_to(NOW + 4 * HOUR + timedelta(seconds=1))
    visitor.sign_in_again()

    page = text(visitor.get(f"waitlist/{entry.pk}/"))

    assert "без ответа" in page
    assert "Вам предлагают время" not in page
    assert WaitlistOffer.objects.get().state == "sent"
