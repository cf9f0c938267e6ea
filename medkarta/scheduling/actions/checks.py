"""What has to hold before a time is held or booked, asked inside the transaction that does it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from medkarta.core.scopes import PatientScope
from medkarta.patients.queries import Client
from medkarta.scheduling import grants, refusals
from medkarta.scheduling.queries import settings, slots
from medkarta.scheduling.rules import eligibility
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.scopes import Booker


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: a time, by which grant, instead of which appointment, through which channel.

    `key`: of the form; the same key gives the same booking. `patient_id`: whom a clinic's side books.
    `held_by`: a waiting entry whose offer holds the time. `account_id`: who asked for what others book.
    `is_follow_up`: the doctor asked for another visit. `is_displaced`: the clinic took away what `move_of` names.
    """

    slot_id: UUID
    key: UUID | None = None
    grant_kind: str = ""
    grant_ref: UUID | None = None
    move_of: UUID | None = None
    patient_id: UUID | None = None
    held_by: UUID | None = None
    channel: str = "Internet"
    is_follow_up: bool = False
    account_id: UUID | None = None
    is_displaced: bool = False


def check(scope: Booker, client: Client, slot: slots.SlotRow, order: Order, *, now: datetime) -> BookingRules:
    """Return the numbers in force for this time. Raises NotFound, refusals.BookingRefused for the first rule broken."""
    rules = settings.booking_rules(facility_id=slot.facility_id, position_code=slot.position_code, now=now)
    grant = _grant(client, slot, order, now=now)
    sees_restricted = scope.shows_restricted if isinstance(scope, PatientScope) else True
    asker = eligibility.Asker(
        age=eligibility.age_at(client.birth_date, slot.starts_at.astimezone(slot.zone).date()),
        gender=client.gender,
        registered_facility_ids=client.registered_facility_ids,
        may_act=scope.may_act if isinstance(scope, PatientScope) else True,
        channel=order.channel,
        has_grant=grant is not None,
        sees_restricted=sees_restricted,
    )
    code = eligibility.refusal(slot.offered, asker, rules, now=now)
    if code:
        raise refusals.BookingRefused(code)
    is_exempt = order.is_follow_up or (grant is not None and grant.is_follow_up)
    code, in_the_way = eligibility.conflict(
        slot.offered,
        slots.live_of(client.patient_ids, shows_restricted=sees_restricted, now=now, besides=order.move_of),
        rules,
        changes_today=_changes(client, order, now=now),
        is_exempt=is_exempt,
        is_move=order.move_of is not None,
    )
    if code:
        raise refusals.BookingRefused(code, in_the_way)
    return replace(rules, one_per_position=rules.one_per_position and not is_exempt)


def taken(slot: slots.SlotRow) -> refusals.BookingRefused:
    """Return why a time could not be claimed: the clinic withdrew it, or somebody was faster."""
    is_gone = slot.is_withdrawn and slot.appointment is None
    return refusals.TimeTaken("SLOT_WITHDRAWN" if is_gone else "")


def _changes(client: Client, order: Order, *, now: datetime) -> int:
    """Return how often this person was booked today; only self-service is limited."""
    if order.channel != "Internet" or order.held_by is not None:
        return 0
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return slots.count_changes(client.patient_ids, since=max(midnight, now - timedelta(days=1)))


def _grant(client: Client, slot: slots.SlotRow, order: Order, *, now: datetime) -> grants.BookingGrant | None:
    if not order.grant_kind or order.grant_ref is None:
        return None
    grant = grants.recheck(
        order.grant_kind, order.grant_ref, person_id=client.person_id, now=now, besides=order.move_of
    )
    day = slot.starts_at.astimezone(slot.zone).date()
    fits = (
        (not grant.positions or slot.position_code in grant.positions)
        and (not grant.facility_ids or slot.facility_id in grant.facility_ids)
        and (not grant.practitioner_role_ids or slot.practitioner_role_id in grant.practitioner_role_ids)
        and (not grant.location_ids or slot.location_id in grant.location_ids)
        and (grant.not_after is None or day <= grant.not_after)
    )
    if not fits:
        raise refusals.BookingRefused("GRANT_DOES_NOT_FIT")
    return grant
