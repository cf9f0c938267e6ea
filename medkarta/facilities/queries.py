"""Reads of the directory. It holds no patient's data, so that no scope is asked for."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.text import folded
from medkarta.facilities import rules, texts
from medkarta.facilities.models import Facility, HealthcareService, Location, OpeningPeriod, PractitionerRole
from medkarta.facilities.rows import ClinicRow as ClinicRow  # other rooms name the type
from medkarta.facilities.rows import DepartmentRow, DoctorRow, Filters, Place, ServiceRow, SiteRow
from medkarta.facilities.rows import FacilityRow as FacilityRow  # other rooms name the type
from medkarta.ui.tables import Table

ORDER = {
    "name": ("name", "id"),
    "town": ("town", "name", "id"),
    "rating": ("shown_rating", "-name", "-id"),
}
DOCTOR_ORDER = {"specialty": ("specialty_name", "shown_name", "id"), "name": ("shown_name", "id")}
_COLUMNS = (
    "id", "oid", "name", "full_name", "address", "town", "phones", "hours", "hours_note", "timezone", "latitude",
    "longitude", "serves_adults", "serves_children", "rating_mean", "rating_count", "is_listed",
)  # fmt: skip


def list_places() -> list[Place]:
    """Return the towns of the listed clinics with their zones, by name. One statement."""
    found = Facility.objects.filter(is_listed=True).values_list("town", "timezone").distinct().order_by("town")
    return [Place(*values) for values in found]


def list_facilities(
    filters: Filters, table: Table, *, places: Iterable[Place], now: datetime
) -> tuple[Table, list[FacilityRow]]:
    """Return a page of the listed clinics and the table with its total known. Two statements."""
    found = _narrowed(filters, {one.timezone for one in places}, now)
    table = table.with_total(found.count())
    page = table.page
    shown = Case(When(rating_count__gte=rules.RATING_SHOWN_FROM, then=F("rating_mean")), default=Value(0.0))
    rows = found.alias(shown_rating=Coalesce(shown, 0.0)).order_by(*table.sorting.pick(ORDER))
    return table, [_row(values, now) for values in rows[page.offset : page.offset + page.limit].values_list(*_COLUMNS)]


def get_facility(facility_id: UUID, *, now: datetime) -> FacilityRow:
    """Return a listed clinic. Raises NotFound. One statement."""
    for values in Facility.objects.filter(pk=facility_id, is_listed=True).values_list(*_COLUMNS):
        return _row(values, now)
    raise NotFound


def list_for_ids(ids: Collection[UUID], *, now: datetime) -> dict[UUID, FacilityRow]:
    """Return clinics by the ids that records name them by; unknown ids are left out. One statement.

    Where another system's row of a clinic was named, the listed row of the same clinic is returned.
    """
    oids = Facility.objects.filter(pk__in=ids, is_listed=False).exclude(oid="").values("oid")
    rows = list(Facility.objects.filter(Q(pk__in=ids) | Q(oid__in=oids, is_listed=True)).values_list(*_COLUMNS))
    listed = {oid: _row((id_, oid, *rest), now) for id_, oid, *rest in rows if rest[-1]}
    found = {id_: listed.get(oid) or _row((id_, oid, *rest), now) for id_, oid, *rest in rows}
    return {id_: found[id_] for id_ in ids if id_ in found}


def list_clinics(*, audience: str = "", ids: Collection[UUID] | None = None) -> list[ClinicRow]:
    """Return the listed clinics for "adults", "children" or all, by town and name; of `ids` where they are given.

    One that another system's row names is its listed row. A clinic that has not said whom it serves is for both.
    One statement.
    """
    other = "serves_adults" if audience == "children" else "serves_children"
    found = Facility.objects.filter(is_listed=True)
    if audience:
        found = found.exclude(**{f"serves_{audience}": False, other: True})
    if ids is not None:
        oids = Facility.objects.filter(pk__in=ids).exclude(oid="").values("oid")
        found = found.filter(Q(pk__in=ids) | Q(oid__in=oids))
    rows = found.order_by("town", "name", "id").values_list("id", "name", "address", "town", "phones", "timezone")
    return [
        ClinicRow(id_, name, address, town, next((texts.phone_of(one) for one in phones), None), zone)
        for id_, name, address, town, phones, zone in rows
    ]


def get_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of clinics, listed or not; unknown ids are left out. One statement."""
    return dict(Facility.objects.filter(pk__in=ids).values_list("pk", "name"))


