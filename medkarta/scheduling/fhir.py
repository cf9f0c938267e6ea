"""FHIR R4 Schedule, Slot, Appointment and ServiceRequest (home calls) -> our rows.

One Appointment is an appointment or an entry of the waiting list; when it moves, its row leaves the other table.
A missing optional thing stays empty, an over-long text is cut; nothing of a valid resource is an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.intake import Incoming, Resource, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import display_of, first_uuid, reference_uuid
from medkarta.scheduling.models import Appointment, HomeVisitRequest, Schedule, Slot, WaitlistEntry

TYPES = ("Schedule", "Slot", "Appointment", "ServiceRequest")

_CABINET = "urn:medkarta:cabinet"
_BOOKING_RIGHT = "urn:medkarta:booking-right"
_YEARS = range(1901, 2500)
_HOME_STATUS = {"completed": "done", "revoked": "cancelled", "entered-in-error": "cancelled"}


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Write the resources that belong here; return the reasons for those refused."""
    refused: dict[UUID, str] = {}
    by_type: dict[str, dict[UUID, Incoming]] = {}
    for one in incoming:
        by_type.setdefault(one.type, {})[one.id] = one
    upsert(_schedule(scope, one) for one in by_type.get("Schedule", {}).values())
    _store_slots(scope, by_type.get("Slot", {}).values(), refused)
    _store_appointments(by_type.get("Appointment", {}).values(), refused)
    _store_home_visits(by_type.get("ServiceRequest", {}).values(), refused)
    return refused


def is_home_call(resource: Resource) -> bool:
    """Tell whether a ServiceRequest asks for a doctor at home."""
    found = values.all_codings(resource.get("category"))
    return any((each.system, each.code) == (systems.REQUEST_CATEGORY, "home-call") for each in found)


def is_waiting(resource: Resource) -> bool:
    """Tell whether an Appointment is an entry of the waiting list, or was cancelled from there without a time."""
    if resource.get("status") == "waitlist":
        return True
    return resource.get("status") == "cancelled" and "start" not in resource and bool(resource.get("requestedPeriod"))


def _store_slots(scope: SystemScope, found: Iterable[Incoming], refused: dict[UUID, str]) -> None:
    rows = []
    for one in found:
        starts_at, ends_at = _at(one.resource.get("start")), _at(one.resource.get("end"))
        if starts_at is None or ends_at is None:
            refused[one.id] = _("У времени приёма нет начала или конца")
        else:
            rows.append(_slot(scope, one, starts_at, ends_at))
    upsert(rows)


def _store_appointments(found: Iterable[Incoming], refused: dict[UUID, str]) -> None:
    known = _with_patient(found, refused)
    waiting = [_waitlist_entry(one, patient_id) for one, patient_id in known if is_waiting(one.resource)]
    booked = [_appointment(one, patient_id) for one, patient_id in known if not is_waiting(one.resource)]
    if waiting:
        Appointment.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    if booked:
        WaitlistEntry.objects.filter(pk__in=[row.pk for row in booked]).delete()
    upsert(waiting)
    upsert(booked)


def _store_home_visits(found: Iterable[Incoming], refused: dict[UUID, str]) -> None:
    found = list(found)
    others = [one.id for one in found if not is_home_call(one.resource)]
    if others:
        HomeVisitRequest.objects.filter(pk__in=others).delete()
    known = _with_patient((one for one in found if is_home_call(one.resource)), refused)
    upsert(_home_visit(one, patient_id) for one, patient_id in known)


def _with_patient(found: Iterable[Incoming], refused: dict[UUID, str]) -> list[tuple[Incoming, UUID]]:
    known = []
    for one in found:
        if one.patient_id is None:
            refused[one.id] = _("Не указан пациент")
        else:
            known.append((one, one.patient_id))
    return known


def _schedule(scope: SystemScope, one: Incoming) -> Schedule:
    found = one.resource
    actors = found.get("actor", ())
    horizon = values.period(found.get("planningHorizon"))
    specialty = _first(found.get("specialty"))
    return Schedule(
        id=one.id,
        source=scope.source,
        is_active=found.get("active", True) and not one.is_withdrawn,
        practitioner_role_id=first_uuid(actors, "PractitionerRole"),
        practitioner_id=first_uuid(actors, "Practitioner"),
        location_id=first_uuid(actors, "Location"),
        healthcare_service_id=first_uuid(actors, "HealthcareService"),
        specialty_code=values.code_in(specialty, systems.SPECIALTY)[:32],
        specialty_name=values.text_of(specialty)[:255],
        service_name=values.text_of(_first(found.get("serviceType")))[:255],
        planned_from=_known(horizon.start.at) if horizon.start else None,
        planned_until=_end_of(horizon.end),
        comment=found.get("comment", "")[:1000],
    )


def _slot(scope: SystemScope, one: Incoming, starts_at: datetime, ends_at: datetime) -> Slot:
    found = one.resource
    specialty = _first(found.get("specialty"))
    return Slot(
        id=one.id,
        source=scope.source,
        schedule_id=reference_uuid(found.get("schedule"), "Schedule"),
        status="entered-in-error" if one.is_withdrawn else found.get("status", "busy-unavailable"),
        starts_at=starts_at,
        ends_at=ends_at,
        is_overbooked=found.get("overbooked", False),
        specialty_code=values.code_in(specialty, systems.SPECIALTY)[:32],
        specialty_name=values.text_of(specialty)[:255],
        service_name=values.text_of(_first(found.get("serviceType")))[:255],
        rights=[str(each) for each in values.extensions(found, _BOOKING_RIGHT)],
        comment=found.get("comment", "")[:1000],
    )


