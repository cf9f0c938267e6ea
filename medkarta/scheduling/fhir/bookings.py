"""FHIR R4 Appointment -> an appointment or an entry of the waiting list.

When one becomes the other, its row leaves the other table. A time that somebody else has is refused, as on a page.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from medkarta.core.intake import Incoming, Resource, upsert
from medkarta.hl7 import values
from medkarta.hl7.references import display_of, first_uuid, reference_uuid
from medkarta.scheduling.actions import taking
from medkarta.scheduling.fhir.readings import at, end_of, first, known, side, with_patient
from medkarta.scheduling.models import Appointment, WaitlistEntry

_CABINET = "urn:medkarta:cabinet"
KEPT_BY_APPOINTMENT = (
    "kind", "channel", "account", "booking_key", "exclusive_position", "grant_kind", "grant_ref",
    "moved_from", "moved_to", "calendar_uid", "coming",
)  # fmt: skip
KEPT_BY_ENTRY = (
    "is_own", "account", "specialty_code", "facility_ids", "weekdays", "minute_from", "minute_to", "auto_book",
    "swaps", "group", "grant_kind", "grant_ref", "missed", "paused_at", "appointment", "form_key",
)  # fmt: skip


def is_waiting(resource: Resource) -> bool:
    """Tell whether an Appointment is an entry of the waiting list, or was cancelled from there without a time."""
    if resource.get("status") == "waitlist":
        return True
    return resource.get("status") == "cancelled" and "start" not in resource and bool(resource.get("requestedPeriod"))


def store_appointments(found: Iterable[Incoming], refused: dict[UUID, str], *, now: datetime) -> None:
    known_ones = with_patient(found, refused)
    waiting = [_waitlist_entry(one, patient_id) for one, patient_id in known_ones if is_waiting(one.resource)]
    booked = [_appointment(one, patient_id) for one, patient_id in known_ones if not is_waiting(one.resource)]
    if waiting:
        ids = [row.pk for row in waiting]
        Appointment.objects.filter(pk__in=ids).delete()
        taking.mark(ids, (), now=now)
    if booked:
        WaitlistEntry.objects.filter(pk__in=[row.pk for row in booked]).delete()
    upsert(waiting, keep=KEPT_BY_ENTRY)
    taking.store(booked, refused, keep=KEPT_BY_APPOINTMENT, now=now)


def _appointment(one: Incoming, patient_id: UUID) -> Appointment:
    found = one.resource
    starts_at, ends_at = at(found.get("start")), at(found.get("end"))
    if starts_at and ends_at is None:
        ends_at = starts_at + timedelta(minutes=min(found.get("minutesDuration", 0), 24 * 60))
    reason = found.get("cancelationReason")
    return Appointment(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        status=found.get("status", "pending"),
        starts_at=starts_at,
        ends_at=ends_at,
        slot_id=reference_uuid(first(found.get("slot")), "Slot"),
        cabinet=str(values.extension(found, _CABINET) or "")[:64],
        instructions=found.get("patientInstruction", ""),
        reason=values.text_of(reason)[:1000],
        cancelled_by=side(reason),
        requested_at=at(found.get("created")),
        changed_at=one.received_at,
        **_participants(found),
    )


def _waitlist_entry(one: Incoming, patient_id: UUID) -> WaitlistEntry:
    found = one.resource
    wished = values.period(first(found.get("requestedPeriod")))
    offered_at = at(found.get("start"))
    reason = found.get("cancelationReason")
    if found["status"] == "cancelled":
        status = "rejected" if side(reason) == "clinic" else "cancelled"
    else:
        status = "offered" if offered_at else "created"
    return WaitlistEntry(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        status=status,
        not_before=known(wished.start.at) if wished.start else None,
        not_after=end_of(wished.end),
        offered_at=offered_at,
        priority=found.get("priority"),
        reason=values.text_of(reason)[:1000],
        requested_at=at(found.get("created")),
        **_participants(found),
    )


def _participants(found: Resource) -> dict[str, Any]:
    """Return what an appointment and a waiting entry have in common."""
    actors = [each["actor"] for each in found.get("participant", ()) if "actor" in each]
    doctor = "PractitionerRole", "Practitioner"
    service = first(found.get("serviceType"))
    return {
        "specialty_name": values.text_of(first(found.get("specialty")))[:255],
        "service_name": (values.text_of(service) or found.get("description", ""))[:255],
        "practitioner_role_id": first_uuid(actors, "PractitionerRole"),
        "practitioner_id": first_uuid(actors, "Practitioner"),
        "practitioner_name": display_of(actors, *doctor)[:255],
        "location_id": first_uuid(actors, "Location"),
        "location_name": display_of(actors, "Location")[:255],
        "comment": found.get("comment", ""),
    }
