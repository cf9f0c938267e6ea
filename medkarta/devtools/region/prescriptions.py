"""Prescriptions: FHIR MedicationRequest in two kinds, with the statuses of a pharmacy's work.

Validity by kind: order of the Ministry of Health No. 1094n of 24.11.2021: form 148-1/у-04(л) 30 days, 90 for long
courses; form 107-1/у 60 days, up to a year for long courses. The last day counts in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from medkarta.devtools.region.diagnoses import BY_SPECIALTY
from medkarta.devtools.region.doctors import Doctor
from medkarta.devtools.region.drugs import DRUG, Drug
from medkarta.devtools.region.shapes import (
    NO_SECURITY,
    PRESCRIPTION_KIND,
    PRESCRIPTION_STATUS,
    Resource,
    at,
    concept,
    meta,
    ref,
)
from medkarta.devtools.region.visits import Visit

KIND_TEXT = {"state": "Льготный рецепт", "commercial": "Коммерческий рецепт"}
STATUS_TEXT = {
    "issued": "Выписан",
    "in-service": "На обслуживании",
    "deferred": "Отсрочен",
    "partly-dispensed": "Отпущен частично",
    "dispensed": "Отпущен",
    "cancelled": "Отменён",
}
_FHIR_STATUS = {"dispensed": "completed", "cancelled": "cancelled", "deferred": "on-hold"}
NUMBER = "urn:oid:1.2.643.5.1.13.13.12.2.50.9901.100.1.1.51"
# longest validity in days by kind and whether the course is long
VALIDITY = {("state", False): 30, ("state", True): 90, ("commercial", False): 60, ("commercial", True): 365}
# why a drug is given: the first diagnosis that it belongs to
REASON = {
    drug: f"{one.code} {one.text}" for many in reversed(BY_SPECIALTY.values()) for one in many for drug in one.drugs
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One prescription as it stands on some day. `state` is a key of STATUS_TEXT."""

    rid: str
    number: str
    person_rid: str
    drug: Drug
    kind: str
    state: str
    authored: str
    valid_from: date
    valid_to: date
    doctor: Doctor
    diagnosis: str
    updated: str
    version: int = 1
    encounter_rid: str | None = None
    security: tuple[tuple[str, str], ...] = NO_SECURITY


def resource(paper: Paper) -> Resource:
    """Return the MedicationRequest. A cancelled one says so by its status and carries no reason of a pharmacy."""
    found: Resource = {
        "resourceType": "MedicationRequest",
        "id": paper.rid,
        "meta": meta(paper.updated, paper.version, paper.security),
        "identifier": [{"system": NUMBER, "value": paper.number}],
        "status": _FHIR_STATUS.get(paper.state, "active"),
        "intent": "order",
        "category": [concept(PRESCRIPTION_KIND, paper.kind, KIND_TEXT[paper.kind])],
        "medicationCodeableConcept": {
            "coding": [{"system": "urn:medkarta:inn", "code": paper.drug.inn, "display": paper.drug.inn}],
            "text": paper.drug.text,
        },
        "subject": ref("Patient", paper.person_rid),
        "authoredOn": paper.authored,
        "requester": ref("PractitionerRole", paper.doctor.role_rid, paper.doctor.full_name),
        "reasonCode": [{"text": paper.diagnosis}],
        "dosageInstruction": [{"text": paper.drug.dosage}],
        "dispenseRequest": {
            "validityPeriod": {"start": paper.valid_from.isoformat(), "end": paper.valid_to.isoformat()},
            "expectedSupplyDuration": {
                "value": paper.drug.days, "unit": "дн.", "system": "http://unitsofmeasure.org", "code": "d",
            },
        },
    }  # fmt: skip
    if paper.state != "cancelled":
        found["statusReason"] = concept(PRESCRIPTION_STATUS, paper.state, STATUS_TEXT[paper.state])
    if paper.encounter_rid:
        found["encounter"] = ref("Encounter", paper.encounter_rid)
    return found


def number_of(kind: str, seed: str) -> str:
    """Return a prescription number: series and twelve digits."""
    rng = Random(f"rx:{seed}")
    series = "50Л" if kind == "state" else "50К"
    return f"{series} {rng.randrange(10**10):010d}"


def _fate(rng: Random, kind: str) -> list[tuple[int, str]]:
    """Return the days after the issue at which the state changes, and the states."""
    luck = rng.random()
    if luck < 0.58:
        return [(rng.randint(1, 6), "dispensed")]
    if luck < 0.66:
        return [(rng.randint(1, 4), "in-service"), (rng.randint(6, 12), "dispensed")]
    if luck < 0.72 and kind == "state":
        return [(rng.randint(1, 4), "deferred"), (rng.randint(9, 14), "dispensed")]
    if luck < 0.80:
        return [(rng.randint(2, 6), "partly-dispensed")]
    if luck < 0.84:
        return [(rng.randint(1, 8), "cancelled")]
    return []


def of_visit(visit: Visit, today: date) -> Iterator[Resource]:
    """Yield what the doctor prescribed at a past visit, in the state that it has reached before `today`."""
    rng = Random(f"rx:{visit.rid}")
    for place, key in enumerate(visit.diagnosis.drugs[:2]):
        if rng.random() > 0.7:
            continue
        drug = DRUG[key]
        kind = "state" if drug.is_state and visit.diagnosis.chronic and rng.random() < 0.75 else "commercial"
        is_long = drug.days >= 60
        state, updated, version = "issued", visit.ended, 1
        for after, later in _fate(rng, kind):
            if visit.last_day + timedelta(days=after) < today:
                state, version = later, version + 1
                updated = at(visit.last_day + timedelta(days=after), 16 * 60)
        yield resource(
            Paper(
                rid=f"{visit.rid}-rx{place}",
                number=number_of(kind, f"{visit.rid}-{place}"),
                person_rid=visit.person.key,
                drug=drug,
                kind=kind,
                state=state,
                authored=visit.ended,
                valid_from=visit.last_day,
                valid_to=visit.last_day + timedelta(days=VALIDITY[kind, is_long and kind == "state"]),
                doctor=visit.doctor,
                diagnosis=f"{visit.diagnosis.code} {visit.diagnosis.text}",
                updated=updated,
                version=version,
                encounter_rid=visit.rid,
                security=visit.security,
            )
        )
