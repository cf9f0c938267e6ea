"""Writes: the files of documents and reports, and the answer that hands one of them out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.http import FileResponse
from django.utils.translation import gettext as _

from medkarta.core.ids import NAMESPACE
from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.documents import rules
from medkarta.documents.models import DocumentContent, StoredBinary
from medkarta.documents.queries import FileSource
from medkarta.hl7 import values
from medkarta.hl7.references import reference_uuid
from medkarta.integrations.storage.port import storage

_PUT_AT_ONCE = 8

Attachment = tuple[Mapping[str, Any], str]
"""A FHIR Attachment with references to our rows, and the name of its format (empty if unknown)."""


@dataclass(frozen=True, slots=True)
class Files:
    """All files of one document or report, in the sender's order."""

    owner_id: UUID
    patient_id: UUID
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of a document that is the only file of something else too, such as of a report made of it."""

    owner_id: UUID
    patient_id: UUID
    title: str
    content_type: str
    size: int
    sha256: str
    storage_key: str


def keep_files(scope: SystemScope, owners: Sequence[Files]) -> dict[UUID, str]:
    """Store the files of these owners in place of those they had; return reasons for owners that are refused.

    Bytes inside an attachment go to the storage; an attachment that points at a Binary waits for it (either may
    come first); any other address is only listed. A hash that does not fit refuses the owner.
    """
    contents = {each.owner_id: [_content(each, *found) for found in enumerate(each.attachments, 1)] for each in owners}
    arrived = _arrived(content.binary_id for group in contents.values() for content in group)
    refused: dict[UUID, str] = {}
    for owner_id, group in contents.items():
        if reason := _broken_promise(group, arrived):
            refused[owner_id] = reason
    kept = [owner_id for owner_id in contents if owner_id not in refused]
    DocumentContent.objects.filter(owner_id__in=kept).delete()
    DocumentContent.objects.bulk_create(content for owner_id in kept for content in contents[owner_id])
    return refused


def share_files(scope: SystemScope, files: Iterable[SharedFile]) -> None:
    """Let owners have files that are in the storage already, in place of those they had."""
    found = list(files)
    DocumentContent.objects.filter(owner_id__in=[one.owner_id for one in found]).delete()
    DocumentContent.objects.bulk_create(
        DocumentContent(
            id=uuid5(NAMESPACE, f"{one.owner_id}|file|1"),
            owner_id=one.owner_id,
            patient_id=one.patient_id,
            position=1,
            title=one.title[:255],
            content_type=one.content_type,
            size=one.size,
            sha256=one.sha256,
            storage_key=one.storage_key,
        )
        for one in found
    )


def put_files(files: Sequence[bytes]) -> None:
    """Put bytes into the storage, some at a time: it flushes each, or is far away.

    To be called outside of a transaction; bytes that nothing points at afterwards are seen by nobody.
    """
    if files:
        with ThreadPoolExecutor(_PUT_AT_ONCE) as pool:
            list(pool.map(storage().put, files))


def keep_binaries(scope: SystemScope, incoming: Sequence[Incoming]) -> dict[UUID, str]:
    """Store bytes that came as resources; return reasons for those that are refused.

    A Binary is refused when its data is no base64, or when an attachment that waits for it promised other bytes.
    """
    rows, refused = [], {}
    promises = _promises(each.id for each in incoming)
    for each in incoming:
        data = values.decoded(each.resource.get("data"))
        if data is None:
            refused[each.id] = _("В Binary нет данных или они не в base64")
            continue
        row = _binary(each, data)
        if all(rules.keeps_promise(hash_, sha1=row.sha1, sha256=row.sha256) for hash_ in promises.get(each.id, ())):
            row.storage_key = storage().put(data)
            rows.append(row)
        else:
            refused[each.id] = _("Хеш-сумма файла не совпадает с указанной в документе")
    upsert(rows)
    return refused


def send_file(found: FileSource) -> FileResponse:
    """Answer with the original bytes, as a download that no browser shows or runs. Raises FileMissing."""
    response = FileResponse(storage().open(found.storage_key), content_type=rules.served_type(found.content_type))
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = found.disposition
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _content(owner: Files, position: int, found: Attachment) -> DocumentContent:
    element, format_name = found
    attachment = values.attachment(element)
    assert attachment is not None
    content = DocumentContent(
        id=uuid5(NAMESPACE, f"{owner.owner_id}|file|{position}"),
        owner_id=owner.owner_id,
        patient_id=owner.patient_id,
        position=position,
        title=attachment.title[:255],
        format_name=format_name[:255],
        content_type=attachment.content_type[:120],
        size=attachment.size if attachment.size is not None and attachment.size >= 0 else None,
        promised_hash=rules.promised_hash(str(element.get("hash", ""))),
        binary_id=reference_uuid({"reference": attachment.url}, "Binary"),
    )
    if attachment.data is not None:
        content.sha256 = hashlib.sha256(attachment.data).hexdigest()
        if rules.keeps_promise(content.promised_hash, sha1=rules.sha1_of(attachment.data), sha256=content.sha256):
            content.storage_key = storage().put(attachment.data)
            content.size = len(attachment.data)
            content.content_type = rules.sniff(attachment.data)
    return content


def _broken_promise(group: Iterable[DocumentContent], arrived: Mapping[UUID, StoredBinary]) -> str:
    for content in group:
        binary = arrived.get(content.binary_id) if content.binary_id else None
        is_broken = bool(content.sha256) and not content.storage_key
        if binary is not None:
            is_broken = not rules.keeps_promise(content.promised_hash, sha1=binary.sha1, sha256=binary.sha256)
        if is_broken:
            return _("Хеш-сумма файла %(number)s не совпадает с указанной") % {"number": content.position}
    return ""


def _arrived(ids: Iterable[UUID | None]) -> dict[UUID, StoredBinary]:
    wanted = {each for each in ids if each}
    return StoredBinary.objects.in_bulk(wanted) if wanted else {}


def _promises(ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    wanted, found = list(ids), dict[UUID, list[str]]()
    waiting = DocumentContent.objects.filter(binary_id__in=wanted).exclude(promised_hash="") if wanted else ()
    for content in waiting:
        if content.binary_id:
            found.setdefault(content.binary_id, []).append(content.promised_hash)
    return found


def _binary(incoming: Incoming, data: bytes) -> StoredBinary:
    return StoredBinary(
        id=incoming.id,
        patient_id=incoming.patient_id,
        content_type=rules.sniff(data),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        sha1=rules.sha1_of(data),
    )