def _appointment(one: Incoming, patient_id: UUID) -> Appointment:
    found = one.resource
    starts_at, ends_at = _at(found.get("start")), _at(found.get("end"))
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
        slot_id=reference_uuid(_first(found.get("slot")), "Slot"),
        cabinet=str(values.extension(found, _CABINET) or "")[:64],
        instructions=found.get("patientInstruction", ""),
        reason=values.text_of(reason)[:1000],
        cancelled_by=_side(reason),
        requested_at=_at(found.get("created")),
        **_participants(found),
    )


def _waitlist_entry(one: Incoming, patient_id: UUID) -> WaitlistEntry:
    found = one.resource
    wished = values.period(_first(found.get("requestedPeriod")))
    offered_at = _at(found.get("start"))
    reason = found.get("cancelationReason")
    if found["status"] == "cancelled":
        status = "rejected" if _side(reason) == "clinic" else "cancelled"
    else:
        status = "offered" if offered_at else "created"
    return WaitlistEntry(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        status=status,
        not_before=_known(wished.start.at) if wished.start else None,
        not_after=_end_of(wished.end),
        offered_at=offered_at,
        priority=found.get("priority"),
        reason=values.text_of(reason)[:1000],
        requested_at=_at(found.get("created")),
        **_participants(found),
    )


def _participants(found: Resource) -> dict[str, Any]:
    """Return what an appointment and a waiting entry have in common."""
    actors = [each["actor"] for each in found.get("participant", ()) if "actor" in each]
    doctor = "PractitionerRole", "Practitioner"
    service = _first(found.get("serviceType"))
    return {
        "specialty_name": values.text_of(_first(found.get("specialty")))[:255],
        "service_name": (values.text_of(service) or found.get("description", ""))[:255],
        "practitioner_role_id": first_uuid(actors, "PractitionerRole"),
        "practitioner_id": first_uuid(actors, "Practitioner"),
        "practitioner_name": display_of(actors, *doctor)[:255],
        "location_id": first_uuid(actors, "Location"),
        "location_name": display_of(actors, "Location")[:255],
        "comment": found.get("comment", ""),
    }


def _home_visit(one: Incoming, patient_id: UUID) -> HomeVisitRequest:
    found = one.resource
    performers = found.get("performer", ())
    places = found.get("locationReference", ())
    status = values.extension(found, systems.HOME_CALL_STATUS)
    if status not in HomeVisitRequest.Status.values:
        status = _HOME_STATUS.get(found.get("status", ""), "new")
    notes = "\n".join(each["text"] for each in found.get("note", ()) if each.get("text"))
    is_refused = status in ("rejected", "cancelled")
    return HomeVisitRequest(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        status=status,
        number=next((each["value"] for each in found.get("identifier", ()) if each.get("value")), "")[:64],
        requested_at=_at(found.get("authoredOn")),
        specialty_name=values.text_of(found.get("performerType"))[:255],
        practitioner_role_id=first_uuid(performers, "PractitionerRole"),
        practitioner_id=first_uuid(performers, "Practitioner"),
        practitioner_name=display_of(performers, "PractitionerRole", "Practitioner")[:255],
        facility_id=first_uuid(performers, "Organization"),
        facility_name=display_of(performers, "Organization")[:255],
        location_id=first_uuid(places, "Location"),
        location_name=display_of(places, "Location")[:255],
        complaint="; ".join(filter(None, map(values.text_of, found.get("reasonCode", ()))))[:1000],
        comment="" if is_refused else notes,
        reason=notes[:1000] if is_refused else "",
        instructions=found.get("patientInstruction", ""),
        **_occurrence(found),
    )


def _occurrence(found: Resource) -> dict[str, Any]:
    """Return when the doctor is expected: a span of hours, or from an hour (or the morning) to the end of the day."""
    span = values.period(found.get("occurrencePeriod"))
    start = span.start or values.moment(found.get("occurrenceDateTime"))
    if start is None or _known(start.at) is None:
        return {"starts_at": None, "ends_at": None, "has_time": False, "has_end": False}
    end = span.end or values.moment(start.on.isoformat())
    return {
        "starts_at": start.at,
        "ends_at": _end_of(end),
        "has_time": start.is_exact,
        "has_end": end is not None and end.is_exact,
    }


def _side(reason: Mapping[str, Any] | None) -> str:
    codes = [each.code for each in values.codings(reason)]
    if any(code.startswith("pat") for code in codes):
        return "patient"
    return "clinic" if any(code.startswith("prov") for code in codes) else ""


def _first(elements: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    return elements[0] if elements else None


def _at(text: str | None) -> datetime | None:
    return _known(values.instant(text))


def _known(at: datetime | None) -> datetime | None:
    """Return a moment; None for what stands for "unknown" in some systems, such as 1900-01-01."""
    return at if at and at.year in _YEARS else None


def _end_of(found: values.Moment | None) -> datetime | None:
    """Return the moment at which a day, or an exact time, is over."""
    if found is None or _known(found.at) is None:
        return None
    return found.at if found.is_exact else found.at + timedelta(days=1)
