"""FHIR R4 Schedule and Slot -> our rows, with what a search needs beside them.

A time bears the doctor's post, the place and the clinic of its schedule, so that a search reads one table.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from medkarta.core.intake import Incoming, Resource, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import first_uuid, reference_uuid
from medkarta.scheduling import rules
from medkarta.scheduling.actions import timetables
from medkarta.scheduling.fhir.readings import at, end_of, first, known
from medkarta.scheduling.models import Appointment, Schedule, Slot
from medkarta.scheduling.rules import rights

_BOOKING_RIGHT = "urn:medkarta:booking-right"
KEPT = ("appointment", "held_by", "held_since", "held_until", "opens_at", "blocked_by")


def store_schedules(scope: SystemScope, found: Iterable[Incoming]) -> None:
    """Write schedules, and tell their times where they are: a time may have come first."""
    rows = [_schedule(scope, one) for one in found]
    upsert(rows)
    for schedule_id, place in _places([row.pk for row in rows]).items():
        Slot.objects.filter(schedule=schedule_id).exclude(**place).update(**place)


def store_slots(scope: SystemScope, found: Iterable[Incoming], refused: dict[UUID, str], *, now: datetime) -> None:
    """Write times. Who holds or has taken one is the portal's own knowledge and stays."""
    rows = []
    for one in found:
        starts_at, ends_at = at(one.resource.get("start")), at(one.resource.get("end"))
        if starts_at is None or ends_at is None:
            refused[one.id] = _("У времени приёма нет начала или конца")
        else:
            rows.append(_slot(scope, one, starts_at, ends_at))
    if not rows:
        return
    places = _places({row.schedule_id for row in rows if row.schedule_id})
    taken = _taken([row.pk for row in rows])
    for row in rows:
        row.appointment = taken.get(row.pk)
        for name, value in places.get(row.schedule_id, {}).items():
            if value and not getattr(row, name):
                setattr(row, name, value)
    upsert(rows, keep=KEPT)
    timetables.keep_for_list([row.pk for row in rows if row.status == "free" and row.starts_at > now], now=now)


def _places(schedule_ids: Collection[UUID]) -> dict[UUID | None, dict[str, Any]]:
    """Return what times take from each schedule: post, place, clinic, specialty."""
    found = Schedule.objects.filter(pk__in=schedule_ids).annotate(
        clinic=Coalesce("facility_id", "practitioner_role__facility_id", "location__facility_id"),
        code=Case(When(specialty_code="", then=F("practitioner_role__specialty_code")), default=F("specialty_code")),
        name=Case(When(specialty_name="", then=F("practitioner_role__specialty_name")), default=F("specialty_name")),
    )
    return {
        pk: {
            "practitioner_role_id": role,
            "location_id": place,
            "facility_id": clinic,
            "specialty_code": code or "",
            "specialty_name": name or "",
        }
        for pk, role, place, clinic, code, name in found.values_list(
            "pk", "practitioner_role_id", "location_id", "clinic", "code", "name"
        )
    }


def _taken(slot_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the live appointments that came before their times did: slot -> appointment."""
    found = Appointment.objects.filter(slot_id__in=slot_ids, is_withdrawn=False).exclude(
        status__in=rules.GONE_APPOINTMENT
    )
    return dict(found.values_list("slot_id", "pk"))


def _schedule(scope: SystemScope, one: Incoming) -> Schedule:
    found = one.resource
    actors = found.get("actor", ())
    horizon = values.period(found.get("planningHorizon"))
    specialty = first(found.get("specialty"))
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
        service_name=values.text_of(first(found.get("serviceType")))[:255],
        planned_from=known(horizon.start.at) if horizon.start else None,
        planned_until=end_of(horizon.end),
        comment=found.get("comment", "")[:1000],
    )


def _slot(scope: SystemScope, one: Incoming, starts_at: datetime, ends_at: datetime) -> Slot:
    found = one.resource
    specialty = first(found.get("specialty"))
    named = [str(each) for each in values.extensions(found, _BOOKING_RIGHT)]
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
        service_name=values.text_of(first(found.get("serviceType")))[:255],
        rights=named,
        rights_mask=rights.mask_of(named),
        kind=_kind(found),
        comment=found.get("comment", "")[:1000],
    )


def _kind(found: Resource) -> str:
    """Return the kind of a time: ours, or what HL7's codes of appointment types say."""
    codes = {each.code for each in values.codings(found.get("appointmentType"))}
    ours = codes.intersection(Slot.Kind.values)
    if ours:
        return min(ours)
    if codes & {"FOLLOWUP", "CHECKUP"}:
        return "repeat" if "FOLLOWUP" in codes else "prevent"
    return "urgent" if "EMERGENCY" in codes else "primary"
