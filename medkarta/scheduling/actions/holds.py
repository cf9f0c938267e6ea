"""Holding a time while a person decides: one conditional statement takes it, a comparison of moments frees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.scheduling import refusals
from medkarta.scheduling.actions import checks
from medkarta.scheduling.models import Slot
from medkarta.scheduling.queries import settings, slots


@dataclass(frozen=True, slots=True)
class Held:
    """A time that waits for one person until a moment; `can_extend`: not yet for the longest."""

    slot: slots.SlotRow
    until: datetime
    can_extend: bool


@transaction.atomic
def hold(scope: PatientScope, *, order: checks.Order, now: datetime) -> Held:
    """Take a time for a few minutes; the person's former hold is dropped. Asked again, it goes on as it was.

    Raises NotFound, refusals.BookingRefused; a time that is not his to take any more: TimeTaken.
    """
    client = patients.get_client(scope, lock=True)
    slot = slots.get_slot(order.slot_id)
    rules = checks.check(scope, client, slot, order, now=now)
    is_his = slot.held_by == client.holder and slot.held_until is not None and slot.held_until > now
    until = slot.held_until if is_his and slot.held_until else now + timedelta(seconds=rules.hold_seconds)
    if not is_his:
        claimed = Slot.objects.filter(pk=slot.id).claimable(by=client.holder, now=now).released(now)
        if not claimed.update(held_by=client.holder, held_since=now, held_until=until):
            raise checks.taken(slot)
        drop_holds(client.holder, but=slot.id)
    return Held(slot, until, _can_extend(slot.held_since if is_his else now, until, rules.hold_limit_seconds))


def extend(scope: PatientScope, *, slot_id: UUID, now: datetime) -> Held:
    """Hold on for the same length again, up to the limit from the first moment.

    Raises NotFound, HoldIsOver when it can't be longer, TimeTaken when the hold had run out and somebody was faster.
    """
    client = patients.get_client(scope)
    slot = slots.get_slot(slot_id)
    rules = settings.booking_rules(facility_id=slot.facility_id, position_code=slot.position_code, now=now)
    if slot.held_by != client.holder or slot.held_since is None:
        raise checks.taken(slot)
    limit = slot.held_since + timedelta(seconds=rules.hold_limit_seconds)
    until = min(now + timedelta(seconds=rules.hold_seconds), limit)
    if until <= now:
        raise refusals.HoldIsOver
    claimed = Slot.objects.filter(pk=slot_id).claimable(by=client.holder, now=now)
    if not claimed.update(held_until=until):
        raise checks.taken(slot)
    return Held(slot, until, _can_extend(slot.held_since, until, rules.hold_limit_seconds))


def held_of(slot: slots.SlotRow, *, now: datetime) -> Held:
    """Return a hold as it stands, for a page that shows it."""
    rules = settings.booking_rules(facility_id=slot.facility_id, position_code=slot.position_code, now=now)
    until = slot.held_until or now
    return Held(slot, until, _can_extend(slot.held_since, until, rules.hold_limit_seconds))


def release(scope: PatientScope) -> None:
    """Give back whatever this person holds."""
    drop_holds(scope.person_id)


def drop_holds(holder: UUID, *, but: UUID | None = None) -> None:
    """Free the times that somebody holds, but for one."""
    held = Slot.objects.filter(held_by=holder).exclude(pk__in=[but] if but else [])
    held.update(held_by=None, held_since=None, held_until=None)


def _can_extend(since: datetime | None, until: datetime, limit_seconds: int) -> bool:
    return since is not None and until < since + timedelta(seconds=limit_seconds)
