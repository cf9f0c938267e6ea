"""What a clinic says of a visit: confirmed or refused where its own system has the times; come, missed or done."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import StaffScope, WorkerScope
from medkarta.patients import queries as patients
from medkarta.scheduling import refusals
from medkarta.scheduling.actions import happenings, releasing
from medkarta.scheduling.actions.happenings import Action
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.queries import desk, settings
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.ui import format

Side = StaffScope | WorkerScope
Status = Appointment.Status


class NotYet(Refused):
    text = _("Этот приём ещё впереди: отметить его можно в день приёма, а неявку и итог после начала")


class ReasonMissing(Refused):
    text = _("Напишите, почему запись не подтверждена: причину увидит пациент")


@transaction.atomic
def confirm(scope: Side, *, appointment_id: UUID, now: datetime) -> Appointment:
    """Confirm what waited for the clinic; confirmed already, it stays so. Raises NotFound, refusals.BookingRefused."""
    visit = _lock(scope, appointment_id, (Status.PENDING, Status.PROPOSED, Status.BOOKED))
    if visit.status != Status.BOOKED:
        _mark(visit, Status.BOOKED, now=now)
        happenings.note(scope, visit, Action.CONFIRMED, now=now)
        happenings.tell(scope, visit, "scheduling.confirmed", rules=_numbers(visit, now=now), now=now)
    return visit


@transaction.atomic
def refuse(scope: Side, *, appointment_id: UUID, reason: str, now: datetime) -> Appointment:
    """Refuse what waited for the clinic: its time is free again, and the person is told.

    Raises NotFound, ReasonMissing, refusals.BookingRefused.
    """
    if not reason.strip():
        raise ReasonMissing
    visit = _lock(scope, appointment_id, (Status.PENDING, Status.PROPOSED))
    numbers = _numbers(visit, now=now)
    releasing.end(scope, visit, now=now, reason=reason.strip(), by="clinic")
    happenings.note(scope, visit, Action.REFUSED, now=now)
    happenings.recall(scope, visit, rules=numbers, now=now)
    happenings.tell(scope, visit, "scheduling.refused", rules=numbers, now=now)
    return visit


@transaction.atomic
def mark_arrived(scope: Side, *, appointment_id: UUID, now: datetime) -> Appointment:
    """Note that somebody came, on the day of the visit. Raises NotFound, NotYet, refusals.BookingRefused."""
    visit = _lock(scope, appointment_id, (Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN))
    zone = format.zone_of(visit.facility.timezone if visit.facility else "")
    if visit.starts_at and now.astimezone(zone).date() < visit.starts_at.astimezone(zone).date():
        raise NotYet
    if visit.status == Status.BOOKED:
        _mark(visit, Status.ARRIVED, now=now)
        audit.record(scope, action="scheduling.mark_arrived", target=visit, patient_id=visit.patient_id)
    return visit


@transaction.atomic
def mark_no_show(scope: Side, *, appointment_id: UUID, now: datetime) -> Appointment:
    """Note that nobody came, once the visit has begun. Raises NotFound, NotYet, refusals.BookingRefused."""
    visit = _lock(scope, appointment_id, (Status.BOOKED, Status.NO_SHOW))
    if visit.status == Status.BOOKED:
        _begun(visit, now=now)
        _mark(visit, Status.NO_SHOW, now=now)
        audit.record(scope, action="scheduling.mark_no_show", target=visit, patient_id=visit.patient_id)
    return visit


@transaction.atomic
def mark_done(scope: Side, *, appointment_id: UUID, now: datetime) -> Appointment:
    """Note that the visit took place, once it has begun. Raises NotFound, NotYet, refusals.BookingRefused."""
    visit = _lock(scope, appointment_id, (Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN, Status.FULFILLED))
    if visit.status != Status.FULFILLED:
        _begun(visit, now=now)
        _mark(visit, Status.FULFILLED, now=now)
        audit.record(scope, action="scheduling.mark_done", target=visit, patient_id=visit.patient_id)
    return visit


def _lock(scope: Side, appointment_id: UUID, expected: tuple[str, ...]) -> Appointment:
    """Lock the person, then the visit. Raises NotFound, also for another clinic's; NOT_LIVE for another status."""
    row = desk.get_visit(appointment_id)
    if isinstance(scope, StaffScope) and row.facility_id != scope.clinic_id:
        raise NotFound
    patients.get_client_of_row(scope, row.patient_id, lock=True)
    found = Appointment.objects.select_related("patient", "facility").select_for_update(of=("self",))
    visit = found.get(pk=appointment_id)
    if visit.status not in expected:
        raise refusals.BookingRefused("NOT_LIVE")
    return visit


def _begun(visit: Appointment, *, now: datetime) -> None:
    if visit.starts_at is not None and visit.starts_at > now:
        raise NotYet


def _mark(visit: Appointment, status: str, *, now: datetime) -> None:
    visit.status, visit.changed_at = status, now
    visit.save(update_fields=["status", "changed_at"])


def _numbers(visit: Appointment, *, now: datetime) -> BookingRules:
    return settings.booking_rules(facility_id=visit.facility_id, position_code=visit.exclusive_position or "", now=now)
