"""Ordering a certificate and taking the order back: the row, its request with the history, audit, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import PatientScope
from medkarta.core.working_days import calendar
from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import catalogue, rules, steps
from medkarta.facilities import queries as facilities
from medkarta.patients import actions as patients
from medkarta.patients import queries as people
from medkarta.requests import actions as requests


class MayNotOrder(Refused):
    text = _("Эту карту вы можете только смотреть. Справку заказывает сам человек или его законный представитель")


class NotOrdered(Refused):
    text = _("Эту справку через портал не заказать")


class WrongAge(Refused):
    text = _("Эта справка не для этого возраста")


class ClinicNotKnown(Refused):
    text = _("Такой клиники в справочнике нет. Выберите другую")


class AlreadyOrdered(Refused):
    text = _("Такая же справка уже заказана")

    def __init__(self, order_id: UUID) -> None:
        super().__init__()
        self.order_id = order_id


class FormIsUsedUp(Refused):
    text = _("Заявка по этой форме уже отменена или завершена. Проверьте данные и отправьте ещё раз")


class TooLateToCancel(Refused):
    text = _("Отменить эту заявку уже нельзя: клиника ответила на неё")


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked, already checked. `answers`: code of the kind's question -> answer, dates as ISO."""

    kind: str
    facility_id: UUID
    delivery: str
    purpose: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def order_certificate(scope: PatientScope, *, order: Order, form_key: UUID, now: datetime) -> UUID:
    """Order a certificate and return the order's id. The same form sent again gives the first order back.

    Raises MayNotOrder, NotOrdered, WrongAge, ClinicNotKnown, AlreadyOrdered, FormIsUsedUp; nothing is written then.
    """
    if not scope.may_act:
        raise MayNotOrder
    kind = catalogue.find(order.kind)
    if kind is None or not kind.can_order or order.delivery not in kind.delivery:
        raise NotOrdered
    key = rules.order_key(form_key, account_id=scope.account_id, person_id=scope.person_id)
    client = people.get_client(scope, lock=True)
    known = CertificateOrder.objects.filter(form_key=key).first()
    if known is not None and known.status in rules.LIVE:
        return known.pk
    row = _row(scope, kind, order, key=key, now=now)
    _refuse_repeat(row)
    today = timezone.localdate(now)
    if rules.fit(kind.ages, client.birth_date, day=today) is not rules.Fit.YES:
        raise WrongAge
    clinics = facilities.list_clinics(ids=[order.facility_id])
    if not clinics:
        raise ClinicNotKnown
    row.facility_name = clinics[0].name[:255]
    row.patient_id = patients.portal_patient(scope, now=now)
    due_on = rules.ready_by(kind.term, today, calendar()) if kind.term.is_sure else None
    asked = requests.open_request(scope, kind=steps.KIND, now=now, target_id=row.pk, title=kind.code, due_on=due_on)
    row.number = asked.number
    row.save(force_insert=True)
    audit.record(scope, action="documents.order_certificate", target=row, patient_id=row.patient_id)
    return row.pk


def _row(scope: PatientScope, kind: catalogue.Kind, order: Order, *, key: UUID, now: datetime) -> CertificateOrder:
    same = rules.same_key(
        person_id=scope.person_id,
        kind=kind.code,
        facility_id=order.facility_id,
        apart={one.code: order.answers.get(one.code, "") for one in kind.questions if one.tells_apart},
    )
    return CertificateOrder(
        kind=kind.code,
        title=kind.name[:200],
        account_id=scope.account_id,
        facility_id=order.facility_id,
        purpose=order.purpose,
        delivery=order.delivery,
        answers=dict(order.answers),
        form_key=key,
        same_key=same,
        ordered_at=now,
        changed_at=now,
    )


def _refuse_repeat(row: CertificateOrder) -> None:
    found = CertificateOrder.objects.live().filter(same_key=row.same_key)
    live = found.values_list("pk", flat=True).first()
    if live is not None:
        raise AlreadyOrdered(live)
    if CertificateOrder.objects.filter(form_key=row.form_key).exists():
        raise FormIsUsedUp


@transaction.atomic
def cancel_order(scope: PatientScope, *, order_id: UUID, now: datetime) -> None:
    """Take an order back; one that is cancelled stays so. Raises NotFound, MayNotOrder, TooLateToCancel."""
    found = CertificateOrder.objects.for_scope(scope).select_for_update(of=("self",)).filter(pk=order_id)
    row = found.first()
    if row is None:
        raise NotFound
    if not scope.may_act:
        raise MayNotOrder
    if row.status == CertificateOrder.Status.CANCELLED:
        return
    if row.status not in rules.CANCELLABLE:
        raise TooLateToCancel
    steps.move(scope, row, CertificateOrder.Status.CANCELLED, person_id=scope.person_id, now=now)


def cancel_target(scope: PatientScope, target_id: UUID, now: datetime) -> None:
    """Cancel the order of a request, for «Статусы заявлений»."""
    cancel_order(scope, order_id=target_id, now=now)
