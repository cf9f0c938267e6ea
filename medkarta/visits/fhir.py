"""FHIR R4 Encounter and Condition -> visits and their diagnoses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import reference_id, reference_uuid
from medkarta.visits import rules
from medkarta.visits.models import Diagnosis, Visit

TYPES: tuple[str, ...] = ("Encounter", "Condition")
_ATTENDING = ("ATND", "PPRF")
_REFUTED = frozenset({"refuted", "entered-in-error"})

Resource = Mapping[str, Any]


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store encounters and conditions; one without a patient is refused."""
    visits: dict[UUID, Visit] = {}
    diagnoses: dict[UUID, Diagnosis] = {}
    refused: dict[UUID, str] = {}
    for one in incoming:
        if one.type not in TYPES:
            continue
        if one.patient_id is None:
            refused[one.id] = "no patient"
        elif one.type == "Encounter":
            visits[one.id] = _visit(one, one.patient_id)
        else:
            diagnoses[one.id] = _diagnosis(one, one.patient_id)
    upsert(visits.values())
    upsert(diagnoses.values())
    return refused


def _visit(one: Incoming, patient_id: UUID) -> Visit:
    found = one.resource
    kind = str((found.get("class") or {}).get("code", ""))
    status = found.get("status", "")
    span = values.period(found.get("period"))
    participant = _participant(found.get("participant", ()))
    doctor = participant.get("individual") or {}
    provider = found.get("serviceProvider") or {}
    return Visit(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        status=status if status in rules.STATUSES else Visit.Status.UNKNOWN,
        kind=kind if kind in Visit.Kind.values else Visit.Kind.OTHER,
        service=_line(_service(found), 500),
        facility_id=reference_uuid(provider, "Organization"),
        facility_name=_line(provider.get("display") or _place(found), 255),
        practitioner_id=reference_uuid(doctor, "Practitioner"),
        practitioner_role_id=reference_uuid(doctor, "PractitionerRole"),
        practitioner_name=_line(doctor.get("display"), 255),
        practitioner_position=_line(_position(participant), 255),
        started_at=span.start.at if span.start else None,
        ended_at=span.end.at if span.end else None,
        has_time=bool(span.start and span.start.is_exact),
        reasons=_reasons(found),
        diagnosis_ids=_diagnosis_ids(found),
    )


def _diagnosis(one: Incoming, patient_id: UUID) -> Diagnosis:
    found = one.resource
    standing = {each.code for each in values.codings(found.get("verificationStatus"))}
    return Diagnosis(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        visit_id=reference_uuid(found.get("encounter"), "Encounter"),
        code=values.code_in(found.get("code"), systems.ICD10)[:32],
        text=_line(values.text_of(found.get("code")), 500),
        is_refuted=bool(standing & _REFUTED),
    )


def _service(found: Resource) -> str:
    kinds = [*found.get("type", ()), found.get("serviceType")]
    return next((text for text in map(_words, kinds) if text), "")


def _participant(participants: Sequence[Resource]) -> Resource:
    """Return the doctor in charge: the attending or primary one, else the first person of the clinic."""
    people = [each for each in participants if reference_id(each.get("individual"), "RelatedPerson", "Patient") == ""]
    named = [each for each in people if each.get("individual")]
    for each in named:
        if any(coding.code in _ATTENDING for coding in values.all_codings(each.get("type"))):
            return each
    return named[0] if named else {}


def _position(participant: Resource) -> str:
    """Return the post of a doctor where the sender wrote one, and not just the kind of his part in the visit."""
    for concept in participant.get("type", ()):
        text = str(concept.get("text", ""))
        if text and text not in {each.display for each in values.codings(concept)}:
            return text
    return ""


def _place(found: Resource) -> str:
    places = [(each.get("location") or {}).get("display", "") for each in found.get("location", ())]
    return next((place for place in places if place), "")


def _reasons(found: Resource) -> list[tuple[str, str]]:
    """Return what the visit itself says of its reason: reason codes, and names beside references to conditions."""
    reasons = [
        (values.code_in(each, systems.ICD10)[:32], _line(values.text_of(each), 500))
        for each in found.get("reasonCode", ())
    ]
    shown = [(each.get("condition") or {}).get("display", "") for each in _by_rank(found)]
    reasons += [("", _line(text, 500)) for text in shown if text]
    return [(code, text) for code, text in dict.fromkeys(reasons) if text][:20]


def _diagnosis_ids(found: Resource) -> list[str]:
    references = [*(each.get("condition") for each in _by_rank(found)), *found.get("reasonReference", ())]
    ids = [reference_uuid(each, "Condition") for each in references]
    return list(dict.fromkeys(str(one) for one in ids if one))[:50]


def _by_rank(found: Resource) -> Iterable[Resource]:
    return sorted(found.get("diagnosis", ()), key=lambda each: int(each.get("rank", 1000)))


def _words(concept: Resource | None) -> str:
    """Return what a concept is called in words; a bare code says nothing to people."""
    text = values.text_of(concept)
    return "" if text in {each.code for each in values.codings(concept)} else text


def _line(text: str | None, size: int) -> str:
    """Return text in one line, cut to its column."""
    return " ".join((text or "").split())[:size]
