"""Pages of vaccinations."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.immunizations import queries, sheet
from medkarta.printing.answers import answer
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_immunizations(request: PatientRequest) -> HttpResponse:
    table = Table.read(
        request.GET,
        columns=(
            Column("name", _("Название")),
            Column("date", _("Дата")),
            Column("facility", _("Учреждение")),
            Column("more", _("Действия"), sortable=False, hidden=True),
        ),
        default="-date",
        path=request.scope.url("immunizations/"),
    )
    found = queries.list_immunizations(request.scope, table=table)
    return render(request, "immunizations/list.jinja", {"scope": request.scope, "found": found})


@require_safe
def print_immunizations(request: PatientRequest) -> HttpResponse:
    request.audit_action = "immunizations.print"
    issued = sheet.issue(request.scope, now=timezone.now())
    return answer(issued, _("Сведения о прививках"), download="download" in request.GET)


@require_safe
def show_immunization(request: PatientRequest, immunization_id: UUID) -> HttpResponse:
    page = queries.get_immunization(request.scope, immunization_id)
    return render(request, "immunizations/immunization.jinja", {"scope": request.scope, "page": page})
