"""Pages of orders: the list, the kinds, the form of one, one order, its cancelling."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from medkarta.core.errors import NotFound, Refused
from medkarta.core.http import PatientRequest
from medkarta.documents import queries as documents
from medkarta.documents.orders import actions, catalogue, ordering, queries, rules, steps, words
from medkarta.documents.orders.catalogue import Kind
from medkarta.documents.orders.forms import OrderForm
from medkarta.requests import queries as requests
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table

LIST = "documents/orders/"
NEW = "documents/orders/new/"


def table_columns() -> list[Column]:
    return [
        Column("title", _("Название")),
        Column("date", _("Дата")),
        Column("facility", _("Учреждение")),
        Column("status", _("Статус")),
        Column("comment", _("Комментарий"), sortable=False),
        Column("actions", _("Действия"), sortable=False),
    ]


@require_safe
def list_orders(request: PatientRequest) -> HttpResponse:
    request.audit_action = "documents.orders"
    table = Table.read(request.GET, columns=table_columns(), default="-date", path=request.scope.url(LIST))
    table, rows = queries.list_orders(request.scope, table)
    return render(request, "documents/orders/list.jinja", {"scope": request.scope, "table": table, "rows": rows})


@require_safe
def choose_kind(request: PatientRequest) -> HttpResponse:
    request.audit_action = "documents.order_form"
    if not request.scope.may_act:
        return _closed(request, _("Заказать справку"), str(actions.MayNotOrder.text))
    born, today = ordering.get_birth_date(request.scope), timezone.localdate()
    fits = {one.code: rules.fit(one.ages, born, day=today) for one in catalogue.kinds()}
    context = {
        "scope": request.scope,
        "offered": [one for one in catalogue.kinds() if one.can_order and fits[one.code] is rules.Fit.YES],
        "others": [one for one in catalogue.kinds() if one.can_order and fits[one.code] is not rules.Fit.YES],
        "elsewhere": [one for one in catalogue.kinds() if not one.can_order],
        "words": words,
    }
    return render(request, "documents/orders/kinds.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: PatientRequest, code: str) -> HttpResponse:
    """Show the form of a kind; POST stores one order, however often it comes."""
    request.audit_action = "documents.order_form"
    kind = catalogue.find(code)
    if kind is None or kind.mode is rules.Mode.RETIRED:
        raise NotFound
    status = 403 if request.method == "POST" else 200
    if not request.scope.may_act:
        return _closed(request, kind.name, str(actions.MayNotOrder.text), status=status)
    if not kind.can_order:
        return _closed(request, kind.name, str(kind.instead), status=status)
    today = timezone.localdate()
    orderer = ordering.get_orderer(request.scope, today=today)
    fit = rules.fit(kind.ages, orderer.birth_date, day=today)
    if fit is not rules.Fit.YES:
        return _closed(request, kind.name, words.age_words(kind, fit), status=status)
    if request.method == "POST":
        return _send(request, OrderForm(request.POST, kind=kind, orderer=orderer, today=today))
    initial = _initial(request, kind, orderer)
    return _show_form(request, OrderForm(initial=initial, kind=kind, orderer=orderer, today=today))


def _initial(request: PatientRequest, kind: Kind, orderer: ordering.Orderer) -> Mapping[str, Any]:
    """Return what a form begins with: what a former order of the kind said, else the own clinic and the first way."""
    begin: dict[str, Any] = {"delivery": kind.delivery[0]}
    if orderer.registered:
        begin["facility"] = str(orderer.registered[0].id)
    again = request.GET.get("again", "")
    with suppress(ValueError, NotFound):  # an address that is half or old only fills in nothing
        begin |= queries.get_answers(request.scope, UUID(again), kind=kind) if again else {}
    return begin | {"form_key": str(uuid4())}


def _send(request: PatientRequest, form: OrderForm) -> HttpResponse:
    sent = queries.find_sent(request.scope, form_key=form.key)
    if sent:
        text = _("Эта заявка уже отправлена. Чтобы что-то изменить, отмените её и закажите справку снова")
        messages.info(request, text)
        return redirect(request.scope.url(f"{LIST}{sent}/"))
    if not form.is_valid():
        return _show_form(request, form, status=422)
    try:
        order_id = actions.order_certificate(request.scope, order=form.draft(), form_key=form.key, now=timezone.now())
    except actions.AlreadyOrdered as refusal:
        return _show_form(request, form, same=request.scope.url(f"{LIST}{refusal.order_id}/"), status=409)
    except Refused as refusal:
        form.add_error(None, str(refusal.text))
        form.replace_key()
        return _show_form(request, form, status=422)
    messages.success(request, _("Заявка отправлена в клинику. Её ответ появится здесь"))
    return redirect(request.scope.url(f"{LIST}{order_id}/"))


def _show_form(request: PatientRequest, form: OrderForm, *, same: str = "", status: int = 200) -> HttpResponse:
    checked = ordering.check_record(request.scope, form.kind, today=form.today)
    context = {
        "scope": request.scope,
        "form": form,
        "kind": form.kind,
        "checked": checked,
        "is_visit_ahead": form.kind.needs_visit and not all(one.found for one in checked),
        "term": words.term_words(form.kind.term),
        "act": words.act_words(form.kind.act),
        "same": same,
    }
    return render(request, "documents/orders/form.jinja", context, status=status)


def _closed(request: PatientRequest, title: str, reason: str, *, status: int = 200) -> HttpResponse:
    context = {"scope": request.scope, "title": title, "reason": reason, "may_act": request.scope.may_act}
    return render(request, "documents/orders/closed.jinja", context, status=status)


@require_safe
def show_order(request: PatientRequest, order_id: UUID) -> HttpResponse:
    request.audit_action = "documents.order"
    return render(request, "documents/orders/order.jinja", _context(request, order_id))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_order(request: PatientRequest, order_id: UUID) -> HttpResponse:
    """Ask once; the button of the page cancels."""
    request.audit_action = "documents.cancel_order"
    if request.method == "POST" and "confirm" in request.POST:
        try:
            actions.cancel_order(request.scope, order_id=order_id, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.text))
        else:
            messages.success(request, _("Заявка отменена"))
            return redirect(request.scope.url(f"{LIST}{order_id}/"))
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/orders/cancel.jinja", _context(request, order_id), status=status)


def _context(request: PatientRequest, order_id: UUID) -> dict[str, Any]:
    found = queries.get_order(request.scope, order_id)
    row, kind = found.row, catalogue.find(found.row.kind)
    document = row.document_id
    downloads = documents.list_download_links(request.scope, [document]) if document else {}
    return {
        "scope": request.scope,
        "found": found,
        "row": row,
        "asked": requests.find_row_of(request.scope, kind=steps.KIND, target_id=order_id),
        "delivery": queries.delivery_words(found.delivery),
        "expected": words.ready_words(kind, _day_of(row)) if kind and row.is_live else "",
        "act": words.act_words(kind.act) if kind else "",
        "download": downloads.get(document, "") if document else "",
        "document_href": request.scope.url(f"documents/{document}/") if document in downloads else "",
        "again_href": request.scope.url(f"{NEW}{row.kind}/?again={row.id}") if kind and kind.can_order else "",
    }


def _day_of(row: queries.OrderRow) -> date:
    return timezone.localdate(row.ordered_at, row.zone)
