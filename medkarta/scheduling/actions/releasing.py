"""Giving up an appointment: by its person, by the clinic, or because it moves. The waiting list sees the time first."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Subquery, Value, When

from medkarta.core.errors import NotFound
from medkarta.core.locks import again_after_deadlock
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.outbox import actions as outbox
from medkarta.patients import queries as patients
from medkarta.scheduling import grants, refusals, rules
from medkarta.scheduling.actions import happenings
from medkarta.scheduling.actions.happenings import Action
from medkarta.scheduling.models import Appointment, Slot, WaitlistEntry
from medkarta.scheduling.queries import settings
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.scopes import Booker

FREED, TELL_CLINIC = "scheduling.slot_freed", "mis.cancel"


@again_after_deadlock
@transaction.atomic
def cancel(
    scope: Booker,
    *,
    appointment_id: UUID,
    now: datetime,
    reason: str = "",
    patient_id: UUID | None = None,
    by_person: bool = False,
) -> Appointment:
    """Cancel an appointment and free its time. One that is cancelled already stays so, which is no error.

    `patient_id`: whose it is, for a clinic's side. `by_person`: he answered by his letter's link.
    Raises NotFound, refusals.BookingRefused; nothing is written then.
    """
    client = client_of(scope, patient_id)
    try:
        appointment = lock(scope, client, appointment_id)
    except refusals.BookingRefused:
        done = Appointment.objects.filter(pk=appointment_id, patient_id__in=client.patient_ids, status="cancelled")
        row = done.first()
        if row is None:
            raise
        return row
    by_person = by_person or isinstance(scope, PatientScope)
    end(scope, appointment, now=now, reason=reason, by="patient" if by_person else "clinic")
    happenings.note(scope, appointment, Action.CANCELLED, now=now)
    found = _rules(appointment, now=now)
    happenings.tell(scope, appointment, "scheduling.cancelled", rules=found, now=now)
    if found.owner == "mis":
        outbox.put(TELL_CLINIC, key=str(appointment.pk), appointment_id=str(appointment.pk))
    return appointment


def lock(scope: Booker, client: patients.Client, appointment_id: UUID, *, besides: UUID | None = None) -> Appointment:
    """Lock a live appointment of a locked person, with its time and another one, in one order for everybody.

    Raises NotFound, also for what is secret to this scope; BookingRefused for what is over or cancelled.
    """
    found = Appointment.objects.filter(pk=appointment_id, patient_id__in=client.patient_ids, is_withdrawn=False)
    if isinstance(scope, PatientScope) and not scope.shows_restricted:
        found = found.filter(is_restricted=False)
    appointment = found.select_related("patient").select_for_update(of=("self",)).first()
    if appointment is None:
        raise NotFound
    if isinstance(scope, StaffScope) and appointment.facility_id not in (None, scope.clinic_id):
        raise NotFound
    if isinstance(scope, PatientScope) and not scope.may_act:
        raise refusals.BookingRefused("MAY_NOT_ACT")
    if appointment.status not in rules.LIVE_APPOINTMENT:
        raise refusals.BookingRefused("NOT_LIVE")
    times = [one for one in (appointment.slot_id, besides) if one is not None]
    list(Slot.objects.filter(pk__in=times).order_by("pk").select_for_update().values_list("pk"))
    return appointment


def end(scope: Booker, appointment: Appointment, *, now: datetime, reason: str, by: str) -> None:
    """Mark an appointment as cancelled, take its reminders and its grant back and free its time."""
    found = _rules(appointment, now=now)
    notice = found.cancel_until_minutes if by == "patient" else 0
    if by == "patient" and not rules.can_change(starts_at=appointment.starts_at, now=now, notice_minutes=notice):
        raise refusals.BookingRefused("TOO_LATE_TO_CHANGE")
    happenings.recall(scope, appointment, rules=found, now=now)
    appointment.status = Appointment.Status.CANCELLED
    appointment.cancelled_by = by
    appointment.reason = reason
    appointment.changed_at = now
    appointment.save(update_fields=["status", "cancelled_by", "reason", "changed_at"])
    grants.tell(appointment.grant_kind, appointment.grant_ref, appointment_id=appointment.pk, is_booked=False, now=now)
    if appointment.slot_id is not None:
        free(appointment, now=now)


def free(appointment: Appointment, *, now: datetime) -> None:
    """Give a time back. When somebody waits for such a time, nobody else sees it for a few seconds."""
    found = _rules(appointment, now=now)
    freed = Slot.objects.filter(pk__in=[appointment.slot_id], appointment=appointment.pk)
    changes: dict[str, object] = {"appointment": None, "held_by": None, "held_since": None, "held_until": None}
    if found.owner == "portal":  # what the clinic has withdrawn meanwhile stays withdrawn
        changes["status"] = Case(When(status=Slot.Status.BUSY, then=Value("free")), default=F("status"))
    is_wanted = _is_wanted(appointment)
    if is_wanted:
        until = now + timedelta(seconds=found.waitlist_first_seconds)
        changes |= {"held_by": KEEPER, "held_since": now, "held_until": until}
    if freed.update(**changes) and is_wanted:
        outbox.put(FREED, key=f"{appointment.slot_id}:{appointment.pk}", slot_id=str(appointment.slot_id))


def _is_wanted(appointment: Appointment) -> bool:
    position = Slot.objects.filter(pk__in=[appointment.slot_id]).values("specialty_code")
    waiting = WaitlistEntry.objects.filter(is_own=True, status__in=rules.LIVE_WAITLIST)
    return waiting.filter(specialty_code__in=Subquery(position)).exists()


def client_of(scope: Booker, patient_id: UUID | None) -> patients.Client:
    """Lock and return the person of a record, or whom a clinic's side names. Raises NotFound."""
    if isinstance(scope, PatientScope):
        return patients.get_client(scope, lock=True)
    if patient_id is None:
        raise NotFound
    return patients.get_client_of_row(scope, patient_id, lock=True)


def _rules(appointment: Appointment, *, now: datetime) -> BookingRules:
    return settings.booking_rules(
        facility_id=appointment.facility_id, position_code=appointment.exclusive_position or "", now=now
    )
