"""A doctor or a room is away: its times are blocked at once, and everybody who was booked is asked, moved or called.

One absence is one batch. Each visit is a transaction of its own (`absence_cases`): a worker that is killed half-way
goes on with the rest.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import StaffScope, WorkerScope
from medkarta.outbox import actions as outbox
from medkarta.scheduling.actions import absence_cases, timetables
from medkarta.scheduling.models import Absence, AbsenceCase, Slot, SlotQuerySet
from medkarta.scheduling.queries import absences, schedules

PLACE = "scheduling.place_absence"
Side = StaffScope | WorkerScope


class WrongStretch(Refused):
    text = _("Конец отсутствия должен быть позже начала и ещё впереди")


class PeopleAreBooked(Refused):
    text = _("На это время записаны люди: {count}. Объявите отсутствие, тогда каждому предложат другое время")


@transaction.atomic
def announce_absence(
    scope: Side,
    *,
    schedule_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    moving: str,
    now: datetime,
    note: str = "",
) -> UUID:
    """Block the times of a schedule at once, holds on them included, and queue the asking of those who are booked.

    The same absence announced again is the first one. `reason`: `Absence.Reason`; `moving`: `Absence.Moving`.
    Raises NotFound, WrongStretch.
    """
    schedules.get_schedule(scope, schedule_id)
    if ends_at <= starts_at or ends_at <= now:
        raise WrongStretch
    same = Absence.objects.filter(schedule=schedule_id, starts_at=starts_at, ends_at=ends_at, withdrawn_at=None)
    known = same.order_by("created_at").first()
    if known is not None:
        return known.pk
    absence = Absence.objects.create(
        schedule_id=schedule_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        moving=moving,
        note=note,
        created_at=now,
    )
    cover(absence)
    details = {"reason": reason, "moving": moving}
    audit.record(scope, action="scheduling.announce_absence", target=absence, details=details)
    outbox.put(PLACE, key=str(absence.pk), absence_id=str(absence.pk))
    return absence.pk


@transaction.atomic
def block(scope: Side, *, schedule_id: UUID, starts_at: datetime, ends_at: datetime, note: str, now: datetime) -> UUID:
    """Take times away that nobody is booked at. Raises NotFound, WrongStretch, PeopleAreBooked."""
    absence_id = announce_absence(
        scope,
        schedule_id=schedule_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=Absence.Reason.OTHER,
        moving=Absence.Moving.ASK,
        note=note,
        now=now,
    )
    booked = absences.hit(Absence.objects.select_related("schedule").get(pk=absence_id), now=now)
    if booked:
        raise PeopleAreBooked(count=len(booked))
    return absence_id


@transaction.atomic
def withdraw_absence(scope: Side, *, absence_id: UUID, now: datetime) -> int:
    """Take an absence back: its times are free again, and whoever was asked is told that his visit stands.

    Withdrawn already, it stays so. Returns how many times are free again. Raises NotFound.
    """
    absence = Absence.objects.filter(pk=absence_id).select_for_update().first()
    if absence is None:
        raise NotFound
    schedules.get_schedule(scope, absence.schedule_id)
    if absence.withdrawn_at is not None:
        return 0
    absence.withdrawn_at = now
    absence.save(update_fields=["withdrawn_at"])
    blocked = _locked(Slot.objects.filter(blocked_by=absence_id))
    freed = list(blocked.values_list("pk", flat=True))
    blocked.update(blocked_by=None)
    for other in Absence.objects.filter(schedule=absence.schedule_id, withdrawn_at=None, ends_at__gt=now):
        cover(other)
    timetables.keep_for_list(freed, now=now)
    audit.record(scope, action="scheduling.withdraw_absence", target=absence)
    outbox.put(PLACE, key=f"{absence.pk}:withdrawn", absence_id=str(absence.pk))
    return len(freed)


def place_people(absence_id: UUID, *, now: datetime) -> int:
    """Ask, move or list everybody whom an absence has hit and nobody was asked about; close what it withdrew.

    Each visit is its own transaction, so it can be stopped and done again at any moment. Returns how many were done.
    """
    absence = Absence.objects.select_related("schedule").filter(pk=absence_id).first()
    if absence is None:
        return 0
    if absence.withdrawn_at is not None:
        open_cases = AbsenceCase.objects.filter(absence=absence_id, state__in=absences.OPEN_STATES)
        ids = list(open_cases.order_by("id").values_list("id", flat=True))
        return sum(absence_cases.close_withdrawn(one, now=now) for one in ids)
    cover(absence)
    return sum(absence_cases.open_case(absence.pk, one, now=now) for one in absences.hit(absence, now=now))


def sweep(*, now: datetime) -> None:
    """Go on with what a killed worker left, hand unanswered cases to the desk, close what was settled elsewhere."""
    for absence_id in absences.list_unfinished(now=now):
        place_people(absence_id, now=now)
    for case_id in absences.list_settled_elsewhere():
        absence_cases.settle(case_id, now=now)
    for case_id in absences.list_due(now=now):
        absence_cases.hand_to_desk(case_id, now=now)


@transaction.atomic
def cover(absence: Absence) -> int:
    """Block every time that an absence covers, also those that came after it; holds on them end."""
    found = Slot.objects.filter(
        schedule=absence.schedule_id,
        blocked_by=None,
        starts_at__lt=absence.ends_at,
        ends_at__gt=absence.starts_at,
    )
    return _locked(found).update(blocked_by=absence.pk, held_by=None, held_since=None, held_until=None)


def _locked(found: SlotQuerySet) -> SlotQuerySet:
    """Lock times in the order in which everybody locks several."""
    return Slot.objects.filter(pk__in=list(found.order_by("pk").select_for_update().values_list("pk", flat=True)))
