"""Reads of the waiting list for its engine: whose turn it is, which offers are over, which times wait for an answer.

The engine acts for everybody, so that no scope is asked for here; pages read `queries.waitlist`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from medkarta.core import working_days
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import guarantees, slots
from medkarta.scheduling.rules import terms, waitlist
from medkarta.ui import format

CHUNK = 50
BATCH = 200
_SOONEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who waits. `holder`: his person, whom locks are taken on; `group`: who wants a neighbouring time."""

    id: UUID
    patient_id: UUID
    holder: UUID
    group: UUID | None


def waiting() -> QuerySet[WaitlistEntry]:
    """Return the entries that may be offered something: live, without an offer, not paused."""
    return WaitlistEntry.objects.filter(is_own=True, is_withdrawn=False, status="created", paused_at=None)


def candidates(slot: slots.SlotRow, *, auto_only: bool = False) -> Iterator[Candidate]:
    """Yield those whom a time suits and who were not offered it before: by priority, then first come."""
    found = _suited(slot)
    if auto_only:
        found = found.filter(auto_book=True)
    names = ("pk", "patient_id", "patient__person_id", "group", "priority", "requested_at")
    ordered = found.order_by("priority", "requested_at", "id").values_list(*names)
    rows = list(ordered[:CHUNK])
    while rows:
        for pk, patient_id, person_id, group, *_place in rows:
            yield Candidate(pk, patient_id, person_id or patient_id, group)
        pk, _patient, _person, _group, priority, at = rows[-1]  # who left the list meanwhile moves nobody's place
        later = Q(requested_at__gt=at) | Q(requested_at=at, pk__gt=pk)
        rows = list(ordered.filter(Q(priority__gt=priority) | Q(later, priority=priority))[:CHUNK])


def is_wanted(slot: slots.SlotRow) -> bool:
    return _suited(slot).exists()


def _suited(slot: slots.SlotRow) -> QuerySet[WaitlistEntry]:
    """`rules.waitlist.suits`, in the database."""
    weekday, minute = waitlist.local_place(slot.starts_at, slot.zone)
    offered = WaitlistOffer.objects.filter(slot_id=slot.id, entry=OuterRef("pk"))
    return (
        waiting()
        .annotate(day=F("weekdays").bitand(weekday), clinics=Cast("facility_ids", TextField()))
        .filter(
            ~Exists(offered),
            Q(not_before=None) | Q(not_before__lte=slot.starts_at),
            Q(not_after=None) | Q(not_after__gt=slot.starts_at),
            Q(practitioner_role_id=None) | Q(practitioner_role_id=slot.practitioner_role_id),
            Q(clinics="[]") | Q(clinics__contains=str(slot.facility_id)),
            specialty_code=slot.position_code or "-",
            day__gt=0,
            minute_from__lte=minute,
            minute_to__gt=minute,
        )
    )


def list_group(group: UUID) -> list[Candidate]:
    """Return those of a group who still wait, in one order."""
    found = waiting().filter(group=group).order_by("requested_at", "id")
    return [
        Candidate(pk, patient_id, person_id or patient_id, group)
        for pk, patient_id, person_id in found.values_list("pk", "patient_id", "patient__person_id")
    ]


def list_neighbours(slot: slots.SlotRow, *, by: UUID, now: datetime) -> list[slots.SlotRow]:
    """Return other times of the same doctor on the same day that `by` may take now, the closest first."""
    day = slot.starts_at.astimezone(slot.zone).date()
    start, end = rules.day_bounds(day, day, slot.zone)
    found = Slot.objects.claimable(by=by, now=now).released(now).exclude(pk=slot.id)
    found = found.filter(starts_at__gte=max(start or now, now + waitlist.PUBLIC_BEFORE), starts_at__lt=end or now)
    found = found.filter(specialty_code=slot.position_code)
    if slot.practitioner_role_id:
        found = found.filter(practitioner_role_id=slot.practitioner_role_id)
    elif slot.schedule_id:
        found = found.filter(schedule_id=slot.schedule_id)
    else:
        return []
    rows = slots.slot_rows(found)
    return sorted(rows, key=lambda one: (abs(one.starts_at - slot.starts_at), one.starts_at))


def count_misses(slot_id: UUID) -> int:
    """Count the offers of a time that nobody answered since it was last given up."""
    given_up = Appointment.objects.filter(slot=slot_id, status__in=rules.GONE_APPOINTMENT)
    freed_at = given_up.aggregate(at=Max("changed_at"))["at"]
    missed = WaitlistOffer.objects.filter(slot_id=slot_id, state="expired")
    return (missed.filter(sent_at__gte=freed_at) if freed_at else missed).count()


