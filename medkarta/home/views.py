"""Главная, and «Статусы заявлений» with the page of one."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from medkarta.core.errors import Refused, Text
from medkarta.core.http import PatientRequest
from medkarta.home import queries, rules
from medkarta.requests import actions as request_actions
from medkarta.requests import queries as requests
from medkarta.scheduling.queries import AppointmentRow, short_table
from medkarta.ui import calendar, format
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def home(request: PatientRequest) -> HttpResponse:
    scope, now, zone = request.scope, timezone.now(), timezone.get_current_timezone()
    today = timezone.localdate(now)
    month = calendar.read_month(request.GET.get("month", ""), today=today)
    member = request.visitor.member(scope.key)
    page = queries.get_home(scope, month=month, now=now, zone=zone, birth_date=member.birth_date, gender=member.gender)
    upcoming = next((row for row in page.appointments if row.starts_at), None)
    context = {
        "page": page,
        "scope": scope,
        "greeting": _greeting(member.given_name, member.patronymic, is_self=scope.is_self),
        "today_text": _("Сегодня %(day)s") % {"day": format.long_day(today)},
        "next": upcoming,
        "next_where": _where(upcoming),
        "next_far": _far(upcoming, today),
        "heads": {
            "appointments": short_table(page.totals["appointments"], has_acts=True),
            "home_visits": short_table(page.totals["home_visits"]),
            "waitlist": short_table(page.totals["waitlist"], has_acts=True),
        },
        "month": calendar.build_month(month, today=today, marks=page.marks),
        "announcement_number": _announcement_number(request, len(page.announcements)),
    }
    return render(request, "home/home.jinja", context)


@require_safe
def list_requests(request: PatientRequest) -> HttpResponse:
    request.audit_action = "home.requests"
    filters = _request_filters(request.GET)
    totals = requests.count_requests(request.scope, filters)
    columns = (
        Column("created", _("Дата")),
        Column("number", _("Номер и заявление")),
        Column("changed", _("Статус")),
    )
    table = Table.read(request.GET, columns=columns, default="-created", path=request.path)
    table = table.with_total(totals.matching)
    order = table.sorting.pick(requests.SORTS)
    rows = requests.list_requests(request.scope, filters, order=order, offset=table.page.offset, limit=table.page.limit)
    kept = [*table.order, *([("state", filters.state)] if filters.state else [])]
    context = {
        "table": table,
        "rows": rows,
        "scope": request.scope,
        "filters": filters,
        "totals": totals,
        "kept": kept,
        "kind_options": [("", _("Все виды")), *totals.kinds],
        "state_links": _request_state_links(request.path, filters, table.order),
    }
    return render(request, "home/requests.jinja", context)


def _request_filters(params: Mapping[str, str]) -> requests.Filters:
    """Read `?kind=&state=`; an unknown state narrows nothing, an unknown kind finds nothing."""
    state = params.get("state", "")
    return requests.Filters(params.get("kind", ""), state if state in (requests.OPEN, requests.CLOSED) else "")


def _request_state_links(
    path: str, filters: requests.Filters, order: Sequence[tuple[str, str]]
) -> list[tuple[str, str, bool]]:
    states = (("", _("Все")), (requests.OPEN, _("В работе")), (requests.CLOSED, _("Завершённые")))
    links = []
    for state, text in states:
        query = urlencode([(name, one) for name, one in (("kind", filters.kind), ("state", state)) if one] + [*order])
        links.append((text, f"{path}?{query}" if query else path, filters.state == state))
    return links


@require_safe
def show_request(request: PatientRequest, request_id: UUID) -> HttpResponse:
    request.audit_action = "home.request"
    row = requests.get_request_row(request.scope, request_id)
    return render(request, "home/request.jinja", {"row": row, "scope": request.scope})


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_request(request: PatientRequest, request_id: UUID) -> HttpResponse:
    request.audit_action = "home.cancel_request"
    row = requests.get_request_row(request.scope, request_id)
    error: Text = ""
    if request.method == "POST" and "confirm" in request.POST:
        try:
            request_actions.cancel_request(request.scope, request_id=request_id, now=timezone.now())
        except Refused as refusal:
            error, row = refusal.text, requests.get_request_row(request.scope, request_id)
        else:
            messages.success(request, _("Заявление отменено"))
            return redirect(request.scope.url(f"requests/{request_id}/"))
    status = 422 if request.method == "POST" else 200
    return render(
        request, "home/request_cancel.jinja", {"row": row, "scope": request.scope, "error": error}, status=status
    )


def _greeting(given_name: str, patronymic: str, *, is_self: bool) -> str:
    if is_self:
        return _("Здравствуйте, %(name)s") % {"name": f"{given_name} {patronymic}".strip()}
    return _("Карта: %(name)s") % {"name": given_name}


def _where(row: AppointmentRow | None) -> str:
    if row is None:
        return ""
    cabinet = _("кабинет %(number)s") % {"number": row.cabinet} if row.cabinet else ""
    place = ", ".join(part for part in (row.facility, cabinet) if part)
    return " · ".join(part for part in (place, row.address) if part)


def _far(row: AppointmentRow | None, today: date) -> str:
    if row is None or row.starts_at is None:
        return ""
    days = rules.days_ahead(timezone.localdate(row.starts_at, row.zone), today)
    if days < 2:
        return _("завтра") if days else _("сегодня")
    return _("через %(days)s") % {"days": format.counted(days, _("день"), _("дня"), _("дней"))}


def _announcement_number(request: PatientRequest, total: int) -> int:
    asked = request.GET.get("ann", "1")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 and 0 < int(asked) <= total else 1
