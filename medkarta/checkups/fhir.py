"""FHIR R4 CarePlan of category check-up -> our rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from medkarta.checkups.models import Checkup
from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import reference_id, reference_uuid

TYPES: tuple[str, ...] = ("CarePlan",)

MAX_DOCUMENTS = 20
_STATUSES = frozenset(Checkup.Status.values)


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store check-ups; a plan of another category is not ours, also when it was one before. Nothing is refused."""
    plans = [each for each in incoming if each.type == "CarePlan"]
    others = [each.id for each in plans if not _is_checkup(each.resource)]
    if others:
        Checkup.objects.filter(pk__in=others).delete()
    upsert(_row(each, each.patient_id) for each in plans if each.patient_id and _is_checkup(each.resource))
    return {}


def _is_checkup(resource: Mapping[str, Any]) -> bool:
    found = values.all_codings(resource.get("category"))
    return any((each.system, each.code) == (systems.CAREPLAN_CATEGORY, "checkup") for each in found)


def _row(incoming: Incoming, patient_id: UUID) -> Checkup:
    resource = incoming.resource
    span = values.period(resource.get("period"))
    starts_on = span.start.on if span.start else None
    ends_on = span.end.on if span.end else None
    status = resource.get("status", "")
    facility = _facility(resource)
    return Checkup(
        id=incoming.id,
        patient_id=patient_id,
        is_restricted=incoming.is_restricted,
        is_withdrawn=incoming.is_withdrawn,
        title=_title(resource)[:255],
        status=status if status in _STATUSES else Checkup.Status.UNKNOWN,
        starts_on=starts_on,
        ends_on=ends_on,
        happened_on=ends_on or starts_on or values.day(resource.get("created")),
        facility_id=reference_uuid(facility, "Organization"),
        facility_name=facility.get("display", "")[:255],
        document_ids=list(dict.fromkeys(_documents(resource)))[:MAX_DOCUMENTS],
    )


def _title(resource: Mapping[str, Any]) -> str:
    category = next(iter(resource.get("category", ())), None)
    return resource.get("title") or resource.get("description") or values.text_of(category)


def _facility(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the reference of the clinic: who made the plan, else who takes part in it."""
    for reference in _participants(resource):
        if reference_id(reference, "Organization"):
            return reference
    return {}


def _participants(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield resource.get("author") or {}
    yield from resource.get("contributor", ())
    for activity in resource.get("activity", ()):
        yield from (activity.get("detail") or {}).get("performer", ())


def _documents(resource: Mapping[str, Any]) -> Iterator[str]:
    references = list(resource.get("supportingInfo", ()))
    for activity in resource.get("activity", ()):
        references += [activity.get("reference") or {}, *activity.get("outcomeReference", ())]
    for reference in references:
        if found := reference_uuid(reference, "DocumentReference"):
            yield str(found)
