"""The engine of the waiting list. Races are in test_waitlist_races.py."""

from datetime import timedelta
from uuid import uuid4

import pytest

from medkarta.mailer.models import Notice
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW
from medkarta.requests.models import Request
from medkarta.scheduling.actions import offering, waitlist
from medkarta.scheduling.actions.offering import Outcome
from medkarta.scheduling.models import Appointment, BookingSetting, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import settings as numbers
from medkarta.scheduling.queries import slots, waiting
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, MINUTE, Clinic, booked, live_offer, reloaded, someone

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


def test_offer_slot_holds_the_time_for_the_first_and_tells_him(clinic):
    slot = clinic.slot()
    scope, entry = clinic.join()

    assert offering.offer_slot(slot.pk, now=NOW) is Outcome.OFFERED

    offer = live_offer()
    assert (offer.entry_id, offer.slot_id, offer.is_exclusive) == (entry.pk, slot.pk, True)
    assert offer.deadline == NOW + 4 * HOUR
    assert reloaded(slot).held_by == entry.pk
    assert slot.held_until == offer.deadline + 20 * SECOND
    assert (reloaded(entry).status, entry.offered_at) == ("offered", slot.starts_at)
    assert Request.objects.get(target_id=entry.pk).status == "offered"
    notice = Notice.objects.get(text="scheduling.waitlist_offer")
    assert (notice.account_id, notice.link) == (scope.account_id, f"appointments/waitlist/{entry.pk}/")


def test_offer_slot_again_gives_it_to_nobody_else(clinic):
    slot = clinic.slot()
    clinic.join()
    clinic.join(now=NOW + MINUTE)
    offering.offer_slot(slot.pk, now=NOW + HOUR)

    assert offering.offer_slot(slot.pk, now=NOW + HOUR + SECOND) is Outcome.GONE

    assert WaitlistOffer.objects.count() == 1


def test_offer_slot_serves_priority_before_first_come(clinic):
    _early, first = clinic.join()
    _late, urgent = clinic.join(now=NOW + MINUTE)
    WaitlistEntry.objects.filter(pk=urgent.pk).update(priority=1)

    offering.offer_slot(clinic.slot().pk, now=NOW + HOUR)
    offering.offer_slot(clinic.slot(NOW + 5 * DAY).pk, now=NOW + HOUR)

    assert list(WaitlistOffer.objects.order_by("slot__starts_at").values_list("entry", flat=True)) == [
        urgent.pk,
        first.pk,
    ]


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": 127 & ~(1 << 6)},  # four days ahead is a Sunday
        {"minute_from": 12 * 60 + 1},  # 12:00 in Moscow
        {"minute_to": 12 * 60},
        {"first_day": (NOW + 5 * DAY).date()},
        {"last_day": (NOW + 3 * DAY).date()},
        {"role": uuid4()},
    ],
)
def test_offer_slot_that_does_not_suit_goes_public(clinic, wish):
    slot = clinic.slot(held_by=KEEPER, held_since=NOW, held_until=NOW + 20 * SECOND)
    clinic.join(**wish)

    assert offering.offer_slot(slot.pk, now=NOW) is Outcome.PUBLIC

    assert reloaded(slot).held_by is None
    assert not WaitlistOffer.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": 1 << 6},
        {"minute_from": 12 * 60, "minute_to": 12 * 60 + 1},
        {"first_day": (NOW + 4 * DAY).date(), "last_day": (NOW + 4 * DAY).date()},
    ],
)
def test_offer_slot_that_just_suits_is_offered(clinic, wish):
    clinic.join(**wish)

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.OFFERED


def test_offer_slot_of_another_clinic_or_position_suits_nobody(clinic):
    clinic.join()

    assert offering.offer_slot(Clinic().slot().pk, now=NOW) is Outcome.PUBLIC
    assert offering.offer_slot(clinic.slot(specialty_code="61").pk, now=NOW) is Outcome.PUBLIC


def test_offer_slot_passes_over_whom_a_rule_forbids_it(clinic):
    busy, _entry = clinic.join()
    _scope, second = clinic.join(now=NOW + MINUTE)
    slot = clinic.slot()
    booked(clinic.slot(slot.starts_at, specialty_code="61", practitioner_role=None), scope=busy)

    offering.offer_slot(slot.pk, now=NOW + HOUR)

    assert live_offer().entry_id == second.pk