def count_live(slot_id: UUID, *, now: datetime) -> int:
    return WaitlistOffer.objects.filter(slot_id=slot_id, state="sent", deadline__gt=now).count()


def list_overdue(*, now: datetime, slot_id: UUID | None = None) -> list[UUID]:
    """Return the offers whose deadline has come, the oldest first."""
    found = WaitlistOffer.objects.filter(state="sent", deadline__lte=now)
    if slot_id is not None:
        found = found.filter(slot_id=slot_id)
    return list(found.order_by("deadline", "id").values_list("pk", flat=True)[:BATCH])


def list_lost(slot_id: UUID | None = None) -> list[UUID]:
    """Return live offers whose time is not there any more: the clinic withdrew it, or somebody has it.

    One that was blocked and is open again is nobody's who was asked before: what blocks a time ends its hold.
    """
    gone = ~Q(slot__status="free") | Q(slot__blocked_by__isnull=False) | Q(slot__appointment__isnull=False)
    gone |= Q(slot__held_by__isnull=True) | Q(slot__held_by=waitlist.KEEPER)
    found = WaitlistOffer.objects.filter(gone, state="sent")
    if slot_id is not None:
        found = found.filter(slot_id=slot_id)
    return list(found.order_by("deadline", "id").values_list("pk", flat=True)[:BATCH])


def list_kept(*, by: UUID, now: datetime, seconds: int) -> list[UUID]:
    """Return the times that `by` keeps for the list and will not keep for longer than so many seconds."""
    found = Slot.objects.filter(held_by=by, held_until__lte=now + timedelta(seconds=seconds))
    return list(found.order_by("held_until", "id").values_list("pk", flat=True)[:BATCH])


def list_expired(*, now: datetime) -> list[UUID]:
    """Return live entries whose last day has passed."""
    found = WaitlistEntry.objects.filter(is_own=True, status__in=rules.LIVE_WAITLIST, not_after__lte=now)
    return list(found.order_by("not_after", "id").values_list("pk", flat=True)[:BATCH])


def list_cancelled_by_person() -> list[UUID]:
    """Return the entries that may be offered something, though their person cancelled the visit they would replace."""
    gone = Appointment.objects.filter(
        pk=OuterRef("swaps"), status="cancelled", cancelled_by="patient", moved_to=None, is_withdrawn=False
    )
    found = waiting().filter(Exists(gone)).order_by("requested_at", "id")
    return list(found.values_list("pk", flat=True)[:BATCH])


def list_past_limit(*, now: datetime) -> list[UUID]:
    """Return ordinary live entries whose state-guarantee term has passed, at most `BATCH` of each position.

    Terms are by position, so that those of one may be over though older entries of another are not.
    """
    live = WaitlistEntry.objects.filter(is_own=True, status__in=rules.LIVE_WAITLIST)
    found = live.filter(priority=waitlist.Priority.ORDINARY, requested_at__lte=now - _SOONEST)
    rows = found.order_by("requested_at", "id").values_list("pk", "requested_at", "facility__timezone")
    return [
        pk
        for code in found.order_by("specialty_code").values_list("specialty_code", flat=True).distinct()
        for pk, requested_at, zone in rows.filter(specialty_code=code)[:BATCH]
        if requested_at and _is_past_limit(requested_at, code, format.zone_of(zone or ""), now=now)
    ]


def _is_past_limit(requested_at: datetime, code: str, zone: tzinfo, *, now: datetime) -> bool:
    day = requested_at.astimezone(zone).date()
    term = terms.term_for(guarantees.programme(), code, is_room=False, day=day)
    if term is None:
        return False
    return terms.deadline(term, asked_at=requested_at, zone=zone, calendar=working_days.calendar()) <= now


def list_opening(facility_id: UUID, *, opens_at: datetime) -> list[UUID]:
    """Return the times of a clinic that open to everybody at a moment and that somebody may wait for, the first first.

    One statement: positions that nobody waits for are left out.
    """
    wanted = waiting().filter(specialty_code=OuterRef("specialty_code"))
    found = Slot.objects.filter(facility_id=facility_id, opens_at=opens_at, status="free", appointment=None)
    return list(found.filter(Exists(wanted)).order_by("starts_at", "id").values_list("pk", flat=True))


def list_waited_for(slot_ids: list[UUID]) -> list[tuple[UUID, UUID | None, datetime | None]]:
    """Return those of some times whose position anybody waits for: id, clinic, when it opens."""
    wanted = waiting().filter(specialty_code=OuterRef("specialty_code"))
    found = Slot.objects.filter(Exists(wanted), pk__in=slot_ids, status="free", appointment=None)
    return list(found.order_by("starts_at", "id").values_list("pk", "facility_id", "opens_at"))
