"""Reads of absences: whom one hits, what would do instead, how far it is, and what a person is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from medkarta.core import working_days
from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.scheduling import queries
from medkarta.scheduling.models import Absence, AbsenceCase, Appointment, AppointmentEvent, Slot, SlotQuerySet
from medkarta.scheduling.queries import guarantees, slots
from medkarta.scheduling.rules import rights, substitutes, terms

TRIED = 20
EXPECTED = ("proposed", "pending", "booked")
OPEN_STATES = ("asked", "no-time", "to-call")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked: his visit, and the time that is kept for him (None: there is none, or not any more)."""

    found: queries.Detail
    state: str
    proposed: slots.SlotRow | None
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """One absence as a batch. `answered`: settled by the person, `called`: by the desk, `moved`: all that moved."""

    total: int
    moved: int
    answered: int
    called: int
    left: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the desk's queue: ids and moments, no names."""

    appointment: UUID
    patient_id: UUID
    state: str
    starts_at: datetime | None
    proposed_slot: UUID | None
    deadline: datetime | None


def hit(absence: Absence, *, now: datetime) -> list[UUID]:
    """Return the visits that an absence takes away and that nobody was asked about yet, the soonest first."""
    schedule = absence.schedule
    times = Slot.objects.filter(
        schedule=schedule.pk, starts_at__gt=now, starts_at__lt=absence.ends_at, ends_at__gt=absence.starts_at
    )
    taken = times.exclude(appointment=None).values_list("appointment", flat=True)
    found = [Appointment.objects.filter(pk__in=list(taken))]
    if schedule.practitioner_role_id:  # visits without a time of ours
        of_post = Appointment.objects.filter(practitioner_role_id=schedule.practitioner_role_id)
        here = Q(slot__schedule__isnull=True) | Q(slot__schedule=schedule.pk)
        starts = of_post.filter(here, starts_at__gt=now, starts_at__lt=absence.ends_at)
        found.append(starts.filter(Q(ends_at__gt=absence.starts_at) | Q(starts_at__gte=absence.starts_at)))
    busy = AbsenceCase.objects.filter(Q(state__in=OPEN_STATES) | Q(absence=absence)).values("appointment")
    visits: dict[UUID, datetime | None] = {}
    for part in found:
        waiting = part.filter(status__in=EXPECTED, is_withdrawn=False).exclude(pk__in=busy)
        visits |= dict(waiting.values_list("pk", "starts_at"))
    return sorted(visits, key=lambda pk: (visits[pk] or absence.ends_at, pk))


def list_candidates(old: Appointment, row: slots.SlotRow, *, now: datetime) -> Iterator[slots.SlotRow]:
    """Yield free times instead of a visit, the best first; the old visit's own time tells doctor, place and position.

    The same doctor later while the term of the state guarantee allows; a colleague of the clinic within two hours on
    that day; the first free of a colleague there.
    """
    start = old.starts_at or row.starts_at
    mask = rights.mask_for("Registry", has_grant=True)
    earliest = min(start, now + substitutes.ANSWER_BEFORE * 2)
    free: SlotQuerySet = Slot.objects.claimable(by=old.pk, now=now).open_to(mask).exclude(pk=row.id)
    free = free.filter(kind__in={row.kind, old.kind or "primary", "primary"}, starts_at__gt=now)
    latest = _latest_with_same_doctor(old, row, start, now=now)
    same = Q(schedule=row.schedule_id) if row.schedule_id else Q(pk=None)
    later = free.filter(same, starts_at__gt=start)
    if latest is not None:
        later = later.filter(starts_at__lte=latest)
    yield from slots.slot_rows(later.order_by("starts_at", "id")[:TRIED])
    if not row.position_code or row.facility_id is None:
        return
    there = free.filter(facility_id=row.facility_id, specialty_code=row.position_code).exclude(same)
    near = there.filter(starts_at__gte=start - substitutes.NEAR, starts_at__lte=start + substitutes.NEAR)
    day = start.astimezone(row.zone).date()
    around = [one for one in slots.slot_rows(near) if one.starts_at.astimezone(row.zone).date() == day]
    around.sort(key=lambda one: (abs(one.starts_at - start), one.starts_at, one.id))
    yield from around[:TRIED]
    yield from slots.slot_rows(there.filter(starts_at__gte=earliest).order_by("starts_at", "id")[:TRIED])


