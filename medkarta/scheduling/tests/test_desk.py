"""`medkarta desk …` as somebody types it."""

import re
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command

from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, RepresentationFactory, scope_of
from medkarta.scheduling.actions import booking, holds, keeping
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Absence, Appointment, BookingSetting, Schedule, ScheduleTemplate, Slot
from medkarta.scheduling.queries import settings
from medkarta.scheduling.tests.clinic import DAY, HOUR, MINUTE, THURSDAY_NINE, Clinic
from medkarta.scheduling.tests.factories import WaitlistFactory
from medkarta.scheduling.tests.waiting_room import Clinic as WaitingClinic

pytestmark = pytest.mark.django_db
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SNILS = "90000000182"


@pytest.fixture(autouse=True)
def _now():
    settings.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    settings.forget()


@pytest.fixture
def clinic():
    return Clinic()


def desk(*words):
    """Return what was printed."""
    out = StringIO()
    call_command("desk", *map(str, words), stdout=out)
    return out.getvalue().replace("\u00a0", " ")


def refused(*words):
    """Return why it was refused."""
    error = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("desk", *map(str, words), stdout=StringIO(), stderr=error)
    assert end.value.code == 1
    return error.getvalue().strip().replace("\u00a0", " ")


def id_in(text):
    return UUID.search(text)[0]


def patient(**values):
    row = PatientFactory(snils=SNILS, birth_date=date(1988, 4, 17), family_name="Пробная", **values)
    RepresentationFactory(account=AccountFactory(), person=row.person)
    return row


def first(schedule_id):
    return Slot.objects.filter(schedule=schedule_id).order_by("starts_at", "id").first()


def booked(clinic, code="49", **rules):
    """Return what the desk has just booked."""
    row = patient()
    desk("book", "--patient", row.pk, "--slot", first(clinic.doctor(code=code)).pk)
    return Appointment.objects.get()


def test_a_schedule_from_nothing_to_times(clinic):
    role = Schedule.objects.get(pk=clinic.doctor(hours=None)).practitioner_role_id
    Schedule.objects.all().delete()

    schedule_id = id_in(desk("schedule", "create", "--role", role))
    hours = ("--weekday", 4, "--from", "09:00", "--to", "10:00", "--minutes", 20)
    template = id_in(desk("schedule", "template", "--doctor", schedule_id, *hours))
    assert "черновик" not in refused("schedule", "publish", uuid4())
    assert "Шаблон проходит три шага" in refused("schedule", "publish", template)
    desk("schedule", "agree", template)
    assert desk("schedule", "publish", template) == "Создано: 9, изменено: 0, снято: 0\n"

    assert f"{template}  published  чт 09:00–10:00 / 20 × 1  primary  2026-11-25…" in desk(
        "schedule", "show", "--doctor", "Пробный"
    )
    assert schedule_id in desk("doctors")
    lines = desk("slots", "--doctor", schedule_id, "--day", "2026-11-26").splitlines()
    assert ["чт, 26 ноября, 09:00" in lines[0], "свободно" in lines[0], len(lines)] == [True, True, 3]
    assert desk("generate", "--doctor", schedule_id) == "Создано: 0, изменено: 0, снято: 0\n"
    assert desk("generate", "--doctor", schedule_id, "--first", "2026-12-31", "--last", "2026-12-31").startswith(
        "Создано: 3"
    )


def test_close_names_what_stays(clinic):
    appointment = booked(clinic)

    text = desk("schedule", "close", ScheduleTemplate.objects.get().pk, "--last", "2026-11-25")

    assert f"Осталось вне часов: чт, 26 ноября, 09:00, {appointment.pk}" in text


def test_doctors_of_one_clinic(clinic):
    mine, theirs = clinic.doctor(), Clinic().doctor()

    text = desk("doctors", "--clinic", clinic.facility.pk)

    assert str(mine) in text
    assert str(theirs) not in text


