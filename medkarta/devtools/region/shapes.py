"""FHIR R4 building blocks of the demo region: systems, references, moments, `meta`."""

from datetime import date
from typing import Any

Resource = dict[str, Any]
Item = tuple[str, Resource]

CLINICS = "demo-mis"
LABORATORY = "demo-lab"

SNILS = "urn:oid:1.2.643.100.3"
ENP = "urn:oid:1.2.643.2.69.1.1.1.6.228"
FRMO = "urn:oid:1.2.643.5.1.13.13.11.1461"
OGRN = "https://fhir.ru/ig/core/systems/ogrn"
INSURER = "urn:oid:1.2.643.5.1.13.13.99.2.183"
SPECIALTY = "urn:oid:1.2.643.5.1.13.13.11.1066"
POSITION = "urn:oid:1.2.643.5.1.13.13.11.1002"
DOCUMENT_KIND = "urn:oid:1.2.643.5.1.13.13.11.1520"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
V3 = "http://terminology.hl7.org/CodeSystem/v3-"
HL7 = "http://terminology.hl7.org/CodeSystem/"
AUDIENCE = "urn:medkarta:facility-audience"
REQUEST_CATEGORY = "urn:medkarta:request-category"
HOSPITALIZATION_STATUS = "urn:medkarta:hospitalization-status"
HOME_CALL_STATUS = "urn:medkarta:home-call-status"
PRESCRIPTION_KIND = "urn:medkarta:prescription-kind"
PRESCRIPTION_STATUS = "urn:medkarta:prescription-status"
CAREPLAN_CATEGORY = "urn:medkarta:careplan-category"
BOOKING_RIGHT = "urn:medkarta:booking-right"
CABINET = "urn:medkarta:cabinet"
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
MOSCOW = "+03:00"

RESTRICTED = ((V3 + "Confidentiality", "R"), (V3 + "ActCode", "PSY"))
MADE_AT = 7 * 60 + 20  # when people book through the portal: before their day begins
NO_SECURITY: tuple[tuple[str, str], ...] = ()


def at(day: date, minute: int, zone: str = MOSCOW) -> str:
    """Return a FHIR instant for a day and a minute of that day."""
    return f"{day.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00{zone}"


def midnight(day: date) -> str:
    return at(day, 0)


def meta(updated: str, version: int = 1, security: tuple[tuple[str, str], ...] = NO_SECURITY) -> Resource:
    """Return `meta`; `updated` is the moment at which the content last changed, never later than today."""
    found: Resource = {"versionId": str(version), "lastUpdated": updated}
    if security:
        found["security"] = [{"system": system, "code": code} for system, code in security]
    return found


def ref(type_: str, rid: str, display: str | None = None) -> Resource:
    found = {"reference": f"{type_}/{rid}"}
    if display:
        found["display"] = display
    return found


def coding(system: str, code: str, display: str | None = None) -> Resource:
    found = {"system": system, "code": code}
    if display:
        found["display"] = display
    return found


def concept(system: str, code: str, text: str | None = None) -> Resource:
    found: Resource = {"coding": [coding(system, code, text)]}
    if text:
        found["text"] = text
    return found


def identifier(system: str, value: str) -> Resource:
    return {"system": system, "value": value}


def code_extension(url: str, code: str) -> Resource:
    return {"url": url, "valueCode": code}


def phone(number: str) -> Resource:
    return {"system": "phone", "value": number}


def day_id(day: date) -> str:
    """Return the compact day that ids of dated resources carry."""
    return day.strftime("%Y%m%d")
