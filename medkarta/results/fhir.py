"""FHIR R4 DiagnosticReport and Observation -> reports, values and which stands in which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from medkarta.core.ids import NAMESPACE
from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.core.text import folded
from medkarta.documents import actions as documents
from medkarta.hl7 import values
from medkarta.hl7.references import contained, reference_uuid, target_of
from medkarta.results import kinds
from medkarta.results.measures import Measure, measure_of
from medkarta.results.models import DiagnosticReport, Observation, ResultLink

TYPES: tuple[str, ...] = ("Observation", "DiagnosticReport")

_NAME, _LONG_NAME, _CODE = 255, 500, 64
_WHOLE_DIGITS = 19


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store reports and values, in whatever order they arrive; return reasons for those that are refused."""
    refused = {each.id: _("Не указан пациент") for each in incoming if not each.patient_id}
    reports = [each for each in incoming if each.type == "DiagnosticReport" and each.patient_id]
    refused |= documents.keep_files(scope, [_files(each) for each in reports])
    upsert(_report(each) for each in reports if each.id not in refused)
    observations = [each for each in incoming if each.type == "Observation" and each.patient_id]
    upsert(_observation(each) for each in observations)
    _keep_links(each for each in (*reports, *observations) if each.id not in refused)
    return refused


def _files(incoming: Incoming) -> documents.Files:
    assert incoming.patient_id is not None
    forms = tuple((form, "") for form in incoming.resource.get("presentedForm", ()))
    return documents.Files(incoming.id, incoming.patient_id, forms)


def _report(incoming: Incoming) -> DiagnosticReport:
    resource = incoming.resource
    name = " ".join(values.text_of(resource.get("code")).split())
    conclusion = _conclusion(resource)
    done = values.moment(resource.get("effectiveDateTime") or (resource.get("effectivePeriod") or {}).get("start"))
    who = _Performers(resource)
    assert incoming.patient_id is not None
    return DiagnosticReport(
        id=incoming.id,
        patient_id=incoming.patient_id,
        is_restricted=incoming.is_restricted,
        is_withdrawn=incoming.is_withdrawn,
        name=name[:_LONG_NAME],
        words=folded(f"{name} {conclusion}"),
        kind=kinds.kind_of(resource),
        status=str(resource.get("status", ""))[:20],
        effective_at=done.at if done else values.instant(resource.get("issued")),
        is_whole_day=done is not None and not done.is_exact,
        issued_at=values.instant(resource.get("issued")),
        facility_id=who.organization_id,
        facility_name=who.organization_name[:_NAME],
        practitioner_id=who.practitioner_id,
        practitioner_role_id=who.role_id,
        practitioner_name=who.name[:_NAME],
        conclusion=conclusion,
    )


def _conclusion(resource: Mapping[str, Any]) -> str:
    codes = (values.text_of(each) for each in resource.get("conclusionCode", ()))
    parts = dict.fromkeys([str(resource.get("conclusion", "")).strip(), *codes])
    return "\n".join(part for part in parts if part)


def _observation(incoming: Incoming) -> Observation:
    resource = incoming.resource
    coding = next(iter(values.codings(resource.get("code"))), values.Coding("", "", ""))
    measure = measure_of(resource)
    period = resource.get("effectivePeriod") or {}
    assert incoming.patient_id is not None
    when = resource.get("effectiveDateTime") or resource.get("effectiveInstant") or period.get("start")
    return Observation(
        id=incoming.id,
        patient_id=incoming.patient_id,
        is_restricted=incoming.is_restricted,
        is_withdrawn=incoming.is_withdrawn,
        code=coding.code[:_CODE],
        code_system=coding.system[:_NAME],
        name=values.text_of(resource.get("code"))[:_LONG_NAME],
        category=next((each.code for each in values.all_codings(resource.get("category"))), "")[:_CODE],
        status=str(resource.get("status", ""))[:20],
        effective_at=values.instant(when or resource.get("issued")),
        value_number=orderable(measure),
        unit_code=measure.unit_code[:_CODE],
        measure=measure.to_json(),
        components=[
            {"name": values.text_of(each.get("code")), "measure": measure_of(each).to_json()}
            for each in resource.get("component", ())
        ],
        note="\n".join(each["text"] for each in resource.get("note", ()) if each.get("text")),
    )


def orderable(measure: Measure) -> Decimal | None:
    """Return the number for the column that orders; None beyond its nineteen whole digits."""
    number = Decimal(measure.number) if measure.number else None
    return number if number is not None and number.adjusted() < _WHOLE_DIGITS else None


def _keep_links(owners: Iterable[Incoming]) -> None:
    """Write which values stand in which report or group, in place of what was known of these owners."""
    found = list(owners)
    ResultLink.objects.filter(owner_id__in=[each.id for each in found]).delete()
    ResultLink.objects.bulk_create(
        ResultLink(
            id=uuid5(NAMESPACE, f"{owner.id}|result|{position}"),
            owner_id=owner.id,
            observation_id=target,
            position=position,
        )
        for owner in found
        for position, target in enumerate(_targets(owner.resource), 1)
    )


def _targets(resource: Mapping[str, Any]) -> Iterator[UUID]:
    for reference in (*resource.get("result", ()), *resource.get("hasMember", ())):
        if target := reference_uuid(reference, "Observation"):
            yield target


class _Performers:
    """Where a study was made and who answers for it, from `performer` and `resultsInterpreter`."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.organization_id: UUID | None = None
        self.practitioner_id: UUID | None = None
        self.role_id: UUID | None = None
        self.organization_name = self.name = ""
        for reference in (*resource.get("performer", ()), *resource.get("resultsInterpreter", ())):
            target = target_of(reference)
            if target is not None and target.type == "Organization":
                self.organization_id = self.organization_id or reference_uuid(reference, "Organization")
                self.organization_name = self.organization_name or str(reference.get("display", ""))
                continue
            inside = contained(resource, reference)
            self.practitioner_id = self.practitioner_id or reference_uuid(reference, "Practitioner")
            self.role_id = self.role_id or reference_uuid(reference, "PractitionerRole")
            self.name = (
                self.name or str(reference.get("display", "")) or (values.human_name(inside).full if inside else "")
            )
