"""How appointments that a clinic's system sends take their times: as exclusively as a person on a page does."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from medkarta.core.scopes import WorkerScope
from medkarta.core.sql import upsert
from medkarta.scheduling import rules
from medkarta.scheduling.actions import happenings, timetables
from medkarta.scheduling.models import Appointment, Slot
from medkarta.scheduling.queries import settings


def store(rows: Sequence[Appointment], refused: dict[UUID, str], *, keep: tuple[str, ...], now: datetime) -> None:
    """Write what a clinic sent inside the caller's transaction; refuse what takes a time that somebody else has.

    The constraints of the table stand behind this for what comes at the same moment.
    """
    if not rows:
        return
    before = _before([row.pk for row in rows])
    taken = _taken({row.slot_id for row in rows if row.slot_id}, now=now)
    written: list[Appointment] = []
    for row in rows:
        if _ended_here(row, before):
            continue  # its clinic has not heard yet that it was cancelled or moved
        owner = taken.get(row.slot_id) if row.slot_id and _takes(row) else None
        if owner is not None and owner != row.pk:
            refused[row.pk] = _("Это время уже занято другой записью")
            continue
        if row.slot_id and _takes(row):
            taken[row.slot_id] = row.pk
        written.append(row)
    upsert(written, keep=keep)
    mark({row.pk for row in written}, {row.slot_id for row in written if row.slot_id}, now=now)
    _tell_cancelled(written, before, now=now)


def mark(appointment_ids: Collection[UUID], slot_ids: Collection[UUID | None], *, now: datetime) -> None:
    """Let every time that these appointments have, or had, know its live appointment; show the freed to who waits."""
    touched = Slot.objects.filter(Q(pk__in=slot_ids) | Q(appointment__in=appointment_ids))
    had = set(touched.filter(appointment__isnull=False).values_list("pk", flat=True))
    live = Appointment.objects.filter(slot_id=OuterRef("pk"), is_withdrawn=False).exclude(
        status__in=rules.GONE_APPOINTMENT
    )
    touched.update(appointment=Subquery(live.order_by("pk").values("pk")[:1]))
    if had:
        freed = Slot.objects.filter(pk__in=had, appointment__isnull=True, starts_at__gt=now)
        timetables.keep_for_list(list(freed.values_list("pk", flat=True)), now=now)


def _before(ids: Collection[UUID]) -> dict[UUID, Appointment]:
    """Lock these appointments as they stand, before their times: everybody takes the two in this order."""
    found = Appointment.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    return {row.pk: row for row in found}


def _ended_here(row: Appointment, before: Mapping[UUID, Appointment]) -> bool:
    """Tell whether the portal has cancelled or moved what a clinic still sends as live."""
    known = before.get(row.pk)
    if known is None or not _takes(row) or known.status not in rules.GONE_APPOINTMENT:
        return False
    return known.moved_to is not None or known.events.filter(action="cancelled").exists()


def _tell_cancelled(written: Sequence[Appointment], before: Mapping[UUID, Appointment], *, now: datetime) -> None:
    """Tell people what their clinic has cancelled, and take the reminders back."""
    for row in written:
        known = before.get(row.pk)
        if known is None or known.status not in rules.LIVE_APPOINTMENT or row.status != "cancelled":
            continue
        found = settings.booking_rules(facility_id=row.facility_id, position_code="", now=now)
        happenings.recall(WorkerScope(), row, rules=found, now=now)
        if row.starts_at and row.starts_at > now:
            happenings.tell(WorkerScope(), row, "scheduling.cancelled", rules=found, now=now)


def _takes(row: Appointment) -> bool:
    return row.status not in rules.GONE_APPOINTMENT and not row.is_withdrawn


def _taken(slot_ids: Collection[UUID], *, now: datetime) -> dict[UUID | None, UUID | None]:
    """Lock these times; return who has each: an appointment, or a person while his hold lasts."""
    found = Slot.objects.filter(pk__in=slot_ids).order_by("pk").select_for_update()
    owners: dict[UUID | None, UUID | None] = {}
    for pk, appointment, held_by, held_until in found.values_list("pk", "appointment", "held_by", "held_until"):
        is_held = held_until is not None and held_until > now
        owners[pk] = appointment or (held_by if is_held else None)
    return owners
