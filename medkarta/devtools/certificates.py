"""Certificates that somebody of the demo has ordered: one in each state that a person meets."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from medkarta.core.ids import NAMESPACE
from medkarta.core.scopes import Actor, ActorKind, PatientScope, StaffScope
from medkarta.devtools import waiting
from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import actions, answers, catalogue, rules
from medkarta.patients import queries as patients

Answer = Callable[[StaffScope, UUID, datetime], object]
DAY = timedelta(days=1)


def put(*, now: datetime) -> None:
    """Order them and answer them; again, only what is not there yet."""
    scope = waiting.scope_of_stand_in(now=now)
    clinics = patients.list_registered_facility_ids(scope)
    if not clinics:
        return
    last_year = str(now.year - 1)
    period = {"period_from": f"{last_year}-01-01", "period_until": f"{last_year}-12-31"}
    own_tax = {"year": last_year, "payer": "patient", "inn": "500100732259"}
    _order(scope, clinics[0], "extract-027", 16, _refuse, now=now, answers=period, purpose="Другая клиника")
    _order(scope, clinics[0], "pool", 9, _ready, now=now, answers={"pool": "Бассейн «Дельфин»"})
    _order(scope, clinics[0], "abroad-082", 6, _visit, now=now, answers={"country": "Сербия"}, purpose="Визовый центр")
    _order(scope, clinics[0], "vaccinations-156", 3, _take, now=now, purpose="Работа")
    _order(scope, clinics[0], "tax", 1, None, now=now, answers=own_tax)


def _order(
    scope: PatientScope,
    clinic_id: UUID,
    kind: str,
    days_ago: int,
    answer: Answer | None,
    *,
    now: datetime,
    answers: Mapping[str, str] | None = None,
    purpose: str = "",
) -> None:
    form_key = uuid5(NAMESPACE, f"demo:certificate:{kind}")
    key = rules.order_key(form_key, account_id=scope.account_id, person_id=scope.person_id)
    if catalogue.find(kind) is None or CertificateOrder.objects.filter(form_key=key).exists():
        return
    asked = actions.Order(kind, clinic_id, rules.PORTAL, purpose, answers or {})
    order_id = actions.order_certificate(scope, order=asked, form_key=form_key, now=now - days_ago * DAY)
    if answer is not None:
        desk = StaffScope(Actor(ActorKind.STAFF, "demo"), clinic_id, "registrar", "desk")
        answer(desk, order_id, now - days_ago * DAY + timedelta(hours=20))


def _refuse(desk: StaffScope, order_id: UUID, at: datetime) -> None:
    answers.refuse(desk, order_id=order_id, reason="Уточните период: в этом году вы у нас не лечились", now=at)


def _ready(desk: StaffScope, order_id: UUID, at: datetime) -> None:
    words = "Осмотр терапевта пройден.\nПротивопоказаний к занятиям в бассейне нет."
    answers.take(desk, order_id=order_id, now=at)
    answers.make_ready(desk, order_id=order_id, given=answers.Given(text=words), now=at + DAY)


def _visit(desk: StaffScope, order_id: UUID, at: datetime) -> None:
    answers.need_visit(desk, order_id=order_id, comment="Нужен осмотр терапевта, возьмите паспорт", now=at)


def _take(desk: StaffScope, order_id: UUID, at: datetime) -> None:
    answers.take(desk, order_id=order_id, now=at)