def test_offer_slot_ends_the_entry_of_one_who_has_booked_such_a_visit_himself(clinic):
    scope, entry = clinic.join()
    _scope, mine = booked(clinic.slot(NOW + 6 * DAY), scope=scope)

    offering.offer_slot(clinic.slot().pk, now=NOW)

    assert (reloaded(entry).status, entry.appointment) == ("booked", mine.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "busy-unavailable"},
        {"blocked_by": uuid4()},
        {"held_by": uuid4(), "held_until": NOW + MINUTE},
    ],
)
def test_offer_slot_that_is_not_free_is_offered_to_nobody(clinic, change):
    clinic.join()

    assert offering.offer_slot(clinic.slot(**change).pk, now=NOW) is Outcome.GONE


def test_offer_slot_that_nobody_knows_is_gone(db):
    assert offering.offer_slot(uuid4(), now=NOW) is Outcome.GONE


def test_offer_slot_where_the_list_is_switched_off_goes_public(clinic):
    clinic.join()
    BookingSetting.objects.create(name="waitlist_enabled", value=False, valid_from=NOW, created_at=NOW)
    numbers.forget()

    assert offering.offer_slot(clinic.slot().pk, now=NOW) is Outcome.PUBLIC


@pytest.mark.parametrize(("ahead", "count"), [(3 * HOUR, 1), (3 * HOUR - SECOND, 3)])
def test_offer_slot_close_to_the_visit_asks_three_at_once(clinic, ahead, count):
    for number in range(4):
        clinic.join(now=NOW - DAY + number * MINUTE)

    offering.offer_slot(clinic.slot(NOW + ahead).pk, now=NOW)

    assert WaitlistOffer.objects.filter(state="sent").count() == count


def test_offer_slot_close_to_the_visit_asks_nobody_a_second_time(clinic):
    for number in range(6):
        clinic.join(now=NOW - DAY + number * MINUTE)
    slot = clinic.slot(NOW + 2 * HOUR + 30 * MINUTE)
    offering.offer_slot(slot.pk, now=NOW)

    assert offering.offer_slot(slot.pk, now=NOW + SECOND) is Outcome.GONE
    assert WaitlistOffer.objects.count() == 3


@pytest.mark.parametrize(("ahead", "outcome"), [(2 * HOUR, Outcome.PUBLIC), (2 * HOUR + SECOND, Outcome.OFFERED)])
def test_offer_slot_two_hours_before_the_visit_goes_public(clinic, ahead, outcome):
    clinic.join(now=NOW - DAY)

    assert offering.offer_slot(clinic.slot(NOW + ahead).pk, now=NOW) is outcome


def test_auto_book_books_at_once_and_tells(clinic):
    slot = clinic.slot()
    scope, entry = clinic.join(auto_book=True)

    assert offering.offer_slot(slot.pk, now=NOW) is Outcome.BOOKED

    appointment = Appointment.objects.get()
    assert (appointment.patient.person_id, appointment.slot_id) == (scope.person_id, slot.pk)
    assert (reloaded(entry).status, entry.appointment) == ("booked", appointment.pk)
    assert reloaded(slot).appointment == appointment.pk
    assert WaitlistOffer.objects.get().state == "accepted"
    assert Request.objects.get(target_id=entry.pk).status == "booked"


def test_auto_book_of_one_who_may_not_books_nothing(clinic):
    scope, _entry = clinic.join(auto_book=True)
    slot = clinic.slot()
    booked(clinic.slot(slot.starts_at, specialty_code="61", practitioner_role=None), scope=scope)

    assert offering.offer_slot(slot.pk, now=NOW) is Outcome.PUBLIC
    assert not WaitlistOffer.objects.exists()


