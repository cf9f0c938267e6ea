"""Referrals and home calls as FHIR ServiceRequest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from medkarta.devtools.region.diagnoses import Diagnosis
from medkarta.devtools.region.doctors import Doctor, find_doctor
from medkarta.devtools.region.facility_data import FACILITY
from medkarta.devtools.region.instrumental import Study, ordered_at, study_day
from medkarta.devtools.region.shapes import (
    HOME_CALL_STATUS,
    HOSPITALIZATION_STATUS,
    ICD10,
    LOINC,
    REQUEST_CATEGORY,
    SPECIALTY,
    Resource,
    at,
    code_extension,
    concept,
    meta,
    ref,
)
from medkarta.devtools.region.specialties import SPECIALTY_OF
from medkarta.devtools.region.visits import Visit

NUMBER = "urn:oid:1.2.643.5.1.13.13.12.2.50.9901.100.1.1.52"
CATEGORY_TEXT = {
    "study": "Исследование",
    "consultation": "Консультация",
    "hospitalization": "Госпитализация",
    "home-call": "Вызов врача на дом",
}
VALID_DAYS = 30
_HOSPITAL_FHIR = {
    "new": "active", "agreed": "active", "date-set": "active", "postponed": "on-hold",
    "admitted": "completed", "refused": "revoked", "annulled": "revoked",
}  # fmt: skip
_CALL_FHIR = {
    "new": "active", "accepted": "active", "assigned": "active", "done": "completed",
    "rejected": "revoked", "cancelled": "revoked",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What every ServiceRequest of the demo has. `code` is a CodeableConcept; `facility` is where it is carried out."""

    rid: str
    person_rid: str
    category: str
    code: Resource
    status: str
    authored: str
    updated: str
    requester: Doctor
    facility: str
    version: int = 1
    diagnosis: Diagnosis | None = None
    encounter_rid: str | None = None
    security: tuple[tuple[str, str], ...] = ()


def _base(order: Order) -> Resource:
    found: Resource = {
        "resourceType": "ServiceRequest",
        "id": order.rid,
        "meta": meta(order.updated, order.version, order.security),
        "identifier": [{"system": NUMBER, "value": number_of(order.rid)}],
        "status": order.status,
        "intent": "order",
        "category": [concept(REQUEST_CATEGORY, order.category, CATEGORY_TEXT[order.category])],
        "code": order.code,
        "subject": ref("Patient", order.person_rid),
        "authoredOn": order.authored,
        "requester": ref("Practitioner", order.requester.rid, order.requester.full_name),
        "performer": [ref("Organization", order.facility, FACILITY[order.facility].name)],
    }
    if order.diagnosis:
        found["reasonCode"] = [concept(ICD10, order.diagnosis.code, order.diagnosis.text)]
    if order.encounter_rid:
        found["encounter"] = ref("Encounter", order.encounter_rid)
    return found


def number_of(rid: str) -> str:
    """Return the number on a referral's paper."""
    return f"50-{Random(f'number:{rid}').randrange(10**9):09d}"


def consultation(order: Order, specialty: str, valid_from: date, valid_to: date | None) -> Resource:
    """Return a referral to a doctor of a specialty: a key of `SPECIALTY_OF`."""
    one = SPECIALTY_OF[specialty]
    found = referral(order, valid_from, valid_to)
    return found | {"performerType": concept(SPECIALTY, one.code, one.doctor)}


def referral(order: Order, valid_from: date, valid_to: date | None, *, preparation: str = "") -> Resource:
    """Return a referral for a study or a consultation; `valid_to` None means that no term is stated."""
    found = _base(order)
    if preparation:
        found["patientInstruction"] = preparation
    found["occurrencePeriod"] = {"start": valid_from.isoformat()}
    if valid_to:
        found["occurrencePeriod"]["end"] = valid_to.isoformat()
    return found


