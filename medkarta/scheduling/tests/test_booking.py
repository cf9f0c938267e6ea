"""Holding, booking, moving and cancelling: one person at a time. Races are in test_races.py."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, scope_of
from medkarta.scheduling import refusals
from medkarta.scheduling.actions import booking, holds, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment, BookingSetting, Slot
from medkarta.scheduling.tests.factories import AppointmentFactory, SlotFactory, WaitlistFactory

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def person():
    return someone()


def someone():
    """Return the scope of a new person, who signed in."""
    return scope_of(PatientFactory(), account=AccountFactory())


def free_slot(**values):
    return SlotFactory(**{"specialty_code": "49", "rights_mask": 15, **values})


def order(slot, **values):
    return Order(slot_id=slot.pk, key=values.pop("key", None) or uuid4(), **values)


def reloaded(row):
    row.refresh_from_db()
    return row


def test_book_takes_the_time_and_writes_who_when_and_why(person):
    slot = free_slot()

    booked = booking.book(person, order(slot), now=NOW)

    row = Appointment.objects.get()
    assert row.pk == booked.pk
    assert (row.status, row.slot_id, row.starts_at, row.channel) == ("booked", slot.pk, slot.starts_at, "Internet")
    assert row.patient.person_id == person.person_id
    assert row.patient.source == "medkarta"
    assert row.exclusive_position == "49"
    assert reloaded(slot).appointment == row.pk
    assert [event.action for event in row.events.all()] == ["booked"]
    assert set(Notice.objects.values_list("text", flat=True)) == {"scheduling.booked", "scheduling.reminder"}


def test_book_with_the_same_key_gives_the_same_booking(person):
    slot, wish = free_slot(), uuid4()

    first = booking.book(person, order(slot, key=wish), now=NOW)
    again = booking.book(person, order(slot, key=wish), now=NOW + MINUTE)

    assert first.pk == again.pk
    assert Appointment.objects.count() == 1


def test_book_with_a_key_of_somebody_else_books_nothing(person):
    slot, wish = free_slot(), uuid4()
    booking.book(person, order(slot, key=wish), now=NOW)
    other = someone()

    with pytest.raises(refusals.TimeTaken):
        booking.book(other, order(slot, key=wish), now=NOW)

    assert Appointment.objects.count() == 1


def test_book_what_another_has_taken_is_refused(person):
    slot = free_slot()
    booking.book(someone(), order(slot), now=NOW)

    with pytest.raises(refusals.TimeTaken):
        booking.book(person, order(slot), now=NOW)


@pytest.mark.parametrize(("later", "is_free"), [(timedelta(seconds=299), False), (timedelta(seconds=300), True)])
def test_book_what_another_holds_waits_for_the_end_of_his_hold(person, later, is_free):
    slot = free_slot()
    holds.hold(someone(), order=Order(slot.pk), now=NOW)

    if is_free:
        assert booking.book(person, order(slot), now=NOW + later)
    else:
        with pytest.raises(refusals.TimeTaken):
            booking.book(person, order(slot), now=NOW + later)


@pytest.mark.parametrize(
    "gone", [{"status": "busy-unavailable"}, {"status": "entered-in-error"}, {"blocked_by": uuid4()}]
)
def test_book_what_the_clinic_withdrew_while_it_was_held_says_so(person, gone):
    slot = free_slot()
    holds.hold(person, order=Order(slot.pk), now=NOW)
    Slot.objects.update(**gone)

    with pytest.raises(refusals.TimeTaken) as refusal:
        booking.book(person, order(slot), now=NOW)

    assert refusal.value.code == "SLOT_WITHDRAWN"
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(("lead", "code"), [(15 * MINUTE, ""), (14 * MINUTE, "APPOINT_VISIT_TIME_HAS_PASSED")])
def test_book_needs_a_quarter_of_an_hour_before_the_visit(person, lead, code):
    slot = free_slot(starts_at=NOW + lead)

    if code:
        with pytest.raises(refusals.BookingRefused) as refusal:
            booking.book(person, order(slot), now=NOW)
        assert refusal.value.code == code
    else:
        assert booking.book(person, order(slot), now=NOW)


@pytest.mark.parametrize(("shift", "overlaps"), [(14 * MINUTE, True), (15 * MINUTE, False)])
def test_book_two_at_overlapping_times_is_refused(person, shift, overlaps):
    booking.book(person, order(free_slot()), now=NOW)
    second = free_slot(starts_at=NOW + timedelta(days=1) + shift, specialty_code="61")

    if overlaps:
        with pytest.raises(refusals.BookingRefused) as refusal:
            booking.book(person, order(second), now=NOW)
        assert refusal.value.code == "APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST"
    else:
        assert booking.book(person, order(second), now=NOW)


def test_book_sees_what_another_system_booked_for_the_same_person(person):
    theirs = PatientFactory(person_id=person.person_id, source="another")
    start = NOW + timedelta(days=1)
    known = AppointmentFactory(patient=theirs, starts_at=start, ends_at=start + HOUR)

    with pytest.raises(refusals.BookingRefused) as refusal:
        booking.book(person, order(free_slot()), now=NOW)

    assert refusal.value.appointment_id == known.pk


def test_book_a_second_time_of_the_same_position_names_the_first(person):
    first = booking.book(person, order(free_slot()), now=NOW)

    with pytest.raises(refusals.BookingRefused) as refusal:
        booking.book(person, order(free_slot(starts_at=NOW + timedelta(days=3))), now=NOW)

    assert (refusal.value.code, refusal.value.appointment_id) == ("APPOINT_PATIENT_REGISTERED_SPECIALIST", first.pk)


def test_book_by_one_who_may_only_look_is_refused(person):
    from dataclasses import replace

    with pytest.raises(refusals.BookingRefused) as refusal:
        booking.book(replace(person, may_act=False), order(free_slot()), now=NOW)

    assert refusal.value.code == "MAY_NOT_ACT"


def test_book_waits_for_the_clinic_where_its_own_system_has_the_times(person):
    BookingSetting.objects.create(name="owner", value="mis", valid_from=NOW, created_at=NOW)
    slot = free_slot()

    booked = booking.book(person, order(slot), now=NOW)

    assert booked.status == "pending"
    with pytest.raises(refusals.TimeTaken):
        booking.book(someone(), order(slot), now=NOW + timedelta(days=1) - HOUR)


def test_hold_drops_the_former_one_and_goes_on_when_asked_again(person):
    first, second = free_slot(), free_slot(starts_at=NOW + timedelta(days=2))
    holds.hold(person, order=Order(first.pk), now=NOW)

    held = holds.hold(person, order=Order(second.pk), now=NOW)
    again = holds.hold(person, order=Order(second.pk), now=NOW + 2 * MINUTE)

    assert reloaded(first).held_by is None
    assert reloaded(second).held_by == person.person_id
    assert held.until == again.until == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    ("minutes", "until"), [(4, 9), (9, 14), (11, 15)], ids=["adds five", "adds five again", "fifteen at most"]
)
def test_extend_adds_five_minutes_up_to_fifteen_in_all(person, minutes, until):
    slot = free_slot()
    holds.hold(person, order=Order(slot.pk), now=NOW)

    held = holds.extend(person, slot_id=slot.pk, now=NOW + minutes * MINUTE)

    assert held.until == NOW + until * MINUTE
    assert held.can_extend is (until < 15)


def test_extend_after_fifteen_minutes_is_refused(person):
    slot = free_slot()
    holds.hold(person, order=Order(slot.pk), now=NOW)

    with pytest.raises(refusals.HoldIsOver):
        holds.extend(person, slot_id=slot.pk, now=NOW + 15 * MINUTE)


def test_move_gives_the_old_time_back_and_keeps_the_calendar_entry(person):
    old_slot = free_slot()
    old = booking.book(person, order(old_slot), now=NOW)
    new_slot = free_slot(starts_at=old_slot.starts_at + 5 * MINUTE)

    new = booking.book(person, order(new_slot, move_of=old.pk), now=NOW + MINUTE)

    assert (reloaded(old).status, old.moved_to) == ("cancelled", new.pk)
    assert (new.moved_from, new.calendar_uid) == (old.pk, old.pk)
    assert reloaded(old_slot).appointment is None
    assert reloaded(new_slot).appointment == new.pk
    assert [event.action for event in old.events.order_by("at", "id")] == ["booked", "moved-to"]


def test_move_to_a_taken_time_leaves_the_old_one(person):
    old_slot, taken = free_slot(), free_slot(starts_at=NOW + timedelta(days=2))
    old = booking.book(person, order(old_slot), now=NOW)
    booking.book(someone(), order(taken), now=NOW)

    with pytest.raises(refusals.TimeTaken):
        booking.book(person, order(taken, move_of=old.pk), now=NOW + MINUTE)

    assert reloaded(old).status == "booked"
    assert reloaded(old_slot).appointment == old.pk


def test_move_of_another_persons_appointment_looks_missing(person):
    theirs = booking.book(someone(), order(free_slot()), now=NOW)

    with pytest.raises(NotFound):
        booking.book(person, order(free_slot(), move_of=theirs.pk), now=NOW)


def test_cancel_frees_the_time_and_takes_reminders_back(person):
    slot = free_slot(starts_at=NOW + timedelta(days=5))
    booked = booking.book(person, order(slot), now=NOW)

    releasing.cancel(person, appointment_id=booked.pk, now=NOW + MINUTE)
    releasing.cancel(person, appointment_id=booked.pk, now=NOW + 2 * MINUTE)

    assert (reloaded(booked).status, booked.cancelled_by) == ("cancelled", "patient")
    assert (reloaded(slot).appointment, slot.held_by) == (None, None)
    assert not Notice.objects.filter(text="scheduling.reminder").exists()
    assert booked.events.filter(action="cancelled").count() == 1


def test_cancel_keeps_the_time_for_the_waiting_list_first(person):
    slot = free_slot()
    booked = booking.book(person, order(slot), now=NOW)
    WaitlistFactory(is_own=True, specialty_code="49")

    releasing.cancel(person, appointment_id=booked.pk, now=NOW)

    with pytest.raises(refusals.TimeTaken):
        booking.book(someone(), order(slot), now=NOW + timedelta(seconds=19))
    assert booking.book(someone(), order(slot), now=NOW + timedelta(seconds=20))


@pytest.mark.parametrize(("later", "refused"), [(-MINUTE, False), (timedelta(0), True)])
def test_cancel_is_possible_until_the_visit_begins(person, later, refused):
    slot = free_slot()
    booked = booking.book(person, order(slot), now=NOW)

    if refused:
        with pytest.raises(refusals.BookingRefused):
            releasing.cancel(person, appointment_id=booked.pk, now=slot.starts_at + later)
    else:
        releasing.cancel(person, appointment_id=booked.pk, now=slot.starts_at + later)
    assert reloaded(booked).status == ("booked" if refused else "cancelled")


def test_cancel_of_another_persons_appointment_looks_missing(person):
    theirs = booking.book(someone(), order(free_slot()), now=NOW)

    with pytest.raises(NotFound):
        releasing.cancel(person, appointment_id=theirs.pk, now=NOW)


def test_schema_refuses_a_second_live_appointment_of_a_time():
    slot = free_slot()
    AppointmentFactory(slot_id=slot.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentFactory(slot_id=slot.pk)
    AppointmentFactory(slot_id=slot.pk, status="cancelled")


@pytest.mark.parametrize(("shift", "refused"), [(14 * MINUTE, True), (15 * MINUTE, False)])
def test_schema_refuses_overlapping_live_appointments_of_a_person_at_two_clinics(shift, refused):
    one = PatientFactory()
    other = PatientFactory(person=one.person, source="another")
    start = NOW + timedelta(days=1)
    AppointmentFactory(patient=one, starts_at=start, ends_at=start + 15 * MINUTE)
    values = {"patient": other, "starts_at": start + shift, "ends_at": start + shift + 15 * MINUTE}

    if refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            AppointmentFactory(**values)
    else:
        AppointmentFactory(**values)
    AppointmentFactory(**values, status="cancelled")


def test_cancel_leaves_a_time_that_the_clinic_has_withdrawn_meanwhile(person):
    slot = free_slot()
    booked = booking.book(person, order(slot), now=NOW)
    Slot.objects.update(status="busy-unavailable")

    releasing.cancel(person, appointment_id=booked.pk, now=NOW)

    assert (reloaded(slot).status, slot.appointment) == ("busy-unavailable", None)


def test_cancel_frees_a_time_that_its_clinic_calls_busy_for_this_visit(person):
    slot = free_slot()
    booked = booking.book(person, order(slot), now=NOW)
    Slot.objects.update(status="busy")

    releasing.cancel(person, appointment_id=booked.pk, now=NOW)

    assert reloaded(slot).status == "free"


@pytest.mark.parametrize(("minutes", "refused"), [(61, False), (60, True)])
def test_cancel_and_move_keep_to_the_notice_of_the_clinic(person, minutes, refused):
    BookingSetting.objects.create(name="cancel_until_minutes", value=60, valid_from=NOW, created_at=NOW)
    slot, other = free_slot(starts_at=NOW + timedelta(days=2)), free_slot(starts_at=NOW + timedelta(days=3))
    booked = booking.book(person, order(slot), now=NOW)
    late = slot.starts_at - timedelta(minutes=minutes)

    if refused:
        for act in (
            lambda: releasing.cancel(person, appointment_id=booked.pk, now=late),
            lambda: booking.book(person, order(other, move_of=booked.pk), now=late),
        ):
            with pytest.raises(refusals.BookingRefused) as refusal:
                act()
            assert refusal.value.code == "TOO_LATE_TO_CHANGE"
    else:
        assert booking.book(person, order(other, move_of=booked.pk), now=late)


def test_move_takes_the_reminders_of_the_old_time_back(person):
    old = booking.book(person, order(free_slot(starts_at=NOW + timedelta(days=5))), now=NOW)

    new = booking.book(person, order(free_slot(starts_at=NOW + timedelta(days=6)), move_of=old.pk), now=NOW)

    told = Notice.objects.filter(text="scheduling.reminder").values_list("params__appointment_id", flat=True)
    assert set(told) == {str(new.pk)}


def test_move_is_no_more_visits_than_before(person):
    BookingSetting.objects.create(name="max_active_total", value=1, valid_from=NOW, created_at=NOW)
    old = booking.book(person, order(free_slot()), now=NOW)
    extra = AppointmentFactory(patient=PatientFactory(person_id=person.person_id), starts_at=NOW + timedelta(days=9))
    extra.ends_at = extra.starts_at + HOUR
    extra.save()

    assert booking.book(person, order(free_slot(starts_at=NOW + timedelta(days=2)), move_of=old.pk), now=NOW)


def test_move_where_the_clinics_own_system_has_the_times_is_left_to_the_clinic(person):
    old = booking.book(person, order(free_slot()), now=NOW)
    BookingSetting.objects.create(name="owner", value="mis", valid_from=NOW, created_at=NOW)

    with pytest.raises(refusals.BookingRefused) as refusal:
        booking.book(person, order(free_slot(starts_at=NOW + timedelta(days=2)), move_of=old.pk), now=NOW)

    assert refusal.value.code == "MOVED_BY_CLINIC"
    assert reloaded(old).status == "booked"


def test_book_with_the_key_of_a_cancelled_booking_books_anew(person):
    slot, wish = free_slot(), uuid4()
    first = booking.book(person, order(slot, key=wish), now=NOW)
    releasing.cancel(person, appointment_id=first.pk, now=NOW)

    again = booking.book(person, order(slot, key=wish), now=NOW)

    assert again.pk != first.pk
    assert reloaded(slot).appointment == again.pk


def test_book_with_a_key_of_another_person_for_another_time_is_refused_in_words(person):
    wish = uuid4()
    booking.book(someone(), order(free_slot(), key=wish), now=NOW)

    with pytest.raises(refusals.BookingRefused) as refusal:
        booking.book(person, order(free_slot(starts_at=NOW + timedelta(days=2)), key=wish), now=NOW)

    assert refusal.value.code == "KEY_IS_FOREIGN"


def test_staff_of_another_clinic_books_and_cancels_nothing(person):
    ours, theirs = FacilityFactory(), FacilityFactory()
    slot = free_slot(facility=theirs)
    scope = StaffScope(Actor(ActorKind.STAFF, "desk"), ours.pk, "registrar", "booking")
    patient = PatientFactory(unlinked=True)

    with pytest.raises(NotFound):
        booking.book(scope, order(slot, patient_id=patient.pk, channel="Registry"), now=NOW)

    booked = booking.book(person, order(slot), now=NOW)
    with pytest.raises(NotFound):
        releasing.cancel(scope, appointment_id=booked.pk, patient_id=booked.patient_id, now=NOW)


def test_staff_with_the_key_of_another_patients_booking_gets_none_of_it(person):
    slot, wish = free_slot(), uuid4()
    booking.book(person, order(slot, key=wish), now=NOW)
    scope = StaffScope(Actor(ActorKind.STAFF, "desk"), uuid4(), "registrar", "booking")
    mine, theirs = PatientFactory(unlinked=True), PatientFactory(unlinked=True)
    other = free_slot(starts_at=NOW + timedelta(days=2))

    with pytest.raises(refusals.TimeTaken):
        booking.book(scope, order(slot, key=wish, patient_id=theirs.pk, channel="Registry"), now=NOW)

    first = booking.book(scope, order(other, patient_id=mine.pk, channel="Registry", key=UUID(int=8)), now=NOW)
    again = booking.book(scope, order(other, patient_id=mine.pk, channel="Registry", key=UUID(int=8)), now=NOW)
    assert first.pk == again.pk
