"""Reads of orders: in a record, one by one, and as they wait at a clinic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, TextField, Value, Window
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import catalogue, rules
from medkarta.documents.orders.catalogue import Kind, Question
from medkarta.requests import answered
from medkarta.ui import format
from medkarta.ui.tables import Table

Status = CertificateOrder.Status
ORDER = {
    "title": ("title", "-ordered_at", "id"),
    "date": ("ordered_at", "id"),
    "facility": ("place", "-ordered_at", "id"),
    "status": ("status", "-ordered_at", "id"),
}
RECENT = 5
_COLUMNS = (
    "id", "kind", "title", "status", "place", "zone", "ordered_at", "changed_at", "comment", "document_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list. `comment`: the clinic's last words; `document_id`: what came of it."""

    id: UUID
    kind: str
    title: str
    status: str
    place: str
    zone: tzinfo
    ordered_at: datetime
    changed_at: datetime
    comment: str
    document_id: UUID | None
    href: str
    can_cancel: bool

    @property
    def status_title(self) -> Text:
        return Status(self.status).label

    @property
    def tone(self) -> str:
        return answered.TONES[self.status]

    @property
    def icon(self) -> str:
        return answered.ICONS.get(self.status, "")

    @property
    def is_live(self) -> bool:
        return self.status in rules.LIVE

    @property
    def can_repeat(self) -> bool:
        return self.status == Status.REFUSED and _can_order(self.kind)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order in full. `facts`: (name, words) of what the form asked; private ones for the asker alone."""

    row: OrderRow
    number: str
    purpose: str
    delivery: str
    facts: tuple[tuple[str, str], ...]
    phone: str


def list_recent(scope: PatientScope) -> tuple[list[OrderRow], int]:
    """Return the newest orders and how many there are in all. One statement."""
    found = _visible(scope).annotate(total=Window(Count("id"))).order_by("-ordered_at", "-id")
    rows = list(found.values(*_COLUMNS, "total")[:RECENT])
    total = rows[0]["total"] if rows else 0
    scope.reads.add("Task", [row["id"] for row in rows])
    return [_row(scope, row) for row in rows], total


def list_orders(scope: PatientScope, table: Table) -> tuple[Table, list[OrderRow]]:
    """Return a page of orders and the table with its total known. Two statements."""
    found = _visible(scope)
    table = table.with_total(found.count())
    page = table.page
    rows = found.order_by(*table.sorting.pick(ORDER))[page.offset : page.offset + page.limit].values(*_COLUMNS)
    shown = [_row(scope, row) for row in rows]
    scope.reads.add("Task", [row.id for row in shown])
    return table, shown


def get_order(scope: PatientScope, order_id: UUID) -> OrderPage:
    """Return one order. One statement. Raises NotFound, also for another person's."""
    extra = ("number", "purpose", "delivery", "answers", "account_id", "facility__phone")
    row = _visible(scope).filter(pk=order_id).values(*_COLUMNS, *extra).first()
    if row is None:
        raise NotFound
    scope.reads.add("Task", [order_id])
    is_mine = row["account_id"] == scope.account_id
    return OrderPage(
        row=_row(scope, row),
        number=row["number"],
        purpose=row["purpose"],
        delivery=row["delivery"],
        facts=tuple(facts_of(row["kind"], row["answers"], with_private=is_mine)),
        phone=row["facility__phone"] or "",
    )


def get_answers(scope: PatientScope, order_id: UUID, *, kind: Kind) -> dict[str, str]:
    """Return what a former order of a kind was filled in with, for a new form. Raises NotFound."""
    row = _visible(scope).filter(pk=order_id, kind=kind.code).first()
    if row is None:
        raise NotFound
    is_mine = row.account_id == scope.account_id
    told = {f"q_{one.code}": row.answers.get(one.code, "") for one in kind.questions if is_mine or not one.is_private}
    return {**told, "facility": str(row.facility_id), "purpose": row.purpose, "delivery": row.delivery}


def find_sent(scope: PatientScope, *, form_key: UUID) -> UUID | None:
    """Return the live order that came by this very form; None where there is none."""
    key = rules.order_key(form_key, account_id=scope.account_id, person_id=scope.person_id)
    found = CertificateOrder.objects.live().filter(form_key=key)
    order_id: UUID | None = found.values_list("pk", flat=True).first()
    return order_id


def facts_of(kind_code: str, answers: Mapping[str, str], *, with_private: bool) -> Iterator[tuple[str, str]]:
    """Yield what was asked beyond the common fields, in words: (name, value)."""
    kind = catalogue.find(kind_code)
    for one in kind.questions if kind else ():
        answer = answers.get(one.code, "")
        if answer and (with_private or not one.is_private):
            yield str(one.title), _in_words(one, answer)


def _in_words(question: Question, answer: str) -> str:
    if question.kind == "date":
        return format.figures(date.fromisoformat(answer))
    option = next((one for one in question.options if one.value == answer), None)
    return str(option.title) if option else answer


def facts_for_letter(order_id: str) -> dict[str, str] | None:
    """Return what a notice of an order may name; None for one that is gone."""
    row = CertificateOrder.objects.filter(pk=order_id, is_withdrawn=False).first()
    if row is None:
        return None
    return {"number": row.number, "what": row.title, "status": str(Status(row.status).label)}


def list_waiting(scope: StaffScope) -> list[CertificateOrder]:
    """Return the orders that wait at a clinic, the longest first."""
    found = CertificateOrder.objects.live().filter(facility_id=scope.clinic_id)
    return list(found.order_by("ordered_at", "id"))


def get_id_by_number(scope: StaffScope, number: str) -> UUID:
    """Return an order of this clinic by its number. Raises NotFound, also for another clinic's."""
    found = CertificateOrder.objects.filter(facility_id=scope.clinic_id, number=number)
    order_id: UUID | None = found.values_list("pk", flat=True).first()
    if order_id is None:
        raise NotFound
    return order_id


def delivery_words(delivery: str) -> str:
    return _("на портале, в документах") if delivery == rules.PORTAL else _("на бумаге, в регистратуре клиники")


def _visible(scope: PatientScope) -> QuerySet[Any]:
    names = (NullIf("facility__short_name", Value("")), NullIf("facility__name", Value("")), "facility_name")
    place = Coalesce(*names, output_field=TextField())
    return CertificateOrder.objects.for_scope(scope).annotate(place=place, zone=F("facility__timezone"))


def _can_order(kind_code: str) -> bool:
    kind = catalogue.find(kind_code)
    return kind is not None and kind.can_order


def _row(scope: PatientScope, row: Mapping[str, Any]) -> OrderRow:
    kind = catalogue.find(row["kind"])
    return OrderRow(
        id=row["id"],
        kind=row["kind"],
        title=kind.name if kind else row["title"],
        status=row["status"],
        place=row["place"],
        zone=format.zone_of(row["zone"] or ""),
        ordered_at=row["ordered_at"],
        changed_at=row["changed_at"],
        comment=row["comment"],
        document_id=row["document_id"],
        href=scope.url(f"documents/orders/{row['id']}/"),
        can_cancel=scope.may_act and row["status"] in rules.CANCELLABLE,
    )
