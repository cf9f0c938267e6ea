"""CDA files on their way in: checked against their patient, described by their header, put in the order of versions.

A document that came alone and one inside a DocumentReference end as the same rows; what the sender said of a document
beside its file comes before what the file says of itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.conf import settings
from django.utils.translation import gettext as _

from medkarta.core.ids import NAMESPACE, digits, is_valid_enp, is_valid_snils, resource_id
from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.core.text import folded
from medkarta.documents import cda, cda_versions, entries
from medkarta.documents.models import DocumentContent, DocumentReading, MedicalDocument
from medkarta.documents.readers import Protocol, reader_of
from medkarta.hl7 import systems
from medkarta.hl7.cda import Header
from medkarta.integrations.storage.port import FileMissing, storage
from medkarta.patients import queries as patients
from medkarta.resources import queries as resources
from medkarta.terminology import queries as terminology

_GENDERS = {"1": "male", "2": "female", "M": "male", "F": "female"}
_NAME, _TITLE, _CODE = 255, 500, 64
_SMALLEST_VERSION, _BIGGEST_VERSION = 1, 2_000_000_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document with the file that tells of it, None without one, and the size of that file in bytes."""

    document: MedicalDocument
    file: cda.ReadFile | cda.Unread | None
    size: int = 0


def store_alone(scope: SystemScope, incoming: Sequence[Incoming]) -> dict[UUID, str]:
    """Store documents that came as files, whose bytes the storage has already. Return reasons for what is refused."""
    refused: dict[UUID, str] = {}
    arrived: list[Arrived] = []
    for one in incoming:
        data: bytes = one.resource["data"]
        file = cda.read(data, settings.SEMD_PACKAGES)
        if isinstance(file, cda.Unread):
            refused[one.id] = " ".join(file.reasons)
        elif one.patient_id is not None:
            document = MedicalDocument(
                id=one.id,
                patient_id=one.patient_id,
                is_restricted=one.is_restricted,
                is_withdrawn=one.is_withdrawn,
                status=MedicalDocument.Status.CURRENT,
                received_at=one.received_at,
            )
            arrived.append(Arrived(document, file, len(data)))
    if arrived:
        finish(scope, arrived)
        DocumentContent.objects.filter(owner_id__in=[one.document.pk for one in arrived]).delete()
        DocumentContent.objects.bulk_create(map(_content, arrived))
    return refused


def finish(scope: SystemScope, arrived: Sequence[Arrived]) -> None:
    """Describe documents by their files and write them, their versions and what other rooms take of them."""
    read = [(one, one.file) for one in arrived if isinstance(one.file, cda.ReadFile)]
    kinds = terminology.document_kinds() if read else None
    places = _places(scope, [file.header for _one, file in read])
    for one, file in read:
        assert kinds is not None
        kind = kinds.find(file.codes, file.header.templates)
        _describe(scope, one.document, file, places, kind)
    upsert(one.document for one in arrived)
    DocumentReading.objects.filter(document_id__in=[one.document.pk for one in arrived if one.file is None]).delete()
    upsert(_reading(one.document, one.file) for one in arrived if one.file)
    entries.enter((one.document, one.file.text if isinstance(one.file, cda.ReadFile) else "") for one in arrived)
    order = cda_versions.put_in_order(scope, [one.document for one in arrived])
    _hand_over(scope, [*read, *_read_again(order.restored)], order.outdated)


def contradictions(scope: SystemScope, claims: Sequence[tuple[UUID, Header]]) -> list[str]:
    """Return, for each (patient's row, header), why the document is another person's; empty if it may be his."""
    if not claims:
        return []
    found = patients.find_contradictions(scope, [(row, _identity(header)) for row, header in claims])
    reasons = {
        "snils": _("Документ CDA составлен на другого пациента: СНИЛС не совпадает"),
        "enp": _("Документ CDA составлен на другого пациента: номер полиса ОМС не совпадает"),
        "birth-date": _("Документ CDA составлен на другого пациента: дата рождения не совпадает"),
        "gender": _("Документ CDA составлен на другого пациента: пол не совпадает"),
        "name": _("Документ CDA составлен на другого пациента: имя не совпадает"),
    }
    return [reasons[proof] if proof else "" for proof in found]


def _identity(header: Header) -> patients.Identity:
    patient = header.patient
    return patients.Identity(
        snils=digits(patient.snils) if is_valid_snils(patient.snils) else "",
        enp=patient.enp if is_valid_enp(patient.enp) else "",
        family_name=patient.name.family,
        given_name=patient.name.given,
        birth_date=patient.born_on,
        gender=_GENDERS.get(patient.sex, "unknown"),
    )


def _content(arrived: Arrived) -> DocumentContent:
    document, file = arrived.document, arrived.file
    assert file is not None
    return DocumentContent(
        id=uuid5(NAMESPACE, f"{document.pk}|file|1"),
        owner_id=document.pk,
        patient_id=document.patient_id,
        position=1,
        title=document.title[:_NAME],
        content_type=cda.TYPE,
        size=arrived.size,
        sha256=file.sha256,
        storage_key=file.sha256,
    )


