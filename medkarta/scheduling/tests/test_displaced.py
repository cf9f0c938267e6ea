"""Whom a mass absence has taken his time away and no other was found for: he waits before everybody."""

from uuid import uuid4

import pytest

from medkarta.core.scopes import WorkerScope
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, scope_of
from medkarta.requests import queries as requests
from medkarta.scheduling.actions import absence_cases, absences, booking, offering, releasing, waitlist
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.actions.offering import Outcome
from medkarta.scheduling.models import AbsenceCase, Appointment, WaitlistEntry
from medkarta.scheduling.rules.waitlist import KEEPER
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
def no_quiet(settings):
    settings.QUIET_HOURS = None


@pytest.fixture
def clinic(db):
    return Clinic()


def displaced(clinic, scope=None, now=NOW, **entry):
    """Book the only time of a doctor who then falls ill; return the scope, the visit, its entry and the absence."""
    slot = clinic.slot()
    scope, visit = booked(slot, scope)
    if entry:
        clinic.join(scope, swaps=visit.pk, **entry)
    absence_id = absences.announce_absence(
        WorkerScope(), schedule_id=clinic.schedule.pk, starts_at=slot.starts_at - HOUR, ends_at=slot.ends_at + HOUR,
        reason="sick", moving="ask", now=now,
    )  # fmt: skip
    absences.place_people(absence_id, now=now)
    return scope, visit, WaitlistEntry.objects.get(), absence_id


def test_displaced_is_offered_a_later_time_and_moves_to_it(clinic):
    scope, visit, entry, _absence = displaced(clinic)
    later = clinic.slot(NOW + 6 * DAY)

    assert offering.offer_slot(later.pk, now=NOW + HOUR) is Outcome.OFFERED
    moved = waitlist.accept(scope, offer_id=live_offer().pk, now=NOW + HOUR)
    absences.sweep(now=NOW + HOUR)

    assert (moved.slot_id, moved.moved_from) == (later.pk, visit.pk)
    assert (reloaded(visit).status, visit.cancelled_by) == ("cancelled", "clinic")
    assert (reloaded(entry).status, entry.appointment) == ("booked", moved.pk)
    assert AbsenceCase.objects.get().state == "moved"


def test_displaced_moves_though_his_old_time_has_passed(clinic):
    scope, visit, _entry, _absence = displaced(clinic)
    later = clinic.slot(NOW + 9 * DAY)

    assert offering.offer_slot(later.pk, now=NOW + 5 * DAY) is Outcome.OFFERED
    moved = waitlist.accept(scope, offer_id=live_offer().pk, now=NOW + 5 * DAY)

    assert moved.moved_from == visit.pk
    assert reloaded(visit).status == "cancelled"


def test_displaced_who_waited_for_an_earlier_time_takes_a_later_one_too(clinic):
    _scope, visit, entry, _absence = displaced(clinic, last_day=(NOW + 3 * DAY).date())

    assert (entry.priority, entry.swaps) == (0, visit.pk)
    assert offering.offer_slot(clinic.slot(NOW + 6 * DAY).pk, now=NOW + HOUR) is Outcome.OFFERED


def test_displaced_whom_the_desk_has_moved_is_offered_nothing_more(clinic):
    _scope, visit, entry, _absence = displaced(clinic)
    order = Order(
        slot_id=clinic.slot(NOW + 8 * DAY).pk, key=uuid4(), move_of=visit.pk, patient_id=visit.patient_id,
        channel="Registry",
    )  # fmt: skip
    moved = booking.book(WorkerScope(), order, now=NOW)

    assert offering.offer_slot(clinic.slot(NOW + 6 * DAY).pk, now=NOW + HOUR) is Outcome.PUBLIC
    assert (reloaded(entry).status, entry.appointment) == ("booked", moved.pk)


def test_displaced_whose_visit_stands_again_is_offered_nothing_more(clinic):
    _scope, visit, entry, absence_id = displaced(clinic)
    absences.withdraw_absence(WorkerScope(), absence_id=absence_id, now=NOW + MINUTE)
    absences.place_people(absence_id, now=NOW + MINUTE)

    assert offering.offer_slot(clinic.slot(NOW + 6 * DAY).pk, now=NOW + HOUR) is Outcome.PUBLIC
    assert (reloaded(entry).status, entry.appointment) == ("booked", visit.pk)
    assert Appointment.objects.filter(status="booked").count() == 1


def test_page_of_a_displaced_says_why_he_is_first_and_not_that_he_wants_an_earlier_time(clinic):
    visitor = Visitor()
    _scope, _visit, entry, _absence = displaced(clinic, visitor.scope)

    shown = text(visitor.get(f"waitlist/{entry.pk}/"))

    assert "Клиника отменила ваш приём" in shown
    assert "Хочу раньше" not in shown


def test_page_of_one_who_wants_an_earlier_time_says_so(clinic):
    visitor = Visitor()
    _scope, visit = booked(clinic.slot(), visitor.scope)
    _scope, entry = clinic.join(visitor.scope, swaps=visit.pk)

    assert "Хочу раньше" in text(visitor.get(f"waitlist/{entry.pk}/"))


def test_displaced_without_an_account_finds_his_request_and_answers_once_he_has_one(clinic):
    patient = PatientFactory()
    _scope, _visit, entry, _absence = displaced(clinic, scope_of(patient, account=AccountFactory()))
    scope = scope_of(patient, account=AccountFactory())

    assert [one.status for one in requests.list_requests(scope)] == ["created"]
    waitlist.leave(scope, entry_id=entry.pk, now=NOW + DAY)

    assert [one.status for one in requests.list_requests(scope)] == ["cancelled"]


def test_time_that_was_kept_for_a_displaced_is_the_lists_before_everybodys_each_time_anew(clinic):
    slot, kept = clinic.slot(), clinic.slot(NOW + 6 * DAY)
    booked(slot)
    clinic.join()
    freed = OutboxEvent.objects.filter(handler=releasing.FREED, payload__slot_id=str(kept.pk))

    for number in range(2):
        now = NOW + number * (DAY + MINUTE)
        absence_id = absences.announce_absence(
            WorkerScope(), schedule_id=clinic.schedule.pk, starts_at=slot.starts_at, ends_at=slot.ends_at,
            reason="sick", moving="ask", now=now,
        )  # fmt: skip
        absences.place_people(absence_id, now=now)
        case = AbsenceCase.objects.get()
        assert (case.state, case.proposed_slot) == ("asked", kept.pk)

        absences.sweep(now=case.deadline)

        assert AbsenceCase.objects.get().state == "to-call"
        assert (reloaded(kept).held_by, kept.held_since) == (KEEPER, case.deadline)
        assert freed.count() == number + 1
        absences.withdraw_absence(WorkerScope(), absence_id=absence_id, now=case.deadline)
        absences.place_people(absence_id, now=case.deadline)


def test_time_that_was_kept_for_a_displaced_is_everybodys_at_once_where_nobody_waits(clinic):
    slot, kept = clinic.slot(), clinic.slot(NOW + 6 * DAY)
    scope, visit = booked(slot)
    absence_id = absences.announce_absence(
        WorkerScope(), schedule_id=clinic.schedule.pk, starts_at=slot.starts_at, ends_at=slot.ends_at,
        reason="sick", moving="ask", now=NOW,
    )  # fmt: skip
    absences.place_people(absence_id, now=NOW)

    absence_cases.decline(scope, appointment_id=visit.pk, now=NOW + HOUR)

    assert (reloaded(kept).held_by, kept.held_until) == (None, None)
