"""In which order locks are taken, told by the statements: the person first, many persons or times by their ids."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medkarta.core.scopes import WorkerScope
from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.actions import absence_cases, absences, releasing, waitlist
from medkarta.scheduling.models import Absence, AbsenceCase
from medkarta.scheduling.tests.factories import ScheduleFactory, SlotFactory
from medkarta.scheduling.tests.waiting_room import DAY, HOUR, Clinic, booked, someone

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows"),
]


@pytest.fixture
def clinic(db):
    return Clinic()


def locked_by(act):
    """Return the tables whose rows an action locks, in that order; with the statements."""
    with CaptureQueriesContext(connection) as found:
        act()
    locks = [one["sql"] for one in found if re.search(r" FOR (NO KEY )?UPDATE", one["sql"])]
    return [re.search(r'FROM "(\w+)"', one)[1] for one in locks], locks


def asked(clinic):
    """Let an absence take a visit away while another time is kept for it; return scope, visit, its case."""
    slot = clinic.slot()
    clinic.slot(NOW + 6 * DAY)
    scope, visit = booked(slot)
    absence_id = absences.announce_absence(
        WorkerScope(), schedule_id=clinic.schedule.pk, starts_at=slot.starts_at - HOUR, ends_at=slot.ends_at + HOUR,
        reason="sick", moving="ask", now=NOW,
    )  # fmt: skip
    absences.place_people(absence_id, now=NOW)
    case = AbsenceCase.objects.get()
    assert case.state == "asked"
    return scope, visit, case


def is_person_first(tables):
    return tables[0] in ("patients_person", "patients_patient") and "patients_person" in tables[:2]


def test_accept_of_another_time_locks_the_person_and_the_case_before_the_times(clinic):
    scope, visit, case = asked(clinic)

    tables, _locks = locked_by(
        lambda: absence_cases.accept(scope, appointment_id=visit.pk, slot_id=case.proposed_slot, now=NOW)
    )

    assert is_person_first(tables)
    assert tables.index("scheduling_absencecase") < tables.index("scheduling_slot")


def test_hand_to_desk_locks_the_person_first(clinic):
    _scope, _visit, case = asked(clinic)

    tables, _locks = locked_by(lambda: absence_cases.hand_to_desk(case.pk, now=case.deadline))

    assert is_person_first(tables)
    assert AbsenceCase.objects.get().state == "to-call"


def test_settle_locks_the_person_first(clinic):
    scope, visit, case = asked(clinic)
    releasing.cancel(scope, appointment_id=visit.pk, now=NOW)

    tables, _locks = locked_by(lambda: absence_cases.settle(case.pk, now=NOW))

    assert is_person_first(tables)
    assert AbsenceCase.objects.get().state == "cancelled"


def test_join_with_others_locks_all_persons_by_their_ids(clinic):
    family = sorted((someone() for _ in range(3)), key=lambda one: one.person_id, reverse=True)

    _tables, locks = locked_by(
        lambda: waitlist.join(family[0], form=clinic.form(), form_key=uuid4(), now=NOW, others=family[1:])
    )

    persons = [one for one in locks if 'FROM "patients_person"' in one][:3]
    assert [one.person_id.hex in lock for one, lock in zip(reversed(family), persons, strict=True)] == [True] * 3


def test_cover_and_the_end_of_an_absence_lock_times_by_their_ids(clinic):
    _scope, _visit, case = asked(clinic)
    absence = Absence.objects.get(pk=case.absence_id)
    clinic.slot()

    for act in (
        lambda: absences.cover(absence),
        lambda: absences.withdraw_absence(WorkerScope(), absence_id=absence.pk, now=NOW),
    ):
        tables, locks = locked_by(act)
        of_slots = locks[tables.index("scheduling_slot")]
        assert re.search(r'ORDER BY (1|"scheduling_slot"."id") ASC FOR UPDATE', of_slots)


@pytest.mark.django_db(transaction=True)
def test_cover_locks_in_a_transaction_of_its_own():
    """The worker calls it outside of any; a lock without a transaction is an error there."""
    slot = SlotFactory(schedule=ScheduleFactory(), starts_at=NOW + DAY)
    absence = Absence.objects.create(
        schedule_id=slot.schedule_id, starts_at=NOW, ends_at=NOW + 2 * DAY, reason="sick", created_at=NOW
    )

    assert absences.cover(absence) == 1
