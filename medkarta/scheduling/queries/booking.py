"""Reads around one booking: whose it is, what it replaces, what happened to it, what answers a reminder's link."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.scheduling import queries, rules
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Appointment, AppointmentEvent
from medkarta.scheduling.queries import settings, slots
from medkarta.ui import format

MOVES_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an appointment's history."""

    at: datetime
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An appointment behind a reminder's link: its time and what was answered, nothing about whom or what for."""

    id: UUID
    patient_id: UUID
    slot_id: UUID | None
    starts_at: datetime
    zone: tzinfo
    is_live: bool
    coming: bool | None


def is_own(scope: PatientScope, appointment_id: UUID) -> bool:
    """Tell whether an appointment is this person's."""
    return Appointment.objects.for_scope(scope).filter(pk=appointment_id).exists()


def list_reminders(slot: slots.SlotRow, *, now: datetime) -> list[datetime]:
    """Return when a visit at this time would be recalled, the first reminder first."""
    found = settings.booking_rules(facility_id=slot.facility_id, position_code=slot.position_code, now=now)
    due = rules.reminders(slot.starts_at, now=now, offsets_minutes=found.reminder_offsets_minutes)
    return sorted(at for _minutes, at in due)


def find_appointment(scope: PatientScope, appointment_id: UUID, *, now: datetime) -> queries.Detail | None:
    """Return what stands in the way of a booking, or None when it is too secret to be shown."""
    try:
        return queries.get_appointment(scope, appointment_id, now=now)
    except NotFound:
        return None


def wish_to_move(scope: PatientScope, appointment_id: UUID) -> Wish:
    """Return where to look for another time of an appointment: its doctor, else its room, clinic and position."""
    found = Appointment.objects.for_scope(scope).filter(pk=appointment_id)
    row = found.values_list(
        "slot__specialty_code", "practitioner_role__specialty_code", "practitioner_role_id", "location_id",
        "facility_id", "slot__facility_id", "grant_kind", "grant_ref",
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    code, own_code, role, location, facility, slot_facility, grant_kind, grant_ref = row
    scope.reads.add("Appointment", [appointment_id])
    return Wish(
        specialty=code or own_code or "",
        facility=facility or slot_facility,
        role=role,
        location=None if role else location,
        grant_kind=grant_kind,
        grant_ref=grant_ref,
        move=appointment_id,
    )


def list_steps(scope: PatientScope, appointment_id: UUID) -> list[Step]:
    """Return what happened to an appointment, the latest first. One statement."""
    found = AppointmentEvent.objects.filter(
        appointment__in=Appointment.objects.for_scope(scope).filter(pk=appointment_id)
    )
    actors = {"person": "", "staff": "clinic", "system": "clinic", "worker": "portal"}
    return [
        Step(at, str(AppointmentEvent.Action(action).label), actors.get(actor, ""))
        for at, action, actor in found.order_by("-at", "-id").values_list("at", "action", "actor_kind")
    ]


def get_asked(appointment_id: UUID) -> Asked:
    """Return what a reminder's link asks about: the appointment itself, or the one that replaced it.

    The link is the right to this and to nothing else. Raises NotFound.
    """
    for _step in range(MOVES_AT_MOST):
        row = Appointment.objects.filter(pk=appointment_id, is_withdrawn=False).select_related("facility").first()
        if row is None or row.starts_at is None:
            raise NotFound
        if row.moved_to is None:
            zone = format.zone_of(row.facility.timezone if row.facility else "")
            is_live = row.status in rules.LIVE_APPOINTMENT
            return Asked(row.pk, row.patient_id, row.slot_id, row.starts_at, zone, is_live, row.coming)
        appointment_id = row.moved_to
    raise NotFound
