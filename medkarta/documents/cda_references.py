"""CDA files of DocumentReferences: inside them, or in a Binary that came before or comes after."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.documents import cda, cda_intake, rules
from medkarta.documents.models import DocumentContent, MedicalDocument, StoredBinary
from medkarta.documents.queries.signatures import candidate_files
from medkarta.hl7 import values
from medkarta.hl7.references import reference_uuid, target_of
from medkarta.integrations.storage.port import FileMissing, storage

Read = tuple[cda.ReadFile | cda.Unread, int]
"""A file with its size in bytes."""


@dataclass(frozen=True, slots=True)
class Files:
    """The CDA files of each document that has some, in the sender's order, and the reasons of documents refused."""

    of_document: Mapping[UUID, Sequence[Read]] = field(default_factory=dict)
    refused: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waited:
    """Binaries with CDA files that documents wait for, and the reasons of those that are other people's."""

    ids: Collection[UUID] = ()
    refused: Mapping[UUID, str] = field(default_factory=dict)


def files_of(scope: SystemScope, incoming: Sequence[Incoming]) -> Files:
    """Read the CDA files of DocumentReferences whose bytes are here.

    A document is refused if any of its files is of another patient.
    """
    binaries = _binaries(one for each in incoming for one in _addresses(each))
    found: dict[UUID, list[Read]] = {}
    for each in incoming:
        for data in _data_of(each, binaries):
            found.setdefault(each.id, []).append(_read(data))
    rows = {each.id: each.patient_id for each in incoming}
    claims = [(id_, rows[id_], file) for id_, files in found.items() for file, _size in files]
    refused = _of_others(scope, claims)
    return Files({id_: files for id_, files in found.items() if id_ not in refused}, refused)


def arrived(document: MedicalDocument, files: Sequence[Read]) -> cda_intake.Arrived:
    """Return a document with the first of its files that can be read; it is as secret as the most secret of them."""
    if not files:
        return cda_intake.Arrived(document, None)
    if any(isinstance(file, cda.ReadFile) and file.header.is_restricted for file, _size in files):
        document.is_restricted = True
    file, size = next((one for one in files if isinstance(one[0], cda.ReadFile)), files[0])
    return cda_intake.Arrived(document, file, size)


def waited_of(scope: SystemScope, binaries: Sequence[Incoming]) -> Waited:
    """Look for documents that wait for Binaries. A Binary of another patient than its document's is refused."""
    waiting = DocumentContent.objects.filter(binary_id__in=[each.id for each in binaries]) if binaries else ()
    owners = {(content.binary_id, content.owner_id) for content in waiting}
    documents = MedicalDocument.objects.in_bulk({owner_id for _id, owner_id in owners}) if owners else {}
    data_of = {each.id: each.resource.get("data") for each in binaries}
    claims = []
    for binary_id, owner_id in owners:
        document, data = documents.get(owner_id), values.decoded(data_of[binary_id]) if binary_id else None
        if binary_id and document and data is not None and rules.sniff(data) == cda.TYPE:
            claims.append((binary_id, document.patient_id, cda.read(data)))
    return Waited({id_ for id_, _row, _file in claims}, _of_others(scope, claims))


def late_of(scope: SystemScope, binary_ids: Collection[UUID]) -> list[cda_intake.Arrived]:
    """Return the documents that have waited for these Binaries, which are kept by now, by all of their files here."""
    if not binary_ids:
        return []
    waiting = DocumentContent.objects.filter(binary_id__in=binary_ids)
    documents = {one.pk: one for one in MedicalDocument.objects.filter(pk__in=waiting.values("owner_id"))}
    found: dict[UUID, list[Read]] = {}
    for one in candidate_files(documents) if documents else ():
        data = _stored(one.storage_key) if one.content_type == cda.TYPE else None
        if data is not None:
            found.setdefault(one.document_id, []).append(_read(data))
    return [arrived(documents[id_], files) for id_, files in found.items()]


def is_told_apart(resource: Mapping[str, Any]) -> bool:
    """Tell whether a DocumentReference says that a report has come as a resource of its own: its values are there."""
    related = (resource.get("context") or {}).get("related", ())
    targets = (target_of(each) for each in related)
    return any(target is not None and target.type == "DiagnosticReport" for target in targets)


def _of_others(
    scope: SystemScope, claims: Sequence[tuple[UUID, UUID | None, cda.ReadFile | cda.Unread | None]]
) -> dict[UUID, str]:
    """Return the reasons of those (id, patient's row, file) whose file is of another patient."""
    told = [(id_, row, file.header) for id_, row, file in claims if row and isinstance(file, cda.ReadFile)]
    reasons = cda_intake.contradictions(scope, [(row, header) for _id, row, header in told])
    return {id_: reason for (id_, _row, _header), reason in zip(told, reasons, strict=True) if reason}


def _read(data: bytes) -> Read:
    return cda.read(data, settings.SEMD_PACKAGES), len(data)


def _addresses(incoming: Incoming) -> Iterator[UUID]:
    return (found for content in incoming.resource.get("content", ()) if (found := _address(content)))


def _address(content: Mapping[str, Any]) -> UUID | None:
    return reference_uuid({"reference": (content.get("attachment") or {}).get("url")}, "Binary")


def _binaries(ids: Iterator[UUID]) -> dict[UUID, StoredBinary]:
    wanted = set(ids)
    found = StoredBinary.objects.filter(pk__in=wanted, content_type=cda.TYPE) if wanted else ()
    return {one.pk: one for one in found}


def _data_of(incoming: Incoming, binaries: Mapping[UUID, StoredBinary]) -> Iterator[bytes]:
    """Yield the CDA files that are here, in the sender's order. A Binary of somebody else's is as good as absent."""
    for content in incoming.resource.get("content", ()):
        attachment, address = values.attachment(content.get("attachment")), _address(content)
        data = attachment.data if attachment is not None else None
        binary = binaries.get(address) if address and data is None else None
        if binary is not None and binary.patient_id in (None, incoming.patient_id):
            data = _stored(binary.storage_key)
        if data is not None and rules.sniff(data) == cda.TYPE:
            yield data


def _stored(key: str) -> bytes | None:
    try:
        with storage().open(key) as file:
            return bytes(file.read())
    except FileMissing:
        return None
