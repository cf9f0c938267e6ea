"""Reads for a clinic's desk: whose visit it is and which clinic's. No names: those are asked of `patients`."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Coalesce

from medkarta.core.errors import NotFound
from medkarta.scheduling.models import Absence, Appointment, ScheduleTemplate, WaitlistEntry


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit, as far as the desk needs it to act. `facility_id` is None where nobody has told the clinic."""

    id: UUID
    patient_id: UUID
    facility_id: UUID | None
    status: str


def get_visit(appointment_id: UUID) -> VisitRow:
    """Return a visit. Raises NotFound."""
    clinic = Coalesce("facility_id", "slot__facility_id", "practitioner_role__facility_id", "location__facility_id")
    found = Appointment.objects.filter(pk=appointment_id, is_withdrawn=False).annotate(clinic=clinic)
    for one in found.values_list("pk", "patient_id", "clinic", "status"):
        return VisitRow(*one)
    raise NotFound


def schedule_of_template(template_id: UUID) -> UUID:
    """Return whose weekly hours a line is of. Raises NotFound."""
    for one in ScheduleTemplate.objects.filter(pk=template_id).values_list("schedule_id", flat=True):
        return one
    raise NotFound


def schedule_of_absence(absence_id: UUID) -> UUID:
    """Return whose absence it is. Raises NotFound."""
    for one in Absence.objects.filter(pk=absence_id).values_list("schedule_id", flat=True):
        return one
    raise NotFound


def list_absences(schedule_ids: list[UUID]) -> list[Absence]:
    """Return the absences of some schedules, the latest first."""
    return list(Absence.objects.filter(schedule__in=schedule_ids).order_by("-starts_at", "id"))


def clinic_of_entry(entry_id: UUID) -> UUID:
    """Return the first clinic of a waiting entry. Raises NotFound."""
    for one in WaitlistEntry.objects.filter(pk=entry_id, is_own=True).values_list("facility_id", flat=True):
        if one is not None:
            return one
    raise NotFound
