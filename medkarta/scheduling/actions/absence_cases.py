"""One visit that an absence took away: another time is found and kept, and the person is asked, moved or called.

Every function is one transaction that locks the person first, as booking does.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from medkarta.core.errors import NotFound, Refused
from medkarta.core.locks import again_after_deadlock
from medkarta.core.scopes import PatientScope, WorkerScope
from medkarta.mailer import actions as mailer
from medkarta.patients import queries as patients
from medkarta.scheduling import grants, refusals
from medkarta.scheduling.actions import (
    booking,
    checks,
    happenings,
    recipients,
    releasing,
    timetables,
    waitlist_joining,
)
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.actions.happenings import Action
from medkarta.scheduling.models import Absence, AbsenceCase, Appointment, Slot
from medkarta.scheduling.queries import absences, settings, slots
from medkarta.scheduling.rules import substitutes

ENGINE = WorkerScope()
State = AbsenceCase.State
ASKED, CALL, OVER = "scheduling.absence_asked", "scheduling.absence_call", "scheduling.absence_over"


@transaction.atomic
def open_case(absence_id: UUID, appointment_id: UUID, *, now: datetime) -> bool:
    """Open the case of one visit: keep another time and ask, or move at once, or put it on the list, or call.

    Returns whether it did; a visit that is gone, or has an open case, is left alone.
    """
    visit = _lock(appointment_id)
    absence = Absence.objects.select_for_update().get(pk=absence_id)
    if visit is None or absence.withdrawn_at is not None:
        return False
    case = AbsenceCase.objects.filter(appointment=appointment_id).select_for_update().first()
    if case is not None and (case.state in absences.OPEN_STATES or case.absence_id == absence_id):
        return False
    case = case or AbsenceCase(appointment=appointment_id)
    case.absence, case.state, case.changed_at = absence, State.TO_CALL, now
    case.proposed_slot, case.deadline = None, None
    happenings.note(ENGINE, visit, Action.ABSENCE, now=now)
    found = _reserve(visit, now=now) if visit.status == Appointment.Status.BOOKED else None
    at_once = found is not None and absence.moving == Absence.Moving.SAME_DAY and _is_same_day(visit, found[0])
    if found is not None and at_once:
        booking.book(ENGINE, _order(visit, found[0].id), now=now)
        _save(case, State.MOVED)
        return True
    if found is not None:
        case.proposed_slot, case.deadline = found[0].id, found[1]
        is_told = _tell(visit, ASKED, case, now=now)
        _save(case, State.ASKED if is_told else State.TO_CALL)
        return True
    is_listed = visit.status == Appointment.Status.BOOKED and _put_on_list(visit, now=now)
    is_told = _tell(visit, CALL, case, now=now)
    _save(case, State.NO_TIME if is_listed and is_told else State.TO_CALL)
    return True


@again_after_deadlock
@transaction.atomic
def accept(scope: PatientScope, *, appointment_id: UUID, slot_id: UUID, now: datetime) -> Appointment:
    """Move a visit to the time that was shown and is kept for it. The same answer again gives the same visit.

    Raises NotFound, refusals.BookingRefused; TimeTaken when the time was not kept any more and somebody was faster.
    """
    patients.get_client(scope, lock=True)
    key = uuid5(appointment_id, str(slot_id))
    known = Appointment.objects.filter(booking_key=key, patient__person_id=scope.person_id).first()
    if known is not None:
        return known
    cases = AbsenceCase.objects.filter(appointment=appointment_id, state__in=absences.OPEN_STATES)
    case = cases.select_for_update().first()
    visit = Appointment.objects.for_scope(scope).filter(pk=appointment_id).first()
    if case is None or visit is None:
        raise NotFound
    if case.proposed_slot != slot_id:
        raise refusals.TimeTaken
    moved = booking.book(scope, replace(_order(visit, slot_id), key=key), now=now)
    _close(case, State.MOVED, now=now)
    return moved


@again_after_deadlock
@transaction.atomic
def decline(scope: PatientScope, *, appointment_id: UUID, now: datetime) -> Appointment:
    """Cancel a visit instead of moving it; the kept time goes to others. Raises NotFound, refusals.BookingRefused."""
    if not absences.is_asked(scope, appointment_id):
        raise NotFound
    cancelled = releasing.cancel(scope, appointment_id=appointment_id, now=now)
    case = AbsenceCase.objects.select_for_update().get(appointment=appointment_id)
    _close(case, State.CANCELLED, now=now)
    return cancelled


@transaction.atomic
def hand_to_desk(case_id: UUID, *, now: datetime) -> bool:
    """Nobody answered: the desk calls, and the time that was kept goes to others."""
    case, _visit = _lock_case(case_id)
    if case.state != State.ASKED or case.deadline is None or case.deadline > now:
        return False
    _close(case, State.TO_CALL, now=now)
    return True


@transaction.atomic
def settle(case_id: UUID, *, now: datetime) -> bool:
    """Close a case whose visit was moved, cancelled or kept in some other way."""
    case, _visit = _lock_case(case_id)
    visit = Appointment.objects.filter(pk=case.appointment).first()
    if case.state not in absences.OPEN_STATES or (visit is not None and visit.status in absences.EXPECTED):
        return False
    if visit is not None and visit.moved_to is not None:
        _close(case, State.MOVED, now=now)
    else:
        is_cancelled = visit is not None and visit.status == Appointment.Status.CANCELLED
        _close(case, State.CANCELLED if is_cancelled else State.CLOSED, now=now)
    return True


@transaction.atomic
def close_withdrawn(case_id: UUID, *, now: datetime) -> bool:
    """The absence was taken back: the visit stands, and its person is told so."""
    case, visit = _lock_case(case_id)
    if case.state not in absences.OPEN_STATES:
        return False
    _close(case, State.CLOSED, now=now)
    if visit is not None:
        _tell(visit, OVER, case, now=now, key=f"{now:%y%m%d%H%M%S}")
    return True


def _lock_case(case_id: UUID) -> tuple[AbsenceCase, Appointment | None]:
    """Lock the person of a case, his visit and the case; the visit is None when it is over or gone."""
    visit = _lock(AbsenceCase.objects.get(pk=case_id).appointment)
    return AbsenceCase.objects.select_for_update().get(pk=case_id), visit


def _lock(appointment_id: UUID) -> Appointment | None:
    """Lock the person of a visit, then the visit; None when it is over or gone."""
    patient_id = Appointment.objects.filter(pk=appointment_id).values_list("patient_id", flat=True).first()
    if patient_id is None:
        return None
    patients.get_client_of_row(ENGINE, patient_id, lock=True)
    found = Appointment.objects.filter(pk=appointment_id, status__in=absences.EXPECTED, is_withdrawn=False)
    return found.select_related("patient").select_for_update(of=("self",)).first()


def _reserve(visit: Appointment, *, now: datetime) -> tuple[slots.SlotRow, datetime] | None:
    """Keep the best time that the rules let this person have; return it and until when it is kept."""
    if visit.slot_id is None or visit.starts_at is None:
        return None
    try:
        old = slots.get_slot(visit.slot_id)
    except NotFound:
        return None
    client = patients.get_client_of_row(ENGINE, visit.patient_id)
    numbers = settings.booking_rules(facility_id=old.facility_id, position_code=old.position_code, now=now)
    for one in absences.list_candidates(visit, old, now=now):
        until = substitutes.answer_until(
            now=now, old_start=visit.starts_at, new_start=one.starts_at, keep_hours=numbers.absence_hold_hours
        )
        if until > now and _may_have(visit, client, one, now=now) and _keep(visit, one.id, until, now=now):
            return one, until
    return None


def _keep(visit: Appointment, slot_id: UUID, until: datetime, *, now: datetime) -> int:
    kept = Slot.objects.filter(pk=slot_id).claimable(by=visit.pk, now=now)
    return kept.update(held_by=visit.pk, held_since=now, held_until=until)


def _may_have(visit: Appointment, client: patients.Client, slot: slots.SlotRow, *, now: datetime) -> bool:
    """Ask the rules whether a visit could move there. Nothing is kept of what the question changes."""
    try:
        with transaction.atomic():
            grants.tell(visit.grant_kind, visit.grant_ref, appointment_id=visit.pk, is_booked=False, now=now)
            checks.check(ENGINE, client, slot, _order(visit, slot.id), now=now)
            transaction.set_rollback(True)
    except (Refused, NotFound):
        return False
    return True


def _order(visit: Appointment, slot_id: UUID) -> Order:
    return Order(
        slot_id=slot_id,
        move_of=visit.pk,
        patient_id=visit.patient_id,
        held_by=visit.pk,
        channel="Registry",
        is_follow_up=visit.exclusive_position is None,  # what the limit did not bind, it does not bind in a move
        grant_kind=visit.grant_kind,
        grant_ref=visit.grant_ref,
        is_displaced=True,
    )


def _is_same_day(visit: Appointment, slot: slots.SlotRow) -> bool:
    start = visit.starts_at
    return start is not None and start.astimezone(slot.zone).date() == slot.starts_at.astimezone(slot.zone).date()


def _put_on_list(visit: Appointment, *, now: datetime) -> bool:
    """Put somebody on the waiting list before everybody, where his position has one."""
    visit.slot = Slot.objects.filter(pk__in=[visit.slot_id]).first()  # its time may never have arrived
    if visit.facility_id is None and visit.slot is not None:
        visit.facility_id = visit.slot.facility_id  # a system need not name the clinic of a visit
    return waitlist_joining.add_displaced(ENGINE, visit, now=now) is not None


def _tell(visit: Appointment, text: str, case: AbsenceCase, *, now: datetime, key: str = "") -> bool:
    """Tell all who may know of a visit; False when there is nobody, so that somebody has to call."""
    person_id = visit.patient.person_id
    accounts = recipients.all_of(visit, person_id=person_id, now=now)
    link = f"appointments/{visit.pk}/" + ("" if text == OVER else "absence/")
    mailer.notify(
        ENGINE,
        account_ids=accounts,
        person_id=person_id,
        kind="appointments",
        text=text,
        params={"appointment_id": str(visit.pk)},
        link=link,
        key=f"{text}:{case.absence_id.hex[:16]}:{visit.pk.hex}{key}",
        now=now,
    )
    return bool(accounts)


def _close(case: AbsenceCase, state: State, *, now: datetime) -> None:
    """Move a case on and give the time back that was kept for it, to the waiting list first."""
    kept = Slot.objects.filter(held_by=case.appointment)
    freed = list(kept.values_list("pk", flat=True))
    kept.update(held_by=None, held_since=None, held_until=None)
    timetables.keep_for_list(freed, now=now)
    case.proposed_slot, case.deadline, case.changed_at = None, None, now
    _save(case, state)


def _save(case: AbsenceCase, state: State) -> None:
    case.state = state
    case.save()
