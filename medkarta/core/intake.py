"""What the gateway hands to a room's `fhir.py`, and the one way rooms write it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from medkarta.core.scopes import SystemScope
from medkarta.core.sql import upsert

__all__ = ["Incoming", "Resource", "Store", "upsert"]

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
