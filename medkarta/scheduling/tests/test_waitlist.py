"""Answering an offer, coming back from a pause, leaving, swapping; and the clinic's refusal."""

from datetime import timedelta
from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, scope_of
from medkarta.requests import actions as requests
from medkarta.requests.models import Request
from medkarta.scheduling import refusals, refusals_waitlist
from medkarta.scheduling.actions import booking, offering, waitlist
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.tests.factories import WaitlistFactory
from medkarta.scheduling.tests.waiting_room import (
    DAY,
    HOUR,
    MINUTE,
    Clinic,
    booked,
    live_offer,
    reloaded,
    someone,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


@pytest.fixture
def offered(clinic):
    """Return the scope and the offer of one who was offered a time four days ahead."""
    slot = clinic.slot()
    scope, _entry = clinic.join()
    offering.offer_slot(slot.pk, now=NOW)
    return scope, live_offer()


def desk(clinic):
    return StaffScope(Actor(ActorKind.STAFF, "1"), clinic.facility.pk, "registrar", "waitlist")


def test_accept_books_the_offered_time(offered):
    scope, offer = offered

    appointment = waitlist.accept(scope, offer_id=offer.pk, now=NOW + MINUTE)

    assert (appointment.slot_id, appointment.patient.person_id) == (offer.slot_id, scope.person_id)
    assert Slot.objects.get().appointment == appointment.pk
    entry = WaitlistEntry.objects.get()
    assert (entry.status, entry.appointment) == ("booked", appointment.pk)
    assert reloaded(offer).state == "accepted"
    assert Request.objects.get().status == "booked"


def test_accept_twice_is_once(offered):
    scope, offer = offered

    first = waitlist.accept(scope, offer_id=offer.pk, now=NOW)
    again = waitlist.accept(scope, offer_id=offer.pk, now=NOW + MINUTE)

    assert first.pk == again.pk
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(("later", "is_over"), [(4 * HOUR - SECOND, False), (4 * HOUR, True)])
def test_accept_is_possible_until_the_deadline(offered, later, is_over):
    scope, offer = offered

    if is_over:
        with pytest.raises(refusals_waitlist.OfferIsOver) as refusal:
            waitlist.accept(scope, offer_id=offer.pk, now=NOW + later)
        assert refusal.value.state == "expired"
    else:
        assert waitlist.accept(scope, offer_id=offer.pk, now=NOW + later)


def test_accept_of_a_time_that_the_clinic_took_away_keeps_the_place(offered):
    scope, offer = offered
    Slot.objects.update(blocked_by=uuid4())

    with pytest.raises(refusals_waitlist.OfferIsOver) as refusal:
        waitlist.accept(scope, offer_id=offer.pk, now=NOW)

    assert refusal.value.state == "withdrawn"
    assert reloaded(offer).state == "withdrawn"
    assert WaitlistEntry.objects.get().status == "created"
    assert not Appointment.objects.exists()


def test_accept_against_a_rule_says_why_and_leaves_the_offer(offered, clinic):
    scope, offer = offered
    booked(clinic.slot(Slot.objects.get().starts_at, specialty_code="61", practitioner_role=None), scope=scope)

    with pytest.raises(refusals.BookingRefused):
        waitlist.accept(scope, offer_id=offer.pk, now=NOW)

    assert reloaded(offer).state == "sent"


@pytest.mark.parametrize("answer", [waitlist.accept, waitlist.decline])
def test_offer_of_another_person_looks_missing(offered, answer):
    _scope, offer = offered

    with pytest.raises(NotFound):
        answer(someone(), offer_id=offer.pk, now=NOW)


def test_first_of_three_wins_and_the_others_keep_their_places(clinic):
    scopes = [clinic.join(now=NOW - DAY + number * MINUTE)[0] for number in range(3)]
    slot = clinic.slot(NOW + 2 * HOUR + 30 * MINUTE)
    offering.offer_slot(slot.pk, now=NOW)
    offers = {one.entry.patient.person_id: one for one in WaitlistOffer.objects.select_related("entry__patient")}

    won = waitlist.accept(scopes[1], offer_id=offers[scopes[1].person_id].pk, now=NOW)
    with pytest.raises(refusals_waitlist.OfferIsOver):
        waitlist.accept(scopes[0], offer_id=offers[scopes[0].person_id].pk, now=NOW)
    offering.offer_ends.end_offers(slot.pk, now=NOW)

    assert reloaded(slot).appointment == won.pk
    assert sorted(WaitlistOffer.objects.values_list("state", flat=True)) == ["accepted", "withdrawn", "withdrawn"]
    assert WaitlistEntry.objects.filter(status="created", missed=0).count() == 2


def test_decline_keeps_the_place_and_gives_the_time_to_the_next(offered, clinic):
    scope, offer = offered
    _other, second = clinic.join(now=NOW)

    waitlist.decline(scope, offer_id=offer.pk, now=NOW + MINUTE)
    waitlist.decline(scope, offer_id=offer.pk, now=NOW + 2 * MINUTE)
    offering.offer_slot(offer.slot_id, now=NOW + 2 * MINUTE)

    entry = WaitlistEntry.objects.get(pk=offer.entry_id)
    assert (entry.status, entry.missed, entry.requested_at) == ("created", 0, NOW)
    assert live_offer().entry_id == second.pk


def test_decline_after_accept_changes_nothing(offered):
    scope, offer = offered
    waitlist.accept(scope, offer_id=offer.pk, now=NOW)

    with pytest.raises(refusals_waitlist.OfferIsOver) as refusal:
        waitlist.decline(scope, offer_id=offer.pk, now=NOW)

    assert refusal.value.state == "accepted"


def test_leave_frees_the_offered_time_for_the_next(offered, clinic):
    scope, offer = offered

    waitlist.leave(scope, entry_id=offer.entry_id, now=NOW)
    waitlist.leave(scope, entry_id=offer.entry_id, now=NOW)

    assert WaitlistEntry.objects.get().status == "cancelled"
    assert reloaded(offer).state == "withdrawn"
    assert Slot.objects.get().held_by == KEEPER


def test_leave_by_the_request_is_the_same(clinic):
    scope, entry = clinic.join()

    requests.cancel_request(scope, request_id=Request.objects.get().pk, now=NOW)

    assert reloaded(entry).status == "cancelled"
    assert Request.objects.get().status == "cancelled"


def test_leave_what_is_over_is_refused(offered):
    scope, offer = offered
    waitlist.accept(scope, offer_id=offer.pk, now=NOW)

    with pytest.raises(refusals_waitlist.NotLive):
        waitlist.leave(scope, entry_id=offer.entry_id, now=NOW)


def test_leave_of_an_entry_that_a_clinic_told_looks_missing(clinic):
    patient = PatientFactory()
    entry = WaitlistFactory(patient=patient)

    with pytest.raises(NotFound):
        waitlist.leave(scope_of(patient, account=AccountFactory()), entry_id=entry.pk, now=NOW)


@pytest.mark.parametrize(("later", "keeps"), [(7 * DAY - SECOND, True), (7 * DAY, False)])
def test_still_needed_keeps_the_place_for_a_week(clinic, later, keeps):
    scope, entry = clinic.join()
    WaitlistEntry.objects.update(paused_at=NOW + DAY, missed=2)

    waitlist.still_needed(scope, entry_id=entry.pk, now=NOW + DAY + later)

    assert (reloaded(entry).paused_at, entry.missed) == (None, 0)
    assert (entry.requested_at == NOW) is keeps


def test_still_needed_without_a_pause_changes_nothing(clinic):
    scope, entry = clinic.join()

    waitlist.still_needed(scope, entry_id=entry.pk, now=NOW + DAY)

    assert reloaded(entry).requested_at == NOW


def test_reject_tells_the_reason(clinic):
    _scope, entry = clinic.join()

    waitlist.reject(desk(clinic), entry_id=entry.pk, reason=" Врач уволился ", now=NOW)

    assert (reloaded(entry).status, entry.reason) == ("rejected", "Врач уволился")
    assert Notice.objects.filter(text="scheduling.waitlist_rejected").count() == 1


def test_reject_needs_a_reason_and_its_own_clinic(clinic):
    _scope, entry = clinic.join()

    with pytest.raises(refusals_waitlist.ReasonMissing):
        waitlist.reject(desk(clinic), entry_id=entry.pk, reason=" ", now=NOW)
    with pytest.raises(NotFound):
        waitlist.reject(desk(Clinic()), entry_id=entry.pk, reason="Нет", now=NOW)


def test_swap_keeps_the_old_visit_until_the_earlier_is_accepted(clinic):
    late = clinic.slot(NOW + 9 * DAY)
    scope, old = booked(late)
    _scope, entry = clinic.join(scope=scope, swaps=old.pk)
    offering.offer_slot(clinic.slot().pk, now=NOW)
    assert (entry.priority, reloaded(old).status, entry.not_after) == (5, "booked", late.starts_at)

    new = waitlist.accept(scope, offer_id=live_offer().pk, now=NOW)

    assert (reloaded(old).status, old.moved_to, new.moved_from) == ("cancelled", new.pk, old.pk)
    assert reloaded(late).appointment is None
    assert Appointment.objects.filter(status="booked").count() == 1


def test_swap_offers_no_later_time_also_after_a_move(clinic):
    scope, old = booked(clinic.slot(NOW + 9 * DAY))
    _scope, _entry = clinic.join(scope=scope, swaps=old.pk)
    nearer = clinic.slot(NOW + 3 * DAY)
    booking.book(scope, Order(slot_id=nearer.pk, key=uuid4(), move_of=old.pk), now=NOW)

    assert offering.offer_slot(clinic.slot(NOW + 4 * DAY).pk, now=NOW) is offering.Outcome.PUBLIC
    assert offering.offer_slot(clinic.slot(NOW + 3 * DAY - HOUR).pk, now=NOW) is offering.Outcome.OFFERED
