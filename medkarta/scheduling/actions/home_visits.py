"""Calling a doctor home and cancelling: the row, its request with the history, audit and notice, or nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import PatientScope
from medkarta.patients import actions as patients
from medkarta.requests import actions as requests
from medkarta.scheduling.actions import home_visit_steps
from medkarta.scheduling.models import HomeVisitRequest
from medkarta.scheduling.queries import home_visits as queries
from medkarta.scheduling.rules import home_visits as rules

KIND = home_visit_steps.KIND
CANCELLABLE = rules.CANCELLABLE


class MayNotCall(Refused):
    text = _("Эту карту вы можете только смотреть. Врача вызывает сам человек или его законный представитель")


class NeedsAmbulance(Refused):
    text = _("Звоните 103 или 112: здесь нужна скорая помощь, а не вызов врача")


class ClinicNotOffered(Refused):
    text = _("Эта клиника не принимает вызовы к этому человеку. Выберите другую или позвоните по номеру 122")


class DayNotOffered(Refused):
    text = _("На этот день клиника вызовы уже не принимает. Выберите другой день или позвоните по номеру 122")


class AlreadyCalled(Refused):
    text = _("На этот день врач уже вызван")

    def __init__(self, call_id: UUID) -> None:
        super().__init__()
        self.call_id = call_id


class FormIsUsedUp(Refused):
    text = _("Вызов по этой форме уже отменён или завершён. Проверьте данные и отправьте ещё раз")


class CancelByPhone(Refused):
    text = _("Отменить этот вызов на портале уже нельзя. Позвоните в клинику")


@dataclass(frozen=True, slots=True)
class HomeVisitForm:
    """What was asked, already checked. `half`: one of `rules.HALVES`; the phone is +7…; unknown things are empty."""

    facility_id: UUID
    on: date
    half: str
    address: str
    phone: str
    complaint: str
    flat: str = ""
    entrance: str = ""
    floor: str = ""
    door_code: str = ""
    temperature: Decimal | None = None
    onset_on: date | None = None
    contact: str = ""
    needs_sick_leave: bool = False
    childcare: str = ""

    def answers(self) -> dict[str, Any]:
        told = {
            "half": self.half,
            "onset_on": self.onset_on.isoformat() if self.onset_on else "",
            "contact": self.contact,
            "needs_sick_leave": self.needs_sick_leave,
            "childcare": self.childcare,
        }
        return {name: value for name, value in told.items() if value}


@transaction.atomic
def request_home_visit(scope: PatientScope, *, form: HomeVisitForm, form_key: UUID, now: datetime) -> UUID:
    """Call a doctor and return the call's id. The same form sent again gives the first call back.

    Raises MayNotCall, FormIsUsedUp, ClinicNotOffered, DayNotOffered, NeedsAmbulance, AlreadyCalled; nothing is
    written then.
    """
    if not scope.may_act:
        raise MayNotCall
    key = rules.call_key(form_key, account_id=scope.account_id, person_id=scope.person_id)
    caller = queries.get_caller(scope, now=now, lock=True)
    known = HomeVisitRequest.objects.filter(form_key=key).first()
    if known is not None:
        if known.status not in rules.LIVE:
            raise FormIsUsedUp
        return known.pk
    clinic = caller.clinic(form.facility_id)
    if clinic is None:
        raise ClinicNotOffered
    _check(scope, form, caller, clinic, now=now)
    row = _row(scope, form, clinic, key=key, now=now)
    row.patient_id = patients.portal_patient(scope, now=now)
    row.save(force_insert=True)
    asked = requests.open_request(scope, kind=KIND, now=now, target_id=row.pk, title=clinic.name[:200])
    row.number = asked.number
    row.save(update_fields=["number"])
    audit.record(scope, action="scheduling.request_home_visit", target=row, patient_id=row.patient_id)
    home_visit_steps.tell(scope, row, person_id=scope.person_id, now=now)
    return row.pk


def _check(
    scope: PatientScope, form: HomeVisitForm, caller: queries.Caller, clinic: queries.CallClinic, *, now: datetime
) -> None:
    if rules.needs_ambulance(months=caller.months, temperature=form.temperature):
        raise NeedsAmbulance
    if form.on not in clinic.days or rules.is_half_over(form.half, form.on, now.astimezone(clinic.zone)):
        raise DayNotOffered
    start, end = queries.day_bounds(form.on, clinic.zone)
    live = queries.list_live(scope, start=start, end=end, now=now)
    if live:
        raise AlreadyCalled(live[0].id)


def _row(
    scope: PatientScope, form: HomeVisitForm, clinic: queries.CallClinic, *, key: UUID, now: datetime
) -> HomeVisitRequest:
    starts_at, ends_at = queries.day_bounds(form.on, clinic.zone)
    return HomeVisitRequest(
        status=HomeVisitRequest.Status.NEW,
        is_own=True,
        account_id=scope.account_id,
        form_key=key,
        facility_id=clinic.id,
        facility_name=clinic.name,
        starts_at=starts_at,
        ends_at=ends_at,
        requested_at=now,
        changed_at=now,
        complaint=form.complaint,
        home_address=form.address,
        flat=form.flat,
        entrance=form.entrance,
        floor=form.floor,
        door_code=form.door_code,
        contact_phone=form.phone,
        temperature=form.temperature,
        answers=form.answers(),
    )


@transaction.atomic
def cancel_home_visit(scope: PatientScope, *, call_id: UUID, now: datetime) -> None:
    """Cancel a call; one that is cancelled stays so.

    Raises NotFound, MayNotCall, CancelByPhone (a doctor is assigned, or the call is a clinic's own).
    """
    row = HomeVisitRequest.objects.for_scope(scope).select_for_update(of=("self",)).filter(pk=call_id).first()
    if row is None:
        raise NotFound
    if not scope.may_act:
        raise MayNotCall
    if row.status == HomeVisitRequest.Status.CANCELLED:
        return
    if not rules.can_cancel(status=row.status, is_own=row.is_own):
        raise CancelByPhone
    row.cancelled_by = "patient"
    home_visit_steps.move(scope, row, HomeVisitRequest.Status.CANCELLED, person_id=scope.person_id, now=now)


def cancel_target(scope: PatientScope, target_id: UUID, now: datetime) -> None:
    """Cancel the call of a request, for «Статусы заявлений»."""
    cancel_home_visit(scope, call_id=target_id, now=now)
