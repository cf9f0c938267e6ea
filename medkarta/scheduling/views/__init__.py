"""Pages of «Вызовы и записи»."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.scheduling import columns, forms, queries
from medkarta.scheduling.queries.absences import is_asked
from medkarta.scheduling.queries.booking import list_steps
from medkarta.ui.render import render

_LISTS: dict[str, Callable[..., Sequence[object]]] = {
    columns.APPOINTMENTS: queries.list_appointments,
    columns.HOME_VISITS: queries.list_home_visits,
    columns.WAITLIST: queries.list_waitlist,
}


@require_safe
def list_appointments(request: PatientRequest) -> HttpResponse:
    scope, now, zone = request.scope, timezone.now(), timezone.get_current_timezone()
    filters = forms.read_filters(request.GET)
    totals = queries.count_all(scope, filters, now=now, zone=zone)
    lists: dict[str, Any] = {}
    for kind, read in _LISTS.items():
        if filters.shows(kind):
            table = columns.list_table(kind, request.GET, path=request.path).with_total(totals.matching[kind])
            found: Sequence[object] = ()
            if table.total:
                found = read(scope, filters, now=now, zone=zone, sorting=table.sorting, page=table.page)
            lists[kind] = (table, found)
    order = [pair for table, _found in lists.values() for pair in table.order]
    context = {
        "lists": lists,
        "filters": filters,
        "state_links": _state_links(request.path, filters, order),
        "kept": order if filters.state == queries.ALL else [("state", filters.state), *order],
        "totals": totals,
        "book_href": scope.url("appointments/book/"),
        "calendar_href": scope.url("appointments/calendar/"),
        "call_href": scope.url("appointments/home-visits/new/"),
        "unlock_href": _unlock_href(request) if totals.locked else "",
    }
    return render(request, "scheduling/list.jinja", context)


@require_safe
def show_appointment(request: PatientRequest, appointment_id: UUID) -> HttpResponse:
    scope, now = request.scope, timezone.now()
    found = queries.get_appointment(scope, appointment_id, now=now)
    request.audit_action = "scheduling.detail"
    is_pending = found.status in ("pending", "proposed")
    more = {
        "done": request.GET.get("done", ""),
        "is_pending": is_pending,
        "can_change": found.can_change(now) and scope.may_act,
        "steps": list_steps(scope, appointment_id),
        "absence_href": f"{found.row.href}absence/" if found.row.is_ahead and is_asked(scope, appointment_id) else "",
    }
    return _detail(request, "scheduling/appointment.jinja", found, more)


def _state_links(path: str, filters: queries.Filters, order: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    states = ((queries.ALL, _("Все")), (queries.AHEAD, _("Предстоящие")), (queries.PAST, _("Прошедшие")))
    links = []
    for state, text in states:
        query = urlencode([*filters.params(state).items(), *order])
        links.append((text, f"{path}?{query}" if query else path, filters.state == state))
    return links


def _detail(
    request: PatientRequest, template: str, found: queries.Detail, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    context = {"found": found, "row": found.row, "list_href": request.scope.url("appointments/"), **(more or {})}
    return render(request, template, context)


def _unlock_href(request: PatientRequest) -> str:
    return f"/login?{urlencode({'again': 1, 'next': request.get_full_path()})}"
