"""Tamper evidence: rows are sealed in chained batches behind the writers, and checked on demand.

Hash of a batch = SHA-256 over the hash of the batch before and the canonical JSON of its rows in id order.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import transaction
from django.utils import timezone

from medkarta.audit.models import AuditEvent, Seal

BATCH_ROWS = 1000
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found. `broken` names the first batch that does not hold, None if all do."""

    batches: int
    rows: int
    unsealed: int
    broken: int | None


def batch_hash(previous: str, rows: Iterable[AuditEvent]) -> str:
    """Return the hash of a batch, hex: over the hash before it and its rows."""
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        digest.update(_bytes(row))
    return digest.hexdigest()


def _bytes(row: AuditEvent) -> bytes:
    fields = [
        row.pk,
        row.at.isoformat(),
        row.actor_kind,
        row.actor_ref,
        row.action,
        str(row.person_id or ""),
        str(row.patient_id or ""),
        row.outcome,
        row.details,
    ]
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


@transaction.atomic
def seal_batch(*, now: datetime) -> int:
    """Seal the oldest unsealed rows as one batch. Returns how many; 0 when there is nothing to do.

    The last seal is locked, so that two sealers never chain to the same one; on an empty table the unique
    number does it.
    """
    last = Seal.objects.select_for_update().order_by("-number").first()
    rows = list(AuditEvent.objects.filter(seal=None).order_by("pk")[:BATCH_ROWS])
    if not rows:
        return 0
    previous = last.hash if last else FIRST
    seal = Seal.objects.create(
        number=last.number + 1 if last else 1,
        previous_hash=previous,
        hash=batch_hash(previous, rows),
        count=len(rows),
        first_event=rows[0].pk,
        last_event=rows[-1].pk,
        sealed_at=now,
    )
    AuditEvent.objects.filter(pk__in=[row.pk for row in rows]).update(seal=seal)
    return len(rows)


def seal_all(*, key: str = "") -> None:
    """Seal everything that is there; the worker calls it each second."""
    while seal_batch(now=timezone.now()) == BATCH_ROWS:
        pass


def verify() -> Verdict:
    """Recompute every batch and the chain between them."""
    previous, rows_seen, batches = FIRST, 0, 0
    for seal in Seal.objects.order_by("number").iterator():
        rows = list(seal.events.order_by("pk"))
        holds = (
            seal.number == batches + 1
            and seal.previous_hash == previous
            and seal.count == len(rows)
            and seal.hash == batch_hash(previous, rows)
        )
        if not holds:
            return Verdict(batches, rows_seen, _unsealed(), broken=seal.number)
        previous, rows_seen, batches = seal.hash, rows_seen + len(rows), batches + 1
    return Verdict(batches, rows_seen, _unsealed(), broken=None)


def root() -> str:
    """Return `NUMBER:HASH` of the newest seal, for safekeeping outside; an empty text before the first."""
    last = Seal.objects.order_by("-number").first()
    return f"{last.number}:{last.hash}" if last else ""


def holds(kept: str) -> bool:
    """Tell whether a root that was kept elsewhere is still in the chain; false for a text that is none."""
    number, _, digest = kept.partition(":")
    return number.isdecimal() and Seal.objects.filter(number=int(number), hash=digest).exists()


def _unsealed() -> int:
    return AuditEvent.objects.filter(seal=None).count()
