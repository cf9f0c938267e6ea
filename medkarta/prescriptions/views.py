"""Pages of prescriptions."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.prescriptions import qr, queries, sheet, texts
from medkarta.prescriptions.repeats import queries as repeats
from medkarta.prescriptions.repeats import words
from medkarta.prescriptions.rules import EXPIRED
from medkarta.printing.answers import answer
from medkarta.ui.filters import read_day, read_year, year_options
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_prescriptions(request: PatientRequest) -> HttpResponse:
    status = request.GET.get("status", "")
    filters = queries.Filters(
        drug=request.GET.get("q", "")[:200],
        number=request.GET.get("number", "")[:100],
        status=status if status in queries.STATUSES else "",
        year=read_year(request.GET.get("year", "")),
        since=read_day(request.GET.get("since", "")),
        until=read_day(request.GET.get("until", "")),
    )
    today = timezone.localdate()
    found = queries.list_prescriptions(
        request.scope, filters=filters, state=_table(request, ""), commercial=_table(request, "c_"), today=today
    )
    context = {
        "scope": request.scope,
        "found": found,
        "filters": filters,
        "texts": texts,
        "statuses": [("", _("Все")), *((each, texts.STATUS[each][1]) for each in queries.STATUSES)],
        "years": year_options(found.first_year, this_year=today.year),
    }
    return render(request, "prescriptions/list.jinja", context)


@require_safe
def show_prescription(request: PatientRequest, prescription_id: UUID) -> HttpResponse:
    scope = request.scope
    found = queries.get_prescription(scope, prescription_id, today=timezone.localdate())
    row = found.row
    shows_code = row.number and row.status not in (*sheet.CLOSED, EXPIRED)
    context = {
        "scope": scope,
        "found": found,
        "texts": texts,
        "code": qr.svg(sheet.code_text(row.number)) if shows_code else "",
        "repeat": repeats.find_latest(scope, prescription_id),
        "repeat_href": scope.url(f"prescriptions/{row.id}/repeat/") if scope.may_act else "",
        "why_not": words.why_not(found.can_repeat),
    }
    return render(request, "prescriptions/prescription.jinja", context)


@require_safe
def print_prescription(request: PatientRequest, prescription_id: UUID) -> HttpResponse:
    request.audit_action = "prescriptions.print"
    issued = sheet.issue(request.scope, prescription_id, now=timezone.now())
    return answer(issued, _("Рецепт"), download="download" in request.GET)


def _table(request: PatientRequest, prefix: str) -> Table:
    return Table.read(
        request.GET,
        columns=[
            Column("drug", _("Препарат")),
            Column("facility", _("Учреждение")),
            Column("number", _("Номер рецепта")),
            Column("until", _("Срок действия до")),
            Column("status", _("Статус"), sortable=False),
        ],
        default="-until",
        path=request.scope.url("prescriptions/"),
        prefix=prefix,
        anchor="commercial" if prefix else "state",
    )
