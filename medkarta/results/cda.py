"""Laboratory protocols (CDA, kind 7 of 1.2.643.5.1.13.13.11.1522) -> reports and values, the protocol as their file.

Everything that is made of a document is a function of it: taking it again writes the same rows, taking a corrected one
replaces them. Values that the patient's record has already, because they came as resources too, are not doubled.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from medkarta.core.ids import NAMESPACE
from medkarta.core.intake import upsert
from medkarta.core.scopes import SystemScope
from medkarta.core.text import folded
from medkarta.documents import actions as documents
from medkarta.documents.readers import Protocol
from medkarta.hl7 import cda, systems
from medkarta.hl7.values import Moment
from medkarta.results.fhir import orderable
from medkarta.results.measures import Measure
from medkarta.results.models import DiagnosticReport, Observation, ResultLink

TYPES = ("7",)
MOST_PANELS = 50
"""Panels beyond it are shown with the last one."""

_NAME, _LONG_NAME, _CODE = 255, 500, 64
_LOINC_ROOT = "2.16.840.1.113883.6.1"
_STATUS = {
    "active": "preliminary",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "nullified": "entered-in-error",
}
Twin = tuple[UUID, str, datetime | None, Decimal | None, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A report with its values in their order."""

    report: DiagnosticReport
    observations: tuple[Observation, ...]
    protocol: Protocol


def take(scope: SystemScope, protocols: Sequence[Protocol]) -> None:
    """Store the values of protocols in place of those that the same documents gave before."""
    _forget(_taken_before(protocols))
    made = [one for protocol in protocols for one in _made(protocol)]
    known = _known(made)
    new = [one for one in made if not _is_repeat(one, known)]
    upsert(one.report for one in new)
    upsert(value for one in new for value in one.observations)
    upsert(link for one in new for link in _links(one))
    documents.share_files(scope, [_file(one) for one in new])


def withdraw(scope: SystemScope, document_ids: Collection[UUID]) -> None:
    """Hide what documents gave that are withdrawn or replaced by a newer version."""
    reports = [id_ for document_id in document_ids for id_ in _report_ids(document_id)]
    values = ResultLink.objects.filter(owner_id__in=reports).values("observation_id")
    Observation.objects.filter(pk__in=values).update(is_withdrawn=True)
    DiagnosticReport.objects.filter(pk__in=reports).update(is_withdrawn=True)


def _report_ids(document_id: UUID) -> Iterator[UUID]:
    return (_id(document_id, "report", number) for number in range(1, MOST_PANELS + 1))


def _id(document_id: UUID, *parts: object) -> UUID:
    return uuid5(NAMESPACE, "|".join(map(str, (document_id, *parts))))


def _taken_before(protocols: Iterable[Protocol]) -> list[UUID]:
    firsts = {_id(one.document_id, "report", 1): one.document_id for one in protocols}
    found = DiagnosticReport.objects.filter(pk__in=firsts).values_list("pk", flat=True)
    return [firsts[pk] for pk in found]


def _forget(document_ids: Collection[UUID]) -> None:
    """Delete what earlier forms of documents gave: the new ones may hold fewer panels and values."""
    if not document_ids:
        return
    reports = [id_ for document_id in document_ids for id_ in _report_ids(document_id)]
    links = ResultLink.objects.filter(owner_id__in=reports)
    Observation.objects.filter(pk__in=links.values("observation_id")).delete()
    links.delete()
    DiagnosticReport.objects.filter(pk__in=reports).delete()


