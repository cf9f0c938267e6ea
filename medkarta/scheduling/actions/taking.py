"""How appointments that a clinic's system sends take their times: as exclusively as a person on a page does."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from medkarta.core.sql import upsert
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment, Slot


def store(rows: Sequence[Appointment], refused: dict[UUID, str], *, keep: tuple[str, ...], now: datetime) -> None:
    """Write what a clinic sent inside the caller's transaction; refuse what takes a time that somebody else has.

    The constraints of the table stand behind this for what comes at the same moment.
    """
    if not rows:
        return
    taken = _taken({row.slot_id for row in rows if row.slot_id}, now=now)
    written: list[Appointment] = []
    for row in rows:
        owner = taken.get(row.slot_id) if row.slot_id and _takes(row) else None
        if owner is not None and owner != row.pk:
            refused[row.pk] = _("Это время уже занято другой записью")
            continue
        if row.slot_id and _takes(row):
            taken[row.slot_id] = row.pk
        written.append(row)
    upsert(written, keep=keep)
    _mark({row.pk for row in written}, {row.slot_id for row in written if row.slot_id})


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


def _mark(appointment_ids: Collection[UUID], slot_ids: Collection[UUID]) -> None:
    """Let every time that these appointments have, or had, know its live appointment."""
    live = Appointment.objects.filter(slot_id=OuterRef("pk"), is_withdrawn=False).exclude(
        status__in=rules.GONE_APPOINTMENT
    )
    touched = Slot.objects.filter(Q(pk__in=slot_ids) | Q(appointment__in=appointment_ids))
    touched.update(appointment=Subquery(live.order_by("pk").values("pk")[:1]))
