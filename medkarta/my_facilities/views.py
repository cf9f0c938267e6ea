"""The page of a person's clinics."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.my_facilities import queries
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


@require_safe
def list_my_facilities(request: PatientRequest) -> HttpResponse:
    params = request.GET.dict()
    filters = queries.Filters(params.get("children") == "1", params.get("rating") == "1")
    columns = (
        Column("name", _("Учреждение")),
        Column("phone", _("Телефон"), sortable=False),
        Column("hours", _("Время работы"), sortable=False),
        Column("rating", _("Рейтинг")),
        Column("acts", _("Действия"), sortable=False),
    )
    table = Table.read(params, columns=columns, default="name", path=request.scope.url("my-facilities/"))
    table, rows = queries.list_my_facilities(request.scope, filters, table, now=timezone.now())
    context = {
        "table": table,
        "rows": rows,
        "filters": filters,
        "chips": _chips(params, table.path),
        "locked": queries.count_locked(request.scope),
    }
    return render(request, "my_facilities/list.jinja", context)


def _chips(params: Mapping[str, str], path: str) -> list[tuple[str, str, bool]]:
    """Return the switches as (text, address, is on); each keeps the other one and the order."""
    found = []
    for name, text in (("children", _("Обслуживает детей")), ("rating", _("С высоким рейтингом"))):
        is_on = params.get(name) == "1"
        kept = {key: params[key] for key in ("children", "rating", "sort") if key != name and params.get(key)}
        query = urlencode(kept if is_on else kept | {name: "1"})
        found.append((text, f"{path}?{query}" if query else path, is_on))
    return found
