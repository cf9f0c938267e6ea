"""Главная, and «Статусы заявлений»."""

from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.home import queries, rules
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
        "quick": _quick(request),
        "next": upcoming,
        "next_where": _where(upcoming),
        "next_far": _far(upcoming, today),
        "attention_count": _attention_count(len(page.attention)),
        "heads": {
            "appointments": short_table(page.totals["appointments"]),
            "home_visits": short_table(page.totals["home_visits"]),
            "waitlist": short_table(page.totals["waitlist"]),
        },
        "month": calendar.build_month(month, today=today, marks=page.marks),
        "announcement_number": _announcement_number(request, len(page.announcements)),
    }
    return render(request, "home/home.jinja", context)


@require_safe
def list_requests(request: PatientRequest) -> HttpResponse:
    request.audit_action = "home.requests"
    headings = (
        Column("created", _("Дата")),
        Column("number", _("Номер и заявление")),
        Column("status", _("Статус"), sortable=False),
    )
    table = Table.read(request.GET, columns=headings, default="-created", path=request.path)
    table = table.with_total(requests.count_requests(request.scope))
    rows = requests.list_requests(
        request.scope, order=table.sorting.pick(requests.SORTS), offset=table.page.offset, limit=table.page.limit
    )
    return render(request, "home/requests.jinja", {"table": table, "rows": rows, "scope": request.scope})


def _greeting(given_name: str, patronymic: str, *, is_self: bool) -> str:
    if is_self:
        return _("Здравствуйте, %(name)s") % {"name": f"{given_name} {patronymic}".strip()}
    return _("Карта: %(name)s") % {"name": given_name}


def _quick(request: PatientRequest) -> list[tuple[str, str, str]]:
    url = request.scope.url
    return [
        (_("Мои записи"), url("appointments/"), "calendar-event"),
        (_("Мои рецепты"), url("prescriptions/"), "pill"),
        (_("Анализы"), url("results/"), "flask"),
        (_("Документы"), url("documents/"), "file-text"),
    ]


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


def _attention_count(count: int) -> str:
    return format.counted(count, _("дело"), _("дела"), _("дел"))


def _announcement_number(request: PatientRequest, total: int) -> int:
    asked = request.GET.get("ann", "1")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 and 0 < int(asked) <= total else 1
