"""Pages of prescriptions."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.prescriptions import queries, texts
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_prescriptions(request: PatientRequest) -> HttpResponse:
    year, status = request.GET.get("year", ""), request.GET.get("status", "")
    filters = queries.Filters(
        drug=_text(request, "q", 200),
        number=_text(request, "number", 100),
        status=status if status in queries.STATUSES else "",
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 and year >= "1900" else None,
    )
    today = timezone.localdate()
    found = queries.list_prescriptions(
        request.scope, filters=filters, state=_table(request, ""), commercial=_table(request, "c_"), today=today
    )
    years = range(today.year, (found.first_year or today.year) - 1, -1)
    context = {
        "scope": request.scope,
        "found": found,
        "filters": filters,
        "texts": texts,
        "statuses": [("", _("Все")), *((each, texts.STATUS[each][1]) for each in queries.STATUSES)],
        "years": [("", _("Всё время")), *((each, _("%(year)s год") % {"year": each}) for each in years)],
    }
    return render(request, "prescriptions/list.jinja", context)


@require_safe
def show_prescription(request: PatientRequest, prescription_id: UUID) -> HttpResponse:
    found = queries.get_prescription(request.scope, prescription_id, today=timezone.localdate())
    return render(request, "prescriptions/prescription.jinja", {"scope": request.scope, "found": found, "texts": texts})


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


def _text(request: PatientRequest, name: str, most: int) -> str:
    """Return a parameter without the NUL that PostgreSQL's texts can't hold."""
    return request.GET.get(name, "").replace("\x00", "")[:most]
