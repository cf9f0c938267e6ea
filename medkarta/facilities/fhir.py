"""FHIR R4 Organization, Location, HealthcareService, Practitioner, PractitionerRole -> the directory."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.facilities import actions, rules
from medkarta.facilities.models import (
    DirectoryModel,
    Facility,
    HealthcareService,
    Location,
    Practitioner,
    PractitionerRole,
)
from medkarta.hl7 import systems, values
from medkarta.hl7.references import reference_uuid

TYPES: tuple[str, ...] = ("Organization", "Location", "HealthcareService", "Practitioner", "PractitionerRole")
CABINET = "urn:medkarta:cabinet"
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
_ROOM_TYPES = frozenset({"ro", "bd", "co", "lvl", "wa", "ve", "ca", "jdn", "area"})
_PRACTITIONER_ROLE = "http://terminology.hl7.org/CodeSystem/practitioner-role"
_MAX_PHONES = 8

Resource = Mapping[str, Any]


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store directory resources of any of `TYPES`; none is refused."""
    rows: dict[str, dict[UUID, DirectoryModel]] = {}
    for one in incoming:
        if mapper := _MAPPERS.get(one.type):
            row = mapper(one)
            row.id, row.source, row.updated_at = one.id, scope.source, one.received_at
            rows.setdefault(one.type, {})[one.id] = row
    facilities = rows.pop("Organization", {})
    for found in rows.values():
        actions.save_parts(scope, list(found.values()))
    actions.save_facilities(scope, [one for one in facilities.values() if isinstance(one, Facility)])
    return {}


def _facility(one: Incoming) -> Facility:
    found = one.resource
    given = [found.get("name", ""), *found.get("alias", ())]
    names = [name for name in (_line(text, 255) for text in given if text) if name]
    address = next(iter(found.get("address", ())), None)
    return Facility(
        is_active=found.get("active", True) and not one.is_withdrawn,
        parent_id=reference_uuid(found.get("partOf"), "Organization"),
        oid=rules.read_oid(values.identifier_value(found, systems.FRMO))[:64],
        name=names[0] if names else "",
        short_name=min(names, key=len, default=""),
        full_name=max(names, key=len, default=""),
        own_phones=_phones(found),
        own_address=_line(values.address_text(address), 255),
        own_town=_line((address or {}).get("city"), 120),
        first_seen_at=one.received_at,
    )


def _location(one: Incoming) -> Location:
    found = one.resource
    address = found.get("address") or {}
    position = found.get("position") or {}
    return Location(
        is_active=found.get("status", "active") == "active" and found.get("mode") != "kind" and not one.is_withdrawn,
        facility_id=reference_uuid(found.get("managingOrganization"), "Organization"),
        name=_line(found.get("name"), 255),
        is_room=any(each.code in _ROOM_TYPES for each in values.codings(found.get("physicalType"))),
        phones=_phones(found),
        address=_line(values.address_text(address), 255),
        town=_line(address.get("city"), 120),
        latitude=_degrees(position, "latitude", 90),
        longitude=_degrees(position, "longitude", 180),
        timezone=_timezone(values.extension(found, TIMEZONE)),
        hours=_hours(found.get("hoursOfOperation", ()), "openingTime", "closingTime"),
        hours_note=_line(found.get("availabilityExceptions"), 255),
    )


def _service(one: Incoming) -> HealthcareService:
    found = one.resource
    specialty = next(iter(found.get("specialty", ())), None)
    kind = next(iter(found.get("type", ())), None)
    audience = {
        each.code
        for eligibility in found.get("eligibility", ())
        for each in values.codings(eligibility.get("code"))
        if each.system == systems.FACILITY_AUDIENCE
    }
    return HealthcareService(
        is_active=found.get("active", True) and not one.is_withdrawn,
        facility_id=reference_uuid(found.get("providedBy"), "Organization"),
        name=_line(found.get("name") or _words(kind), 255),
        specialty_code=_specialty_code(specialty),
        specialty_name=_line(_words(specialty), 255),
        serves_adults="adults" in audience,
        serves_children="children" in audience,
        needs_appointment=found.get("appointmentRequired"),
        phones=_phones(found),
        hours=_hours(found.get("availableTime", ()), "availableStartTime", "availableEndTime"),
    )


def _practitioner(one: Incoming) -> Practitioner:
    name = values.human_name(one.resource)
    return Practitioner(
        is_active=one.resource.get("active", True) and not one.is_withdrawn,
        full_name=_line(name.full, 255),
        family=_line(name.family, 120),
        given=_line(name.given, 120),
        patronymic=_line(name.patronymic, 120),
    )


def _role(one: Incoming) -> PractitionerRole:
    found = one.resource
    specialty = next(iter(found.get("specialty", ())), None)
    codes = found.get("code", ())
    position = next((each for each in codes if values.code_in(each, systems.POSITION)), None)
    if position is None:
        position = next((each for each in codes if not values.code_in(each, _PRACTITIONER_ROLE)), None)
    cabinet = values.extension(found, CABINET)
    return PractitionerRole(
        is_active=found.get("active", True) and not one.is_withdrawn,
        practitioner_id=reference_uuid(found.get("practitioner"), "Practitioner"),
        practitioner_name=_line((found.get("practitioner") or {}).get("display"), 255),
        facility_id=reference_uuid(found.get("organization"), "Organization"),
        location_id=next((reference_uuid(each, "Location") for each in found.get("location", ())), None),
        position_name=_line(_words(position), 255),
        specialty_code=_specialty_code(specialty),
        specialty_name=_line(_words(specialty), 255),
        cabinet=_line(cabinet if isinstance(cabinet, str) else "", 64),
    )


_MAPPERS: dict[str, Callable[[Incoming], DirectoryModel]] = {
    "Organization": _facility,
    "Location": _location,
    "HealthcareService": _service,
    "Practitioner": _practitioner,
    "PractitionerRole": _role,
}


def _words(concept: Resource | None) -> str:
    """Return what a concept is called in words; a bare code says nothing to people."""
    text = values.text_of(concept)
    return "" if text in {each.code for each in values.codings(concept)} else text


def _line(text: str | None, size: int) -> str:
    """Return text in one line, cut to its column."""
    return " ".join((text or "").split())[:size]


def _phones(resource: Resource) -> list[str]:
    numbers = [_line(one, 64) for one in values.telecom(resource, "phone")]
    return list(dict.fromkeys(numbers))[:_MAX_PHONES]


def _specialty_code(concept: Resource | None) -> str:
    found = values.codings(concept)
    return next((each.code for each in found if each.system == systems.SPECIALTY), found[0].code if found else "")[:32]


def _degrees(position: Resource, name: str, limit: int) -> float | None:
    value = values.decimal(position.get(name))
    return float(value) if value is not None and -limit <= value <= limit else None


def _timezone(code: object) -> str:
    return code if isinstance(code, str) and code in _zones() else ""


@cache
def _zones() -> frozenset[str]:
    return frozenset(one for one in available_timezones() if len(one) <= 40)


def _hours(entries: Sequence[Resource], opens: str, closes: str) -> list[rules.Stretch]:
    return rules.merge(
        stretch
        for one in entries
        for stretch in rules.stretches_of(
            one.get("daysOfWeek", ()), one.get(opens, ""), one.get(closes, ""), is_all_day=one.get("allDay", False)
        )
    )
