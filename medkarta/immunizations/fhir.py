"""FHIR R4 Immunization -> our rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import values
from medkarta.hl7.references import reference_id, reference_uuid
from medkarta.immunizations import rules
from medkarta.immunizations.models import Immunization

TYPES: tuple[str, ...] = ("Immunization",)

_AMOUNT_LIMIT = 10**8


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store vaccinations; nothing that is valid FHIR and has its patient is refused."""
    upsert(_row(each, each.patient_id) for each in incoming if each.type == "Immunization" and each.patient_id)
    return {}


def _row(incoming: Incoming, patient_id: UUID) -> Immunization:
    resource = incoming.resource
    applied = [each for each in resource.get("protocolApplied", ()) if isinstance(each, Mapping)]
    vaccine = next(iter(values.codings(resource.get("vaccineCode"))), values.Coding("", "", ""))
    vaccine_name = values.text_of(resource.get("vaccineCode"))
    diseases = _diseases(applied)
    series = next((each["series"] for each in applied if each.get("series")), "")
    name = rules.shown_name(diseases=[each[2] for each in diseases], series=series, vaccine=vaccine_name)
    row = Immunization(
        id=incoming.id,
        patient_id=patient_id,
        is_restricted=incoming.is_restricted,
        is_withdrawn=incoming.is_withdrawn,
        status="not-done" if resource.get("status") == "not-done" else "completed",
        name=name[:300],
        vaccine_name=vaccine_name[:255],
        vaccine_code=vaccine.code[:64],
        vaccine_system=vaccine.system[:255],
        diseases=diseases,
        series=series[:120],
        dose_number=_dose(applied, "doseNumber"),
        series_doses=_dose(applied, "seriesDoses"),
        lot=resource.get("lotNumber", "")[:64],
        expires_on=values.day(resource.get("expirationDate")),
        manufacturer=(resource.get("manufacturer") or {}).get("display", "")[:255],
        site=values.text_of(resource.get("site"))[:120],
        route=values.text_of(resource.get("route"))[:120],
        is_reported=resource.get("primarySource") is False,
    )
    _set_when(row, resource)
    _set_amount(row, resource)
    _set_reason(row, resource)
    _set_performers(row, resource)
    return row


def _diseases(applied: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    found: list[list[str]] = []
    for protocol in applied:
        for concept in protocol.get("targetDisease", ()):
            coding = next(iter(values.codings(concept)), values.Coding("", "", ""))
            found.append([coding.code, coding.system, values.text_of(concept)])
    return found


def _dose(applied: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return `doseNumber[x]` or `seriesDoses[x]`, a number or words."""
    for protocol in applied:
        value = protocol.get(f"{name}PositiveInt") or protocol.get(f"{name}String")
        if value:
            return str(value)[:32]
    return ""


def _set_when(row: Immunization, resource: Mapping[str, Any]) -> None:
    moment = values.moment(resource.get("occurrenceDateTime"))
    row.occurred_text = resource.get("occurrenceString", "")[:120]
    row.precision = Immunization.Precision.DAY
    row.occurred_on = moment.on if moment else None
    if moment and moment.precision in ("month", "year"):
        row.precision = moment.precision


def _set_amount(row: Immunization, resource: Mapping[str, Any]) -> None:
    dose = values.quantity(resource.get("doseQuantity"))
    if dose and dose.value is not None and dose.value.is_finite() and abs(dose.value) < _AMOUNT_LIMIT:
        row.amount = round(dose.value, 4)
        row.amount_unit = (dose.unit or dose.code)[:32]


def _set_reason(row: Immunization, resource: Mapping[str, Any]) -> None:
    reason = resource.get("statusReason")
    coding = next(iter(values.codings(reason)), None)
    row.reason_code = coding.code[:32] if coding else ""
    row.reason_text = values.text_of(reason)[:500]


def _set_performers(row: Immunization, resource: Mapping[str, Any]) -> None:
    """Take the clinic and the one who did it (AP before others); a Location names the place where no clinic is."""
    performers = [each for each in resource.get("performer", ()) if isinstance(each, Mapping)]
    performers.sort(key=lambda each: "AP" not in [one.code for one in values.codings(each.get("function"))])
    for performer in performers:
        actor = performer.get("actor") or {}
        if reference_id(actor, "Organization"):
            row.facility_id = row.facility_id or reference_uuid(actor, "Organization")
            row.facility_name = row.facility_name or actor.get("display", "")[:255]
        elif reference_id(actor, "PractitionerRole"):
            row.practitioner_role_id = row.practitioner_role_id or reference_uuid(actor, "PractitionerRole")
            row.practitioner_name = row.practitioner_name or actor.get("display", "")[:255]
        else:
            row.practitioner_id = row.practitioner_id or reference_uuid(actor, "Practitioner")
            row.practitioner_name = row.practitioner_name or actor.get("display", "")[:255]
    if not row.facility_id and not row.facility_name:
        row.facility_name = (resource.get("location") or {}).get("display", "")[:255]
