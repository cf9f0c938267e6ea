"""How an offer or an entry of the waiting list ends without its person: time is up, or the clinic took the time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from medkarta.core.scopes import WorkerScope
from medkarta.scheduling import waitlist_words
from medkarta.scheduling.actions import waitlist_steps
from medkarta.scheduling.actions.waitlist_steps import State, Status
from medkarta.scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import settings, waiting
from medkarta.scheduling.rules import waitlist

ENGINE = WorkerScope()


def end_offers(slot_id: UUID, *, now: datetime) -> None:
    """End the offers of a time that somebody has taken: their people keep their places."""
    for offer_id in waiting.list_lost(slot_id):
        end_offer(offer_id, State.WITHDRAWN, now=now)


@transaction.atomic
def end_offer(offer_id: UUID, state: str, *, now: datetime) -> None:
    """End an offer that was not answered, or whose time went; its entry waits on and its time goes to the next."""
    found = WaitlistEntry.objects.filter(offers=offer_id).select_related("patient")
    entry = found.select_for_update(of=("self",)).first()
    offer = WaitlistOffer.objects.filter(pk=offer_id, state=State.SENT).first()
    if entry is None or offer is None or not waitlist_steps.close(offer, state, now=now):
        return
    rules = settings.booking_rules(facility_id=entry.facility_id, position_code=entry.specialty_code, now=now)
    missed = entry.missed + (state == State.EXPIRED)
    paused_at = now if waitlist.is_paused(missed, rules) else None
    waitlist_steps.move(ENGINE, entry, Status.CREATED, now=now, missed=missed, paused_at=paused_at, offered_at=None)
    if paused_at:
        key = f"{entry.pk}:{now:%y%m%d%H%M%S}"
        waitlist_steps.tell(ENGINE, entry, waitlist_words.PAUSED, key=key, now=now)
    waitlist_steps.pass_on(offer, seconds=rules.waitlist_first_seconds, now=now)


@transaction.atomic
def _expire_entry(entry_id: UUID, *, now: datetime) -> None:
    found = WaitlistEntry.objects.filter(pk=entry_id, not_after__lte=now).select_related("patient")
    entry = found.select_for_update(of=("self",)).first()
    if entry is not None and entry.status == Status.CREATED:
        waitlist_steps.move(ENGINE, entry, Status.EXPIRED, now=now)
        waitlist_steps.tell(ENGINE, entry, waitlist_words.EXPIRED, key=str(entry.pk), now=now)


@transaction.atomic
def close_as_booked(entry_id: UUID, appointment_id: UUID, *, now: datetime) -> None:
    """End an entry whose person has booked such a visit by himself.

    A visit under special secrecy ends only an entry that is so too: any other would tell of it.
    """
    entry = waiting.waiting().filter(pk=entry_id).select_for_update(of=("self",)).first()
    is_secret = Appointment.objects.filter(pk=appointment_id, is_restricted=True).exists()
    if entry is not None and (entry.is_restricted or not is_secret):
        waitlist_steps.book(ENGINE, entry, appointment_id, now=now)


@transaction.atomic
def close_as_given_up(entry_id: UUID, *, now: datetime) -> None:
    """End an entry for another time instead of a visit that is over, or that its person cancelled."""
    found = waiting.waiting().filter(pk=entry_id).select_related("patient")
    entry = found.select_for_update(of=("self",)).first()
    if entry is not None and waitlist_steps.is_given_up(entry, now=now):
        comment = _("Записи, вместо которой нужно было другое время, больше нет")
        waitlist_steps.move(ENGINE, entry, Status.CANCELLED, now=now, comment=comment)
        waitlist_steps.tell(ENGINE, entry, waitlist_words.CLOSED, key=str(entry.pk), now=now)


def tidy(*, now: datetime) -> None:
    """End the entries whose last day or whose visit has passed, and lift those whose state-guarantee term has."""
    for entry_id in waiting.list_expired(now=now):
        _expire_entry(entry_id, now=now)
    for entry_id in waiting.list_cancelled_by_person():
        close_as_given_up(entry_id, now=now)
    for entry_id in waiting.list_past_limit(now=now):
        WaitlistEntry.objects.filter(pk=entry_id).update(priority=waitlist.Priority.LIMIT_PASSED)
