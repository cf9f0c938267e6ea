"""The waiting list, the person's side: join, answer an offer, come back from a pause, leave; and the clinic's refusal.

Each is one transaction: the row, its request with the history, the audit row, the notice, or nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound
from medkarta.core.locks import again_after_deadlock
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.patients import queries as patients
from medkarta.scheduling import refusals, waitlist_words
from medkarta.scheduling.actions import booking, checks, offer_ends, waitlist_joining, waitlist_steps
from medkarta.scheduling.actions.waitlist_joining import Joined, WaitlistForm
from medkarta.scheduling.actions.waitlist_steps import State, Status
from medkarta.scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import settings
from medkarta.scheduling.refusals_waitlist import NotLive, OfferIsOver, ReasonMissing
from medkarta.scheduling.rules import LIVE_WAITLIST, waitlist


@transaction.atomic
def join(
    scope: PatientScope, *, form: WaitlistForm, form_key: UUID, now: datetime, others: Sequence[PatientScope] = ()
) -> Joined:
    """Put a person on the list, and with him others of the account who want neighbouring times: all or none.

    What the first complains of is said of nobody else. The same form sent again gives the first entry back.
    Raises what `waitlist_joining.add` raises.
    """
    group = uuid5(form_key, "group") if others else None
    for one in sorted((scope, *others), key=lambda one: one.person_id) if others else ():
        patients.get_client(one, lock=True)
    joined = waitlist_joining.add(scope, form, key=form_key, group=group, now=now)
    for other in others:
        waitlist_joining.add(other, replace(form, complaint=""), key=form_key, group=group, now=now)
    return joined


@again_after_deadlock
def accept(scope: PatientScope, *, offer_id: UUID, now: datetime) -> Appointment:
    """Book the offered time; in swap mode the old visit is released in the same transaction. Twice is once.

    Raises NotFound, OfferIsOver (the place in the list is kept), refusals.BookingRefused for a rule against it.
    """
    try:
        with transaction.atomic():
            return _accept(scope, offer_id, now=now)
    except refusals.TimeTaken:
        offer_ends.end_offer(offer_id, State.WITHDRAWN, now=now)
        raise OfferIsOver(State.WITHDRAWN) from None


def _accept(scope: PatientScope, offer_id: UUID, *, now: datetime) -> Appointment:
    entry, offer = _of_offer(scope, offer_id)
    if offer.state == State.ACCEPTED and entry.appointment is not None:
        return Appointment.objects.get(pk=entry.appointment)
    if offer.state != State.SENT or offer.deadline <= now:
        raise OfferIsOver(State.EXPIRED if offer.state == State.SENT else offer.state)
    old = waitlist_steps.visit_to_swap(entry, now=now)
    order = checks.Order(
        slot_id=offer.slot_id,
        key=offer.pk,
        grant_kind=entry.grant_kind,
        grant_ref=entry.grant_ref,
        move_of=old.pk if old else None,
        held_by=waitlist_steps.holder_of(offer),
        is_displaced=entry.is_displaced,
    )
    appointment = booking.book(scope, order, now=now)
    waitlist_steps.close(offer, State.ACCEPTED, now=now)
    waitlist_steps.book(scope, entry, appointment.pk, now=now)
    waitlist_steps.settle(offer.slot_id, appointment_id=appointment.pk)
    return appointment


@transaction.atomic
def decline(scope: PatientScope, *, offer_id: UUID, now: datetime) -> None:
    """Give an offered time to the next; the place in the list is kept. Twice is once.

    Raises NotFound, OfferIsOver for one that was accepted or is over.
    """
    entry, offer = _of_offer(scope, offer_id)
    if offer.state == State.DECLINED:
        return
    if not waitlist_steps.close(offer, State.DECLINED, now=now):
        raise OfferIsOver(offer.state)
    comment = _("Предложенное время не подошло")
    waitlist_steps.move(scope, entry, Status.CREATED, now=now, comment=comment, missed=0, offered_at=None)
    _pass_on(entry, offer, now=now)


@transaction.atomic
def leave(scope: PatientScope, *, entry_id: UUID, now: datetime) -> None:
    """Take somebody off the list at his wish; an offered time goes to the next. Left already, it stays so.

    Raises NotFound, NotLive.
    """
    entry = _own(scope, WaitlistEntry.objects.filter(pk=entry_id))
    if entry.status != Status.CANCELLED:
        _end(scope, entry, Status.CANCELLED, now=now)


@transaction.atomic
def still_needed(scope: PatientScope, *, entry_id: UUID, now: datetime) -> None:
    """Go on offering times after a pause. Whoever answers too late stands at the end of his priority.

    Raises NotFound, NotLive.
    """
    entry = _own(scope, WaitlistEntry.objects.filter(pk=entry_id))
    if entry.status not in LIVE_WAITLIST:
        raise NotLive
    if entry.paused_at is None:
        return
    rules = settings.booking_rules(facility_id=entry.facility_id, position_code=entry.specialty_code, now=now)
    keeps = waitlist.keeps_place(entry.paused_at, rules, now=now)
    changes = {"paused_at": None, "missed": 0, "requested_at": entry.requested_at if keeps else now}
    waitlist_steps.move(scope, entry, entry.status, now=now, comment=_("Приём ещё нужен"), **changes)


@transaction.atomic
def reject(scope: StaffScope, *, entry_id: UUID, reason: str, now: datetime) -> None:
    """Refuse an entry of this clinic with the reason that the person reads. Raises NotFound, NotLive, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    found = WaitlistEntry.objects.filter(pk=entry_id, is_own=True).select_related("patient")
    entry = found.select_for_update(of=("self",)).first()
    if entry is None or str(scope.clinic_id) not in entry.facility_ids:
        raise NotFound
    _end(scope, entry, Status.REJECTED, now=now, reason=reason.strip()[:1000])
    waitlist_steps.tell(scope, entry, waitlist_words.REJECTED, key=str(entry.pk), now=now)


