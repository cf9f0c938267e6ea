"""FHIR R4 MedicationRequest and Medication -> prescriptions and drugs."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import contained, reference_id, reference_uuid
from medkarta.prescriptions import dosage, entries, rules, validity
from medkarta.prescriptions.models import Medication, Prescription

TYPES: tuple[str, ...] = ("Medication", "MedicationRequest")

_NAME, _LONG_NAME = 255, 500
_MAX_REPEATS = 32_767


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store prescriptions, and drugs that came apart from them in either order."""
    drugs = [_medication(each.id, each.resource) for each in incoming if each.type == "Medication"]
    upsert(drugs)
    requests = [each for each in incoming if each.type == "MedicationRequest"]
    stored = [_prescription(each) for each in requests if each.patient_id]
    upsert(stored)
    entries.enter(prescriptions=[one.pk for one in stored], drugs=[one.pk for one in drugs])
    return {each.id: _("Не указан пациент") for each in requests if not each.patient_id}


def _medication(id_: UUID | None, resource: Mapping[str, Any]) -> Medication:
    return Medication(
        id=id_,
        name=values.text_of(resource.get("code"))[:_LONG_NAME],
        substances=_substances(resource)[:_LONG_NAME],
        form=values.text_of(resource.get("form"))[:_NAME],
    )


def _substances(resource: Mapping[str, Any]) -> str:
    ingredients = resource.get("ingredient", ())
    names = (
        values.text_of(each.get("itemCodeableConcept")) or (each.get("itemReference") or {}).get("display", "")
        for each in ingredients
    )
    return ", ".join(dict.fromkeys(name for name in names if name))


def _prescription(incoming: Incoming) -> Prescription:
    resource = incoming.resource
    supply = resource.get("dispenseRequest") or {}
    requester = resource.get("requester") or {}
    assert incoming.patient_id is not None
    clinic = requester if reference_id(requester, "Organization") else {}
    authored_at = values.instant(resource.get("authoredOn"))
    form, is_long, kind = _form(resource), _is_long_course(resource), _kind(resource)
    told = _last_day((supply.get("validityPeriod") or {}).get("end"))
    by_law = validity.computed_until(form, is_long_course=is_long, issued_on=authored_at and localdate(authored_at))
    return Prescription(
        id=incoming.id,
        patient_id=incoming.patient_id,
        is_restricted=incoming.is_restricted,
        is_withdrawn=incoming.is_withdrawn,
        kind=kind,
        form=form,
        is_long_course=is_long,
        status=rules.status_of(
            str(resource.get("status", "")),
            intent=str(resource.get("intent", "")),
            refined=values.code_in(resource.get("statusReason"), systems.PRESCRIPTION_STATUS),
        ),
        number=_number(resource)[:_NAME],
        drug_name=_drug(resource)[:_LONG_NAME],
        drug_display=str((resource.get("medicationReference") or {}).get("display", ""))[:_LONG_NAME],
        medication_id=reference_uuid(resource.get("medicationReference"), "Medication"),
        facility_id=reference_uuid(clinic, "Organization"),
        facility_name=str(clinic.get("display", ""))[:_NAME],
        practitioner_id=reference_uuid(requester, "Practitioner"),
        practitioner_role_id=reference_uuid(requester, "PractitionerRole"),
        practitioner_name="" if clinic else _requester_name(resource, requester)[:_NAME],
        authored_at=authored_at,
        valid_until=told or by_law,
        is_term_computed=told is None and by_law is not None,
        dosage=dosage.text(resource.get("dosageInstruction", ())),
        quantity=dosage.quantity_text(supply.get("quantity"))[:120],
        repeats=_repeats(supply.get("numberOfRepeatsAllowed")),
        note="\n".join(each["text"] for each in resource.get("note", ()) if each.get("text")),
    )


def _kind(resource: Mapping[str, Any]) -> str:
    found = (values.code_in(each, systems.PRESCRIPTION_KIND) for each in resource.get("category", ()))
    is_state = "state" in found or _form(resource) == validity.STATE_FORM
    return Prescription.Kind.STATE if is_state else Prescription.Kind.COMMERCIAL


def _form(resource: Mapping[str, Any]) -> str:
    """Return the code of the blank; empty for none or one that is not known."""
    found = [values.code_in(each, systems.PRESCRIPTION_FORM) for each in resource.get("category", ())]
    return next((code for code in found if validity.find(code)), "")


def _is_long_course(resource: Mapping[str, Any]) -> bool:
    codes = values.codings(resource.get("courseOfTherapyType"))
    return any(each.code == "continuous" for each in codes)


def _number(resource: Mapping[str, Any]) -> str:
    """Return the number: the official identifier before others, old ones last."""
    ranks = {"official": 0, "old": 9}
    found = sorted(resource.get("identifier", ()), key=lambda each: ranks.get(each.get("use"), 1))
    group = [resource["groupIdentifier"]] if resource.get("groupIdentifier") else []
    return next((str(each["value"]).strip() for each in [*found, *group] if each.get("value")), "")


def _drug(resource: Mapping[str, Any]) -> str:
    """Return the drug as the request itself says it; empty if only a Medication elsewhere does."""
    if name := values.text_of(resource.get("medicationCodeableConcept")):
        return name
    inside = contained(resource, resource.get("medicationReference"))
    found = _medication(None, inside) if inside is not None else Medication()
    return found.name or found.substances


def _requester_name(resource: Mapping[str, Any], requester: Mapping[str, Any]) -> str:
    inside = contained(resource, requester)
    return str(requester.get("display", "")) or (values.human_name(inside).full if inside else "")


def _last_day(text: str | None) -> date | None:
    """Return the last day of a period's end: of «2026-12» the 31st, of «2026» the last of the year."""
    found = values.moment(text)
    if found is None or found.precision in ("day", "second"):
        return found.on if found else None
    if found.on.year == date.max.year:
        return date.max
    following = date(found.on.year + 1, 1, 1)
    if found.precision == "month" and found.on.month < 12:
        following = date(found.on.year, found.on.month + 1, 1)
    return following - timedelta(days=1)


def _repeats(value: Any) -> int | None:
    return int(value) if value is not None and 0 <= value <= _MAX_REPEATS else None
