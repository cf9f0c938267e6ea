"""Reads of stored resources."""

import contextlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from medkarta.resources.models import ResourceIdentifier, StoredResource


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored under an id already."""

    rid: str
    version: str
    hash: str
    patient_id: UUID | None


def find_known(ids: Collection[UUID]) -> dict[UUID, Known]:
    found = StoredResource.objects.filter(pk__in=ids).values_list("pk", "rid", "version", "content_hash", "patient_id")
    return {pk: Known(rid, version, digest, patient_id) for pk, rid, version, digest, patient_id in found}


def find_identified(source: str, wanted: Collection[tuple[str, str, str]]) -> Iterator[tuple[str, str, str, UUID]]:
    """Yield (type, system, value, id) of this source's resources that carry a wanted identifier."""
    found: Iterable[tuple[str, str, str, UUID]] = ResourceIdentifier.objects.filter(
        source=source, value__in={value for _type, _system, value in wanted}
    ).values_list("type", "system", "value", "resource_id")
    yield from (row for row in found if row[:3] in wanted)


@dataclass(frozen=True, slots=True)
class Waiting:
    id: UUID
    type: str
    rid: str
    waits_for_id: UUID
    canonical: str
    received_at: datetime


def list_waiting(source: str, ids: Collection[UUID], *, limit: int) -> list[Waiting]:
    """Return resources of this source that wait for one of these."""
    found = StoredResource.objects.filter(source=source, waits_for_id__in=ids).order_by("id")
    return [
        Waiting(one.pk, one.type, one.rid, one.waits_for_id, one.canonical, one.received_at)
        for one in found.only("id", "type", "rid", "waits_for_id", "canonical", "received_at")[:limit]
        if one.waits_for_id
    ]


def find_patients(asked: str) -> list[UUID]:
    """Return the ids of stored Patients by our id, or by the one at the source.

    That is a FHIR id, a fullUrl with or without its prefix, or `root^extension` of a CDA document or its extension.
    """
    wanted = Q(rid=asked) | Q(rid=f"urn:uuid:{asked}") | Q(rid__startswith=f"{asked}^") | Q(rid__contains=f"^{asked}^")
    with contextlib.suppress(ValueError):
        wanted |= Q(pk=UUID(asked))
    return list(StoredResource.objects.filter(wanted, type="Patient").order_by("source").values_list("pk", flat=True))


def count_waiting() -> int:
    return StoredResource.objects.filter(waits_for_id__isnull=False).count()