def _end(
    scope: PatientScope | StaffScope, entry: WaitlistEntry, status: str, *, now: datetime, reason: str = ""
) -> None:
    if entry.status not in LIVE_WAITLIST:
        raise NotLive
    offer = WaitlistOffer.objects.filter(entry=entry, state=State.SENT).first()
    if offer is not None:
        waitlist_steps.close(offer, State.WITHDRAWN, now=now)
    waitlist_steps.move(scope, entry, status, now=now, comment=reason, reason=reason, offered_at=None)
    if offer is not None:
        _pass_on(entry, offer, now=now)


def _pass_on(entry: WaitlistEntry, offer: WaitlistOffer, *, now: datetime) -> None:
    rules = settings.booking_rules(facility_id=entry.facility_id, position_code=entry.specialty_code, now=now)
    waitlist_steps.pass_on(offer, seconds=rules.waitlist_first_seconds, now=now)


def _of_offer(scope: PatientScope, offer_id: UUID) -> tuple[WaitlistEntry, WaitlistOffer]:
    entry = _own(scope, WaitlistEntry.objects.filter(offers=offer_id))
    return entry, WaitlistOffer.objects.get(pk=offer_id)


def _own(scope: PatientScope, found: QuerySet[WaitlistEntry]) -> WaitlistEntry:
    """Lock the person and his entry. Raises NotFound, also for what a clinic's system told; BookingRefused."""
    patients.get_client(scope, lock=True)
    own = found & WaitlistEntry.objects.for_scope(scope).filter(is_own=True)
    entry = own.select_related("patient").select_for_update(of=("self",)).first()
    if entry is None:
        raise NotFound
    if not scope.may_act:
        raise refusals.BookingRefused("MAY_NOT_ACT")
    return entry