def _made(protocol: Protocol) -> Iterator[Made]:
    panels = cda.read_laboratory(protocol.source)
    for number, panel in enumerate(panels[:MOST_PANELS], 1):
        found = panel.observations
        if number == MOST_PANELS:
            found += tuple(value for rest in panels[MOST_PANELS:] for value in rest.observations)
        at = panel.at
        report = DiagnosticReport(
            id=_id(protocol.document_id, "report", number),
            patient_id=protocol.patient_id,
            is_restricted=protocol.is_restricted,
            name=panel.name[:_LONG_NAME],
            words=folded(panel.name),
            kind=DiagnosticReport.Kind.LABORATORY,
            status=_STATUS.get(panel.status, "final"),
            effective_at=at.at if at else protocol.dated_at,
            is_whole_day=at is not None and not at.is_exact,
            issued_at=protocol.dated_at,
            facility_id=protocol.facility_id,
            facility_name=protocol.facility_name[:_NAME],
            practitioner_name=(panel.performer or protocol.practitioner_name)[:_NAME],
        )
        values = (_observation(protocol, number, place, value, at) for place, value in enumerate(found, 1))
        yield Made(report, tuple(values), protocol)


def _observation(
    protocol: Protocol, panel: int, place: int, found: cda.LabObservation, panel_at: Moment | None
) -> Observation:
    code = next((one for one in found.codes if one.system == _LOINC_ROOT), found.codes[0] if found.codes else None)
    at = found.at or panel_at
    measure = _measure(found)
    return Observation(
        id=_id(protocol.document_id, "value", panel, place),
        patient_id=protocol.patient_id,
        is_restricted=protocol.is_restricted,
        code=code.code[:_CODE] if code else "",
        code_system=_system(code.system)[:_NAME] if code else "",
        name=found.name[:_LONG_NAME],
        category="laboratory",
        status=_STATUS.get(found.status, "final"),
        effective_at=at.at if at else protocol.dated_at,
        value_number=orderable(measure),
        unit_code=measure.unit_code[:_CODE],
        measure=measure.to_json(),
    )


def _system(root: str) -> str:
    return systems.LOINC if root == _LOINC_ROOT else f"urn:oid:{root}" if root else ""


def _measure(found: cda.LabObservation) -> Measure:
    interpretation = found.interpretation.code if found.interpretation else ""
    low, high = (_digits(one) for one in (found.range.low, found.range.high))
    if found.number is None:
        return Measure(
            "text" if found.text else "", text=found.text, norm_text=found.range.text, interpretation=interpretation
        )
    return Measure(
        kind="number",
        number=_digits(found.number),
        unit=found.unit_label or found.unit,
        unit_code=found.unit,
        norm_low=low,
        norm_high=high,
        norm_text=found.range.text,
        interpretation=interpretation,
    )


def _digits(number: Decimal | None) -> str:
    return "" if number is None else format(number, "f")


def _links(made: Made) -> Iterator[ResultLink]:
    for position, value in enumerate(made.observations, 1):
        yield ResultLink(
            id=uuid5(NAMESPACE, f"{made.report.pk}|result|{position}"),
            owner_id=made.report.pk,
            observation_id=value.pk,
            position=position,
        )


def _file(made: Made) -> documents.SharedFile:
    protocol = made.protocol
    return documents.SharedFile(
        owner_id=made.report.pk,
        patient_id=protocol.patient_id,
        title=protocol.title,
        content_type=protocol.content_type,
        size=protocol.size,
        sha256=protocol.sha256,
        storage_key=protocol.storage_key,
    )


def _twin(value: Observation) -> Twin:
    return value.patient_id, value.code or value.name, value.effective_at, value.value_number, value.unit_code


def _known(made: Sequence[Made]) -> set[Twin]:
    """Return the values that the patients of these reports have at the very same moments."""
    times = {value.effective_at for one in made for value in one.observations if value.effective_at}
    patients = {one.report.patient_id for one in made}
    own = {value.pk for one in made for value in one.observations}
    found = Observation.objects.filter(patient_id__in=patients, effective_at__in=times, is_withdrawn=False)
    return {_twin(value) for value in found if value.pk not in own} if times else set()


def _is_repeat(made: Made, known: Collection[Twin]) -> bool:
    """Tell whether all numbers of a report are there already."""
    numbers = [_twin(value) for value in made.observations if value.value_number is not None]
    return bool(numbers) and all(one in known for one in numbers)
