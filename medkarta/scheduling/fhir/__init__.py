"""FHIR R4 Schedule, Slot, Appointment and ServiceRequest (home calls) -> our rows.

A missing optional thing stays empty, an over-long text is cut; nothing of a valid resource is an error.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.scheduling.fhir.bookings import is_waiting, store_appointments
from medkarta.scheduling.fhir.home_visits import is_home_call, store_home_visits
from medkarta.scheduling.fhir.times import store_schedules, store_slots

__all__ = ["TYPES", "is_home_call", "is_waiting", "store"]

TYPES = ("Schedule", "Slot", "Appointment", "ServiceRequest")


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Write the resources that belong here; return the reasons for those refused."""
    refused: dict[UUID, str] = {}
    if not incoming:
        return refused
    by_type: dict[str, dict[UUID, Incoming]] = {}
    now = max(one.received_at for one in incoming)
    for one in incoming:
        by_type.setdefault(one.type, {})[one.id] = one
    store_schedules(scope, by_type.get("Schedule", {}).values())
    store_slots(scope, by_type.get("Slot", {}).values(), refused, now=now)
    store_appointments(by_type.get("Appointment", {}).values(), refused, now=now)
    store_home_visits(by_type.get("ServiceRequest", {}).values(), refused)
    return refused
