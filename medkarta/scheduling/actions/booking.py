"""Booking and moving: one transaction that locks the person, lets the rules decide and claims the time."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from medkarta.core.compiled import compiled
from medkarta.core.errors import NotFound
from medkarta.core.ids import new_id
from medkarta.core.inserting import insert
from medkarta.core.locks import again_after_deadlock
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.outbox import actions as outbox
from medkarta.patients import actions as patient_actions
from medkarta.patients import queries as patients
from medkarta.scheduling import grants, refusals
from medkarta.scheduling.actions import checks, happenings, releasing
from medkarta.scheduling.actions.happenings import Action
from medkarta.scheduling.models import Appointment, Slot
from medkarta.scheduling.queries import slots
from medkarta.scheduling.rules import GONE_APPOINTMENT
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.rules.eligibility import STAFF_CHANNELS
from medkarta.scheduling.scopes import Booker

ASK_CLINIC = "mis.book"


@again_after_deadlock
def book(scope: Booker, order: checks.Order, *, now: datetime) -> Appointment:
    """Book a time, or move an appointment to it: all of it or nothing. The same key gives the same booking again.

    Raises NotFound, refusals.BookingRefused (TimeTaken when somebody was faster). Nothing is written then.
    """
    slot = slots.get_slot(order.slot_id)
    if slot.appointment not in (None, order.move_of):  # taken for everybody to see: no lock is needed to say so
        known = _known(scope, order)
        if known is not None and _answers(known, order):
            return known
        raise refusals.TimeTaken
    try:
        with transaction.atomic():
            return _book(scope, order, slot, now=now)
    except IntegrityError as error:
        known = _known(scope, order)
        if known is not None and _answers(known, order):
            return known
        refusal = refusals.of_constraint(error)
        if refusal is None:
            raise
        raise refusal from None


def _known(scope: Booker, order: checks.Order) -> Appointment | None:
    """Return what this form has already booked for this person, or for whom a clinic's side names."""
    if order.key is None:
        return None
    person_id = scope.person_id if isinstance(scope, PatientScope) else None
    found = _of_key(key=order.key, person_id=person_id, row=order.patient_id)
    return Appointment.objects.select_related("patient").get(pk=found[0][0]) if found else None


def _answers(known: Appointment, order: checks.Order) -> bool:
    """Tell whether a booking is what a form asks for again: of this time, and still kept."""
    return known.slot_id == order.slot_id and known.status not in GONE_APPOINTMENT


@compiled
def _of_key(*, key: UUID, person_id: UUID | None, row: UUID | None) -> QuerySet[Appointment, Any]:
    found = Appointment.objects.filter(booking_key=key)
    if person_id is not None:
        found = found.filter(patient__person_id=person_id)
    elif row is not None:
        found = found.filter(Q(patient=row) | Q(patient__person__patients=row))
    else:
        found = found.none()
    return found.values_list("pk")


def _book(scope: Booker, order: checks.Order, slot: slots.SlotRow, *, now: datetime) -> Appointment:
    client = releasing.client_of(scope, order.patient_id)
    known = _known(scope, order)  # sent again, or a double click that waited for the lock
    if known is not None and _answers(known, order):
        return known
    if known is not None:  # the form of a booking that is over: Back after a cancellation
        order = replace(order, key=None)
    old = None
    if order.move_of is not None:
        old, order = _give_up(scope, client, order, order.move_of, now=now)
    if isinstance(scope, StaffScope) and slot.facility_id not in (None, scope.clinic_id):
        raise NotFound
    found_rules = checks.check(scope, client, slot, order, now=now)
    if old is not None and found_rules.owner == "mis" and order.channel not in STAFF_CHANNELS:
        raise refusals.BookingRefused("MOVED_BY_CLINIC")  # its system would have to do both or none
    appointment = _new(scope, client, slot, order, found_rules, old=old, now=now)
    claimed = Slot.objects.filter(pk=slot.id).claimable(by=order.held_by or client.holder, now=now)
    if order.channel not in STAFF_CHANNELS and order.held_by is None:  # the waiting list is asked before a time opens
        claimed = claimed.released(now)
    if not claimed.update(appointment=appointment.pk, held_by=None, held_since=None, held_until=None):
        raise checks.taken(slot)
    insert([appointment])
    if old is not None:
        Appointment.objects.filter(pk=old.pk).update(moved_to=appointment.pk)
        happenings.note(scope, appointment, Action.MOVED_FROM, now=now, was=str(old.pk))
    else:
        is_pending = appointment.status == Appointment.Status.PENDING
        happenings.note(scope, appointment, Action.PENDING if is_pending else Action.BOOKED, now=now)
    grants.tell(order.grant_kind, order.grant_ref, appointment_id=appointment.pk, is_booked=True, now=now)
    if appointment.status == Appointment.Status.PENDING:
        outbox.put(ASK_CLINIC, key=str(appointment.pk), appointment_id=str(appointment.pk))
    text = "scheduling.moved" if old else "scheduling.booked"
    happenings.tell(scope, appointment, text, rules=found_rules, now=now)
    return appointment


