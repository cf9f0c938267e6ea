"""Mass absence: what is blocked, what is found instead, who is asked, and that nobody is lost."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from medkarta.core.errors import NotFound
from medkarta.core.scopes import WorkerScope
from medkarta.mailer.models import Notice
from medkarta.outbox import worker
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, RepresentationFactory, scope_of
from medkarta.scheduling import periodic, refusals
from medkarta.scheduling.actions import absence_cases, absences, booking, holds, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Absence, AbsenceCase, Appointment, Slot, WaitlistEntry
from medkarta.scheduling.queries import absences as reads
from medkarta.scheduling.queries import settings
from medkarta.scheduling.tests.clinic import DAY, HOUR, HOURS, MINUTE, THURSDAY_NINE, Clinic
from medkarta.scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
WORKER = WorkerScope()


@pytest.fixture(autouse=True)
def _fresh_numbers():
    settings.forget()
    yield
    settings.forget()


@pytest.fixture
def clinic():
    return Clinic()


def person():
    """Return the scope of a new person with an account of his own."""
    patient, account = PatientFactory(), AccountFactory()
    RepresentationFactory(account=account, person=patient.person)
    return scope_of(patient, account=account)


def time_of(schedule_id, number=0):
    return Slot.objects.filter(schedule=schedule_id).order_by("starts_at", "id")[number]


def booked(clinic, slot, scope=None, **changes):
    """Book a time at the desk for a person who asked for it now."""
    scope = scope or person()
    patient = PatientFactory(person_id=scope.person_id, source=f"mis-{uuid4()}")
    order = Order(slot_id=slot.pk, key=uuid4(), patient_id=patient.pk, channel="Registry")
    row = booking.book(clinic.scope, order, now=NOW)
    Appointment.objects.filter(pk=row.pk).update(**changes)
    return row


def announce(clinic, schedule_id, *, start=THURSDAY_NINE, end=THURSDAY_NINE + HOUR, moving="ask", now=NOW):
    absence_id = absences.announce_absence(
        clinic.scope, schedule_id=schedule_id, starts_at=start, ends_at=end, reason="sick", moving=moving, now=now
    )
    absences.place_people(absence_id, now=now)
    return absence_id


def case_of(row):
    return AbsenceCase.objects.get(appointment=row.pk)


def test_announce_blocks_its_times_and_ends_holds(clinic):
    schedule_id = clinic.doctor()
    slot = next(one for one in Slot.objects.order_by("starts_at") if "Internet" in one.rights)
    holder = person()
    holds.hold(holder, order=Order(slot_id=slot.pk), now=NOW)

    absence_id = announce(clinic, schedule_id)

    blocked = Slot.objects.filter(blocked_by=absence_id)
    assert blocked.count() == 3
    assert Slot.objects.get(pk=slot.pk).held_by is None
    with pytest.raises(refusals.TimeTaken) as refusal:
        booking.book(holder, Order(slot_id=slot.pk, key=uuid4()), now=NOW)
    assert refusal.value.code == "SLOT_WITHDRAWN"


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [(0, 20, 1), (0, 21, 2), (19, 20, 1), (20, 40, 1), (60, 70, 0)],
)
def test_announce_blocks_whatever_it_touches_and_no_more(clinic, start, end, count):
    schedule_id = clinic.doctor()

    announce(clinic, schedule_id, start=THURSDAY_NINE + start * MINUTE, end=THURSDAY_NINE + end * MINUTE)

    assert Slot.objects.exclude(blocked_by=None).count() == count


def test_announce_twice_is_one_absence(clinic):
    schedule_id = clinic.doctor()

    assert announce(clinic, schedule_id) == announce(clinic, schedule_id)
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(("start", "end"), [(0, 0), (10, 5), (-60 * 48, -60 * 40)])
def test_announce_refuses_a_stretch_that_is_none_or_over(clinic, start, end):
    with pytest.raises(absences.WrongStretch):
        announce(clinic, clinic.doctor(), start=THURSDAY_NINE + start * MINUTE, end=THURSDAY_NINE + end * MINUTE)


def test_specialist_is_offered_the_same_doctor_later_within_the_term(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id)

    case = case_of(row)
    assert (case.state, case.deadline) == ("asked", NOW + 19 * HOUR)  # two hours before the old time
    kept = Slot.objects.get(pk=case.proposed_slot)
    assert (kept.schedule_id, kept.starts_at) == (schedule_id, THURSDAY_NINE + 7 * DAY)
    assert (kept.held_by, kept.held_until) == (row.pk, case.deadline)
    notice = Notice.objects.get(text="scheduling.absence_asked")
    assert notice.link == f"appointments/{row.pk}/absence/"
    assert sorted(one.action for one in row.events.all()) == ["absence", "booked"]


def test_answer_is_awaited_for_a_day_when_the_visit_is_far(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id, 3))

    announce(clinic, schedule_id, start=THURSDAY_NINE + 7 * DAY, end=THURSDAY_NINE + 7 * DAY + HOUR)

    assert case_of(row).deadline == NOW + DAY


def test_district_doctor_is_replaced_by_a_colleague_around_the_same_time(clinic):
    schedule_id = clinic.doctor()
    near = clinic.doctor(hours=replace(HOURS, minute_from=660, minute_to=720))  # 11:00
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id)

    kept = Slot.objects.get(pk=case_of(row).proposed_slot)
    assert (kept.schedule_id, kept.starts_at) == (near, THURSDAY_NINE + 2 * HOUR)


def test_district_doctor_is_replaced_by_a_colleagues_first_free_time(clinic):
    schedule_id = clinic.doctor()
    far = clinic.doctor(hours=replace(HOURS, minute_from=661, minute_to=720))  # a minute beyond two hours
    clinic.doctor(hours=replace(HOURS, weekday=5))
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id)

    assert Slot.objects.get(pk=case_of(row).proposed_slot).schedule_id == far


def test_substitute_is_of_the_same_position_and_clinic(clinic):
    schedule_id = clinic.doctor()
    clinic.doctor(code="61", hours=replace(HOURS, minute_from=600, minute_to=660))
    Clinic().doctor(hours=replace(HOURS, minute_from=600, minute_to=660))
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id)

    assert case_of(row).proposed_slot is None


def test_substitute_is_no_time_at_which_the_person_is_elsewhere(clinic):
    schedule_id = clinic.doctor()
    near = clinic.doctor(hours=replace(HOURS, minute_from=600, minute_to=660))
    scope = person()
    row = booked(clinic, time_of(schedule_id), scope)
    other = clinic.doctor(code="61", hours=replace(HOURS, minute_from=600, minute_to=620))
    booked(clinic, time_of(other), scope)

    announce(clinic, schedule_id)

    assert Slot.objects.get(pk=case_of(row).proposed_slot).starts_at == THURSDAY_NINE + HOUR + 20 * MINUTE
    assert time_of(near).held_by is None


def test_two_people_get_two_different_times(clinic):
    schedule_id = clinic.doctor(code="23")
    rows = [booked(clinic, time_of(schedule_id, number)) for number in range(2)]

    announce(clinic, schedule_id)

    assert len({case_of(row).proposed_slot for row in rows}) == 2


def test_nothing_found_puts_on_the_list_before_everybody(clinic):
    schedule_id = clinic.doctor()
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id)

    assert case_of(row).state == "no-time"
    assert WaitlistEntry.objects.get().priority == 0
    assert Notice.objects.filter(text="scheduling.absence_call").count() == 1


def test_nothing_found_for_somebody_without_an_account_is_a_call_and_a_place_in_the_list(clinic):
    schedule_id = clinic.doctor()
    row = booked(clinic, time_of(schedule_id), scope_of(PatientFactory(), account=AccountFactory()))

    announce(clinic, schedule_id)

    assert (case_of(row).state, WaitlistEntry.objects.count()) == ("to-call", 1)


def test_visit_of_a_system_moves_though_another_of_the_position_is_booked(clinic):
    schedule_id, scope = clinic.doctor(code="23"), person()
    slot = time_of(schedule_id)
    theirs = PatientFactory(person_id=scope.person_id, source="another")
    for at in (slot.starts_at, slot.starts_at + 3 * DAY):
        AppointmentFactory(
            patient=theirs, starts_at=at, ends_at=at + 20 * MINUTE, slot=slot if at == slot.starts_at else None
        )
    row = Appointment.objects.get(slot=slot)
    Slot.objects.filter(pk=slot.pk).update(appointment=row.pk)
    other = Appointment.objects.exclude(pk=row.pk)
    other.update(exclusive_position="23")

    announce(clinic, schedule_id)
    moved = absence_cases.accept(scope, appointment_id=row.pk, slot_id=case_of(row).proposed_slot, now=NOW)

    assert (moved.status, moved.exclusive_position) == ("booked", None)


def test_nothing_found_without_a_list_is_a_call(clinic):
    schedule_id = clinic.doctor(code="")
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id, end=THURSDAY_NINE + 30 * DAY)

    assert case_of(row).state == "to-call"


def test_somebody_without_an_account_is_called_while_his_time_is_kept(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id), scope_of(PatientFactory(), account=AccountFactory()))

    announce(clinic, schedule_id)

    assert case_of(row).state == "to-call"
    assert Slot.objects.get(pk=case_of(row).proposed_slot).held_by == row.pk


def test_pending_visit_is_a_call(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id), status="pending")

    announce(clinic, schedule_id)

    assert (case_of(row).state, case_of(row).proposed_slot) == ("to-call", None)


def test_visit_of_the_post_without_a_time_is_hit_too(clinic):
    schedule_id = clinic.doctor()
    role = time_of(schedule_id).practitioner_role_id
    row = AppointmentFactory(practitioner_role_id=role, starts_at=THURSDAY_NINE)
    later = AppointmentFactory(practitioner_role_id=role, starts_at=THURSDAY_NINE + HOUR)

    announce(clinic, schedule_id)

    assert case_of(row).state == "to-call"
    assert not AbsenceCase.objects.filter(appointment=later.pk).exists()


def test_same_day_moves_at_once_and_tells(clinic):
    schedule_id = clinic.doctor()
    near = clinic.doctor(hours=replace(HOURS, minute_from=600, minute_to=660))
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id, moving="same_day")

    moved = Appointment.objects.get(moved_from=row.pk)
    assert (moved.status, moved.slot.schedule_id, case_of(row).state) == ("booked", near, "moved")
    assert Notice.objects.filter(text="scheduling.moved").count() == 1


def test_same_day_asks_when_the_time_is_on_another_day(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id, moving="same_day")

    assert case_of(row).state == "asked"


def asked(clinic):
    schedule_id, scope = clinic.doctor(code="23"), person()
    row = booked(clinic, time_of(schedule_id), scope)
    return scope, row, announce(clinic, schedule_id)


def test_accept_moves_to_the_kept_time_once(clinic):
    scope, row, absence_id = asked(clinic)
    slot_id = case_of(row).proposed_slot

    moved = absence_cases.accept(scope, appointment_id=row.pk, slot_id=slot_id, now=NOW + HOUR)
    again = absence_cases.accept(scope, appointment_id=row.pk, slot_id=slot_id, now=NOW + 2 * HOUR)

    assert moved.pk == again.pk
    assert (moved.slot_id, moved.moved_from) == (slot_id, row.pk)
    row.refresh_from_db()
    assert row.cancelled_by == "clinic"
    assert case_of(row).state == "moved"
    assert reads.count(absence_id) == reads.Counts(total=1, moved=1, answered=1, called=0, left=0)


def test_accept_by_somebody_else_is_not_found(clinic):
    _scope, row, _absence = asked(clinic)

    with pytest.raises(NotFound):
        absence_cases.accept(person(), appointment_id=row.pk, slot_id=case_of(row).proposed_slot, now=NOW)
    assert case_of(row).state == "asked"


def test_accept_what_was_taken_meanwhile_keeps_the_visit(clinic):
    scope, row, _absence = asked(clinic)
    slot_id = case_of(row).proposed_slot
    Slot.objects.filter(pk=slot_id).update(held_by=None, held_until=None, appointment=uuid4())

    for shown in (slot_id, uuid4()):
        with pytest.raises(refusals.TimeTaken):
            absence_cases.accept(scope, appointment_id=row.pk, slot_id=shown, now=NOW)

    row.refresh_from_db()
    assert (row.status, case_of(row).state) == ("booked", "asked")


def test_decline_cancels_and_gives_the_kept_time_back(clinic):
    scope, row, absence_id = asked(clinic)
    slot_id = case_of(row).proposed_slot

    absence_cases.decline(scope, appointment_id=row.pk, now=NOW + HOUR)

    assert (case_of(row).state, Slot.objects.get(pk=slot_id).held_by) == ("cancelled", None)
    assert reads.count(absence_id) == reads.Counts(total=1, moved=0, answered=1, called=0, left=0)


@pytest.mark.parametrize(("shift", "state"), [(-MINUTE, "asked"), (timedelta(0), "to-call")])
def test_sweep_hands_the_unanswered_to_the_desk(clinic, shift, state):
    _scope, row, absence_id = asked(clinic)
    slot_id, deadline = case_of(row).proposed_slot, case_of(row).deadline

    absences.sweep(now=deadline + shift)

    assert case_of(row).state == state
    assert (Slot.objects.get(pk=slot_id).held_by is None) is (state == "to-call")
    assert [one.state for one in reads.list_cases(absence_id)] == [state]


def test_sweep_sees_what_a_person_settled_by_himself(clinic):
    scope, row, _absence = asked(clinic)
    releasing.cancel(scope, appointment_id=row.pk, now=NOW)

    absences.sweep(now=NOW + MINUTE)

    assert case_of(row).state == "cancelled"


def test_sweep_sees_what_the_desk_moved(clinic):
    _scope, row, absence_id = asked(clinic)
    slot = Slot.objects.filter(blocked_by=None, held_by=None).order_by("starts_at").last()
    order = Order(slot_id=slot.pk, key=uuid4(), patient_id=row.patient_id, move_of=row.pk, channel="Registry")
    booking.book(clinic.scope, order, now=NOW)

    absences.sweep(now=NOW + MINUTE)

    assert reads.count(absence_id) == reads.Counts(total=1, moved=1, answered=0, called=1, left=0)


def test_sweep_goes_on_after_a_worker_was_killed(clinic):
    schedule_id = clinic.doctor(code="23")
    rows = [booked(clinic, time_of(schedule_id, number)) for number in range(3)]
    absence_id = absences.announce_absence(
        clinic.scope, schedule_id=schedule_id, starts_at=THURSDAY_NINE, ends_at=THURSDAY_NINE + HOUR,
        reason="sick", moving="ask", now=NOW,
    )  # fmt: skip
    absence_cases.open_case(absence_id, rows[0].pk, now=NOW)  # and then the worker is gone

    absences.sweep(now=NOW + MINUTE)
    absences.sweep(now=NOW + 2 * MINUTE)

    assert {case_of(row).state for row in rows} == {"asked"}
    assert Notice.objects.filter(text="scheduling.absence_asked").count() == 3


def test_withdraw_frees_the_times_and_tells_that_visits_stand(clinic):
    scope, row, absence_id = asked(clinic)
    slot_id = case_of(row).proposed_slot

    freed = absences.withdraw_absence(clinic.scope, absence_id=absence_id, now=NOW + HOUR)
    absences.sweep(now=NOW + HOUR)

    assert (freed, absences.withdraw_absence(clinic.scope, absence_id=absence_id, now=NOW + HOUR)) == (3, 0)
    assert not Slot.objects.exclude(blocked_by=None).exists()
    assert (case_of(row).state, Slot.objects.get(pk=slot_id).held_by) == ("closed", None)
    assert Notice.objects.filter(text="scheduling.absence_over").count() == 1
    with pytest.raises(NotFound):
        reads.get_question(scope, row.pk, now=NOW + HOUR)


def test_a_second_absence_asks_again_after_the_first_was_withdrawn(clinic):
    _scope, row, absence_id = asked(clinic)
    absences.withdraw_absence(clinic.scope, absence_id=absence_id, now=NOW + HOUR)
    absences.sweep(now=NOW + HOUR)

    again = announce(clinic, time_of(Slot.objects.first().schedule_id).schedule_id, now=NOW + 2 * HOUR)

    assert again != absence_id
    assert (case_of(row).state, case_of(row).absence_id) == ("asked", again)


def test_withdraw_leaves_what_another_absence_covers(clinic):
    schedule_id = clinic.doctor()
    first = announce(clinic, schedule_id, end=THURSDAY_NINE + 40 * MINUTE)
    second = announce(clinic, schedule_id, start=THURSDAY_NINE + 20 * MINUTE)

    absences.withdraw_absence(clinic.scope, absence_id=first, now=NOW)

    assert list(Slot.objects.exclude(blocked_by=None).values_list("blocked_by", flat=True)) == [second, second]


def test_withdraw_of_another_clinics_absence_is_not_found(clinic):
    absence_id = announce(clinic, clinic.doctor())

    with pytest.raises(NotFound):
        absences.withdraw_absence(Clinic().scope, absence_id=absence_id, now=NOW)
    with pytest.raises(NotFound):
        absences.withdraw_absence(WORKER, absence_id=uuid4(), now=NOW)


def test_block_is_refused_where_people_are_booked(clinic):
    schedule_id = clinic.doctor()
    booked(clinic, time_of(schedule_id))
    about = {"schedule_id": schedule_id, "note": "ремонт", "now": NOW}

    with pytest.raises(absences.PeopleAreBooked) as refusal:
        absences.block(clinic.scope, starts_at=THURSDAY_NINE, ends_at=THURSDAY_NINE + HOUR, **about)
    assert "1" in str(refusal.value.text)
    assert not Slot.objects.exclude(blocked_by=None).exists()
    absences.block(clinic.scope, starts_at=THURSDAY_NINE + 20 * MINUTE, ends_at=THURSDAY_NINE + HOUR, **about)
    assert Slot.objects.exclude(blocked_by=None).count() == 2


def test_visit_whose_time_never_arrived_is_a_call_and_a_place_in_the_list(clinic):
    schedule_id = clinic.doctor()
    role = time_of(schedule_id).practitioner_role_id
    row = AppointmentFactory(practitioner_role_id=role, starts_at=THURSDAY_NINE, slot_id=uuid4())

    announce(clinic, schedule_id)

    assert case_of(row).state == "to-call"


def test_visit_of_a_system_that_named_no_clinic_waits_in_the_list_of_its_times_clinic(clinic):
    schedule_id, scope = clinic.doctor(), person()
    slot = time_of(schedule_id)
    theirs = PatientFactory(person_id=scope.person_id, source="another")
    row = AppointmentFactory(patient=theirs, starts_at=slot.starts_at, slot=slot)
    Slot.objects.filter(pk=slot.pk).update(appointment=row.pk)

    announce(clinic, schedule_id)

    assert case_of(row).state == "no-time"
    assert WaitlistEntry.objects.get().facility_id == clinic.facility.pk


def test_a_visit_too_near_for_an_answer_is_a_call(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id, now=THURSDAY_NINE - 2 * HOUR)

    assert case_of(row).proposed_slot is None


def test_a_room_is_away_too(clinic):
    schedule_id = clinic.room()
    clinic.publish(schedule_id, replace(HOURS, kind="vaccination"))
    slot = time_of(schedule_id, 1)
    Slot.objects.filter(pk=slot.pk).update(rights_mask=15)
    row = booked(clinic, slot)

    announce(clinic, schedule_id)

    assert Slot.objects.get(pk=case_of(row).proposed_slot).starts_at > THURSDAY_NINE + DAY


def test_a_position_without_a_term_is_offered_any_later_time(clinic):
    schedule_id = clinic.doctor(code="46")  # dentistry: the programme names no term
    row = booked(clinic, time_of(schedule_id))

    announce(clinic, schedule_id)

    assert Slot.objects.get(pk=case_of(row).proposed_slot).starts_at == THURSDAY_NINE + 7 * DAY


def test_steps_of_a_case_done_twice_or_too_early_change_nothing(clinic):
    scope, row, absence_id = asked(clinic)
    case = case_of(row)

    assert not absence_cases.hand_to_desk(case.pk, now=NOW)
    assert not absence_cases.settle(case.pk, now=NOW)
    assert not absence_cases.open_case(absence_id, row.pk, now=NOW)
    assert not absence_cases.open_case(absence_id, uuid4(), now=NOW)
    assert absences.place_people(uuid4(), now=NOW) == 0
    assert case_of(row).state == "asked"
    releasing.cancel(scope, appointment_id=row.pk, now=NOW)
    assert not absence_cases.open_case(absence_id, row.pk, now=NOW)
    absences.withdraw_absence(clinic.scope, absence_id=absence_id, now=NOW)
    assert absence_cases.close_withdrawn(case.pk, now=NOW)
    assert not absence_cases.close_withdrawn(case.pk, now=NOW)
    assert not Notice.objects.filter(text="scheduling.absence_over").exists()  # nobody comes any more


def test_nothing_is_opened_for_an_absence_that_was_taken_back(clinic):
    schedule_id = clinic.doctor()
    row = booked(clinic, time_of(schedule_id))
    absence_id = absences.announce_absence(
        clinic.scope, schedule_id=schedule_id, starts_at=THURSDAY_NINE, ends_at=THURSDAY_NINE + HOUR,
        reason="sick", moving="ask", now=NOW,
    )  # fmt: skip
    absences.withdraw_absence(clinic.scope, absence_id=absence_id, now=NOW)

    assert not absence_cases.open_case(absence_id, row.pk, now=NOW)
    with pytest.raises(NotFound):
        absence_cases.decline(person(), appointment_id=row.pk, now=NOW)


def test_a_kept_visit_closes_its_case(clinic):
    _scope, row, _absence = asked(clinic)
    Appointment.objects.filter(pk=row.pk).update(status="fulfilled")

    absences.sweep(now=NOW)

    assert case_of(row).state == "closed"


def test_the_worker_does_it_by_the_clock(clinic):
    schedule_id = clinic.doctor(code="23")
    row = booked(clinic, time_of(schedule_id))
    with time_machine.travel(NOW, tick=False):
        absence_id = absences.announce_absence(
            clinic.scope, schedule_id=schedule_id, starts_at=THURSDAY_NINE, ends_at=THURSDAY_NINE + HOUR,
            reason="sick", moving="ask", now=NOW,
        )  # fmt: skip
        worker.run_once(now=NOW)

    assert case_of(row).state == "asked"
    with time_machine.travel(case_of(row).deadline, tick=False):
        for run in (periodic.make_slots, periodic.open_reserved, periodic.sweep):
            run(key="periodic")
        periodic.place_absence(key="x", absence_id=str(absence_id))
    assert case_of(row).state == "to-call"
