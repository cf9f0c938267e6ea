"""The public list of clinics and the page of one; no key, no record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.facilities import forms, queries
from medkarta.ui.render import render, render_part
from medkarta.ui.tables import Column, Table

DOCTORS_SIZE = 50


@require_safe
def list_facilities(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    params = request.GET.dict()
    places = queries.list_places()
    towns = list(dict.fromkeys(one.town for one in places if one.town))
    filters = forms.read_filters(params, towns=towns)
    columns = (Column("name", _("Название")), Column("town", _("Город")), Column("rating", _("Рейтинг")))
    table = Table.read(params, columns=columns, default="name", path=request.path)
    table, rows = queries.list_facilities(filters, table, places=places, now=now)
    context = {
        "table": table,
        "rows": rows,
        "filters": filters,
        "towns": towns,
        "chips": forms.chips(params, path=request.path),
    }
    return render_part(request, "facilities/list.jinja", "facilities/_list.jinja", context)


@require_safe
def show_facility(request: HttpRequest, facility_id: UUID) -> HttpResponse:
    facility = queries.get_facility(facility_id, now=timezone.now())
    departments = queries.list_departments(facility_id)
    ids = [facility_id, *(one.id for one in departments)]
    columns = (
        Column("name", _("Врач")),
        Column("specialty", _("Специальность")),
        Column("cabinet", _("Кабинет"), sortable=False),
    )
    table = Table.read(
        request.GET.dict(), columns=columns, default="specialty", path=request.path, size=DOCTORS_SIZE, anchor="doctors"
    )
    table, doctors = queries.list_doctors(ids, table)
    context = {
        "facility": facility,
        "departments": departments,
        "services": queries.list_services(ids),
        "sites": queries.list_sites(facility_id),
        "table": table,
        "doctors": doctors,
    }
    return render(request, "facilities/show.jinja", context)
