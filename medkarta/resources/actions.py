"""Writes of stored resources, a batch at a time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from medkarta.core.intake import upsert
from medkarta.resources.models import ResourceIdentifier, ResourceVersion, StoredResource


@dataclass(frozen=True, slots=True)
class Received:
    """One resource to store: the bytes as they came (zlib) and the canonical text. `waits_for_id` makes it wait."""

    id: UUID
    source: str
    type: str
    rid: str
    version: str
    hash: str
    patient_id: UUID | None
    waits_for_id: UUID | None
    received: bytes
    canonical: str
    received_at: datetime


def save(received: Iterable[Received], *, replaced: Collection[UUID]) -> None:
    """Upsert resources. The versions that are replaced are kept as they were received."""
    if replaced:
        found = StoredResource.objects.filter(pk__in=replaced).values_list("pk", "version", "received", "received_at")
        upsert(
            ResourceVersion(resource_id=pk, version=version, received=bytes(received), received_at=at)
            for pk, version, received, at in found
        )
    upsert(_row(one) for one in received)


def _row(one: Received) -> StoredResource:
    return StoredResource(
        id=one.id,
        source=one.source,
        type=one.type,
        rid=one.rid,
        version=one.version,
        content_hash=one.hash,
        patient_id=one.patient_id,
        state=StoredResource.State.WAITING if one.waits_for_id else StoredResource.State.STORED,
        waits_for_id=one.waits_for_id,
        received=one.received,
        canonical=one.canonical,
        received_at=one.received_at,
    )


def save_identifiers(
    source: str, identifiers: Mapping[UUID, Collection[tuple[str, str, str]]], *, replaced: Collection[UUID]
) -> None:
    """Write the identifiers of resources, (type, system, value) by id, in place of those of the replaced ones."""
    if replaced:
        ResourceIdentifier.objects.filter(resource_id__in=replaced).delete()
    upsert(
        ResourceIdentifier(resource_id=id_, source=source, type=type_, system=system, value=value)
        for id_, found in identifiers.items()
        for type_, system, value in sorted(found)
    )


def release(ids: Collection[UUID], *, patient_id: UUID) -> None:
    """The patient of these resources has arrived: they wait no longer."""
    StoredResource.objects.filter(pk__in=ids).update(
        state=StoredResource.State.STORED, waits_for_id=None, patient_id=patient_id
    )
