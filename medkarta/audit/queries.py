"""Reads of the access log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import PatientScope

PAGE_ROWS = 20


@dataclass(frozen=True, slots=True)
class EventRow:
    at: datetime
    actor_kind: str
    actor_ref: str
    action: str
    outcome: str
    details: dict[str, Any]


def list_events(
    scope: PatientScope, *, patient_ids: Collection[UUID] = (), offset: int = 0, limit: int = PAGE_ROWS
) -> tuple[list[EventRow], int]:
    """Return who did what with this person's record, the newest first, and how many rows there are.

    `patient_ids`: the rows of hospitals' systems that are his by now; what was written before they were linked,
    when nobody knew whose they are, is his too.
    """
    before = Q(person_id=None, patient_id__in=patient_ids) if patient_ids else Q()
    found = AuditEvent.objects.filter(Q(person_id=scope.person_id) | before)
    rows = found.order_by("-id").values_list("at", "actor_kind", "actor_ref", "action", "outcome", "details")
    total = found.count()
    scope.reads.add("AuditEvent", [f"{offset}-{offset + limit}"])
    return [EventRow(*row) for row in rows[offset : offset + limit]], total
