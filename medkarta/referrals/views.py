"""Pages of «Направления»."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.core.scopes import PatientScope
from medkarta.printing.answers import answer
from medkarta.referrals import queries, sheet
from medkarta.scheduling.addresses import Wish
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_referrals(request: PatientRequest) -> HttpResponse:
    scope, now = request.scope, timezone.now()
    today = timezone.localdate(now)
    state = request.GET.get("state", "")
    state = state if state in (queries.USABLE, queries.OVER) else queries.ALL
    filters = queries.Filters(state=state, now=now, today=today)
    totals = queries.count_referrals(scope, filters)
    studies = _studies_table(request).with_total(totals.studies)
    hospital = _hospital_table(request).with_total(totals.hospitalizations)
    context = {
        "is_filtered": state != queries.ALL,
        "state_links": _state_links(request.path, state, studies.order + hospital.order),
        "totals": totals,
        "studies_table": studies,
        "studies": queries.list_studies(scope, filters, sorting=studies.sorting, page=studies.page)
        if studies.total
        else [],
        "hospital_table": hospital,
        "hospital": queries.list_hospitalizations(scope, filters, sorting=hospital.sorting, page=hospital.page)
        if hospital.total
        else [],
        "book_hrefs": _book_hrefs(scope, now=now) if studies.total else {},
        "unlock_href": _unlock_href(request) if totals.locked else "",
    }
    return render(request, "referrals/list.jinja", context)


@require_safe
def show_referral(request: PatientRequest, referral_id: UUID) -> HttpResponse:
    scope, now = request.scope, timezone.now()
    found = queries.get_referral(scope, referral_id, now=now)
    context = {
        "found": found,
        "row": found.row,
        "list_href": scope.url("referrals/"),
        "send_href": scope.url(f"send/referrals/{referral_id}/") if scope.may_act else "",
        "book_href": _book_hrefs(scope, now=now).get(referral_id, ""),
        "booked_href": scope.url(f"appointments/{found.booked_appointment}/") if found.booked_appointment else "",
    }
    request.audit_action = "referrals.detail"
    return render(request, "referrals/referral.jinja", context)


@require_safe
def print_referral(request: PatientRequest, referral_id: UUID) -> HttpResponse:
    request.audit_action = "referrals.print"
    issued = sheet.issue(request.scope, referral_id, now=timezone.now())
    return answer(issued, _("Направление"), download="download" in request.GET)


def _book_hrefs(scope: PatientScope, *, now: datetime) -> dict[UUID, str]:
    """Return where each referral that a visit may be booked by leads."""
    found = queries.list_open(scope, now=now)
    return {one.source_ref: Wish(grant_kind=one.kind, grant_ref=one.source_ref).url(scope, "times/") for one in found}


def _studies_table(request: PatientRequest) -> Table:
    columns = (
        Column("what", _("Направление")),
        Column("until", _("Срок действия до")),
        Column("where", _("Учреждение")),
        Column("act", _("Действия"), sortable=False, hidden=True),
    )
    return Table.read(
        request.GET, columns=columns, default=queries.NEAREST, path=request.path, size=10, prefix="s_", anchor="studies"
    )


def _hospital_table(request: PatientRequest) -> Table:
    columns = (
        Column("department", _("Отделение")),
        Column("until", _("Срок действия до")),
        Column("where", _("Учреждение")),
        Column("number", _("Номер направления")),
        Column("state", _("Статус")),
    )
    return Table.read(
        request.GET,
        columns=columns,
        default=queries.NEAREST,
        path=request.path,
        size=10,
        prefix="h_",
        anchor="hospital",
    )


def _state_links(path: str, shown: str, order: tuple[tuple[str, str], ...]) -> list[tuple[str, str, bool]]:
    states = ((queries.ALL, _("Все")), (queries.USABLE, _("Действующие")), (queries.OVER, _("Прошедшие")))
    links = []
    for state, text in states:
        query = urlencode(([("state", state)] if state != queries.ALL else []) + list(order))
        links.append((text, f"{path}?{query}" if query else path, state == shown))
    return links


def _unlock_href(request: PatientRequest) -> str:
    return f"/login?{urlencode({'again': 1, 'next': request.get_full_path()})}"