def _latest_with_same_doctor(
    old: Appointment, row: slots.SlotRow, start: datetime, *, now: datetime
) -> datetime | None:
    day = now.astimezone(row.zone).date()
    term = terms.term_for(guarantees.programme(), row.position_code, is_room=row.practitioner_role_id is None, day=day)
    return substitutes.latest_with_same_doctor(
        term, working_days.calendar(), requested_at=old.requested_at, old_start=start, now=now, zone=row.zone
    )


def get_question(scope: PatientScope, appointment_id: UUID, *, now: datetime) -> Question:
    """Return what a person is asked about a visit. Raises NotFound, also when nothing is asked."""
    found = queries.get_appointment(scope, appointment_id, now=now)
    case = AbsenceCase.objects.filter(appointment=appointment_id, state__in=OPEN_STATES).first()
    if case is None or not found.row.is_ahead:
        raise NotFound
    proposed = None
    if case.proposed_slot is not None and case.deadline is not None and case.deadline > now:
        held = slots.slot_rows(Slot.objects.filter(pk=case.proposed_slot, held_by=appointment_id))
        proposed = next((one for one in held if not one.is_withdrawn and one.appointment is None), None)
    return Question(found, case.state, proposed, case.deadline if proposed else None)


def is_asked(scope: PatientScope, appointment_id: UUID) -> bool:
    """Tell whether a person's visit waits for his answer."""
    own = Appointment.objects.for_scope(scope).filter(pk=appointment_id, status__in=EXPECTED).values("pk")
    return AbsenceCase.objects.filter(appointment=appointment_id, state__in=OPEN_STATES, appointment__in=own).exists()


def is_open(appointment_id: UUID) -> bool:
    """Tell whether an absence has taken a visit away and nothing was found instead so far."""
    return AbsenceCase.objects.filter(appointment=appointment_id, state__in=OPEN_STATES).exists()


def count(absence_id: UUID) -> Counts:
    """Return how far an absence is. Three statements."""
    states = dict(AbsenceCase.objects.filter(absence=absence_id).values_list("appointment", "state"))
    ends = AppointmentEvent.objects.filter(appointment__in=states, action__in=("cancelled", "moved-to"))
    by = dict(ends.order_by("at", "id").values_list("appointment", "actor_kind"))
    settled = [pk for pk, state in states.items() if state in ("moved", "cancelled")]
    return Counts(
        total=len(states),
        moved=sum(state == "moved" for state in states.values()),
        answered=sum(by.get(pk) == "person" for pk in settled),
        called=sum(by.get(pk) in ("staff", "system") for pk in settled),
        left=sum(state in OPEN_STATES for state in states.values()),
    )


def list_cases(absence_id: UUID) -> list[CaseRow]:
    """Return what is left of an absence for the desk: whom to call first."""
    cases = list(AbsenceCase.objects.filter(absence=absence_id, state__in=OPEN_STATES))
    ids = [one.appointment for one in cases]
    visits = Appointment.objects.filter(pk__in=ids).order_by("starts_at", "id")
    by_visit = {one.appointment: one for one in cases}
    return [
        CaseRow(pk, patient_id, by_visit[pk].state, starts_at, by_visit[pk].proposed_slot, by_visit[pk].deadline)
        for pk, patient_id, starts_at in visits.values_list("pk", "patient_id", "starts_at")
    ]


def list_unfinished(*, now: datetime) -> list[UUID]:
    """Return absences that may still have something to do: running ones, and those with open cases."""
    running = Q(withdrawn_at=None, ends_at__gt=now) | Q(cases__state__in=OPEN_STATES)
    return list(Absence.objects.filter(running).order_by("created_at", "id").distinct().values_list("id", flat=True))


def list_due(*, now: datetime) -> list[UUID]:
    """Return cases whose deadline has passed without an answer."""
    due = AbsenceCase.objects.filter(state="asked", deadline__lte=now)
    return list(due.order_by("deadline", "id").values_list("id", flat=True))


def list_settled_elsewhere() -> list[UUID]:
    """Return open cases whose visit was moved, cancelled or kept in some other way."""
    live = Appointment.objects.filter(pk=OuterRef("appointment"), status__in=EXPECTED, is_withdrawn=False)
    found = AbsenceCase.objects.filter(~Exists(live), state__in=OPEN_STATES)
    return list(found.order_by("changed_at", "id").values_list("id", flat=True))
