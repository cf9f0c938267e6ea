"""Pages of the history of visits."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.http import PatientRequest
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table
from medkarta.visits import queries, rules


@require_safe
def list_visits(request: PatientRequest) -> HttpResponse:
    params = request.GET.dict()
    choices = queries.list_choices(request.scope)
    filters = queries.Filters(
        period=rules.read_period(params.get("period", ""), today=timezone.localdate()),
        facility_id=_chosen(params.get("clinic", ""), choices.facilities),
        practitioner_id=_chosen(params.get("doctor", ""), choices.practitioners),
    )
    columns = (
        Column("service", _("Оказанная услуга")),
        Column("facility", _("Учреждение")),
        Column("date", _("Дата")),
        Column("doctor", _("Специалист")),
        Column("status", _("Статус")),
    )
    table = Table.read(params, columns=columns, default="-date", path=request.scope.url("visits/"))
    table, rows = queries.list_visits(request.scope, filters, table)
    context = {
        "table": table,
        "rows": rows,
        "params": params,
        "periods": _periods(choices.years),
        "clinics": [("", _("Все")), *choices.facilities],
        "doctors": [("", _("Все")), *choices.practitioners],
        "locked": queries.count_locked(request.scope),
    }
    return render(request, "visits/list.jinja", context)


@require_safe
def show_visit(request: PatientRequest, visit_id: UUID) -> HttpResponse:
    visit = queries.get_visit(request.scope, visit_id)
    return render(request, "visits/show.jinja", {"visit": visit, "list_href": request.scope.url("visits/")})


def _chosen(text: str, choices: Iterable[tuple[UUID, str]]) -> UUID | None:
    """Return the choice that the address names; anything that is not one of them narrows nothing."""
    return next((key for key, _name in choices if str(key) == text), None)


def _periods(years: Iterable[int]) -> list[tuple[str, str]]:
    months = [("", _("Всё время")), ("3m", _("Последние 3 месяца")), ("12m", _("Последние 12 месяцев"))]
    return months + [(str(year), _("%(year)s год") % {"year": year}) for year in years]
