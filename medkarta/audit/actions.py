"""Writes of the access log. Rows are only ever added; `sealing` chains them afterwards."""

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from medkarta.audit import sql
from medkarta.audit.models import AuditEvent
from medkarta.core.inserting import insert
from medkarta.core.scopes import Actor, PatientScope


class HasActor(Protocol):
    @property
    def actor(self) -> Actor: ...


def record(
    scope: HasActor,
    *,
    action: str,
    target: object | None = None,
    person_id: UUID | None = None,
    patient_id: UUID | None = None,
    outcome: str = "ok",
    details: dict[str, Any] | None = None,
) -> None:
    """Append one row. `action` is `room.verb`; `target` is the row that was changed."""
    found = dict(details or {})
    if target is not None:
        found["target"] = str(getattr(target, "pk", target))
    if person_id is None and isinstance(scope, PatientScope):
        person_id = scope.person_id
    row = AuditEvent(
        at=timezone.now(),
        actor_kind=scope.actor.kind.value,
        actor_ref=scope.actor.ref,
        action=action,
        person_id=person_id,
        patient_id=patient_id,
        outcome=outcome,
        details=found,
    )
    insert([row])


def record_read(scope: PatientScope, *, action: str, outcome: str = "ok") -> None:
    """Append the one row that a page of a record leaves: what was read, by kind and id."""
    sql.append(
        scope.actor,
        action=action,
        person_id=scope.person_id,
        outcome=outcome,
        details={"read": scope.reads.by_kind},
        now=timezone.now(),
    )


def record_reads(scopes: Iterable[PatientScope], *, action: str) -> None:
    """Append one row for each record that was read together with others. One statement."""
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=now,
            actor_kind=scope.actor.kind.value,
            actor_ref=scope.actor.ref,
            action=action,
            person_id=scope.person_id,
            details={"read": scope.reads.by_kind},
        )
        for scope in scopes
    )


def record_many(scope: HasActor, *, action: str, patients: dict[UUID, tuple[UUID | None, dict[str, Any]]]) -> None:
    """Append one row for each patient of a batch: row id of the patient -> (person, details)."""
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=now,
            actor_kind=scope.actor.kind.value,
            actor_ref=scope.actor.ref,
            action=action,
            person_id=person_id,
            patient_id=patient_id,
            details=details,
        )
        for patient_id, (person_id, details) in patients.items()
    )
