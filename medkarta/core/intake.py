"""What the gateway hands to a room's `fhir.py`, and the one way rooms write it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import models

from medkarta.core.scopes import SystemScope

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One validated resource on its way into a room.

    `resource` is the canonical form: references read `Type/<our uuid>`, the id is ours.
    `patient_id` is the row of `patients` that it belongs to (None for directory data).
    """

    id: UUID
    type: str
    rid: str
    resource: Resource
    patient_id: UUID | None
    is_restricted: bool
    is_withdrawn: bool
    received_at: datetime


class Store(Protocol):
    """A room's `fhir.store`: upsert all rows at once; return reasons for those it refuses."""

    def __call__(self, scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]: ...


def upsert(rows: Iterable[models.Model]) -> None:
    """Insert rows of one table, or overwrite those whose primary key is there. One statement a batch."""
    found = list(rows)
    if not found:
        return
    model = type(found[0])
    names = [one.name for one in model._meta.concrete_fields if not one.primary_key]
    model._default_manager.bulk_create(
        found, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=names
    )