def _describe(
    scope: SystemScope,
    document: MedicalDocument,
    file: cda.ReadFile,
    places: Mapping[str, UUID],
    kind: terminology.Kind | None,
) -> None:
    """Fill what the sender has not said of a document beside its file."""
    header = file.header
    own = header.codes[0] if header.codes else None
    if own and not document.kind_code:
        document.kind_code, document.kind_system = own.code[:_CODE], f"urn:oid:{own.system}"[:_NAME]
    if kind is not None:
        document.kind_type, document.kind_name = kind.type, kind.name
    elif not document.kind_name:
        document.kind_name = (own.display if own else "")[:_TITLE]
    document.title = document.title or (header.title or document.kind_name)[:_TITLE]
    document.words = folded(f"{document.title} {document.kind_name}")
    document.language = file.language[:16]
    document.dated_at = document.dated_at or (header.effective.at if header.effective else None)
    document.is_restricted = document.is_restricted or header.is_restricted
    keeper = header.custodian if header.custodian.oid or header.custodian.name else header.provider
    document.facility_id = document.facility_id or places.get(keeper.oid)
    document.facility_name = document.facility_name or (keeper.name or header.provider.name)[:_NAME]
    document.practitioner_name = document.practitioner_name or header.author.full[:_NAME]
    document.practitioner_post = header.author_position[:_NAME]
    signer = file.found.legal_authenticator
    document.signer_name = document.signer_name or (signer.name.full[:_NAME] if signer else "")
    document.number = document.number or (header.id[1] or header.id[0])[:_NAME]
    document.set_id = (
        resource_id(scope.source, "ClinicalDocument.setId", "^".join(header.set_id)) if any(header.set_id) else None
    )
    document.version = min(max(header.version, _SMALLEST_VERSION), _BIGGEST_VERSION)


def _places(scope: SystemScope, headers: Iterable[Header]) -> dict[str, UUID]:
    """Return the organisations of this source by their OID."""
    oids = {place.oid for header in headers for place in (header.custodian, header.provider) if place.oid}
    wanted = {("Organization", systems.FRMO, oid) for oid in oids}
    return (
        {value: id_ for _type, _system, value, id_ in resources.find_identified(scope.source, wanted)} if oids else {}
    )


def _reading(document: MedicalDocument, file: cda.ReadFile | cda.Unread) -> DocumentReading:
    if isinstance(file, cda.Unread):
        return DocumentReading(
            document_id=document.pk, content_sha256=file.sha256, is_conforming=False, findings=list(file.reasons)
        )
    return DocumentReading(
        document_id=document.pk,
        content_sha256=file.sha256,
        text=file.text,
        is_conforming=None if file.findings is None else not file.findings,
        findings=list(file.findings or ()),
        notes=list(file.found.notes),
    )


def _read_again(documents: Sequence[MedicalDocument]) -> Iterator[tuple[Arrived, cda.ReadFile]]:
    """Yield documents that count again, with their files, where another room takes such documents."""
    asked = {one.pk: one for one in documents if reader_of(one.kind_type)}
    readings = DocumentReading.objects.filter(document_id__in=asked) if asked else ()
    for reading in readings:
        try:
            with storage().open(reading.content_sha256) as stored:
                data = stored.read()
        except FileMissing:
            continue
        file = cda.read(data)
        if isinstance(file, cda.ReadFile):
            yield Arrived(asked[reading.document_id], file, len(data)), file


def _hand_over(
    scope: SystemScope, read: Iterable[tuple[Arrived, cda.ReadFile]], outdated: Mapping[str, set[UUID]]
) -> None:
    """Take back what no longer counts, then give documents of some kinds to the rooms that registered for them."""
    taken: dict[str, list[Protocol]] = {}
    for one, file in read:
        document = one.document
        is_outdated = document.pk in outdated.get(document.kind_type, ())
        if reader_of(document.kind_type) and not is_outdated and not document.is_told_apart:
            taken.setdefault(document.kind_type, []).append(_protocol(one, file))
    for type_, ids in outdated.items():
        if ids and (reader := reader_of(type_)):
            reader.withdraw(scope, ids)
    for type_, protocols in taken.items():
        if reader := reader_of(type_):
            reader.take(scope, protocols)


def _protocol(arrived: Arrived, file: cda.ReadFile) -> Protocol:
    document = arrived.document
    return Protocol(
        document_id=document.pk,
        patient_id=document.patient_id,
        is_restricted=document.is_restricted,
        received_at=document.received_at,
        title=document.title,
        dated_at=document.dated_at,
        facility_id=document.facility_id,
        facility_name=document.facility_name,
        practitioner_name=document.practitioner_name,
        source=file.source,
        sha256=file.sha256,
        storage_key=file.sha256,
        size=arrived.size,
        content_type=cda.TYPE,
    )
