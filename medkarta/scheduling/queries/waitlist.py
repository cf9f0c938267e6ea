"""Reads of waiting entries for pages and letters: one entry with its offers, the place in the list, a forecast."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.facilities import queries as facilities
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment, ServedQuerySet, Slot, WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import settings, slots
from medkarta.scheduling.rules import waitlist
from medkarta.ui import format

PACE_DAYS = 14


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A time that was offered. `is_live`: the person may still answer; not `is_exclusive`: others are asked too."""

    id: UUID
    slot: slots.SlotRow | None
    state: str
    state_text: str
    sent_at: datetime
    deadline: datetime
    answered_at: datetime | None
    is_live: bool
    is_exclusive: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the page of an own entry shows beside its row. `place` is None when it waits for nothing any more.

    `freed`: times that came up in the last `PACE_DAYS` days; `forecast` in days, None when that says nothing.
    """

    id: UUID
    status: str
    priority: int
    clinics: tuple[str, ...]
    window: waitlist.Window
    zone: tzinfo
    auto_book: bool
    swaps: UUID | None
    appointment: UUID | None
    has_group: bool
    complaint: str
    paused_at: datetime | None
    place_kept_until: datetime | None
    place: int | None
    freed: int
    forecast: int | None
    offers: tuple[OfferRow, ...]

    @property
    def live_offer(self) -> OfferRow | None:
        return next((one for one in self.offers if one.is_live), None)

    @property
    def wants_earlier(self) -> bool:
        return self.swaps is not None and self.priority != waitlist.Priority.DISPLACED

    @property
    def is_live(self) -> bool:
        return self.status in rules.LIVE_WAITLIST


def find_waiting(scope: PatientScope, entry_id: UUID, *, now: datetime) -> Waiting | None:
    """Return an own entry in full; None for one that a clinic's system told. Raises NotFound. Seven statements."""
    entry = WaitlistEntry.objects.for_scope(scope).filter(pk=entry_id).select_related("facility", "patient").first()
    if entry is None:
        raise NotFound
    if not entry.is_own:
        return None
    clinic_ids = [UUID(one) for one in entry.facility_ids]
    names = facilities.get_names(clinic_ids)
    found = settings.booking_rules(facility_id=entry.facility_id, position_code=entry.specialty_code, now=now)
    status = rules.waitlist_status(status=entry.status, not_after=entry.not_after, now=now)
    is_live = status in rules.LIVE_WAITLIST
    place = count_ahead(entry) + 1 if is_live else None
    freed = count_freed(entry.specialty_code, clinic_ids, now=now) if is_live else 0
    kept_until = entry.paused_at + timedelta(days=found.waitlist_paused_days) if entry.paused_at else None
    return Waiting(
        id=entry.pk,
        status=status,
        priority=waitlist.Priority.ORDINARY if entry.priority is None else entry.priority,
        clinics=tuple(names[one] for one in clinic_ids if one in names),
        window=window_of(entry),
        zone=format.zone_of(entry.facility.timezone if entry.facility else ""),
        auto_book=entry.auto_book,
        swaps=entry.swaps,
        appointment=entry.appointment,
        has_group=entry.group is not None,
        complaint=entry.comment if entry.account_id == scope.account_id else "",
        paused_at=entry.paused_at,
        place_kept_until=kept_until,
        place=place,
        freed=freed,
        forecast=waitlist.forecast_days(place, freed=freed, over_days=PACE_DAYS) if place else None,
        offers=_offers(entry, now=now),
    )


def has_offer(scope: PatientScope, entry_id: UUID, offer_id: UUID) -> bool:
    """Tell whether an offer is of this entry, and the entry of this record."""
    found = WaitlistEntry.objects.for_scope(scope).filter(pk=entry_id, is_own=True, offers=offer_id)
    return found.exists()


def window_of(entry: WaitlistEntry) -> waitlist.Window:
    return waitlist.Window(entry.weekdays, entry.minute_from, entry.minute_to, entry.not_before, entry.not_after)


def _offers(entry: WaitlistEntry, *, now: datetime) -> tuple[OfferRow, ...]:
    rows = list(WaitlistOffer.objects.filter(entry=entry).order_by("-sent_at", "-id"))
    times = {one.id: one for one in slots.slot_rows(Slot.objects.filter(pk__in=[row.slot_id for row in rows]))}
    return tuple(_offer(row, times.get(row.slot_id), now=now) for row in rows)


def _offer(row: WaitlistOffer, slot: slots.SlotRow | None, *, now: datetime) -> OfferRow:
    is_live = row.state == "sent" and row.deadline > now
    state = row.state if is_live or row.state != "sent" else "expired"
    label = str(WaitlistOffer.State(state).label)
    return OfferRow(row.pk, slot, state, label, row.sent_at, row.deadline, row.answered_at, is_live, row.is_exclusive)


def count_ahead(entry: WaitlistEntry) -> int:
    """Count the live entries before this one for the same position in any of its clinics. One statement."""
    before = Q(priority__lt=entry.priority) | Q(priority=entry.priority, requested_at__lt=entry.requested_at)
    before |= Q(priority=entry.priority, requested_at=entry.requested_at, pk__lt=entry.pk)
    found = WaitlistEntry.objects.filter(
        before, is_own=True, is_withdrawn=False, status__in=rules.LIVE_WAITLIST, specialty_code=entry.specialty_code
    ).exclude(pk=entry.pk)
    shared = [Q(clinics__contains=one) for one in entry.facility_ids]
    return (
        found.annotate(clinics=Cast("facility_ids", TextField())).filter(reduce(or_, shared, Q(clinics="[]"))).count()
    )


def count_freed(position_code: str, clinic_ids: list[UUID], *, now: datetime) -> int:
    """Count the times of a position in some clinics that were given back or opened in the last days. Two statements."""
    since = now - timedelta(days=PACE_DAYS)
    cancelled = Appointment.objects.filter(facility_id__in=clinic_ids, status="cancelled", changed_at__gte=since)
    opened = Slot.objects.filter(
        facility_id__in=clinic_ids, specialty_code=position_code, opens_at__gt=since, opens_at__lte=now
    )
    return cancelled.filter(slot__specialty_code=position_code).count() + opened.count()


def facts_of_entry(entry_id: str, offer_id: str = "") -> dict[str, str] | None:
    """Return what a notice of an entry, or of one of its offers, may name; None when there is nothing to tell any more.

    A secret entry gives the time and nothing else.
    """
    found: ServedQuerySet[Any] = WaitlistEntry.objects.filter(pk=UUID(entry_id), is_withdrawn=False)
    one: Mapping[str, Any] | None = found.with_names().values("what", "is_restricted").first()
    if one is None:
        return None
    facts = {} if one["is_restricted"] else {"what": one["what"]}
    if not offer_id:
        return facts
    offer = WaitlistOffer.objects.filter(pk=UUID(offer_id)).first()
    if offer is None or offer.state != "sent":
        return None
    slot = slots.get_slot(offer.slot_id)
    facts |= {"when": format.when(slot.starts_at, tz=slot.zone), "deadline": format.when(offer.deadline, tz=slot.zone)}
    if not one["is_restricted"]:
        facts["place"] = ", ".join(part for part in (slot.facility, slot.address) if part)
    return facts