def hospitalization(order: Order, state: str, valid_from: date, valid_to: date, department: str) -> Resource:
    """Return a referral to a hospital; `state` is a key of the hospital's own statuses."""
    found = referral(order, valid_from, valid_to)
    found["status"] = _HOSPITAL_FHIR[state]
    found["extension"] = [code_extension(HOSPITALIZATION_STATUS, state)]
    found["orderDetail"] = [{"text": department}]
    return found


def home_call(
    order: Order, state: str, when: str, complaint: str, *, doctor: Doctor | None, reason: str = ""
) -> Resource:
    """Return a home call for a moment; an assigned doctor is a performer, a refusal's reason a note."""
    found = _base(order)
    found["status"] = _CALL_FHIR[state]
    found["extension"] = [code_extension(HOME_CALL_STATUS, state)]
    found["occurrenceDateTime"] = when
    found["performerType"] = {"text": order.requester.specialty.doctor}
    found["reasonCode"] = [{"text": complaint}]
    if reason:
        found["note"] = [{"text": reason}]
    if doctor:
        found["performer"].insert(0, ref("PractitionerRole", doctor.role_rid, doctor.full_name))
    return found


def study_code(study: Study) -> Resource:
    return concept(LOINC, study.loinc, study.name)


def consultation_code(specialty: str) -> Resource:
    one = SPECIALTY_OF[specialty]
    return concept(SPECIALTY, one.code, f"Консультация {one.genitive}")


_CONSULTS = {
    "hypertension": "cardiologist", "diabetes": "endocrinologist", "hypothyroid": "endocrinologist",
    "osteoarthritis": "surgeon",
}  # fmt: skip


def of_visit(visit: Visit, today: date) -> Iterator[Resource]:
    """Yield what a past visit led to: an ordered study, a consultation, the home call before a visit at home."""
    if visit.kind == "home":
        yield _call_of(visit)
        return
    study = ordered_at(visit)
    if study:
        yield _study_order(visit, study, today)
    rng = Random(f"consult:{visit.rid}")
    wanted = _CONSULTS.get(visit.diagnosis.chronic or "")
    if visit.doctor.specialty.key == "therapist" and wanted and rng.random() < 0.3:
        doctor = find_doctor(wanted, visit.person.clinic_on(visit.day), "adults", rng)
        if doctor:
            order = _of(visit, "consultation", consultation_code(wanted), doctor.facility.key, "ref")
            yield consultation(order, wanted, visit.day, visit.day + timedelta(days=VALID_DAYS))


def _of(visit: Visit, category: str, code: Resource, facility: str, tail: str) -> Order:
    return Order(
        rid=f"{visit.rid}-{tail}",
        person_rid=visit.person.key,
        category=category,
        code=code,
        status="active",
        authored=visit.ended,
        updated=visit.ended,
        requester=visit.doctor,
        facility=facility,
        diagnosis=visit.diagnosis,
        encounter_rid=visit.rid,
        security=visit.security,
    )


def _study_order(visit: Visit, study: Study, today: date) -> Resource:
    found = referral(
        _of(visit, "study", study_code(study), visit.doctor.facility.key, "study"),
        visit.day,
        visit.day + timedelta(days=VALID_DAYS),
        preparation=study.preparation,
    )
    done_on = study_day(visit)
    if done_on < today:
        found["status"] = "completed"
        found["meta"] = meta(at(done_on, 15 * 60), 2)
    return found


def _call_of(visit: Visit) -> Resource:
    asked = at(visit.day, 7 * 60 + 40, visit.doctor.facility.utc_offset)
    order = Order(
        rid=f"{visit.rid}-call",
        person_rid=visit.person.key,
        category="home-call",
        code={"text": "Вызов врача на дом"},
        status="completed",
        authored=asked,
        updated=visit.ended,
        requester=visit.doctor,
        facility=visit.doctor.facility.key,
        security=visit.security,
    )
    when = at(visit.day, visit.minute, visit.doctor.facility.utc_offset)
    return home_call(order, "done", when, visit.diagnosis.complaint, doctor=visit.doctor)
