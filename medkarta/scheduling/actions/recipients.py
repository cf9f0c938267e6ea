"""Who is told what happens to an appointment, a waiting entry or a home call."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.scheduling.models import Appointment, HomeVisitRequest, WaitlistEntry
from medkarta.scheduling.scopes import Booker


def of(scope: Booker, row: Appointment | WaitlistEntry, *, now: datetime) -> list[UUID]:
    """Return whoever asked for it, if he may still know of it; otherwise all who may.

    Who does something himself knows of it: nothing is asked then.
    """
    if isinstance(scope, PatientScope) and row.account_id == scope.account_id:
        return [scope.account_id]
    allowed = all_of(row, person_id=row.patient.person_id, now=now)
    return [row.account_id] if row.account_id in allowed else allowed


def all_of(row: Appointment | WaitlistEntry | HomeVisitRequest, *, person_id: UUID | None, now: datetime) -> list[UUID]:
    """Return all who may know of it, the person himself first. One statement."""
    if person_id is None:
        return []
    return patients.list_account_ids(person_id, today=timezone.localdate(now), is_restricted=row.is_restricted)
