"""What a person answers to a reminder by the signed link of his letter, without signing in."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from medkarta.core.scopes import Actor, ActorKind, WorkerScope
from medkarta.scheduling import refusals
from medkarta.scheduling.actions import booking, happenings, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.actions.happenings import Action
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.queries import booking as reads

BY_LINK = WorkerScope(Actor(ActorKind.PERSON, "reminder-link"))


def answer(appointment_id: UUID, *, coming: bool, now: datetime) -> reads.Asked:
    """Keep a visit, or give its time up for another; the last answer counts while the time has not begun.

    Who said no and then yes gets the same time again if nobody has taken it since.
    Raises NotFound, refusals.BookingRefused; nothing is changed then.
    """
    asked = reads.get_asked(appointment_id)
    if now >= asked.starts_at:
        raise refusals.BookingRefused("TOO_LATE_TO_CHANGE")
    if coming and not asked.is_live:
        return _come_after_all(asked, now=now)
    if asked.is_live and asked.coming is not coming:
        _keep_or_give_up(asked, coming=coming, now=now)
    return reads.get_asked(asked.id)


@transaction.atomic
def _keep_or_give_up(asked: reads.Asked, *, coming: bool, now: datetime) -> None:
    if not coming:
        releasing.cancel(BY_LINK, appointment_id=asked.id, patient_id=asked.patient_id, by_person=True, now=now)
    row = Appointment.objects.get(pk=asked.id)
    row.coming = coming
    row.save(update_fields=["coming"])
    happenings.note(BY_LINK, row, Action.COMING if coming else Action.NOT_COMING, now=now)


def _come_after_all(asked: reads.Asked, *, now: datetime) -> reads.Asked:
    """Book the time again that this person gave up by the same link; anything else needs the portal."""
    old = Appointment.objects.get(pk=asked.id)
    if asked.slot_id is None or old.coming is not False:
        raise refusals.BookingRefused("NOT_LIVE")
    order = Order(
        slot_id=asked.slot_id,
        patient_id=asked.patient_id,
        grant_kind=old.grant_kind,
        grant_ref=old.grant_ref,
        channel=old.channel or "Registry",
        is_follow_up=old.exclusive_position is None,
        account_id=old.account_id,
    )
    try:
        return _book_again(old, order, now=now)
    except refusals.BookingRefused:
        found = reads.get_asked(asked.id)
        if found.is_live:  # pressed twice: the first press has it
            return found
        raise


@transaction.atomic
def _book_again(old: Appointment, order: Order, *, now: datetime) -> reads.Asked:
    again = booking.book(BY_LINK, order, now=now)
    Appointment.objects.filter(pk=again.pk).update(
        coming=True, moved_from=old.pk, calendar_uid=old.calendar_uid or old.pk
    )
    Appointment.objects.filter(pk=old.pk).update(moved_to=again.pk)
    happenings.note(BY_LINK, again, Action.COMING, now=now)
    return reads.get_asked(again.pk)