def list_departments(facility_id: UUID) -> list[DepartmentRow]:
    """Return the departments of a clinic by name. One statement."""
    found = Facility.objects.filter(parent_id=facility_id, is_active=True).order_by("name", "id")
    return [
        DepartmentRow(id_, name, tuple(texts.phone_of(one) for one in phones))
        for id_, name, phones in found.values_list("id", "name", "phones")
    ]


def list_sites(facility_id: UUID) -> list[SiteRow]:
    """Return the buildings of a clinic by name. One statement."""
    found = Location.objects.filter(facility_id=facility_id, is_active=True, is_room=False).order_by("name", "id")
    return [
        SiteRow(name, address, tuple(texts.phone_of(one) for one in phones), texts.week(hours))
        for name, address, phones, hours in found.values_list("name", "address", "phones", "hours")
    ]


def list_services(ids: Collection[UUID]) -> list[ServiceRow]:
    """Return what some clinics or departments do, by name. One statement."""
    found = HealthcareService.objects.filter(facility_id__in=ids, is_active=True).order_by(
        "name", "specialty_name", "id"
    )
    rows = found.values_list("name", "specialty_name", "serves_adults", "serves_children", "needs_appointment")
    return [
        ServiceRow(name or specialty, texts.audience(adults=adults, children=children), needs)
        for name, specialty, adults, children, needs in rows
        if name or specialty
    ]


def list_doctors(ids: Collection[UUID], table: Table) -> tuple[Table, list[DoctorRow]]:
    """Return a page of the doctors of some clinics or departments. One statement."""
    name = Coalesce(NullIf("practitioner__full_name", Value("")), "practitioner_name")
    found = PractitionerRole.objects.filter(facility_id__in=ids, is_active=True).annotate(shown_name=name)
    found = found.exclude(shown_name="").order_by(*table.sorting.pick(DOCTOR_ORDER))
    rows = [
        DoctorRow(*values)
        for values in found.values_list("id", "shown_name", "specialty_name", "position_name", "cabinet")
    ]
    table = table.with_total(len(rows))
    return table, rows[table.page.offset : table.page.offset + table.page.limit]


def minute_of_week(now: datetime, zone: str) -> int:
    """Return the minutes since Monday 00:00 on a clinic's own clock; `zone` is empty for the portal's."""
    local = now.astimezone(_zone(zone) if zone else timezone.get_default_timezone())
    return local.weekday() * rules.DAY + local.hour * 60 + local.minute


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _narrowed(filters: Filters, zones: Collection[str], now: datetime) -> QuerySet[Facility]:
    found = Facility.objects.filter(is_listed=True)
    for word in folded(filters.text).split():
        found = found.filter(search_text__contains=word)
    if filters.audience == "children":
        found = found.filter(serves_children=True)
    elif filters.audience == "adults":
        found = found.filter(serves_adults=True)
    if filters.town:
        found = found.filter(town=filters.town)
    if filters.is_rated_high:
        found = found.filter(rating_mean__gte=rules.HIGH_RATING, rating_count__gte=rules.RATING_SHOWN_FROM)
    return found.filter(_is_open(zones, now)) if filters.is_open else found


def _is_open(zones: Collection[str], now: datetime) -> Q:
    """Return the condition of being open now, each zone by its own clock."""
    condition = Q(pk__in=[])
    for zone in sorted(zones):
        minute = minute_of_week(now, zone)
        periods = OpeningPeriod.objects.filter(facility=OuterRef("pk")).filter(
            Q(opens__lte=minute, closes__gt=minute) | Q(closes__gt=minute + rules.WEEK)
        )
        condition |= Q(Exists(periods), timezone=zone)
    return condition


def _row(values: Sequence, now: datetime) -> FacilityRow:
    (id_, _oid, name, full_name, address, town, phones, hours, note, zone, latitude, longitude,
     adults, children, mean, count, is_listed) = values  # fmt: skip
    minute = minute_of_week(now, zone)
    stretches = [(opens, closes) for opens, closes in hours]
    return FacilityRow(
        id=id_,
        name=name,
        full_name=full_name if full_name != name else "",
        address=address,
        town=town,
        phones=tuple(texts.phone_of(one) for one in phones),
        state=texts.open_now(rules.open_state(stretches, minute), minute),
        today=texts.today(stretches, minute),
        week=texts.week(stretches),
        hours_note=note,
        latitude=latitude,
        longitude=longitude,
        serves_adults=adults,
        serves_children=children,
        rating=rules.shown_rating(mean, count),
        rating_count=count,
        is_listed=is_listed,
    )
