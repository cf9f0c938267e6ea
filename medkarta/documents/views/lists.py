"""The list of documents, below the newest orders of certificates."""

from contextlib import suppress
from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.documents import queries, texts
from medkarta.documents.orders import queries as orders
from medkarta.documents.orders.views import table_columns
from medkarta.ui.filters import read_year, year_options
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table

_EARLIEST = date(1900, 1, 1)


@require_safe
def list_documents(request: PatientRequest) -> HttpResponse:
    """Show the documents; whoever looks for something among them sees no orders in between."""
    path, filters = request.scope.url("documents/"), _read_filters(request)
    table = Table.read(
        request.GET,
        columns=[
            Column("title", _("Название")),
            Column("date", _("Дата")),
            Column("facility", _("Учреждение")),
            Column("actions", _("Действия"), sortable=False),
        ],
        default="-date",
        path=path,
    )
    found = queries.list_documents(request.scope, filters=filters, table=table)
    is_first = not filters and table.page.number == 1
    order_rows, order_total = orders.list_recent(request.scope) if is_first else ([], 0)
    order_table = Table.read({}, columns=table_columns(), default="-date", path=f"{path}orders/")
    context = {
        "scope": request.scope,
        "found": found,
        "filters": filters,
        "texts": texts,
        "kinds": [("", _("Все виды")), *((name, name) for name in found.kinds)],
        "facilities": [("", _("Все")), *((name, name) for name in found.facilities)],
        "years": year_options(found.first_year, this_year=timezone.localdate().year),
        "is_first": is_first,
        "orders": order_rows,
        "order_table": order_table.with_total(order_total),
    }
    return render(request, "documents/list.jinja", context)


def _read_filters(request: PatientRequest) -> queries.Filters:
    """Read the filters of the address; whatever is wrong in it narrows nothing."""
    params = request.GET
    return queries.Filters(
        words=params.get("q", "").strip()[:200],
        kind=params.get("kind", "")[:500],
        facility=params.get("facility", "")[:255],
        year=read_year(params.get("year", "")),
        since=_read_day(params.get("since", "")),
        until=_read_day(params.get("until", "")),
    )


def _read_day(text: str) -> date | None:
    """Return a day such as `2026-11-25`, none before 1900 and none of the last year there is."""
    with suppress(ValueError):
        found = date.fromisoformat(text)
        return found if found >= _EARLIEST and found.year < date.max.year else None
    return None
