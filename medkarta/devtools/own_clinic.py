"""What the demo's clinics do on the portal itself: a room with hours of its own, and doctors who are away."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from medkarta.core.ids import resource_id
from medkarta.core.scopes import Actor, ActorKind, WorkerScope
from medkarta.devtools.region import CLINICS
from medkarta.devtools.region.facilities import CHECKUP_ROOM
from medkarta.devtools.region.timetable import HORIZON, ON_LEAVE
from medkarta.scheduling.actions import absences, schedules, timetables
from medkarta.scheduling.models import Absence, AbsenceCase, Appointment
from medkarta.scheduling.queries import schedules as reads
from medkarta.scheduling.rules.timetable import Stretch

DEMO = WorkerScope(Actor(ActorKind.WORKER, "demo"))
AWAY = ("s4", 2)
"""A stand-in person and his doctor who is away, so that somebody sees what is asked then."""
_MORNING, _EVENING = (8 * 60, 13 * 60), (14 * 60, 19 * 60)


def put(today: date, *, now: datetime) -> None:
    """Open the check-up room and announce who is away; again, only what is new."""
    room_id = resource_id(CLINICS, "Location", CHECKUP_ROOM.rid)
    schedule_id = schedules.create_schedule(DEMO, location_id=room_id, service_name=CHECKUP_ROOM.service)
    if not reads.list_templates(schedule_id):
        for stretch in _hours(today):
            _publish(schedule_id, stretch, now=now)
    timetables.generate_ahead(DEMO, schedule_id=schedule_id, now=now)
    _announce(f"sch{ON_LEAVE.removeprefix('doc')}", now, now + timedelta(days=HORIZON), "sick", now=now)
    _ask_stand_in(now=now)


def _hours(today: date) -> Iterator[Stretch]:
    """Yield mornings on even weekdays and evenings on odd ones; on Fridays two people at a time."""
    for weekday in range(5):
        first, last = _EVENING if weekday % 2 else _MORNING
        yield Stretch(
            weekday=weekday,
            minute_from=first,
            minute_to=last,
            slot_minutes=CHECKUP_ROOM.minutes,
            valid_from=today,
            capacity=2 if weekday == 4 else 1,
            kind="prevent",
            rights=("Internet", "Infomat", "CallCenter", "Registry") if weekday % 2 else (),
        )


def _publish(schedule_id: UUID, stretch: Stretch, *, now: datetime) -> None:
    template_id = schedules.add_template(DEMO, schedule_id=schedule_id, stretch=stretch)
    for step in ("agreed", "published"):
        schedules.advance_template(DEMO, template_id=template_id, to=step, now=now)


def _announce(rid: str, starts_at: datetime, ends_at: datetime, reason: str, *, now: datetime) -> None:
    """Announce an absence unless one is running, and place those whom it hits."""
    schedule_id = resource_id(CLINICS, "Schedule", rid)
    running = Absence.objects.filter(schedule=schedule_id, withdrawn_at=None, ends_at__gt=now)
    known = running.values_list("pk", flat=True).first()
    absences.place_people(
        known
        or absences.announce_absence(
            DEMO,
            schedule_id=schedule_id,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            moving="ask",
            now=now,
        ),
        now=now,
    )


def _ask_stand_in(*, now: datetime) -> None:
    """Let a stand-in person's doctor be away on the day of his visit; asked anew when the answer is overdue."""
    person, doctor = AWAY
    schedule = reads.get_schedule(DEMO, resource_id(CLINICS, "Schedule", f"sch{doctor:02d}"))
    found = Appointment.objects.filter(
        patient=resource_id(CLINICS, "Patient", person),
        practitioner_role=schedule.practitioner_role_id,
        status="booked",
        starts_at__gt=now,
    )
    visit = found.order_by("starts_at").first()
    if visit is None or visit.starts_at is None:
        return
    case = AbsenceCase.objects.filter(appointment=visit.pk, state__in=("asked", "to-call")).first()
    if case is not None and (case.deadline is None or case.deadline <= now):
        absences.withdraw_absence(DEMO, absence_id=case.absence_id, now=now)
        absences.place_people(case.absence_id, now=now)
    start = visit.starts_at.astimezone(schedule.zone)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    _announce(f"sch{doctor:02d}", max(midnight, now), midnight + timedelta(days=1), "training", now=now)
