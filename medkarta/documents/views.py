"""Pages of electronic medical documents."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest
from medkarta.documents import actions, queries, texts
from medkarta.integrations.storage.port import FileMissing
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_documents(request: PatientRequest) -> HttpResponse:
    year = request.GET.get("year", "")
    filters = queries.Filters(
        words=_text(request, "q", 200),
        kind=_text(request, "kind", 500),
        facility=_text(request, "facility", 255),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 and year >= "1900" else None,
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
    this_year = timezone.localdate().year
    years = range(this_year, (found.first_year or this_year) - 1, -1)
    context = {
        "scope": request.scope,
        "found": found,
        "filters": filters,
        "kinds": [("", _("Все виды")), *((name, name) for name in found.kinds)],
        "facilities": [("", _("Все")), *((name, name) for name in found.facilities)],
        "years": [("", _("Всё время")), *((each, _("%(year)s год") % {"year": each}) for each in years)],
    }
    return render(request, "documents/list.jinja", context)


@require_safe
def show_document(request: PatientRequest, document_id: UUID) -> HttpResponse:
    document = queries.get_document(request.scope, document_id)
    context = {"scope": request.scope, "document": document, "texts": texts}
    return render(request, "documents/document.jinja", context)


@require_safe
def download_file(request: PatientRequest, document_id: UUID, position: int) -> HttpResponseBase:
    request.audit_action = "documents.download"
    try:
        return actions.send_file(queries.get_file(request.scope, document_id, position))
    except FileMissing:
        raise NotFound from None


def _text(request: PatientRequest, name: str, most: int) -> str:
    """Return a parameter without the NUL that PostgreSQL's texts can't hold."""
    return request.GET.get(name, "").replace("\x00", "")[:most]
