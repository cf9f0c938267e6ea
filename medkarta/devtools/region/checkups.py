"""Passed check-ups as FHIR CarePlan, with the result document that they point to."""

from medkarta.devtools.region.checkup_rules import PROGRAMMES
from medkarta.devtools.region.shapes import CAREPLAN_CATEGORY, Resource, concept, meta, ref
from medkarta.devtools.region.visits import Visit


def care_plan(visit: Visit, document_rid: str | None) -> Resource:
    """Return the completed programme of a check-up visit."""
    title = PROGRAMMES[visit.programme or ""]
    found: Resource = {
        "resourceType": "CarePlan",
        "id": f"{visit.rid}-plan",
        "meta": meta(visit.ended),
        "status": "completed",
        "intent": "plan",
        "category": [concept(CAREPLAN_CATEGORY, "checkup", "Диспансеризация и профилактические осмотры")],
        "title": title,
        "subject": ref("Patient", visit.person.key),
        "encounter": ref("Encounter", visit.rid),
        "period": {"start": visit.day.isoformat(), "end": visit.day.isoformat()},
        "created": visit.day.isoformat(),
        "author": ref("Organization", visit.doctor.facility.key, visit.doctor.facility.name),
    }
    if document_rid:
        found["supportingInfo"] = [ref("DocumentReference", document_rid)]
    return found