def _give_up(
    scope: Booker, client: patients.Client, order: checks.Order, old_id: UUID, *, now: datetime
) -> tuple[Appointment, checks.Order]:
    """Release the appointment that moves, before the new time is claimed: a neighbouring time may overlap it.

    Returns it, and the order with the grant that it was booked by.
    """
    old = releasing.lock(scope, client, old_id, besides=order.slot_id)
    if old.status == Appointment.Status.PENDING:
        raise refusals.BookingRefused("WAITS_FOR_CLINIC")
    is_his_wish = order.channel not in STAFF_CHANNELS and not order.is_displaced  # the waiting list acts for him
    releasing.end(scope, old, now=now, reason="", by="patient" if is_his_wish else "clinic")
    happenings.note(scope, old, Action.MOVED_TO, now=now)
    if not order.grant_kind:
        order = replace(order, grant_kind=old.grant_kind, grant_ref=old.grant_ref)
    return old, order


def _new(
    scope: Booker,
    client: patients.Client,
    slot: slots.SlotRow,
    order: checks.Order,
    found_rules: BookingRules,
    *,
    old: Appointment | None,
    now: datetime,
) -> Appointment:
    return Appointment(
        id=new_id(),
        patient_id=client.patient_id or _row_of(scope, order, now=now),
        status=Appointment.Status.PENDING if found_rules.owner == "mis" else Appointment.Status.BOOKED,
        **_served(slot),
        channel=order.channel,
        account_id=scope.account_id if isinstance(scope, PatientScope) else _account_of(order, old),
        booking_key=order.key,
        exclusive_position=slot.position_code or None if found_rules.one_per_position else None,
        grant_kind=order.grant_kind,
        grant_ref=order.grant_ref,
        moved_from=old.pk if old else None,
        calendar_uid=(old.calendar_uid or old.pk) if old else None,
        is_restricted=slot.position_code in found_rules.restricted_positions or (old is not None and old.is_restricted),
        requested_at=now,
        changed_at=now,
    )


def _account_of(order: checks.Order, old: Appointment | None) -> UUID | None:
    """Return who asked for what a clinic or the engine books: he is told, and nobody else."""
    return order.account_id or (old.account_id if old else None)


def _served(slot: slots.SlotRow) -> dict[str, Any]:
    """Return what an appointment takes over from its time, names included: the directory may change later."""
    return {
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "slot_id": slot.id,
        "kind": slot.kind,
        "specialty_name": slot.specialty[:255],
        "service_name": slot.service[:255],
        "practitioner_role_id": slot.practitioner_role_id,
        "practitioner_id": slot.practitioner_id,
        "practitioner_name": slot.doctor[:255],
        "facility_id": slot.facility_id,
        "facility_name": slot.facility[:255],
        "location_id": slot.location_id,
        "cabinet": slot.cabinet[:64],
    }


def _row_of(scope: Booker, order: checks.Order, *, now: datetime) -> UUID:
    """Return the row that bears the booking when the portal has none of its own for this person yet."""
    if isinstance(scope, PatientScope):
        return patient_actions.portal_patient(scope, now=now)
    if order.patient_id is None:
        raise NotFound
    return order.patient_id
