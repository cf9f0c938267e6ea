"""Schedules, weekly hours and the times that are made of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.core.scopes import WorkerScope
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, scope_of
from medkarta.scheduling.actions import absences, booking, holds, numbers, schedules, timetables
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import BookingSetting, Schedule, ScheduleTemplate, Slot
from medkarta.scheduling.queries import settings
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.tests.clinic import DAY, HOUR, HOURS, MINUTE, THURSDAY_NINE, TODAY, Clinic, staff
from medkarta.scheduling.tests.factories import ScheduleFactory, WaitlistFactory

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
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
    return scope_of(PatientFactory(), account=AccountFactory())


def free_times(schedule_id):
    return list(Slot.objects.filter(schedule=schedule_id, status="free").order_by("starts_at", "id"))


def competitive(schedule_id):
    return next(one for one in free_times(schedule_id) if "Internet" in one.rights)


def test_create_schedule_of_a_post_knows_its_clinic_and_is_made_once(clinic):
    schedule_id = clinic.doctor(hours=None)

    row = Schedule.objects.get(pk=schedule_id)
    again = schedules.create_schedule(clinic.scope, practitioner_role_id=row.practitioner_role_id)

    assert again == schedule_id
    assert (row.source, row.facility_id) == ("medkarta", clinic.facility.pk)
    assert AuditEvent.objects.filter(action="scheduling.create_schedule", actor_ref="desk").exists()


def test_create_schedule_of_another_clinics_post_is_not_found(clinic):
    other = Clinic()
    role = Schedule.objects.get(pk=other.doctor(hours=None)).practitioner_role_id

    with pytest.raises(NotFound):
        schedules.create_schedule(clinic.scope, practitioner_role_id=role)
    with pytest.raises(NotFound):
        schedules.create_schedule(WORKER, practitioner_role_id=uuid4())


def test_publish_makes_times_of_the_horizon_and_no_sooner(clinic):
    schedule_id = clinic.doctor(hours=None)
    template_id = schedules.add_template(clinic.scope, schedule_id=schedule_id, stretch=HOURS)
    schedules.advance_template(clinic.scope, template_id=template_id, to="agreed", now=NOW)
    assert not Slot.objects.exists()

    made = schedules.advance_template(clinic.scope, template_id=template_id, to="published", now=NOW)

    found = free_times(schedule_id)
    assert made.added == len(found) == 9  # three Thursdays up to the 11th of December
    assert found[0].starts_at == THURSDAY_NINE
    assert found[-1].starts_at.date() == date(2026, 12, 10)
    assert (found[0].facility_id, found[0].specialty_code, found[0].kind) == (clinic.facility.pk, "49", "primary")
    assert found[0].opens_at < NOW < found[-1].opens_at or found[-1].opens_at.date() == date(2026, 11, 26)


def test_advance_template_takes_one_step_after_the_other(clinic):
    template_id = schedules.add_template(clinic.scope, schedule_id=clinic.doctor(hours=None), stretch=HOURS)

    with pytest.raises(schedules.WrongState):
        schedules.advance_template(clinic.scope, template_id=template_id, to="published", now=NOW)
    schedules.advance_template(clinic.scope, template_id=template_id, to="agreed", now=NOW)
    assert schedules.advance_template(clinic.scope, template_id=template_id, to="agreed", now=NOW) is None
    with pytest.raises(NotFound):
        schedules.advance_template(clinic.scope, template_id=uuid4(), to="agreed", now=NOW)


def test_publish_two_lines_of_the_same_hours_is_refused(clinic):
    schedule_id = clinic.doctor()

    with pytest.raises(schedules.HoursOverlap):
        clinic.publish(schedule_id, replace(HOURS, minute_from=580, minute_to=700))
    assert clinic.publish(schedule_id, replace(HOURS, minute_from=600, minute_to=700))


@pytest.mark.parametrize(
    "wrong",
    [
        {"minute_to": 540},
        {"minute_to": 559},
        {"minute_to": 1441},
        {"capacity": 0},
        {"slot_minutes": 0},
        {"kind": "party"},
        {"rights": ("Everybody",)},
    ],
)
def test_add_template_refuses_hours_that_give_no_time(clinic, wrong):
    with pytest.raises(schedules.WrongHours):
        schedules.add_template(clinic.scope, schedule_id=clinic.doctor(hours=None), stretch=replace(HOURS, **wrong))


def test_schedules_of_a_clinics_system_are_left_to_it(clinic):
    theirs = ScheduleFactory(facility_id=clinic.facility.pk)

    with pytest.raises(timetables.NotOurSchedule):
        schedules.add_template(clinic.scope, schedule_id=theirs.pk, stretch=HOURS)
    with pytest.raises(timetables.NotOurSchedule):
        timetables.generate(clinic.scope, schedule_id=theirs.pk, first=TODAY, last=TODAY, now=NOW)


def test_another_clinics_desk_finds_no_schedule(clinic):
    schedule_id, stranger = clinic.doctor(), staff(Clinic().facility)

    with pytest.raises(NotFound):
        timetables.generate(stranger, schedule_id=schedule_id, first=TODAY, last=TODAY, now=NOW)
    with pytest.raises(NotFound):
        schedules.add_template(stranger, schedule_id=schedule_id, stretch=HOURS)


def test_generate_again_adds_nothing(clinic):
    schedule_id = clinic.doctor()
    before = set(Slot.objects.values_list("pk", flat=True))

    again = timetables.generate_ahead(WORKER, schedule_id=schedule_id, now=NOW)

    assert again == timetables.Generated()
    assert set(Slot.objects.values_list("pk", flat=True)) == before


def test_generate_makes_a_row_for_each_place_of_a_group(clinic):
    schedule_id = clinic.room()
    clinic.publish(schedule_id, replace(HOURS, capacity=4, kind="vaccination"))

    first = [one for one in free_times(schedule_id) if one.starts_at == THURSDAY_NINE]

    assert len(first) == 4
    assert {(one.kind, one.service_name, one.practitioner_role_id) for one in first} == {
        ("vaccination", "Вакцинация", None)
    }


@pytest.mark.parametrize(("shift", "count"), [(timedelta(0), 3), (MINUTE, 2)])
def test_generate_makes_no_time_that_has_begun(clinic, shift, count):
    schedule_id = clinic.doctor(hours=None)
    template = schedules.add_template(clinic.scope, schedule_id=schedule_id, stretch=HOURS)
    ScheduleTemplate.objects.filter(pk=template).update(state="published")

    day = TODAY + DAY
    made = timetables.generate(WORKER, schedule_id=schedule_id, first=day, last=day, now=THURSDAY_NINE + shift)

    assert made.added == count


def test_generate_by_the_clock_of_the_clinic():
    clinic = Clinic(timezone="Asia/Barnaul")

    schedule_id = clinic.doctor()

    assert free_times(schedule_id)[0].starts_at == datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Asia/Barnaul"))


@pytest.mark.parametrize(("shift", "is_open"), [(-MINUTE, False), (timedelta(0), True)])
def test_times_open_to_people_at_the_moment_of_release(clinic, shift, is_open):
    numbers.set_setting(WORKER, name="release_mode", value="fixed", valid_from=NOW, now=NOW)
    schedule_id = clinic.doctor()
    last = [one for one in free_times(schedule_id) if "Internet" in one.rights][-1]
    assert last.opens_at == datetime(2026, 11, 26, 7, 30, tzinfo=MOSCOW)

    found = Slot.objects.filter(pk=last.pk).claimable(by=None, now=NOW).released(last.opens_at + shift)

    assert found.exists() is is_open


def test_close_template_withdraws_free_times_and_lists_booked_and_held_ones(clinic):
    schedule_id = clinic.doctor()
    template = ScheduleTemplate.objects.get()
    booked, held = [one for one in free_times(schedule_id) if "Internet" in one.rights and one.opens_at <= NOW][:2]
    appointment = booking.book(person(), Order(slot_id=booked.pk, key=uuid4()), now=NOW)
    holds.hold(person(), order=Order(slot_id=held.pk), now=NOW)

    done = schedules.close_template(clinic.scope, template_id=template.pk, last=TODAY, now=NOW)

    assert done.withdrawn == 7
    assert [(one.slot_id, one.appointment) for one in done.kept] == [(booked.pk, appointment.pk), (held.pk, None)]
    assert Slot.objects.get(pk=booked.pk).appointment == appointment.pk
    assert Slot.objects.filter(status="busy-unavailable").count() == 7
    later = timetables.generate_ahead(WORKER, schedule_id=schedule_id, now=NOW + 6 * MINUTE)
    assert (later.withdrawn, len(later.kept)) == (1, 1)  # the hold has run out


def test_times_come_back_when_the_hours_do(clinic):
    schedule_id = clinic.doctor()
    schedules.close_template(clinic.scope, template_id=ScheduleTemplate.objects.get().pk, last=TODAY, now=NOW)
    assert free_times(schedule_id) == []

    clinic.publish(schedule_id, replace(HOURS, valid_from=TODAY + DAY))

    assert len(free_times(schedule_id)) == 9
    assert Slot.objects.count() == 9


def test_close_template_of_a_draft_deletes_it(clinic):
    template_id = schedules.add_template(clinic.scope, schedule_id=clinic.doctor(hours=None), stretch=HOURS)

    schedules.close_template(clinic.scope, template_id=template_id, last=TODAY, now=NOW)

    assert not ScheduleTemplate.objects.exists()


def test_generate_blocks_new_times_of_an_absence(clinic):
    schedule_id = clinic.doctor(hours=None)
    absence_id = absences.announce_absence(
        clinic.scope, schedule_id=schedule_id, starts_at=THURSDAY_NINE, ends_at=THURSDAY_NINE + 20 * MINUTE,
        reason="leave", moving="ask", now=NOW,
    )  # fmt: skip

    clinic.publish(schedule_id)

    assert [one.blocked_by for one in free_times(schedule_id)[:2]] == [absence_id, None]


def test_make_all_goes_on_each_day(clinic):
    clinic.doctor()

    assert timetables.make_all(WORKER, now=NOW) == 0
    assert timetables.make_all(WORKER, now=NOW + 7 * DAY) == 3


def test_new_times_go_to_the_waiting_list_first(clinic):
    WaitlistFactory(is_own=True, specialty_code="49", facility_ids=[str(clinic.facility.pk)])

    schedule_id = clinic.doctor()

    opened = [one for one in free_times(schedule_id) if one.opens_at <= NOW]
    assert {one.held_by for one in opened} == {KEEPER}
    assert OutboxEvent.objects.filter(handler="scheduling.slot_freed").count() == len(opened)
    assert all(one.held_by is None for one in free_times(schedule_id) if one.opens_at > NOW)


@pytest.mark.parametrize(("shift", "count"), [(-MINUTE, 0), (timedelta(0), 2)])
def test_open_reserved_opens_tomorrows_at_six(clinic, shift, count):
    schedule_id = clinic.doctor()
    evening = datetime(2026, 11, 25, 18, 0, tzinfo=MOSCOW) + shift

    assert timetables.open_reserved(now=evening) == count
    assert timetables.open_reserved(now=evening) == 0

    tomorrow = [one for one in free_times(schedule_id) if one.starts_at < NOW + 2 * DAY]
    assert sum("Internet" in one.rights for one in tomorrow) == 1 + count
    assert sum(one.rights_mask & 1 for one in tomorrow) == 1 + count
    assert timetables.generate_ahead(WORKER, schedule_id=schedule_id, now=evening).changed == 0


def test_open_reserved_leaves_booked_and_held_times(clinic):
    schedule_id = clinic.doctor()
    evening = datetime(2026, 11, 25, 18, 0, tzinfo=MOSCOW)
    reserved = [one for one in free_times(schedule_id) if "Internet" not in one.rights][:2]
    Slot.objects.filter(pk=reserved[0].pk).update(held_by=uuid4(), held_until=evening + MINUTE)
    Slot.objects.filter(pk=reserved[1].pk).update(appointment=uuid4())

    assert timetables.open_reserved(now=evening) == 0


def test_set_setting_keeps_what_held_before(clinic):
    for value, since in ((7, NOW), (21, NOW + DAY)):
        numbers.set_setting(
            clinic.scope, name="horizon_days", value=value, valid_from=since, now=NOW, facility_id=clinic.facility.pk
        )

    def horizon(now):
        return settings.booking_rules(facility_id=clinic.facility.pk, position_code="49", now=now).horizon_days

    assert [horizon(NOW - HOUR), horizon(NOW), horizon(NOW + DAY)] == [14, 7, 21]
    assert BookingSetting.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "value"), [("horizon", 1), ("horizon_days", "x"), ("home_visit.cutoff_weekday", "25:00")]
)
def test_set_setting_refuses_what_no_rule_reads(name, value):
    with pytest.raises(numbers.WrongSetting):
        numbers.set_setting(WORKER, name=name, value=value, valid_from=NOW, now=NOW)

    assert not BookingSetting.objects.exists()


def test_set_setting_takes_the_hours_of_home_calls():
    assert numbers.set_setting(WORKER, name="home_visit.cutoff_weekday", value="13:00", valid_from=NOW, now=NOW)


def test_an_inactive_schedule_gives_no_times(clinic):
    schedule_id = clinic.doctor()
    Schedule.objects.filter(pk=schedule_id).update(is_active=False)

    assert timetables.generate_ahead(WORKER, schedule_id=schedule_id, now=NOW).withdrawn == 9
    assert timetables.make_all(WORKER, now=NOW) == 0
