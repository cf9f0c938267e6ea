"""Pages of results of studies."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest
from medkarta.documents import actions as documents
from medkarta.integrations.storage.port import FileMissing
from medkarta.patients import queries as patients
from medkarta.results import exports, queries, texts, trend_texts, trends
from medkarta.ui.filters import read_year, year_options
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table

_KINDS = ("laboratory", "instrumental")


@require_safe
def list_reports(request: PatientRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    filters = queries.Filters(
        words=request.GET.get("q", "")[:200],
        kind=kind if kind in _KINDS else "",
        year=read_year(request.GET.get("year", "")),
    )
    table = Table.read(
        request.GET,
        columns=[
            Column("name", _("Название исследования")),
            Column("date", _("Дата")),
            Column("facility", _("Учреждение")),
            Column("actions", _("Действия"), sortable=False),
        ],
        default="-date",
        path=request.scope.url("results/"),
    )
    found = queries.list_reports(request.scope, filters=filters, table=table)
    context = {
        "scope": request.scope,
        "found": found,
        "filters": filters,
        "texts": texts,
        "now": timezone.now(),
        "kinds": [("", _("Все")), ("laboratory", _("Лабораторные")), ("instrumental", _("Инструментальные"))],
        "years": year_options(found.first_year, this_year=timezone.localdate().year),
    }
    return render(request, "results/list.jinja", context)


@require_safe
def show_report(request: PatientRequest, report_id: UUID) -> HttpResponse:
    page = queries.get_report(request.scope, report_id)
    only_outside = request.GET.get("show") == "out" and bool(page.outside)
    trend = _trend_of(request, page)
    context = {
        "scope": request.scope,
        "page": page,
        "trend": trend,
        "trend_options": [(row.trend_id, row.name) for row in page.values if row.trend_id],
        "charts": trend_texts.charts_of(trend) if trend else [],
        "trend_words": trend_texts,
        "texts": texts,
        "only_outside": only_outside,
        "rows": page.outside if only_outside else page.values,
    }
    return render(request, "results/report.jinja", context)


def _trend_of(request: PatientRequest, page: queries.ReportPage) -> trends.Trend | None:
    """Return the trend of the value that was chosen, else of the first out of the norm; None for a first value."""
    known = {str(row.trend_id): row.trend_id for row in (*page.outside, *page.values) if row.trend_id}
    chosen = known.get(request.GET.get("trend", "")) or next(iter(known.values()), None)
    trend = trends.get_trend(request.scope, chosen) if chosen else None
    return trend if trend and len(trend.points) > 1 else None


@require_safe
def print_report(request: PatientRequest, report_id: UUID) -> HttpResponse:
    """Show a report alone, ready for paper: no viewer and no script is needed."""
    context = {
        "scope": request.scope,
        "page": queries.get_report(request.scope, report_id),
        "person": patients.get_person(request.scope),
        "texts": texts,
    }
    return render(request, "results/print.jinja", context)


@require_safe
def export_report(request: PatientRequest, report_id: UUID) -> HttpResponse:
    """Hand out the values of a report as a file for a spreadsheet."""
    request.audit_action = "results.export"
    page = queries.get_report(request.scope, report_id)
    return _spreadsheet(exports.report_table(page), page.effective_at)


@require_safe
def show_trend(request: PatientRequest, observation_id: UUID) -> HttpResponse:
    trend = trends.get_trend(request.scope, observation_id)
    context = {
        "scope": request.scope,
        "trend": trend,
        "charts": trend_texts.charts_of(trend),
        "texts": texts,
        "words": trend_texts,
    }
    return render(request, "results/trend.jinja", context)


@require_safe
def export_trend(request: PatientRequest, observation_id: UUID) -> HttpResponse:
    """Hand out a trend as a file for a spreadsheet: what was sent stands beside what it was converted to."""
    request.audit_action = "results.export"
    trend = trends.get_trend(request.scope, observation_id)
    return _spreadsheet(exports.trend_table(trend), trend.points[0].at if trend.points else None)


def _spreadsheet(table: exports.Table, at: datetime | None) -> HttpResponse:
    """Answer with a download whose name tells no more than the day."""
    day = f"-{timezone.localdate(at).isoformat()}" if at else ""
    response = HttpResponse(exports.csv_of(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="results{day}.csv"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def download_file(request: PatientRequest, report_id: UUID, position: int) -> HttpResponseBase:
    request.audit_action = "results.download"
    try:
        return documents.send_file(queries.get_file(request.scope, report_id, position))
    except FileMissing:
        raise NotFound from None
