"""Visits, and the FHIR Encounter and Condition of each."""

from dataclasses import dataclass
from datetime import date, timedelta

from medkarta.devtools.region.diagnoses import Diagnosis
from medkarta.devtools.region.doctors import Doctor
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import (
    HL7,
    ICD10,
    NO_SECURITY,
    RESTRICTED,
    SPECIALTY,
    V3,
    Resource,
    at,
    coding,
    concept,
    meta,
    ref,
)

_CLASS_TEXT = {"AMB": "Амбулаторно", "HH": "На дому", "IMP": "Стационар"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A planned or past visit. `kind`: visit, home, stay or checkup; `outcome`: fulfilled, noshow or cancelled.

    `booked_days` is how long before the day it was booked, None for a visit without an appointment.
    """

    person: Person
    rid: str
    day: date
    minute: int
    doctor: Doctor
    diagnosis: Diagnosis
    kind: str = "visit"
    is_primary: bool = True
    booked_days: int | None = None
    outcome: str = "fulfilled"
    nights: int = 0
    programme: str | None = None

    @property
    def last_day(self) -> date:
        return self.day + timedelta(days=self.nights)

    @property
    def is_restricted(self) -> bool:
        return self.doctor.specialty.key == "psychiatrist"

    @property
    def security(self) -> tuple[tuple[str, str], ...]:
        return RESTRICTED if self.is_restricted else NO_SECURITY

    @property
    def ended(self) -> str:
        """The moment at which the visit and what was written at it are complete."""
        if self.nights:
            return at(self.last_day, 12 * 60)
        return at(self.day, self.minute + self.doctor.specialty.minutes, self.doctor.facility.utc_offset)

    @property
    def service(self) -> str:
        genitive = self.doctor.specialty.genitive
        if self.kind == "stay":
            return "Лечение в стационаре"
        if self.kind == "home":
            return f"Посещение {genitive} на дому"
        if self.kind == "checkup":
            return "Профилактический медицинский осмотр" if self.programme != "ДВ4" else "Диспансеризация, первый этап"
        return f"Приём {genitive} {'первичный' if self.is_primary else 'повторный'}"


def is_past(visit: Visit, today: date) -> bool:
    return visit.last_day < today


def is_under_way(visit: Visit, today: date) -> bool:
    """Tell whether a stay in hospital goes on: it began before today and isn't over."""
    return visit.day < today <= visit.last_day


def encounter(visit: Visit, *, under_way: bool = False) -> Resource:
    """Return the Encounter of a visit that took place, or of a stay that goes on: without end and diagnosis."""
    doctor = visit.doctor
    code = {"home": "HH", "stay": "IMP"}.get(visit.kind, "AMB")
    started = at(visit.day, visit.minute, doctor.facility.utc_offset)
    found: Resource = {
        "resourceType": "Encounter",
        "id": visit.rid,
        "meta": meta(started if under_way else visit.ended, 2 if visit.nights and not under_way else 1, visit.security),
        "status": "in-progress" if under_way else "finished",
        "class": coding(V3 + "ActCode", code, _CLASS_TEXT[code]),
        "type": [{"text": visit.service}],
        "serviceType": {
            "coding": [coding(SPECIALTY, doctor.specialty.code, doctor.specialty.name)],
            "text": visit.service,
        },
        "subject": ref("Patient", visit.person.key),
        "participant": [
            {
                "type": [
                    {"coding": [coding(V3 + "ParticipationType", "ATND")], "text": doctor.specialty.doctor},
                ],
                "individual": ref("Practitioner", doctor.rid, doctor.full_name),
            }
        ],
        "period": {"start": started},
        "serviceProvider": ref("Organization", doctor.facility.key, doctor.facility.name),
    }
    if visit.booked_days is not None:
        found["appointment"] = [ref("Appointment", visit.rid)]
    if not under_way:
        found["period"]["end"] = visit.ended
        found["diagnosis"] = [_diagnosis(visit)]
    return found


def _diagnosis(visit: Visit) -> Resource:
    return {
        "condition": ref("Condition", f"{visit.rid}-dx"),
        "use": concept(HL7 + "diagnosis-role", "DD" if visit.kind == "stay" else "CC"),
        "rank": 1,
    }


def condition(visit: Visit) -> Resource:
    """Return the diagnosis written down at a visit."""
    lasting = visit.diagnosis.chronic is not None
    return {
        "resourceType": "Condition",
        "id": f"{visit.rid}-dx",
        "meta": meta(visit.ended, security=visit.security),
        "clinicalStatus": concept(HL7 + "condition-clinical", "active" if lasting else "resolved"),
        "verificationStatus": concept(HL7 + "condition-ver-status", "confirmed"),
        "category": [concept(HL7 + "condition-category", "encounter-diagnosis")],
        "code": concept(ICD10, visit.diagnosis.code, visit.diagnosis.text),
        "subject": ref("Patient", visit.person.key),
        "encounter": ref("Encounter", visit.rid),
        "recordedDate": visit.day.isoformat(),
        "recorder": ref("Practitioner", visit.doctor.rid, visit.doctor.full_name),
    }
