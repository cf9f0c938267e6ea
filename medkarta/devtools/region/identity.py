"""Who a person is: FHIR Patient, Coverage and, for a child, RelatedPerson."""

from collections.abc import Iterator, Mapping
from datetime import date

from medkarta.devtools.region.facilities import INSURERS
from medkarta.devtools.region.facility_data import FACILITY
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import (
    ENP,
    HL7,
    SNILS,
    V3,
    Resource,
    concept,
    identifier,
    meta,
    midnight,
    phone,
    ref,
)

_UPDATED = midnight(date(2023, 1, 9))


def record_started(person: Person) -> str:
    """Return the moment at which a clinic opened the person's card: the start of records, or after his birth."""
    return max(_UPDATED, midnight(person.born))


def patient(person: Person, today: date, *, clinic: str | None = None) -> Resource:
    """Return the Patient row. The attached clinic changes at 18, which makes version 2."""
    attached = clinic or person.clinic_on(today)
    of_age = person.of_age_on
    has_grown_up = midnight(of_age) > record_started(person) and not person.is_child_on(today)
    identifiers = [identifier(SNILS, person.snils)]
    if person.enp:
        identifiers.append(identifier(ENP, person.enp))
    identifiers.append(identifier("urn:oid:1.2.643.5.1.13.13.12.2.50.9901.100.1.1.10", person.key))
    return {
        "resourceType": "Patient",
        "id": person.key,
        "meta": meta(midnight(of_age), 2) if has_grown_up else meta(record_started(person)),
        "identifier": identifiers,
        "active": True,
        "name": [{"use": "official", "family": person.family, "given": [person.given, person.patronymic]}],
        "telecom": [phone(person.phone)],
        "gender": person.sex,
        "birthDate": person.born.isoformat(),
        "address": [{"use": "home", "text": person.address, "city": person.town.name, "country": "RU"}],
        "managingOrganization": ref("Organization", attached, FACILITY[attached].name),
    }


def bare_patient(rid: str, person: Person, *, born: date | None = None) -> Resource:
    """Return what a laboratory knows: name, sex, birth date, СНИЛС."""
    return {
        "resourceType": "Patient",
        "id": rid,
        "meta": meta(record_started(person)),
        "identifier": [identifier(SNILS, person.snils)],
        "active": True,
        "name": [{"use": "official", "family": person.family, "given": [person.given, person.patronymic]}],
        "gender": person.sex,
        "birthDate": (born or person.born).isoformat(),
    }


def coverage(person: Person) -> Resource | None:
    """Return the OMS policy, None for a person without one."""
    if person.enp is None:
        return None
    rid, name = INSURERS[int(person.snils[8]) % 2]
    return {
        "resourceType": "Coverage",
        "id": f"{person.key}-oms",
        "meta": meta(record_started(person)),
        "identifier": [identifier(ENP, person.enp)],
        "status": "active",
        "type": {**concept(V3 + "ActCode", "PUBLICPOL"), "text": "Полис ОМС"},
        "subscriberId": person.enp,
        "beneficiary": ref("Patient", person.key),
        "relationship": concept(HL7 + "subscriber-relationship", "self"),
        "period": {"start": max(date(2015, 1, 1), person.born).isoformat()},
        "payor": [ref("Organization", rid, name)],
    }


def related_persons(person: Person, household: Mapping[str, Person], today: date) -> Iterator[Resource]:
    """Yield the parents of a minor who live in his household."""
    if not person.is_child_on(today):
        return
    for key in person.parents:
        parent = household[key]
        code, text = ("MTH", "Мать") if parent.sex == "female" else ("FTH", "Отец")
        yield {
            "resourceType": "RelatedPerson",
            "id": f"{person.key}-parent-{parent.key}",
            "meta": meta(record_started(person)),
            "identifier": [identifier(SNILS, parent.snils)],
            "active": True,
            "patient": ref("Patient", person.key),
            "relationship": [concept(V3 + "RoleCode", code, text)],
            "name": [{"use": "official", "family": parent.family, "given": [parent.given, parent.patronymic]}],
            "telecom": [phone(parent.phone)],
            "gender": parent.sex,
            "birthDate": parent.born.isoformat(),
        }
