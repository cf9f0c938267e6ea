"""Writes of the directory: what hospitals send, put together into what everybody reads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from medkarta.core.intake import upsert
from medkarta.core.scopes import SystemScope
from medkarta.core.text import folded
from medkarta.facilities import rules
from medkarta.facilities.models import (
    DirectoryModel,
    Facility,
    HealthcareService,
    Location,
    OpeningPeriod,
    PractitionerRole,
)

OWN = (
    "source", "is_active", "updated_at", "parent", "oid", "name", "short_name", "full_name",
    "own_phones", "own_address", "own_town",
)  # fmt: skip
DERIVED = (
    "phone", "phones", "address", "town", "latitude", "longitude", "timezone", "hours", "hours_note",
    "serves_adults", "serves_children", "search_text",
)  # fmt: skip


@dataclass(slots=True)
class _Parts:
    """What belongs to one clinic, best first."""

    sites: list[Location] = field(default_factory=list)
    services: list[HealthcareService] = field(default_factory=list)
    specialties: list[str] = field(default_factory=list)


@transaction.atomic
def save_facilities(scope: SystemScope, rows: Sequence[Facility]) -> None:
    """Insert or overwrite what came with an Organization; ratings and the first moment of an old row stay."""
    if not rows:
        return
    ids = [one.pk for one in rows]
    before = set(Facility.objects.filter(pk__in=ids).exclude(oid="").values_list("oid", flat=True))
    Facility.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=list(OWN)
    )
    refresh(scope, ids)
    _relist(before - {one.oid for one in rows})


@transaction.atomic
def save_parts(scope: SystemScope, rows: Sequence[DirectoryModel]) -> None:
    """Insert or overwrite sites, services, doctors or posts (rows of one table), then refresh their clinics."""
    if not rows:
        return
    touched: set[UUID] = set()
    model = type(rows[0])
    if model in (Location, HealthcareService, PractitionerRole):
        before = model._default_manager.filter(pk__in=[one.pk for one in rows]).values_list("facility_id", flat=True)
        touched = {*before, *(one.facility_id for one in rows)} - {None}  # type: ignore[attr-defined]
    upsert(rows)
    refresh(scope, touched)


@transaction.atomic
def refresh(scope: SystemScope, ids: Collection[UUID]) -> None:
    """Put clinics together anew from their parts, whichever of these have arrived."""
    facilities = list(Facility.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if not facilities:
        return
    known = [one.pk for one in facilities]
    parts = _parts_of(known)
    for facility in facilities:
        _put_together(facility, parts[facility.pk])
    Facility.objects.bulk_create(
        facilities, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=list(DERIVED)
    )
    OpeningPeriod.objects.filter(facility_id__in=known).delete()
    OpeningPeriod.objects.bulk_create(
        [
            OpeningPeriod(facility=one, opens=opens, closes=closes)
            for one in facilities
            for opens, closes in rules.merge((opens, closes) for opens, closes in one.hours)
        ],
        batch_size=500,
    )
    _relist({one.oid for one in facilities})
    Facility.objects.filter(pk__in=known, oid="", is_listed=True).update(is_listed=False)


def _parts_of(ids: Collection[UUID]) -> dict[UUID, _Parts]:
    found = {one: _Parts() for one in ids}
    for site in Location.objects.filter(facility_id__in=ids, is_active=True, is_room=False):
        if site.facility_id:
            found[site.facility_id].sites.append(site)
    for service in HealthcareService.objects.filter(facility_id__in=ids, is_active=True).order_by("name", "id"):
        if service.facility_id:
            found[service.facility_id].services.append(service)
    posts = PractitionerRole.objects.filter(facility_id__in=ids, is_active=True)
    names = posts.order_by("specialty_name").values_list("facility_id", "specialty_name", "position_name").distinct()
    for facility_id, specialty, position in names:
        found[facility_id].specialties += [specialty, position]
    for one in found.values():
        one.sites.sort(key=_rank)
    return found


def _rank(site: Location) -> tuple[bool, bool, bool, str, UUID]:
    """Order the sites of a clinic: the one that tells most about itself is its face."""
    return (not site.address, site.latitude is None, not site.hours, site.name, site.pk)


def _put_together(facility: Facility, parts: _Parts) -> None:
    face = parts.sites[0] if parts.sites else Location()
    timed = next((site for site in parts.sites if site.hours), face)
    facility.address = face.address or facility.own_address
    facility.town = face.town or facility.own_town
    facility.latitude, facility.longitude = face.latitude, face.longitude
    facility.timezone = face.timezone or timed.timezone
    facility.hours, facility.hours_note = timed.hours, timed.hours_note
    facility.phones = list(dict.fromkeys([*facility.own_phones, *face.phones]))
    facility.phone = facility.phones[0] if facility.phones else ""
    facility.serves_adults = any(one.serves_adults for one in parts.services)
    facility.serves_children = any(one.serves_children for one in parts.services)
    facility.search_text = _search_text(facility, parts)


def _search_text(facility: Facility, parts: _Parts) -> str:
    texts: Iterable[str] = (
        facility.name,
        facility.short_name,
        facility.full_name,
        facility.town,
        *(site.address for site in parts.sites),
        facility.address,
        *(one.name for one in parts.services),
        *(one.specialty_name for one in parts.services),
        *parts.specialties,
    )
    return "\n".join(dict.fromkeys(folded(one) for one in texts if one))


def _relist(oids: Collection[str]) -> None:
    """List one row of each OID: several systems may send the same clinic, and strangers' have no OID at all."""
    oids = {one for one in oids if one}
    if not oids:
        return
    best: dict[str, Facility] = {}
    rows = Facility.objects.filter(oid__in=oids, is_active=True).only("oid", "address", "first_seen_at")
    for row in sorted(rows, key=lambda one: (not one.address, one.first_seen_at, one.pk)):
        best.setdefault(row.oid, row)
    chosen = [row.pk for row in best.values()]
    Facility.objects.filter(oid__in=oids, is_listed=True).exclude(pk__in=chosen).update(is_listed=False)
    Facility.objects.filter(pk__in=chosen, is_listed=False).update(is_listed=True)
