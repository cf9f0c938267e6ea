"""What every change of a waiting entry leaves behind: its request's history, the access log, who is told, the time.

Locks are taken in one order by everybody: the persons by their ids, what is theirs, then the times by their ids.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from medkarta.audit import actions as audit
from medkarta.core.scopes import WorkerScope
from medkarta.mailer import actions as mailer
from medkarta.outbox import actions as outbox
from medkarta.requests import actions as requests
from medkarta.scheduling import rules
from medkarta.scheduling.actions import recipients
from medkarta.scheduling.actions.releasing import FREED
from medkarta.scheduling.models import Appointment, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.rules.waitlist import KEEPER
from medkarta.scheduling.scopes import Booker

KIND, TELL_AS, SETTLE = "waitlist", "waitlist", "scheduling.offers_lost"
Status, State = WaitlistEntry.Status, WaitlistOffer.State


def move(scope: Booker, entry: WaitlistEntry, status: str, *, now: datetime, comment: str = "", **changes: Any) -> None:
    """Move a locked entry to a status, with its request and the log; other columns change along."""
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.status = status
    entry.save(update_fields=["status", *changes])
    as_actor = WorkerScope(scope.actor)  # the entry is his: so is its request, also one that the house opened for him
    requests.change_status_of(as_actor, kind=KIND, target_id=entry.pk, status=status, comment=comment, now=now)
    audit.record(scope, action=f"scheduling.waitlist_{status}", target=entry, patient_id=entry.patient_id)


def book(scope: Booker, entry: WaitlistEntry, appointment_id: UUID, *, now: datetime, comment: str = "") -> None:
    """End an entry in an appointment."""
    move(scope, entry, Status.BOOKED, now=now, comment=comment, appointment=appointment_id, missed=0, paused_at=None)


def close(offer: WaitlistOffer, state: str, *, now: datetime) -> bool:
    """Answer an offer, or end it; False if somebody else has."""
    found = WaitlistOffer.objects.filter(pk=offer.pk, state=State.SENT)
    return bool(found.update(state=state, answered_at=now))


def holder_of(offer: WaitlistOffer) -> UUID:
    """Return who holds the time of an offer: its entry, or all of those who are asked at once."""
    return offer.entry_id if offer.is_exclusive else shared_holder(offer.slot_id)


def shared_holder(slot_id: UUID) -> UUID:
    return uuid5(KEEPER, str(slot_id))


def pass_on(offer: WaitlistOffer, *, seconds: int, now: datetime) -> None:
    """Let the next in the list have a time whose offer is over; nobody else sees it until then.

    While others still may answer for the same time, it stays theirs.
    """
    others = WaitlistOffer.objects.filter(slot_id=offer.slot_id, state=State.SENT, deadline__gt=now)
    if others.exclude(pk=offer.pk).exists():
        return
    held = Slot.objects.filter(pk=offer.slot_id, held_by=holder_of(offer), appointment=None)
    until = now + timedelta(seconds=seconds)
    if held.update(held_by=KEEPER, held_since=now, held_until=until):
        outbox.put(FREED, key=f"{offer.slot_id}:{offer.pk}", slot_id=str(offer.slot_id))


def give_back(slot_id: UUID) -> None:
    """Let everybody see a time that nobody in the list takes."""
    Slot.objects.filter(pk=slot_id, held_by=KEEPER).update(held_by=None, held_since=None, held_until=None)


def settle(slot_id: UUID, *, appointment_id: UUID) -> None:
    """Queue the end of the other offers of a time that this appointment has taken: their entries are locked later."""
    if WaitlistOffer.objects.filter(slot_id=slot_id, state=State.SENT).exists():
        outbox.put(SETTLE, key=str(appointment_id), slot_id=str(slot_id))


def tell(scope: Booker, entry: WaitlistEntry, text: str, *, key: str, now: datetime, **params: str) -> None:
    """Tell whoever asked; what a clinic asked for goes to all who may know of it."""
    mailer.notify(
        scope,
        account_ids=recipients.of(scope, entry, now=now),
        person_id=entry.patient.person_id,
        kind=TELL_AS,
        text=text,
        params={"entry_id": str(entry.pk), **params},
        link=f"appointments/waitlist/{entry.pk}/",
        key=f"{text}:{key}",
        now=now,
    )


def visit_to_swap(entry: WaitlistEntry, *, now: datetime) -> Appointment | None:
    """Return the live appointment that another time would replace, also when it was moved meanwhile.

    One that the clinic took away is still to be replaced when its own time has passed.
    """
    found = _last_visit(entry)
    if found is None or found.status not in rules.LIVE_APPOINTMENT:
        return None
    is_ahead = found.starts_at is None or found.starts_at > now
    return found if is_ahead or entry.is_displaced else None


def is_given_up(entry: WaitlistEntry, *, now: datetime) -> bool:
    """Tell whether the visit that an entry would replace is over, or its person cancelled it: he wants none instead.

    What his clinic cancelled he still waits for.
    """
    found = _last_visit(entry)
    if found is None or visit_to_swap(entry, now=now) is not None:
        return False
    return found.status != Appointment.Status.CANCELLED or found.cancelled_by == Appointment.Side.PATIENT


def _last_visit(entry: WaitlistEntry) -> Appointment | None:
    """Return the appointment that an entry `swaps`, or the one that it was moved to at last."""
    pk, seen, found = entry.swaps, set[UUID](), None
    while pk is not None and pk not in seen:
        seen.add(pk)
        found = Appointment.objects.filter(pk=pk, is_withdrawn=False, patient__person=entry.patient.person_id).first()
        pk = found.moved_to if found is not None else None
    return found
