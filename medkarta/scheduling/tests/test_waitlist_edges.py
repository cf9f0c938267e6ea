"""What seldom happens to the waiting list, and what the worker and the letters make of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.scopes import WorkerScope
from medkarta.mailer.models import Notice
from medkarta.outbox import worker
from medkarta.outbox.handlers import HOUSE, PROMPT
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.requests.models import Request
from medkarta.scheduling import refusals, refusals_waitlist
from medkarta.scheduling.actions import offer_ends, offering, releasing, waitlist, waitlist_joining
from medkarta.scheduling.actions.offering import Outcome
from medkarta.scheduling.models import BookingSetting, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import settings as numbers
from medkarta.scheduling.queries import waitlist as reads
from medkarta.scheduling.tests.factories import AppointmentFactory
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, MINUTE, Clinic, booked, live_offer, reloaded, someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


def pair(clinic, **wish):
    """Put a mother and a child on the list together; return their scopes."""
    mother, child = someone(), someone()
    waitlist.join(mother, form=clinic.form(**wish), form_key=uuid4(), now=NOW, others=[child])
    return mother, child


def test_worker_offers_what_was_cancelled_and_passes_it_on(clinic):
    now = timezone.now()
    owner, appointment = booked(clinic.slot(now + 4 * DAY), now=now)
    _scope, entry = clinic.join(now=now)
    releasing.cancel(owner, appointment_id=appointment.pk, now=now)
    OutboxEvent.objects.exclude(handler__startswith="scheduling.").delete()

    worker.run_once(now=timezone.now(), lane=PROMPT)

    assert live_offer().entry_id == entry.pk


@pytest.mark.parametrize(("handler", "lane"), [("scheduling.sweep", PROMPT), ("scheduling.waitlist_tidy", HOUSE)])
def test_worker_runs_what_is_periodic(clinic, handler, lane):
    OutboxEvent.objects.create(handler=handler, key="periodic", period_seconds=5, due_at=NOW, created_at=NOW)

    assert worker.run_once(now=timezone.now(), lane=lane) == 1

    assert OutboxEvent.objects.get(handler=handler).error == ""


def test_worker_tells_the_others_that_a_time_is_taken(clinic):
    now = timezone.now()
    scopes = [clinic.join(now=now)[0] for _number in range(2)]
    slot = clinic.slot(now + timedelta(minutes=150))
    offering.offer_slot(slot.pk, now=now)
    mine = WaitlistOffer.objects.get(entry__patient__person=scopes[0].person_id)
    waitlist.accept(scopes[0], offer_id=mine.pk, now=now)
    OutboxEvent.objects.exclude(handler="scheduling.offers_lost").delete()

    worker.run_once(now=timezone.now(), lane=PROMPT)

    assert sorted(WaitlistOffer.objects.values_list("state", flat=True)) == ["accepted", "withdrawn"]


def test_worker_offers_what_opens_in_a_moment(clinic):
    now = timezone.now()
    _scope, entry = clinic.join(now=now)
    slot = clinic.slot(now + 5 * DAY, opens_at=now + HOUR)
    offering.offer_for([slot.pk], now=now)
    OutboxEvent.objects.exclude(handler="scheduling.slots_opening").delete()

    worker.run_once(now=now + HOUR)

    assert live_offer().entry_id == entry.pk


def test_offer_slot_ends_its_overdue_offer_first(clinic):
    slot = clinic.slot()
    clinic.join()
    _scope, second = clinic.join(now=NOW + MINUTE)
    offering.offer_slot(slot.pk, now=NOW + HOUR)

    assert offering.offer_slot(slot.pk, now=NOW + 5 * HOUR) is Outcome.OFFERED
    assert live_offer().entry_id == second.pk


def test_offer_for_times_that_nobody_waits_for_queues_nothing(clinic):
    offering.offer_for([clinic.slot().pk], now=NOW)

    assert not OutboxEvent.objects.filter(handler="scheduling.slot_freed").exists()


def test_group_at_night_is_booked_only_if_all_of_it_asked_for_that(clinic, settings):
    settings.QUIET_HOURS = (22, 8)
    pair(clinic, auto_book=True)
    WaitlistEntry.objects.filter(pk=WaitlistEntry.objects.first().pk).update(auto_book=False)
    clinic.slot(NOW + 4 * DAY + 15 * MINUTE)

    assert offering.offer_slot(clinic.slot().pk, now=NOW.replace(hour=20)) is Outcome.WAITS
    assert not WaitlistOffer.objects.exists()


def test_group_whose_neighbouring_time_does_not_suit_gets_nothing(clinic):
    pair(clinic, minute_to=12 * 60 + 15)
    clinic.slot(NOW + 4 * DAY + 15 * MINUTE)

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.PUBLIC
    assert not WaitlistOffer.objects.exists()


@pytest.mark.parametrize(("has_schedule", "outcome"), [(True, Outcome.OFFERED), (False, Outcome.PUBLIC)])
def test_group_at_a_room_gets_times_of_the_same_schedule(clinic, has_schedule, outcome):
    of = {"practitioner_role": None, "schedule": clinic.schedule if has_schedule else None}
    pair(clinic)
    clinic.slot(NOW + 4 * DAY + 15 * MINUTE, **of)

    assert offering.offer_slot(clinic.slot(**of).pk, now=NOW) is outcome


def test_offer_slot_when_the_hold_of_three_was_left_over_asks_no_fourth(clinic):
    for number in range(4):
        clinic.join(now=NOW - DAY + number * MINUTE)
    slot = clinic.slot(NOW + timedelta(minutes=150))
    offering.offer_slot(slot.pk, now=NOW)
    Slot.objects.update(held_until=NOW)  # as if a clinic's system had dropped it

    offering.offer_slot(slot.pk, now=NOW + MINUTE)

    assert WaitlistOffer.objects.count() == 3


def test_decline_of_one_of_three_leaves_the_time_to_the_others(clinic):
    scopes = [clinic.join(now=NOW - DAY + number * MINUTE)[0] for number in range(3)]
    slot = clinic.slot(NOW + timedelta(minutes=150))
    offering.offer_slot(slot.pk, now=NOW)
    held_by = reloaded(slot).held_by
    first = WaitlistOffer.objects.get(entry__patient__person=scopes[0].person_id)

    waitlist.decline(scopes[0], offer_id=first.pk, now=NOW)

    assert reloaded(slot).held_by == held_by
    assert WaitlistOffer.objects.filter(state="sent").count() == 2


def test_end_offer_that_is_answered_changes_nothing(clinic):
    slot = clinic.slot()
    scope, entry = clinic.join()
    offering.offer_slot(slot.pk, now=NOW)
    offer = live_offer()
    waitlist.accept(scope, offer_id=offer.pk, now=NOW)

    offer_ends.end_offer(offer.pk, "expired", now=NOW + DAY)
    offer_ends.close_as_booked(entry.pk, uuid4(), now=NOW + DAY)

    assert (reloaded(offer).state, reloaded(entry).status) == ("accepted", "booked")


def test_tidy_lifts_nobody_where_no_term_is_known(clinic):
    _scope, entry = clinic.join()
    WaitlistEntry.objects.update(requested_at=NOW.replace(year=2020))

    offer_ends.tidy(now=NOW)

    assert reloaded(entry).priority == 4


def test_accept_by_one_who_may_only_look_is_refused(clinic):
    slot = clinic.slot()
    scope, _entry = clinic.join()
    offering.offer_slot(slot.pk, now=NOW)

    with pytest.raises(refusals.BookingRefused) as refusal:
        waitlist.accept(replace(scope, may_act=False), offer_id=live_offer().pk, now=NOW)

    assert refusal.value.code == "MAY_NOT_ACT"


def test_join_where_the_list_is_switched_off_is_refused(clinic):
    BookingSetting.objects.create(name="waitlist_enabled", value=False, valid_from=NOW, created_at=NOW)
    numbers.forget()

    with pytest.raises(refusals_waitlist.NoSuchList):
        clinic.join()


def test_join_beside_a_visit_to_another_specialist_is_possible(clinic):
    scope, _visit = booked(clinic.slot(specialty_code="61"))

    assert clinic.join(scope=scope)


def test_add_displaced_of_one_without_an_account_can_be_answered_later(clinic):
    patient = PatientFactory()
    slot = clinic.slot(NOW + 9 * DAY)
    visit = AppointmentFactory(patient=patient, slot=slot, facility=clinic.facility, status="cancelled")

    entry_id = waitlist_joining.add_displaced(WorkerScope(), visit, now=NOW)

    assert Request.objects.get(target_id=entry_id).person_id == patient.person_id
    scope = replace(someone(), person_id=patient.person_id)
    waitlist.leave(scope, entry_id=entry_id, now=NOW)
    assert WaitlistEntry.objects.get().status == "cancelled"


def test_add_displaced_of_a_visit_without_a_position_has_no_list(clinic):
    visit = AppointmentFactory(facility=clinic.facility)

    assert waitlist_joining.add_displaced(WorkerScope(), visit, now=NOW) is None


def test_facts_of_entry_name_the_offer_and_nothing_secret(clinic):
    slot = clinic.slot()
    _scope, entry = clinic.join()
    offering.offer_slot(slot.pk, now=NOW)
    told = Notice.objects.get(text="scheduling.waitlist_offer").params

    facts = reads.facts_of_entry(**told)
    assert set(facts) == {"what", "when", "deadline", "place"}
    WaitlistEntry.objects.update(is_restricted=True)
    assert set(reads.facts_of_entry(**told)) == {"when", "deadline"}
    assert reads.facts_of_entry(str(entry.pk)) == {}


def test_facts_of_entry_whose_offer_is_over_say_nothing(clinic):
    slot = clinic.slot()
    scope, entry = clinic.join()
    offering.offer_slot(slot.pk, now=NOW)
    offer = live_offer()
    waitlist.decline(scope, offer_id=offer.pk, now=NOW)

    assert reads.facts_of_entry(str(entry.pk), str(offer.pk)) is None
    assert reads.facts_of_entry(str(uuid4())) is None


def test_find_waiting_of_another_person_looks_missing(clinic):
    _scope, entry = clinic.join()

    with pytest.raises(NotFound):
        reads.find_waiting(someone(), entry.pk, now=NOW)


def test_tidy_leaves_an_entry_whose_offer_is_not_over_yet(clinic):
    _scope, entry = clinic.join()
    offering.offer_slot(clinic.slot().pk, now=NOW)
    WaitlistEntry.objects.update(not_after=NOW)

    offer_ends.tidy(now=NOW + MINUTE)

    assert reloaded(entry).status == "offered"
