"""Reads for the clinic's desk: schedules with their weekly hours, doctors and their times. No patient's data."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from medkarta.core.errors import NotFound
from medkarta.core.models import first_of
from medkarta.core.scopes import StaffScope
from medkarta.scheduling.models import Schedule, ScheduleTemplate, Slot
from medkarta.scheduling.queries.slots import SlotRow, slot_rows
from medkarta.scheduling.rules.timetable import Stretch
from medkarta.scheduling.scopes import Booker
from medkarta.ui import format

OWN = "medkarta"
"""The source of schedules and times that are made here; those of others belong to their systems."""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule with whose it is: a doctor's post or a room. Names are empty when nobody gave them."""

    id: UUID
    source: str
    is_active: bool
    practitioner_role_id: UUID | None
    location_id: UUID | None
    facility_id: UUID | None
    position_code: str
    specialty: str
    service: str
    doctor: str
    room: str
    facility: str
    zone: tzinfo

    @property
    def title(self) -> str:
        return ", ".join(part for part in (self.doctor or self.room, self.specialty or self.service) if part)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    id: UUID
    state: str
    stretch: Stretch


def get_schedule(scope: Booker, schedule_id: UUID) -> ScheduleRow:
    """Return one schedule. Raises NotFound, also for another clinic's when a clinic's desk asks."""
    for row in _rows(Q(pk=schedule_id)):
        if not isinstance(scope, StaffScope) or row.facility_id == scope.clinic_id:
            return row
    raise NotFound


def list_schedules(facility_id: UUID | None = None) -> list[ScheduleRow]:
    """Return the schedules of a clinic, or of all, by clinic and name."""
    rows = _rows(Q(clinic=facility_id) if facility_id else Q())
    return sorted(rows, key=lambda one: (one.facility, one.title, str(one.id)))


def list_schedules_with_hours() -> list[UUID]:
    """Return the schedules of the portal that times are made from."""
    found = Schedule.objects.filter(source=OWN, is_active=True, templates__state=ScheduleTemplate.State.PUBLISHED)
    return list(found.order_by("id").distinct().values_list("id", flat=True))


def list_templates(schedule_id: UUID, *, published: bool = False) -> list[TemplateRow]:
    """Return the weekly hours of a schedule, by day and minute."""
    found = ScheduleTemplate.objects.filter(schedule_id=schedule_id).order_by("weekday", "minute_from", "id")
    if published:
        found = found.filter(state=ScheduleTemplate.State.PUBLISHED)
    return [TemplateRow(one.pk, one.state, stretch_of(one)) for one in found]


def stretch_of(one: ScheduleTemplate) -> Stretch:
    """Return a row of weekly hours as the rules look at it."""
    return Stretch(
        weekday=one.weekday,
        minute_from=one.minute_from,
        minute_to=one.minute_to,
        slot_minutes=one.slot_minutes,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        week_parity=one.week_parity,
        capacity=one.capacity,
        kind=one.kind,
        rights=tuple(one.rights),
    )


def list_times(schedule_id: UUID, *, start: datetime, end: datetime) -> list[SlotRow]:
    """Return the times of a schedule that begin in [start, end)."""
    found = Slot.objects.filter(schedule=schedule_id, starts_at__gte=start, starts_at__lt=end)
    return slot_rows(found.order_by("starts_at", "id"))


def _rows(condition: Q) -> list[ScheduleRow]:
    role, place = "practitioner_role", "location"
    found = Schedule.objects.annotate(
        clinic=Coalesce("facility_id", f"{role}__facility_id", f"{place}__facility_id"),
        code=first_of("specialty_code", f"{role}__specialty_code"),
        specialty=first_of(f"{role}__position_name", "specialty_name", f"{role}__specialty_name"),
        doctor=first_of(f"{role}__practitioner__full_name", f"{role}__practitioner_name"),
        room=first_of(f"{place}__name"),
        clinic_name=first_of("facility__name", f"{role}__facility__name", f"{place}__facility__name"),
        zone=first_of("facility__timezone", f"{role}__facility__timezone", f"{place}__facility__timezone"),
    ).filter(condition)
    names = (
        "pk", "source", "is_active", "practitioner_role_id", "location_id", "clinic", "code", "specialty",
        "service_name", "doctor", "room", "clinic_name", "zone",
    )  # fmt: skip
    return [_row(one) for one in found.values_list(*names)]


def _row(one: tuple[Any, ...]) -> ScheduleRow:
    pk, source, active, role, place, clinic, code, specialty, service, doctor, room, name, zone = one
    return ScheduleRow(
        id=pk, source=source, is_active=active, practitioner_role_id=role, location_id=place, facility_id=clinic,
        position_code=code, specialty=specialty, service=service, doctor=doctor, room=room, facility=name,
        zone=format.zone_of(zone),
    )  # fmt: skip
