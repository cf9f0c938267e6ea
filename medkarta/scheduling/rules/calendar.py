"""What a calendar program is told of an appointment or a home visit. Pure.

Sources: RFC 5545 §3.8.1.11 (status), §3.8.7.4 (sequence); RFC 5546 §2.1.5 (a program keeps the highest sequence).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from medkarta.scheduling.rules import GONE_APPOINTMENT

FEED_PAST = timedelta(days=90)
MAX_FEEDS = 20
SEQUENCE_FROM = datetime(2025, 1, 1, tzinfo=UTC)
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"

_TENTATIVE = ("proposed", "pending", "new")
_CANCELLED = (*GONE_APPOINTMENT, "rejected")


@dataclass(frozen=True, slots=True)
class Version:
    """What decides which of the rows that share one event is the event now."""

    row: UUID
    uid: UUID
    is_moved_on: bool
    changed_at: datetime


def event_status(status: str) -> str:
    """Return the status of an event for the status of an appointment or a home visit."""
    if status in _CANCELLED:
        return CANCELLED
    return TENTATIVE if status in _TENTATIVE else CONFIRMED


def changed_at(*, changed: datetime | None, requested: datetime | None) -> datetime:
    """Return when a row last changed, as far as anybody knows."""
    return changed or requested or SEQUENCE_FROM


def sequence_of(*, changed_at: datetime, replaces: bool, is_gone: bool) -> int:
    """Return the number that only grows while an event changes: whole seconds since 2025-01-01.

    What a move made counts one more, and what is cancelled one more again: it may happen within the second of the
    booking. 31 bits last until 2093.
    """
    seconds = int((changed_at - SEQUENCE_FROM).total_seconds())
    return max(seconds, 0) + replaces + is_gone


def newest(versions: Iterable[Version]) -> set[UUID]:
    """Return the row of each event that tells how it stands: one that nothing replaced, else the latest."""
    found: dict[UUID, Version] = {}
    for one in versions:
        other = found.get(one.uid)
        if other is None or _rank(one) > _rank(other):
            found[one.uid] = one
    return {one.row for one in found.values()}


def _rank(one: Version) -> tuple[bool, datetime, UUID]:
    return not one.is_moved_on, one.changed_at, one.row
