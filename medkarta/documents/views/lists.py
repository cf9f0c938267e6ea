"""The list of documents."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.documents import queries
from medkarta.ui.filters import read_year, year_options
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_documents(request: PatientRequest) -> HttpResponse:
    filters = queries.Filters(
        words=request.GET.get("q", "")[:200],
        kind=request.GET.get("kind", "")[:500],
        facility=request.GET.get("facility", "")[:255],
        year=read_year(request.GET.get("year", "")),
    )
    table = Table.read(
        request.GET,
        columns=[
            Column("title", _("Название")),
            Column("date", _("Дата")),
            Column("facility", _("Учреждение")),
            Column("actions", _("Действия"), sortable=False),
        ],
        default="-date",
        path=request.scope.url("documents/"),
    )
    found = queries.list_documents(request.scope, filters=filters, table=table)
    context = {
        "scope": request.scope,
        "found": found,
        "filters": filters,
        "kinds": [("", _("Все виды")), *((name, name) for name in found.kinds)],
        "facilities": [("", _("Все")), *((name, name) for name in found.facilities)],
        "years": year_options(found.first_year, this_year=timezone.localdate().year),
    }
    return render(request, "documents/list.jinja", context)
