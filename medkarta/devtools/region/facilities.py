"""Clinics, their sites, rooms and services as FHIR Organization, Location and HealthcareService."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from medkarta.devtools.region.facility_data import FACILITIES, Facility, Hours
from medkarta.devtools.region.shapes import (
    AUDIENCE,
    FRMO,
    HL7,
    INSURER,
    OGRN,
    SPECIALTY,
    TIMEZONE,
    V3,
    Resource,
    code_extension,
    concept,
    identifier,
    meta,
    midnight,
    phone,
    ref,
)
from medkarta.devtools.region.specialties import SPECIALTY_OF
from medkarta.devtools.region.towns import TOWN

INSURERS = (("smo1", "Страховая медицинская организация «Пример-Мед»"), ("smo2", "Страховая компания «Образец»"))
_UPDATED = midnight(date(2023, 1, 9))
_AUDIENCE_TEXT = {"adults": "Взрослые", "children": "Дети"}
_PLACES = {"Зеленоградск": (54.960, 20.475, "238326", "Калининградская область")}


@dataclass(frozen=True, slots=True)
class Room:
    """A cabinet that is booked by itself, without a doctor."""

    rid: str
    facility: str
    name: str
    service: str
    minutes: int


ROOMS = (
    Room("f01-room-us", "f01", "Кабинет УЗИ, 118", "УЗИ органов брюшной полости", 20),
    Room("f01-room-ecg", "f01", "Кабинет ЭКГ, 121", "Электрокардиография", 15),
    Room("f01-room-blood", "f01", "Процедурный кабинет, 105", "Взятие крови", 10),
    Room("f02-room-vaccine", "f02", "Прививочный кабинет, 110", "Вакцинация", 15),
)
CHECKUP_ROOM = Room("f01-room-checkup", "f01", "Кабинет медицинской профилактики, 112", "Профилактический осмотр", 20)
"""Its times are made on the portal itself, so none come from the clinic's system."""


def room_of(facility: str, service: str) -> Room | None:
    """Return the room of a clinic in which a study is done, if it has one."""
    return next((one for one in ROOMS if one.facility == facility and one.service == service), None)


def oid(facility: Facility) -> str:
    """Return an invented OID in the branch of medical organisations of the oblast."""
    return f"1.2.643.5.1.13.13.12.2.50.99{facility.number:02d}"


def ogrn(number: int) -> str:
    """Return an invented ОГРН with a right check digit (first twelve digits mod 11 mod 10)."""
    twelve = f"1035000990{number:02d}"
    return twelve + str(int(twelve) % 11 % 10)


def _organization(facility: Facility) -> Resource:
    return {
        "resourceType": "Organization",
        "id": facility.key,
        "meta": meta(_UPDATED),
        "identifier": [identifier(FRMO, oid(facility)), identifier(OGRN, ogrn(facility.number))],
        "active": True,
        "type": [concept(HL7 + "organization-type", "prov", "Медицинская организация")],
        "name": facility.name,
        "alias": [facility.full_name],
        "telecom": [phone(facility.phone)],
        "address": [_address(facility)],
    }


def _insurer(rid: str, name: str, number: int) -> Resource:
    return {
        "resourceType": "Organization",
        "id": rid,
        "meta": meta(_UPDATED),
        "identifier": [identifier(INSURER, f"990{number}")],
        "active": True,
        "type": [concept(HL7 + "organization-type", "ins", "Страховая медицинская организация")],
        "name": name,
    }


def _address(facility: Facility) -> Resource:
    _, _, postcode, state = _place(facility)
    return {
        "use": "work",
        "type": "physical",
        "text": facility.address,
        "line": [f"{facility.street}, {facility.house}"],
        "city": facility.town,
        "state": state,
        "postalCode": postcode,
        "country": "RU",
    }


def _place(facility: Facility) -> tuple[float, float, str, str]:
    if facility.town in _PLACES:
        return _PLACES[facility.town]
    town = TOWN[facility.town]
    return town.latitude, town.longitude, town.postcode, "Московская область"


def opening_hours(hours: Hours) -> list[Resource]:
    return [
        {"daysOfWeek": days.split(), "openingTime": f"{opens}:00", "closingTime": f"{closes}:00"}
        for days, opens, closes in hours
    ]


def _site(facility: Facility) -> Resource:
    latitude, longitude, _, _ = _place(facility)
    found: Resource = {
        "resourceType": "Location",
        "id": f"{facility.key}-site",
        "meta": meta(_UPDATED),
        "status": "active",
        "name": facility.name,
        "mode": "instance",
        "type": [concept(V3 + "RoleCode", "OF" if not facility.inpatient else "HOSP")],
        "telecom": [phone(facility.phone)],
        "address": _address(facility),
        "physicalType": concept(HL7 + "location-physical-type", "si", "Здание"),
        "position": {
            "longitude": round(longitude + facility.offset[1], 4),
            "latitude": round(latitude + facility.offset[0], 4),
        },
        "managingOrganization": ref("Organization", facility.key, facility.name),
        "hoursOfOperation": opening_hours(facility.hours),
    }
    if facility.zone != "Europe/Moscow":
        found["extension"] = [code_extension(TIMEZONE, facility.zone)]
    return found


def _room(room: Room) -> Resource:
    return {
        "resourceType": "Location",
        "id": room.rid,
        "meta": meta(_UPDATED),
        "status": "active",
        "name": room.name,
        "mode": "instance",
        "physicalType": concept(HL7 + "location-physical-type", "ro", "Кабинет"),
        "managingOrganization": ref("Organization", room.facility),
        "partOf": ref("Location", f"{room.facility}-site"),
    }


def _service(facility: Facility, key: str) -> Resource:
    specialty = SPECIALTY_OF[key]
    return {
        "resourceType": "HealthcareService",
        "id": f"{facility.key}-{key}",
        "meta": meta(_UPDATED),
        "active": True,
        "providedBy": ref("Organization", facility.key, facility.name),
        "specialty": [concept(SPECIALTY, specialty.code, specialty.name)],
        "location": [ref("Location", f"{facility.key}-site")],
        "name": f"Приём {specialty.genitive}",
        "eligibility": [{"code": concept(AUDIENCE, one, _AUDIENCE_TEXT[one])} for one in facility.audience],
        "appointmentRequired": True,
        "availableTime": [
            {"daysOfWeek": days.split(), "availableStartTime": f"{opens}:00", "availableEndTime": f"{closes}:00"}
            for days, opens, closes in facility.hours
        ],
    }


def resources() -> Iterator[Resource]:
    """Yield insurers and clinics, then sites, rooms and services."""
    for number, (rid, name) in enumerate(INSURERS, start=1):
        yield _insurer(rid, name, number)
    for facility in FACILITIES:
        yield _organization(facility)
    for facility in FACILITIES:
        yield _site(facility)
    for room in (*ROOMS, CHECKUP_ROOM):
        yield _room(room)
    for facility in FACILITIES:
        for key in dict.fromkeys(facility.staff.split()):
            yield _service(facility, key)
