"""CDA files of DocumentReferences: inside them, or in a Binary that came before or comes after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.documents import cda, cda_intake, rules
from medkarta.documents.models import DocumentContent, MedicalDocument, StoredBinary
from medkarta.hl7 import values
from medkarta.hl7.references import reference_uuid, target_of
from medkarta.integrations.storage.port import FileMissing, storage


@dataclass(frozen=True, slots=True)
class Files:
    """The file that tells of each document that has one, with its size, and the reasons of documents refused for it."""

    of_document: Mapping[UUID, tuple[cda.ReadFile | cda.Unread, int]] = field(default_factory=dict)
    refused: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Late:
    """Documents that have waited for these Binaries, and the reasons of Binaries that are other people's."""

    arrived: Mapping[UUID, Sequence[cda_intake.Arrived]] = field(default_factory=dict)
    refused: Mapping[UUID, str] = field(default_factory=dict)


def files_of(scope: SystemScope, incoming: Sequence[Incoming]) -> Files:
    """Read the CDA files of DocumentReferences whose bytes are here; the first that can be read tells of a document.

    A document is refused if any of its files is of another patient.
    """
    binaries = _binaries(one for each in incoming for one in _addresses(each))
    found: dict[UUID, list[tuple[cda.ReadFile | cda.Unread, int]]] = {}
    for each in incoming:
        for data in _data_of(each, binaries):
            found.setdefault(each.id, []).append((cda.read(data, settings.SEMD_PACKAGES), len(data)))
    rows = {each.id: each.patient_id for each in incoming}
    claims = [(id_, rows[id_], file) for id_, files in found.items() for file, _size in files]
    refused = _of_others(scope, claims)
    return Files({id_: _first_read(files) for id_, files in found.items() if id_ not in refused}, refused)


def late_of(scope: SystemScope, binaries: Sequence[Incoming]) -> Late:
    """Read the CDA files that documents wait for. A Binary of another patient than its document's is refused."""
    waiting = list(DocumentContent.objects.filter(binary_id__in=[each.id for each in binaries])) if binaries else []
    documents = MedicalDocument.objects.in_bulk({content.owner_id for content in waiting}) if waiting else {}
    data_of = {each.id: each.resource.get("data") for each in binaries}
    found: list[tuple[UUID, cda_intake.Arrived]] = []
    for content in waiting:
        document = documents.get(content.owner_id)
        if content.binary_id is None or document is None:
            continue
        data = values.decoded(data_of[content.binary_id])
        if data is not None and rules.sniff(data) == cda.TYPE:
            found.append(
                (content.binary_id, cda_intake.Arrived(document, cda.read(data, settings.SEMD_PACKAGES), len(data)))
            )
    refused = _of_others(scope, [(id_, one.document.patient_id, one.file) for id_, one in found])
    arrived: dict[UUID, list[cda_intake.Arrived]] = {}
    for id_, one in found:
        arrived.setdefault(id_, []).append(one)
    return Late(arrived, refused)


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


def _first_read(files: Sequence[tuple[cda.ReadFile | cda.Unread, int]]) -> tuple[cda.ReadFile | cda.Unread, int]:
    return next((one for one in files if isinstance(one[0], cda.ReadFile)), files[0])


def _addresses(incoming: Incoming) -> Iterator[UUID]:
    for content in incoming.resource.get("content", ()):
        url = (content.get("attachment") or {}).get("url")
        if found := reference_uuid({"reference": url}, "Binary"):
            yield found


def _binaries(ids: Iterator[UUID]) -> dict[UUID, StoredBinary]:
    wanted = set(ids)
    found = StoredBinary.objects.filter(pk__in=wanted, content_type=cda.TYPE) if wanted else ()
    return {one.pk: one for one in found}


def _data_of(incoming: Incoming, binaries: Mapping[UUID, StoredBinary]) -> Iterator[bytes]:
    for content in incoming.resource.get("content", ()):
        attachment = values.attachment(content.get("attachment"))
        if attachment is not None and attachment.data is not None and rules.sniff(attachment.data) == cda.TYPE:
            yield attachment.data
    for id_ in _addresses(incoming):
        binary = binaries.get(id_)
        if binary is not None and binary.patient_id in (None, incoming.patient_id):
            try:
                with storage().open(binary.storage_key) as file:
                    yield file.read()
            except FileMissing:
                continue
