"""Who else takes a CDA document of some kind: rooms above register here, since this room knows none of them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from medkarta.core.scopes import SystemScope
from medkarta.hl7 import cda


@dataclass(frozen=True, slots=True)
class Protocol:
    """A document that has just been stored, for a room that takes more out of it than its text.

    `storage_key`, `size` and `content_type` are those of the very file; ids and names are as the document has them.
    """

    document_id: UUID
    patient_id: UUID
    is_restricted: bool
    received_at: datetime
    title: str
    dated_at: datetime | None
    facility_id: UUID | None
    facility_name: str
    practitioner_name: str
    source: cda.Source
    sha256: str
    storage_key: str
    size: int
    content_type: str


Take = Callable[[SystemScope, Sequence[Protocol]], None]
"""Stores what it needs of these documents in place of what it had of them."""
Withdraw = Callable[[SystemScope, Collection[UUID]], None]
"""Hides what it had of documents that are withdrawn or replaced."""


@dataclass(frozen=True, slots=True)
class Reader:
    take: Take
    withdraw: Withdraw


_readers: dict[str, Reader] = {}


def register(types: Iterable[str], *, take: Take, withdraw: Withdraw) -> None:
    """Let a room take documents of some kinds (codes of 1.2.643.5.1.13.13.11.1522), in the same transaction."""
    _readers.update(dict.fromkeys(types, Reader(take, withdraw)))


def reader_of(kind_type: str) -> Reader | None:
    return _readers.get(kind_type)
