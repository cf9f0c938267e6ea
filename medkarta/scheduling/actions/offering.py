"""The engine of the waiting list: who gets a time that was freed, released or added, and what when nobody answers.

Each step is one transaction, so that a worker may be killed at any moment: a time is kept for the list (`KEEPER`),
or held for exactly one offer, or everybody's, and the sweep goes on from whichever it finds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import WorkerScope
from medkarta.outbox import actions as outbox
from medkarta.patients import queries as patients
from medkarta.scheduling import refusals, waitlist_words
from medkarta.scheduling.actions import booking, checks, offer_ends, waitlist_steps
from medkarta.scheduling.actions.releasing import FREED
from medkarta.scheduling.actions.waitlist_steps import State, Status
from medkarta.scheduling.models import Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import absences, settings, slots, waiting
from medkarta.scheduling.rules import waitlist
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.rules.waitlist import KEEPER

OPENING = "scheduling.slots_opening"
BEFORE_OPENING = timedelta(minutes=2)
ENGINE = WorkerScope()


class Outcome(StrEnum):
    """What became of a time, or of one attempt to give it to somebody."""

    OFFERED = "offered"
    BOOKED = "booked"
    WAITS = "waits"  # for the morning
    PUBLIC = "public"
    GONE = "gone"
    NOT_HIS = "not-his"


class _SlotIsGone(Exception):
    """Somebody has the time: no use in asking others."""


class _HasIt(Refused):
    """The person of an entry has such a visit already."""

    def __init__(self, entry_id: UUID, appointment_id: UUID) -> None:
        super().__init__()
        self.entry_id, self.appointment_id = entry_id, appointment_id


class _GivenUp(Refused):
    """The visit that an entry would replace is over or was cancelled by its person."""

    def __init__(self, entry_id: UUID) -> None:
        super().__init__()
        self.entry_id = entry_id


def offer_slot(slot_id: UUID, *, now: datetime) -> Outcome:
    """Give a time to the first in the list whom it suits and whom the rules let have it; to everybody if there is none.

    Done again, or by several workers at once, it gives the same time to nobody else.
    """
    for offer_id in waiting.list_overdue(now=now, slot_id=slot_id):
        offer_ends.end_offer(offer_id, State.EXPIRED, now=now)
    offer_ends.end_offers(slot_id, now=now)
    try:
        slot = slots.get_slot(slot_id)
    except NotFound:
        return Outcome.GONE
    is_held = slot.held_until is not None and slot.held_until > now and slot.held_by != KEEPER
    if slot.is_withdrawn or slot.appointment is not None or is_held:
        waitlist_steps.give_back(slot_id)
        return Outcome.GONE
    rules = settings.booking_rules(facility_id=slot.facility_id, position_code=slot.position_code, now=now)
    plan = waitlist.plan(slot.starts_at, rules, now=now) if rules.waitlist_enabled else None
    if plan is None or waiting.count_misses(slot_id) >= waitlist.MISSES_OF_SLOT:
        waitlist_steps.give_back(slot_id)
        return Outcome.PUBLIC
    quiet = rules.waitlist_quiet if django_settings.QUIET_HOURS else None
    morning = waitlist.quiet_until(now, quiet=quiet, zone=slot.zone)
    outcome = _offer(slot, plan, rules, auto_only=morning is not None, now=now)
    if outcome is Outcome.PUBLIC:
        outcome = _keep_until(slot, morning, seconds=rules.waitlist_first_seconds, now=now)
    return outcome


def _offer(slot: slots.SlotRow, plan: waitlist.Plan, rules: BookingRules, *, auto_only: bool, now: datetime) -> Outcome:
    given = 0
    for candidate in waiting.candidates(slot, auto_only=auto_only):
        outcome = _attempt(slot, candidate, plan, rules, auto_only=auto_only, now=now)
        if outcome in (Outcome.BOOKED, Outcome.GONE):
            return outcome
        given += outcome is Outcome.OFFERED
        if given == plan.people:
            break
    return Outcome.OFFERED if given else Outcome.PUBLIC


def _keep_until(slot: slots.SlotRow, morning: datetime | None, *, seconds: int, now: datetime) -> Outcome:
    """Keep a time through the night for those who are not asked at night, if there are any and there is time left."""
    if morning is not None and morning < slot.starts_at - waitlist.PUBLIC_BEFORE and waiting.is_wanted(slot):
        until = morning + timedelta(seconds=seconds)
        kept = Slot.objects.filter(pk=slot.id).claimable(by=KEEPER, now=now)
        is_kept = kept.update(held_by=KEEPER, held_since=now, held_until=until)
        return Outcome.WAITS if is_kept else Outcome.GONE
    waitlist_steps.give_back(slot.id)
    return Outcome.PUBLIC


def _attempt(
    slot: slots.SlotRow,
    candidate: waiting.Candidate,
    plan: waitlist.Plan,
    rules: BookingRules,
    *,
    auto_only: bool,
    now: datetime,
) -> Outcome:
    """Give a time to one candidate, and neighbouring times to his group: all of it or nothing."""
    try:
        with transaction.atomic():
            places = _places(slot, candidate, now=now)
            entries = _lock([one for one, _slot in places])
            if auto_only and not all(entry.auto_book for entry in entries.values()):
                return Outcome.NOT_HIS
            ordered = sorted(places, key=lambda place: place[1].id)
            outcomes = [_give(entries[one.id], time, plan, rules, now=now) for one, time in ordered]
            return outcomes[[one.id for one, _time in ordered].index(candidate.id)]
    except (_SlotIsGone, refusals.TimeTaken):
        return Outcome.NOT_HIS if candidate.group else Outcome.GONE
    except _HasIt as found:
        offer_ends.close_as_booked(found.entry_id, found.appointment_id, now=now)
    except _GivenUp as found:
        offer_ends.close_as_given_up(found.entry_id, now=now)
    except (Refused, NotFound, IntegrityError):
        pass
    return Outcome.NOT_HIS


def _places(
    slot: slots.SlotRow, candidate: waiting.Candidate, *, now: datetime
) -> list[tuple[waiting.Candidate, slots.SlotRow]]:
    """Return who would get which time: the candidate this one, his group the closest others. Raises NotFound."""
    others = [one for one in waiting.list_group(candidate.group) if one.id != candidate.id] if candidate.group else []
    near = waiting.list_neighbours(slot, by=KEEPER, now=now)[: len(others)] if others else []
    if len(near) < len(others):
        raise NotFound
    return [(candidate, slot), *zip(others, near, strict=True)]


def _lock(found: Sequence[waiting.Candidate]) -> dict[UUID, WaitlistEntry]:
    """Lock the persons, then their entries. Raises NotFound for one that somebody else is at, or that waits no more."""
    for one in sorted(found, key=lambda one: one.holder):
        patients.get_client_of_row(ENGINE, one.patient_id, lock=True)
    rows = waiting.waiting().filter(pk__in=[one.id for one in found]).select_related("patient").order_by("pk")
    entries = {entry.pk: entry for entry in rows.select_for_update(of=("self",), skip_locked=True)}
    if len(entries) < len(found):
        raise NotFound
    return entries


def _give(
    entry: WaitlistEntry, slot: slots.SlotRow, plan: waitlist.Plan, rules: BookingRules, *, now: datetime
) -> Outcome:
    """Offer a time to a locked entry, or book it at once. Raises Refused for the rule against it, _SlotIsGone."""
    window = waitlist.Window(entry.weekdays, entry.minute_from, entry.minute_to, entry.not_before, entry.not_after)
    if not waitlist.suits(window, slot.starts_at, slot.zone):
        raise NotFound
    order = _order(entry, slot, now=now)
    client = patients.get_client_of_row(ENGINE, entry.patient_id)
    try:
        checks.check(ENGINE, client, slot, order, now=now)
    except refusals.BookingRefused as refusal:
        if refusal.code == "APPOINT_PATIENT_REGISTERED_SPECIALIST" and refusal.appointment_id:
            raise _HasIt(entry.pk, refusal.appointment_id) from None
        raise
    holder = entry.pk if plan.is_exclusive else waitlist_steps.shared_holder(slot.id)
    until = plan.deadline + timedelta(seconds=rules.waitlist_first_seconds)  # the next one's turn comes before others'
    mine = Slot.objects.claimable(by=KEEPER, now=now) | Slot.objects.claimable(by=holder, now=now)
    if not mine.filter(pk=slot.id).update(held_by=holder, held_since=now, held_until=until):
        raise _SlotIsGone
    if not plan.is_exclusive and waiting.count_live(slot.id, now=now) >= plan.people:
        raise _SlotIsGone
    offer = WaitlistOffer(
        entry=entry, slot_id=slot.id, is_exclusive=plan.is_exclusive, sent_at=now, deadline=plan.deadline
    )
    if entry.auto_book:
        return _book(entry, replace(order, held_by=holder), offer, now=now)
    offer.save(force_insert=True)
    waitlist_steps.move(ENGINE, entry, Status.OFFERED, now=now, offered_at=slot.starts_at)
    key = str(offer.pk)
    waitlist_steps.tell(ENGINE, entry, waitlist_words.OFFER, key=key, offer_id=key, now=now)
    return Outcome.OFFERED


def _order(entry: WaitlistEntry, slot: slots.SlotRow, *, now: datetime) -> checks.Order:
    """Return what the entry asks for.

    Raises NotFound for a time that is no earlier than the visit it would replace, unless the clinic took that away;
    _HasIt where that stands again, or was moved already; _GivenUp where it is over or its person cancelled it.
    """
    if waitlist_steps.is_given_up(entry, now=now):
        raise _GivenUp(entry.pk)
    old = waitlist_steps.visit_to_swap(entry, now=now)
    if old is not None and entry.is_displaced:
        if old.pk != entry.swaps or not absences.is_open(old.pk):
            raise _HasIt(entry.pk, old.pk)
    elif old is not None and old.starts_at is not None and slot.starts_at >= old.starts_at:
        raise NotFound
    return checks.Order(
        slot_id=slot.id,
        key=uuid5(entry.pk, str(slot.id)),
        grant_kind=entry.grant_kind or (old.grant_kind if old else ""),
        grant_ref=entry.grant_ref or (old.grant_ref if old else None),
        move_of=old.pk if old else None,
        patient_id=entry.patient_id,
        held_by=entry.pk,
        account_id=entry.account_id,
        is_displaced=entry.is_displaced,
    )


def _book(entry: WaitlistEntry, order: checks.Order, offer: WaitlistOffer, *, now: datetime) -> Outcome:
    appointment = booking.book(ENGINE, order, now=now)
    offer.state, offer.answered_at = State.ACCEPTED, now
    offer.save(force_insert=True)
    waitlist_steps.book(ENGINE, entry, appointment.pk, now=now)
    waitlist_steps.settle(offer.slot_id, appointment_id=appointment.pk)
    return Outcome.BOOKED


def offer_for(slot_ids: Iterable[UUID], *, now: datetime) -> list[UUID]:
    """Let the list see times that were added or released, inside the caller's transaction; the worker offers them.

    Those that open to everybody later are offered shortly before that. Returns those that are wanted and open now.
    """
    deliveries: dict[str, outbox.Delivery] = {}
    found = waiting.list_waited_for(list(slot_ids))
    for slot_id, facility_id, opens_at in found:
        if opens_at is None or opens_at <= now + BEFORE_OPENING or facility_id is None:
            key = f"{slot_id}:{now:%y%m%d%H%M%S}"
            deliveries[key] = outbox.Delivery(FREED, key, {"slot_id": str(slot_id)})
        else:
            key = f"{facility_id}:{opens_at:%y%m%d%H%M%S}"
            payload = {"facility_id": str(facility_id), "opens_at": opens_at.isoformat()}
            deliveries[key] = outbox.Delivery(OPENING, key, payload, opens_at - BEFORE_OPENING)
    if deliveries:
        outbox.put_many(deliveries.values())
    return [slot_id for slot_id, _facility, opens_at in found if opens_at is None or opens_at <= now]


def offer_opening(facility_id: UUID, opens_at: datetime, *, now: datetime) -> None:
    """Offer the times of a clinic that are about to open to everybody."""
    for slot_id in waiting.list_opening(facility_id, opens_at=opens_at):
        offer_slot(slot_id, now=now)


def sweep(*, now: datetime) -> None:
    """Do what no event tells of: offers whose time is up or gone, times that were kept for a worker that was killed."""
    for offer_id in waiting.list_overdue(now=now):
        offer_ends.end_offer(offer_id, State.EXPIRED, now=now)
    for offer_id in waiting.list_lost():
        offer_ends.end_offer(offer_id, State.WITHDRAWN, now=now)
    seconds = settings.booking_rules(facility_id=None, position_code="", now=now).waitlist_first_seconds
    for slot_id in waiting.list_kept(by=KEEPER, now=now, seconds=seconds):
        offer_slot(slot_id, now=now)