def test_a_doctor_is_named_by_a_part_of_his_name_when_it_is_one(clinic):
    clinic.doctor()
    assert desk("slots", "--doctor", "пробный").strip() == ""
    clinic.doctor()

    assert "не одно расписание, а 2" in refused("slots", "--doctor", "пробный")
    assert "Такого врача или кабинета нет" in refused("slots", "--doctor", "Иванов")


def test_find_book_move_and_cancel(clinic):
    row, schedule_id = patient(), clinic.doctor()
    times = list(Slot.objects.filter(schedule=schedule_id).order_by("starts_at"))

    assert desk("find", "--number", "900-000-001 82", "--born", "1988-04-17").startswith(f"{row.pk}  Пробная")
    key = uuid4()
    for _again in range(2):
        line = desk("book", "--patient", row.pk, "--slot", times[0].pk, "--key", key, "--as", "Регистратор")
    assert line.endswith("booked\n")
    moved = id_in(desk("move", id_in(line), "--slot", times[4].pk, "--channel", "CallCenter"))
    assert desk("cancel", moved, "--reason", "Врач заболел").endswith("cancelled\n")

    last = Appointment.objects.get(pk=moved)
    assert (last.channel, last.reason, last.cancelled_by) == ("CallCenter", "Врач заболел", "clinic")
    assert Appointment.objects.count() == 2
    assert set(Notice.objects.values_list("text", flat=True)) >= {"scheduling.moved", "scheduling.cancelled"}
    acts = AuditEvent.objects.filter(actor_kind="staff", patient_id=row.pk).values_list("action", "actor_ref")
    assert {("scheduling.booked", "Регистратор"), ("scheduling.cancelled", "desk")} <= set(acts)


def test_find_audits_whom_it_showed(clinic):
    row = patient()

    desk("find", "--number", SNILS, "--born", "1988-04-17", "--as", "Оператор 122")

    found = AuditEvent.objects.get(action="scheduling.find_patient")
    assert (found.patient_id, found.actor_ref) == (row.pk, "Оператор 122")


def test_find_refuses_a_wrong_number_and_says_when_nobody_is_there():
    patient()

    assert "Это не СНИЛС" in refused("find", "--number", "90000000181", "--born", "1988-04-17")
    assert "Никого с таким номером" in refused("find", "--number", SNILS, "--born", "1988-04-18")


@pytest.mark.parametrize(("later", "is_refused"), [(timedelta(0), True), (5 * MINUTE, False)])
def test_book_respects_a_patients_hold_until_it_ends(clinic, later, is_refused):
    schedule_id, row = clinic.doctor(), patient()
    slot = next(one for one in Slot.objects.filter(schedule=schedule_id).order_by("starts_at") if one.rights_mask & 1)
    holds.hold(scope_of(PatientFactory(), account=AccountFactory()), order=Order(slot_id=slot.pk), now=NOW)

    with time_machine.travel(NOW + later, tick=False):
        if is_refused:
            text = refused("book", "--patient", row.pk, "--slot", slot.pk)
            assert text == "Это время сейчас выбирает пациент. Подождите до 12:05 или возьмите другое"
        else:
            assert desk("book", "--patient", row.pk, "--slot", slot.pk).endswith("booked\n")


def test_book_what_is_taken_says_so(clinic):
    appointment = booked(clinic)

    text = refused("book", "--patient", PatientFactory().pk, "--slot", appointment.slot_id)

    assert text.startswith("Это время только что заняли")


def test_book_nobody_or_nothing_is_refused(clinic):
    slot = first(clinic.doctor())

    assert "Такого в этой клинике нет" in refused("book", "--patient", uuid4(), "--slot", slot.pk)
    assert "Такого в этой клинике нет" in refused("book", "--patient", PatientFactory().pk, "--slot", uuid4())
    assert "Такого в этой клинике нет" in refused(
        "book", "--patient", PatientFactory().pk, "--slot", slot.pk, "--clinic", uuid4()
    )


@pytest.fixture
def pending(clinic):
    BookingSetting.objects.create(name="owner", value="mis", valid_from=NOW, created_at=NOW)
    settings.forget()
    return booked(clinic)


