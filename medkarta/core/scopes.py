"""Who acts, and on whose record. Every query and action takes one of these first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    PERSON = "person"
    STAFF = "staff"
    SYSTEM = "system"
    WORKER = "worker"
    LINK = "link"  # whoever opened something by a link and its passcode; the ref is the link's row


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a kind and a plain id that `audit` can store and a room can name later."""

    kind: ActorKind
    ref: str


class Restricted(StrEnum):
    """What a scope may do with records under special secrecy (rules of access, §8.2)."""

    SHOWN = "shown"
    LOCKED = "locked"  # the owner's own, after he proves himself again
    HIDDEN = "hidden"  # not even hinted at


@dataclass(slots=True)
class Reads:
    """What was read under a scope during one request: kind of record -> ids."""

    by_kind: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, ids: Iterable[object]) -> None:
        self.by_kind.setdefault(kind, []).extend(str(one) for one in ids)


@dataclass(frozen=True, slots=True)
class PatientScope:
    """One person's record as seen by one account, under an address key that only it knows."""

    actor: Actor
    account_id: UUID
    person_id: UUID
    key: str
    is_self: bool
    restricted: Restricted = Restricted.HIDDEN
    may_act: bool = True
    reads: Reads = field(default_factory=Reads, compare=False)

    def url(self, section: str = "") -> str:
        """Return the address of a section of this record, e.g. `results/`."""
        return f"/p/{self.key}/{section}"

    @property
    def shows_restricted(self) -> bool:
        return self.restricted is Restricted.SHOWN


@dataclass(frozen=True, slots=True)
class FamilyScope:
    """All records that one account may open now."""

    actor: Actor
    account_id: UUID
    members: tuple[PatientScope, ...]


@dataclass(frozen=True, slots=True)
class AccountScope:
    """A signed-in account outside any record: public pages, own sessions and consents."""

    actor: Actor
    account_id: UUID


@dataclass(frozen=True, slots=True)
class StaffScope:
    actor: Actor
    clinic_id: UUID
    role: str
    task: str


@dataclass(frozen=True, slots=True)
class SystemScope:
    """A hospital's system, or an import on its behalf. `source` is the name of the system."""

    actor: Actor
    source: str

    @classmethod
    def of(cls, source: str) -> "SystemScope":
        return cls(Actor(ActorKind.SYSTEM, source), source)


@dataclass(frozen=True, slots=True)
class WorkerScope:
    actor: Actor = Actor(ActorKind.WORKER, "worker")
