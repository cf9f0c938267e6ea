"""FHIR R4 ServiceRequest of the category `home-call` -> a call of a doctor to one's home."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from medkarta.core.intake import Incoming, Resource, upsert
from medkarta.hl7 import systems, values
from medkarta.hl7.references import display_of, first_uuid
from medkarta.scheduling.fhir.readings import at, end_of, known, with_patient
from medkarta.scheduling.models import HomeVisitRequest

KEPT = (
    "is_own", "account", "home_address", "flat", "entrance", "floor", "door_code", "contact_phone", "temperature",
    "answers", "cancelled_by", "form_key",
)  # fmt: skip
_HOME_STATUS = {"completed": "done", "revoked": "cancelled", "entered-in-error": "cancelled"}


def is_home_call(resource: Resource) -> bool:
    """Tell whether a ServiceRequest asks for a doctor at home."""
    found = values.all_codings(resource.get("category"))
    return any((each.system, each.code) == (systems.REQUEST_CATEGORY, "home-call") for each in found)


def store_home_visits(found: Iterable[Incoming], refused: dict[UUID, str]) -> None:
    found = list(found)
    others = [one.id for one in found if not is_home_call(one.resource)]
    if others:
        HomeVisitRequest.objects.filter(pk__in=others).delete()
    found_with = with_patient((one for one in found if is_home_call(one.resource)), refused)
    upsert((_home_visit(one, patient_id) for one, patient_id in found_with), keep=KEPT)


def _home_visit(one: Incoming, patient_id: UUID) -> HomeVisitRequest:
    found = one.resource
    performers = found.get("performer", ())
    places = found.get("locationReference", ())
    status = values.extension(found, systems.HOME_CALL_STATUS)
    if status not in HomeVisitRequest.Status.values:
        status = _HOME_STATUS.get(found.get("status", ""), "new")
    notes = "\n".join(each["text"] for each in found.get("note", ()) if each.get("text"))
    is_refused = status in ("rejected", "cancelled")
    return HomeVisitRequest(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        status=status,
        number=next((each["value"] for each in found.get("identifier", ()) if each.get("value")), "")[:64],
        requested_at=at(found.get("authoredOn")),
        specialty_name=values.text_of(found.get("performerType"))[:255],
        practitioner_role_id=first_uuid(performers, "PractitionerRole"),
        practitioner_id=first_uuid(performers, "Practitioner"),
        practitioner_name=display_of(performers, "PractitionerRole", "Practitioner")[:255],
        facility_id=first_uuid(performers, "Organization"),
        facility_name=display_of(performers, "Organization")[:255],
        location_id=first_uuid(places, "Location"),
        location_name=display_of(places, "Location")[:255],
        complaint="; ".join(filter(None, map(values.text_of, found.get("reasonCode", ()))))[:1000],
        comment="" if is_refused else notes,
        reason=notes[:1000] if is_refused else "",
        instructions=found.get("patientInstruction", ""),
        changed_at=one.received_at,
        **_occurrence(found),
    )


def _occurrence(found: Resource) -> dict[str, Any]:
    """Return when the doctor is expected: a span of hours, or from an hour (or the morning) to the end of the day."""
    span = values.period(found.get("occurrencePeriod"))
    start = span.start or values.moment(found.get("occurrenceDateTime"))
    if start is None or known(start.at) is None:
        return {"starts_at": None, "ends_at": None, "has_time": False, "has_end": False}
    end = span.end or values.moment(start.on.isoformat())
    return {
        "starts_at": start.at,
        "ends_at": end_of(end),
        "has_time": start.is_exact,
        "has_end": end is not None and end.is_exact,
    }
