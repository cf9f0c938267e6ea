"""Times made of published weekly hours. Again adds nothing twice; what is booked or held is never taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused
from medkarta.core.ids import resource_id
from medkarta.core.scopes import StaffScope, WorkerScope
from medkarta.scheduling import rules
from medkarta.scheduling.actions import offering
from medkarta.scheduling.models import Absence, Schedule, Slot
from medkarta.scheduling.queries import schedules, settings
from medkarta.scheduling.rules import rights, timetable
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.rules.waitlist import KEEPER

KINDS = tuple(Slot.Kind.values)
BATCH = 500
AHEAD_OF_RELEASE = timedelta(days=2)
"""Times are made before they open, so that none comes late and pages can tell when the next ones open."""


class NotOurSchedule(Refused):
    text = _("Это расписание ведёт информационная система клиники: изменить его можно только там")


@dataclass(frozen=True, slots=True)
class Kept:
    """A time that the hours don't give any more, but that somebody has (`appointment`) or holds."""

    slot_id: UUID
    starts_at: datetime
    appointment: UUID | None


@dataclass(frozen=True, slots=True)
class Generated:
    """What making times changed. `kept`: against the hours, since they are booked or held."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    kept: tuple[Kept, ...] = ()


def generate_ahead(scope: StaffScope | WorkerScope, *, schedule_id: UUID, now: datetime) -> Generated:
    """Make times from today up to the horizon, and a little beyond."""
    row = schedules.get_schedule(scope, schedule_id)
    found = settings.booking_rules(facility_id=row.facility_id, position_code=row.position_code, now=now)
    today = now.astimezone(row.zone).date()
    last = today + timedelta(days=found.horizon_days) + AHEAD_OF_RELEASE
    return generate(scope, schedule_id=schedule_id, first=today, last=last, now=now)


@transaction.atomic
def generate(
    scope: StaffScope | WorkerScope, *, schedule_id: UUID, first: date, last: date, now: datetime
) -> Generated:
    """Make the times of whole days first..last that are still ahead, and withdraw free ones that the hours lost.

    Raises NotFound, NotOurSchedule.
    """
    row = schedules.get_schedule(scope, schedule_id)
    if row.source != schedules.OWN:
        raise NotOurSchedule
    Schedule.objects.select_for_update().get(pk=schedule_id)  # one maker at a time
    found = settings.booking_rules(facility_id=row.facility_id, position_code=row.position_code, now=now)
    wanted = {one.pk: one for one in _wanted(row, found, first, last, now=now)}
    start, end = rules.day_bounds(first, last, row.zone)
    there = {
        one.pk: one
        for one in Slot.objects.filter(
            schedule=schedule_id, source=schedules.OWN, starts_at__gte=max(start or now, now), starts_at__lt=end or now
        )
    }
    fresh = [one for pk, one in wanted.items() if pk not in there]
    Slot.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    keep_for_list([one.pk for one in fresh], now=now)
    changed = sum(_change(there[pk], one, now=now) for pk, one in wanted.items() if pk in there)
    gone = [one for pk, one in there.items() if pk not in wanted and one.status == Slot.Status.FREE]
    withdrawn, kept = _withdraw(gone, now=now)
    if fresh or changed or withdrawn:
        told = {"added": len(fresh), "changed": changed, "withdrawn": withdrawn}
        audit.record(scope, action="scheduling.generate", target=schedule_id, details=told)
    return Generated(len(fresh), changed, withdrawn, kept)


def make_all(scope: WorkerScope, *, now: datetime) -> int:
    """Make times of every schedule with published hours. Returns how many were added."""
    found = schedules.list_schedules_with_hours()
    return sum(generate_ahead(scope, schedule_id=one, now=now).added for one in found)


def open_reserved(*, now: datetime) -> int:
    """Open to everybody what nobody has booked of the times reserved for staff, on the evening before."""
    reserved = Slot.objects.claimable(by=None, now=now).filter(
        schedule__in=Schedule.objects.filter(source=schedules.OWN),
        kind__in=timetable.OPENABLE,
        starts_at__gt=now,
        starts_at__lt=now + timedelta(days=3),
    )
    found = reserved.exclude(rights_mask__in=_open_masks()).values_list(
        "pk", "schedule_id", "starts_at", "rights", "specialty_code", "facility_id"
    )
    zones: dict[UUID, schedules.ScheduleRow] = {}
    opened = []
    for pk, schedule_id, starts_at, named, code, facility_id in found:
        if schedule_id not in zones:
            zones[schedule_id] = schedules.get_schedule(WorkerScope(), schedule_id)
        zone = zones[schedule_id].zone
        numbers = settings.booking_rules(facility_id=facility_id, position_code=code, now=now)
        if now >= timetable.opens_to_all_at(starts_at.astimezone(zone).date(), numbers, zone):
            opened.append((pk, list(timetable.opened(named))))
    with transaction.atomic():
        done = [pk for pk, named in opened if _open(pk, named, now=now)]
        keep_for_list(done, now=now)
    return len(done)


def keep_for_list(slot_ids: Iterable[UUID], *, now: datetime) -> None:
    """Let the waiting list see new times before everybody: those it wants and that are open are kept for a moment."""
    ids = list(slot_ids)
    for part in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH)):
        wanted = offering.offer_for(part, now=now)
        if wanted:
            seconds = settings.booking_rules(facility_id=None, position_code="", now=now).waitlist_first_seconds
            kept = Slot.objects.filter(pk__in=wanted).claimable(by=None, now=now)
            kept.update(held_by=KEEPER, held_since=now, held_until=now + timedelta(seconds=seconds))


def _open_masks() -> list[int]:
    everybody = rights.mask_of(rights.COMPETITIVE)
    return [mask for mask in range(sum(rights.BITS.values()) + 1) if mask & everybody == everybody]


def _open(pk: UUID, named: list[str], *, now: datetime) -> int:
    found = Slot.objects.filter(pk=pk).claimable(by=None, now=now)
    return found.update(rights=named, rights_mask=rights.mask_of(named))


def _wanted(
    row: schedules.ScheduleRow, found: BookingRules, first: date, last: date, *, now: datetime
) -> Iterable[Slot]:
    if not row.is_active:
        return
    lines = [one.stretch for one in schedules.list_templates(row.id, published=True)]
    blocks = list(Absence.objects.filter(schedule=row.id, withdrawn_at=None, ends_at__gt=now).order_by("created_at"))
    made = timetable.make(
        lines, first=first, last=last, zone=row.zone, position_code=row.position_code, rules=found, now=now
    )
    for one in made:
        if one.starts_at < now:
            continue
        day = one.starts_at.astimezone(row.zone).date()
        name = f"{row.id}:{one.starts_at.astimezone(UTC).isoformat()}:{one.place}"
        block = next((each for each in blocks if each.starts_at < one.ends_at and each.ends_at > one.starts_at), None)
        yield Slot(
            id=resource_id(schedules.OWN, "Slot", name),
            source=schedules.OWN,
            schedule_id=row.id,
            status=Slot.Status.FREE,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            specialty_code=row.position_code,
            specialty_name=row.specialty[:255],
            service_name=row.service[:255],
            rights=list(one.rights),
            rights_mask=rights.mask_of(one.rights),
            kind=one.kind,
            facility_id=row.facility_id,
            practitioner_role_id=row.practitioner_role_id,
            location_id=row.location_id,
            opens_at=timetable.opens_at(day, rules=found, clinic_id=row.facility_id, zone=row.zone),
            blocked_by=block.pk if block else None,
        )


def _change(there: Slot, wanted: Slot, *, now: datetime) -> int:
    """Bring a time that nobody has in line with the hours. One that has opened once is not closed again."""
    names = ["status", "ends_at", "kind", "rights", "rights_mask", "specialty_code"]
    if there.opens_at is not None and there.opens_at > now:
        names.append("opens_at")
    changes = {name: getattr(wanted, name) for name in names if getattr(there, name) != getattr(wanted, name)}
    if not changes:
        return 0
    nobodys = Q(held_until__isnull=True) | Q(held_until__lte=now)
    return Slot.objects.filter(nobodys, pk=there.pk, appointment=None).update(**changes)


def _withdraw(gone: list[Slot], *, now: datetime) -> tuple[int, tuple[Kept, ...]]:
    """Withdraw times that nobody has; return how many, and the others. The rows stay: a page may still show one."""
    ids = [one.pk for one in gone]
    nobodys = Q(held_until__isnull=True) | Q(held_until__lte=now)
    count = Slot.objects.filter(nobodys, pk__in=ids, appointment=None).update(status=Slot.Status.UNAVAILABLE)
    left = Slot.objects.filter(pk__in=ids, status=Slot.Status.FREE).order_by("starts_at", "id")
    return count, tuple(Kept(*one) for one in left.values_list("pk", "starts_at", "appointment"))
