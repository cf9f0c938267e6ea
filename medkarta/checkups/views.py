"""The page of examinations."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.checkups import queries
from medkarta.core.http import PatientRequest
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_checkups(request: PatientRequest) -> HttpResponse:
    table = Table.read(
        request.GET,
        columns=(
            Column("facility", _("Учреждение")),
            Column("name", _("Наименование")),
            Column("date", _("Дата")),
            Column("status", _("Статус"), sortable=False),
            Column("acts", _("Действия"), sortable=False, hidden=True),
        ),
        default="-date",
        path=request.scope.url("checkups/"),
        anchor="passed",
    )
    found = queries.list_checkups(request.scope, table=table, today=timezone.localdate())
    return render(request, "checkups/list.jinja", {"scope": request.scope, "found": found})