def test_confirm_makes_a_waiting_visit_sure_and_tells(pending):
    assert pending.status == "pending"

    assert desk("confirm", pending.pk) == f"{pending.pk}  booked\n"
    assert desk("confirm", pending.pk) == f"{pending.pk}  booked\n"

    assert sorted(one.action for one in pending.events.all()) == ["confirmed", "pending"]
    assert Notice.objects.filter(text="scheduling.confirmed").count() == 1


def test_refuse_frees_the_time_and_tells_why(pending):
    assert "Напишите, почему" in refused("refuse", pending.pk, "--reason", " ")
    desk("refuse", pending.pk, "--reason", "Врач в отпуске")

    pending.refresh_from_db()
    assert (pending.status, pending.reason) == ("cancelled", "Врач в отпуске")
    assert Slot.objects.get(pk=pending.slot_id).appointment is None
    assert Notice.objects.filter(text="scheduling.refused").count() == 1
    assert "уже отменена" in refused("refuse", pending.pk, "--reason", "ещё раз")


@pytest.mark.parametrize(
    ("verb", "moment", "status"),
    [
        ("arrived", THURSDAY_NINE.replace(hour=0) - 4 * HOUR, None),  # the evening before, in Moscow
        ("arrived", THURSDAY_NINE.replace(hour=0), "arrived"),
        ("noshow", THURSDAY_NINE - MINUTE, None),
        ("noshow", THURSDAY_NINE, "noshow"),
        ("done", THURSDAY_NINE - MINUTE, None),
        ("done", THURSDAY_NINE, "fulfilled"),
    ],
)
def test_a_visit_is_marked_when_it_can_be(clinic, verb, moment, status):
    appointment = booked(clinic)

    with time_machine.travel(moment, tick=False):
        if status is None:
            assert "ещё впереди" in refused(verb, appointment.pk)
        else:
            for _again in range(2):
                assert desk(verb, appointment.pk) == f"{appointment.pk}  {status}\n"
            assert "другой" not in refused("noshow" if verb == "done" else "confirm", appointment.pk)
    appointment.refresh_from_db()
    assert appointment.status == (status or "booked")


def test_another_clinics_desk_finds_no_visit(clinic):
    appointment = booked(clinic)

    for words in (("arrived", appointment.pk), ("cancel", appointment.pk, "--reason", "x")):
        assert "Такого в этой клинике нет" in refused(*words, "--clinic", uuid4())
    with pytest.raises(NotFound):
        keeping.mark_arrived(Clinic().scope, appointment_id=appointment.pk, now=NOW)


def test_what_is_nowhere_is_refused():
    no_clinic = WaitlistFactory(is_own=True)
    for words in (("arrived", uuid4()), ("absence", "withdraw", uuid4()), ("schedule", "agree", uuid4())):
        assert "Такого в этой клинике нет" in refused(*words)
    assert "Такого в этой клинике нет" in refused("waitlist", "reject", no_clinic.pk, "--reason", "x")


def test_absence_from_announcing_to_taking_back(clinic):
    appointment = booked(clinic, code="23")
    about = ("--doctor", "пробный", "--from", "2026-11-26T09:00", "--to", "2026-11-26T10:00", "--reason", "sick")

    lines = desk("absence", "announce", *about).splitlines()

    assert lines[1] == "Всего: 1, перенесено: 0, ответили: 0, обзвонено: 0, осталось: 1"
    assert lines[2] == f"{appointment.pk}  чт, 26 ноября, 09:00  предложено другое время"
    absence_id = Absence.objects.get().pk
    assert desk("absence", "show", absence_id).splitlines() == lines
    assert f"{absence_id}  Пробный Иван Петрович, Терапевт" in desk("absence", "show")
    assert desk("absence", "withdraw", absence_id) == "Снова открыто времён: 3\n"
    assert "отменено" in desk("absence", "show")
    assert "осталось: 0" in desk("absence", "show", absence_id)