def test_at_night_only_those_who_want_it_are_booked_and_others_wait_for_the_morning(clinic, settings):
    settings.QUIET_HOURS = (22, 8)
    night = NOW.replace(hour=20)  # 23:00 in Moscow
    slot = clinic.slot(held_by=KEEPER, held_since=night, held_until=night + 20 * SECOND)
    _scope, entry = clinic.join()

    assert offering.offer_slot(slot.pk, now=night) is Outcome.WAITS
    assert not WaitlistOffer.objects.exists()

    morning = night + 9 * HOUR
    assert reloaded(slot).held_until == morning + 20 * SECOND
    offering.sweep(now=morning - SECOND)
    assert not WaitlistOffer.objects.exists()
    offering.sweep(now=morning)
    assert live_offer().entry_id == entry.pk


def test_at_night_a_time_is_booked_for_one_who_asked_for_that(clinic, settings):
    settings.QUIET_HOURS = (22, 8)
    clinic.join()
    _scope, entry = clinic.join(auto_book=True)

    assert offering.offer_slot(clinic.slot().pk, now=NOW.replace(hour=20)) is Outcome.BOOKED
    assert reloaded(entry).status == "booked"


def test_at_night_a_time_of_the_morning_is_everybodys(clinic, settings):
    settings.QUIET_HOURS = (22, 8)
    night = NOW.replace(hour=20)
    clinic.join()

    assert offering.offer_slot(clinic.slot(night + 11 * HOUR).pk, now=night) is Outcome.PUBLIC


def test_group_gets_neighbouring_times_or_nothing(clinic):
    first, second = clinic.slot(), clinic.slot(NOW + 4 * DAY + 15 * MINUTE)
    mother, child = someone(), someone()
    waitlist.join(mother, form=clinic.form(), form_key=uuid4(), now=NOW, others=[child])

    assert offering.offer_slot(first.pk, now=NOW) is Outcome.OFFERED

    offers = WaitlistOffer.objects.filter(state="sent")
    assert {one.slot_id for one in offers} == {first.pk, second.pk}
    assert len({one.entry_id for one in offers}) == 2


def test_group_without_a_neighbouring_time_is_passed_over(clinic):
    mother, child = someone(), someone()
    waitlist.join(mother, form=clinic.form(), form_key=uuid4(), now=NOW, others=[child])
    _scope, single = clinic.join(now=NOW + MINUTE)
    slot = clinic.slot()
    clinic.slot(NOW + 5 * DAY)

    offering.offer_slot(slot.pk, now=NOW + HOUR)

    assert live_offer().entry_id == single.pk


def test_offer_for_queues_what_somebody_waits_for_and_what_opens_later_for_then(clinic):
    clinic.join()
    now_open, later = clinic.slot(), clinic.slot(NOW + 5 * DAY, opens_at=NOW + DAY)
    other = clinic.slot(NOW + 5 * DAY, specialty_code="61")

    offering.offer_for([now_open.pk, later.pk, other.pk], now=NOW)

    events = OutboxEvent.objects.filter(handler__in=["scheduling.slot_freed", "scheduling.slots_opening"])
    assert {one.handler: one.payload.get("slot_id") for one in events} == {
        "scheduling.slot_freed": str(now_open.pk),
        "scheduling.slots_opening": None,
    }
    assert events.get(handler="scheduling.slots_opening").due_at == NOW + DAY - 2 * MINUTE


def test_offer_opening_lets_the_list_have_a_time_before_it_opens(clinic):
    scope, _entry = clinic.join()
    slot = clinic.slot(NOW + 5 * DAY, opens_at=NOW + MINUTE)

    offering.offer_opening(clinic.facility.pk, NOW + MINUTE, now=NOW)
    waitlist.accept(scope, offer_id=live_offer().pk, now=NOW)

    assert reloaded(slot).appointment is not None


def test_candidates_are_all_seen_in_order_though_the_first_leave_the_list_meanwhile(clinic, monkeypatch):
    monkeypatch.setattr(waiting, "CHUNK", 2)
    entries = [clinic.join(now=NOW + number // 3 * MINUTE)[1].pk for number in range(6)]
    WaitlistEntry.objects.filter(pk=entries[5]).update(priority=1)

    seen = []
    for one in waiting.candidates(slots.get_slot(clinic.slot().pk)):
        seen.append(one.id)
        WaitlistEntry.objects.filter(pk=one.id).update(status="offered")

    assert seen == [entries[5], *sorted(entries[:3]), *sorted(entries[3:5])]
