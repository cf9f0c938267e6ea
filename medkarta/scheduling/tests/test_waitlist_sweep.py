"""What becomes of offers that nobody answers, of times that a worker left, of entries whose days have passed."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.mailer.models import Notice
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW
from medkarta.requests.models import Request
from medkarta.scheduling.actions import absences, offer_ends, offering, releasing
from medkarta.scheduling.actions.offering import Outcome
from medkarta.scheduling.models import Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import waiting
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.tests.factories import WaitlistFactory
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, MINUTE, Clinic, booked, live_offer, reloaded

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


def test_offer_of_a_time_that_was_blocked_and_opened_again_ends_before_the_time_goes_on(clinic):
    slot = clinic.slot()
    (_first, early), (_second, late) = clinic.join(), clinic.join(now=NOW + MINUTE)
    offering.offer_slot(slot.pk, now=NOW + HOUR)
    WaitlistEntry.objects.filter(pk=early.pk).update(not_after=slot.starts_at - DAY)  # it suits only the other now
    side = StaffScope(Actor(ActorKind.STAFF, "desk"), clinic.facility.pk, "registrar", "times")
    hours = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}

    later = NOW + HOUR + MINUTE
    absence_id = absences.block(side, schedule_id=clinic.schedule.pk, **hours, note="", now=later)
    absences.withdraw_absence(side, absence_id=absence_id, now=later)
    offering.offer_slot(slot.pk, now=later)

    assert live_offer(slot=slot.pk).entry_id == late.pk
    assert reloaded(early).status == "created"


def test_cancelled_time_is_kept_for_the_list_and_offered_by_the_worker(clinic):
    owner, appointment = booked(clinic.slot())
    _scope, entry = clinic.join()

    releasing.cancel(owner, appointment_id=appointment.pk, now=NOW)

    slot = Slot.objects.get()
    assert slot.held_by == KEEPER
    event = OutboxEvent.objects.get(handler="scheduling.slot_freed")
    offering.offer_slot(UUID(event.payload["slot_id"]), now=NOW)
    assert live_offer().entry_id == entry.pk


@pytest.mark.parametrize(("later", "ended"), [(4 * HOUR - SECOND, False), (4 * HOUR, True)])
def test_sweep_passes_an_unanswered_offer_on(clinic, later, ended):
    slot = clinic.slot()
    _scope, first = clinic.join()
    _other, second = clinic.join(now=NOW)
    WaitlistEntry.objects.filter(pk=second.pk).update(requested_at=NOW + MINUTE)
    offering.offer_slot(slot.pk, now=NOW)

    offering.sweep(now=NOW + later)

    assert live_offer().entry_id == (second.pk if ended else first.pk)
    assert (reloaded(first).status, first.missed) == (("created", 1) if ended else ("offered", 0))
    assert reloaded(slot).held_by == live_offer().entry_id


def test_sweep_takes_up_what_a_killed_worker_left(clinic):
    _scope, entry = clinic.join()
    slot = clinic.slot(held_by=KEEPER, held_since=NOW - HOUR, held_until=NOW - MINUTE)

    offering.sweep(now=NOW)

    assert live_offer().entry_id == entry.pk
    assert reloaded(slot).held_by == entry.pk


def test_sweep_ends_offers_whose_time_the_clinic_took_away(clinic):
    slot = clinic.slot()
    _scope, entry = clinic.join()
    offering.offer_slot(slot.pk, now=NOW)
    Slot.objects.update(blocked_by=uuid4())

    offering.sweep(now=NOW + MINUTE)

    assert WaitlistOffer.objects.get().state == "withdrawn"
    assert (reloaded(entry).status, entry.missed, entry.offered_at) == ("created", 0, None)


def test_after_three_misses_the_time_is_everybodys(clinic):
    slot = clinic.slot(NOW + 9 * DAY)
    for number in range(4):
        clinic.join(now=NOW + number * SECOND)
    offering.offer_slot(slot.pk, now=NOW + MINUTE)
    for hour in (5, 10, 15):
        offering.sweep(now=NOW + hour * HOUR)

    assert list(WaitlistOffer.objects.values_list("state", flat=True)) == ["expired"] * 3
    assert reloaded(slot).held_by is None


def test_two_misses_pause_an_entry_and_keep_its_place(clinic):
    _scope, entry = clinic.join()
    for number in range(2):
        offering.offer_slot(clinic.slot(NOW + (5 + number) * DAY).pk, now=NOW + number * DAY)
        offering.sweep(now=NOW + number * DAY + 4 * HOUR)

    assert reloaded(entry).paused_at is not None
    assert (entry.status, entry.requested_at) == ("created", NOW)
    assert Notice.objects.filter(text="scheduling.waitlist_paused").count() == 1
    assert offering.offer_slot(clinic.slot(NOW + 8 * DAY).pk, now=NOW + 3 * DAY) is Outcome.PUBLIC


def test_tidy_ends_entries_whose_last_day_has_passed(clinic):
    _scope, entry = clinic.join(last_day=(NOW + DAY).date())
    end = reloaded(entry).not_after

    offer_ends.tidy(now=end - SECOND)
    assert reloaded(entry).status == "created"
    offer_ends.tidy(now=end)

    assert reloaded(entry).status == "expired"
    assert Request.objects.get(target_id=entry.pk).status == "expired"
    assert Notice.objects.filter(text="scheduling.waitlist_expired").count() == 1


def test_tidy_lifts_those_whose_term_has_passed(clinic):
    _scope, entry = clinic.join()

    offer_ends.tidy(now=NOW + 14 * DAY)
    assert reloaded(entry).priority == 4
    offer_ends.tidy(now=NOW + 22 * DAY)

    assert reloaded(entry).priority == 2


def test_time_that_nobody_answered_for_is_offered_again_once_it_was_taken_and_freed(clinic):
    slot = clinic.slot(NOW + 9 * DAY)
    for number in range(3):
        clinic.join(now=NOW + number * SECOND)
    offering.offer_slot(slot.pk, now=NOW + MINUTE)
    for hour in (5, 10, 15):
        offering.sweep(now=NOW + hour * HOUR)
    _scope, fresh = clinic.join(now=NOW + 16 * HOUR)
    assert offering.offer_slot(slot.pk, now=NOW + 16 * HOUR) is Outcome.PUBLIC

    owner, visit = booked(slot, now=NOW + 17 * HOUR)
    releasing.cancel(owner, appointment_id=visit.pk, now=NOW + 18 * HOUR)

    assert offering.offer_slot(slot.pk, now=NOW + 18 * HOUR) is Outcome.OFFERED
    assert live_offer().entry_id == fresh.pk


def test_tidy_lifts_those_whose_term_has_passed_though_many_older_ones_have_no_term(clinic, monkeypatch):
    monkeypatch.setattr(waiting, "BATCH", 1)
    for _number in range(10):  # dentistry: the programme names no term
        WaitlistFactory(is_own=True, specialty_code="46", priority=4, requested_at=NOW - DAY, not_after=NOW + 90 * DAY)
    _scope, entry = clinic.join()

    offer_ends.tidy(now=NOW + 22 * DAY)

    assert reloaded(entry).priority == 2


def test_tidy_lifts_those_of_a_short_term_though_many_older_ones_wait_within_a_longer(clinic, monkeypatch):
    monkeypatch.setattr(waiting, "BATCH", 1)
    for _number in range(10):
        WaitlistFactory(is_own=True, specialty_code="34", priority=4, requested_at=NOW - MINUTE)
    short = WaitlistFactory(is_own=True, specialty_code="49", priority=4, requested_at=NOW)

    offer_ends.tidy(now=NOW + 3 * DAY)

    assert reloaded(short).priority == 2
    assert WaitlistEntry.objects.filter(priority=4).count() == 10