def test_desk_moves_a_called_person_to_the_time_that_is_kept(clinic):
    appointment = booked(clinic, code="23")
    desk("absence", "announce", "--doctor", "пробный", "--from", "2026-11-26T09:00", "--to", "2026-11-26T10:00",
         "--reason", "sick")  # fmt: skip
    kept = Slot.objects.get(held_by=appointment.pk)

    assert desk("move", appointment.pk, "--slot", kept.pk).endswith("booked\n")


def test_block_and_unblock(clinic):
    schedule_id = clinic.doctor()
    about = ("--doctor", schedule_id, "--from", "2026-11-26T09:00+03:00", "--to", "2026-11-26T09:20+03:00")

    absence_id = id_in(desk("block", *about))

    assert "приёма нет" in desk("slots", "--doctor", schedule_id, "--day", "2026-11-26")
    assert desk("unblock", absence_id) == "Снова открыто времён: 1\n"
    assert "Конец отсутствия" in refused(
        "block", "--doctor", schedule_id, "--from", "2026-11-26T09:00", "--to", "2026-11-26T08:00"
    )


def test_set_changes_a_number_from_a_moment_on(clinic):
    desk("set", "horizon_days", "21", "--clinic", clinic.facility.pk, "--note", "Приказ № 5")
    desk("set", "release_mode", "fixed", "--from", "2026-11-26T00:00")
    desk("set", "reminder_offsets_minutes", "[60]", "--position", "49")

    found = {row.name: row for row in BookingSetting.objects.all()}
    assert (found["horizon_days"].value, found["horizon_days"].facility_id) == (21, clinic.facility.pk)
    assert found["release_mode"].valid_from == THURSDAY_NINE - 9 * HOUR
    assert (found["reminder_offsets_minutes"].value, found["reminder_offsets_minutes"].position_code) == ([60], "49")
    assert "Такой настройки нет" in refused("set", "horizon_days", "много")


def test_waitlist_reject_tells_the_reason():
    _scope, entry = WaitingClinic().join()

    desk("waitlist", "reject", entry.pk, "--reason", "Приём не ведётся")

    entry.refresh_from_db()
    assert (entry.status, entry.reason) == ("rejected", "Приём не ведётся")
    assert "Такого в этой клинике нет" in refused("waitlist", "reject", uuid4(), "--reason", "x")


def test_home_visits_are_read_for_a_clinic(clinic):
    assert desk("home-visit", "list", "--clinic", clinic.facility.pk) == ""
    assert "Такого в этой клинике нет" in refused("home-visit", "list")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("dance",),
        ("slots",),
        ("slots", "--doctor", "x", "--day", "завтра"),
        ("book", "--patient", "1", "--slot", "2"),
        ("schedule", "template", "--doctor", "x", "--weekday", "8", "--from", "9", "--to", "10", "--minutes", "5"),
        ("schedule", "template", "--doctor", "x", "--weekday", "1", "--from", "9", "--to", "10", "--minutes", "5"),
        ("block", "--doctor", "x", "--from", "утром", "--to", "днём"),
    ],
)
def test_what_was_typed_wrongly_is_no_refusal(words):
    with pytest.raises(CommandError):
        call_command("desk", *words)


def test_slots_say_what_can_be_done_with_each(clinic):
    schedule_id = clinic.doctor()
    booking.book(clinic.scope, Order(first(schedule_id).pk, patient_id=patient().pk, channel="Registry"), now=NOW)
    Slot.objects.filter(starts_at=THURSDAY_NINE + 20 * MINUTE).update(held_by=uuid4(), held_until=NOW + MINUTE)

    lines = desk("slots", "--doctor", schedule_id, "--day", "2026-11-26").splitlines()
    far = desk("slots", "--doctor", schedule_id, "--day", (NOW + 15 * DAY).date())

    assert "занято" in lines[0]
    assert "удерживается до 12:01" in lines[1]
    assert "для пациентов откроется чт, 26 ноября" in far
    assert "не для записи через портал" in far
