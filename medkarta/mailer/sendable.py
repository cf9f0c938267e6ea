"""What can be sent to an address: rooms register a kind of theirs from their `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import PatientScope


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a record. `path`: its page, a section of the record; `refusal`: why it can't be sent, or empty."""

    title: str
    path: str
    is_restricted: bool = False
    refusal: Text = ""


class Make(Protocol):
    def __call__(self, scope: PatientScope, subject_id: UUID, /, *, now: datetime) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Sendable:
    """A kind of thing.

    `kind`: as it stands in addresses (`documents`). `title`: one of them in words, with nothing medical in them.
    `find(scope, id)` raises NotFound for what this scope may not see, now. `make(scope, id, now=...)` returns it as a
    PDF; it raises NotFound likewise, and where its bytes are missing. Both run in the worker too, and when a link is
    opened, under the scope that the sender has then.
    """

    kind: str
    title: Text
    find: Callable[[PatientScope, UUID], Thing]
    make: Make


_KINDS: dict[str, Sendable] = {}


def register(sendable: Sendable) -> None:
    _KINDS[sendable.kind] = sendable


def get(kind: str) -> Sendable:
    """Return a registered kind. Raises NotFound."""
    found = _KINDS.get(kind)
    if found is None:
        raise NotFound
    return found


def title_of(kind: str) -> Text:
    return _KINDS[kind].title if kind in _KINDS else ""
