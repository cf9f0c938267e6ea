"""Kinds of requests, registered by the rooms from their `apps.py`. Known at start, never stored."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from medkarta.core.errors import Text
from medkarta.core.scopes import PatientScope

Cancel = Callable[[PatientScope, UUID, datetime], object]
"""What a room does when a person cancels its row; it moves the request too. Raises Refused, NotFound."""


@dataclass(frozen=True, slots=True)
class Status:
    """One status: its code in the table, its words, its tone (ok warn bad info neutral) and what may follow.

    `is_closed`: nobody waits for anything any more, though it may be taken up again.
    """

    code: str
    title: Text
    tone: str = "neutral"
    leads_to: tuple[str, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request. The first status is where it begins.

    `section`: the part of a record that shows more of it, with `{target}` for the room's row; "" = nothing more.
    `titles`: words for what a request may keep as its title key; any other title is shown as it is.
    `is_private`: only the account that wrote it sees it, also in a shared child's record.
    `cancel`: how a person takes it back, from the statuses of `cancel_from`.
    """

    code: str
    title: Text
    statuses: tuple[Status, ...]
    section: str = ""
    is_private: bool = False
    titles: Mapping[str, Text] = field(default_factory=dict, compare=False)
    cancel: Cancel | None = field(default=None, compare=False)
    cancel_from: frozenset[str] = frozenset()
    by_code: dict[str, Status] = field(default_factory=dict, compare=False)

    @property
    def first(self) -> Status:
        return self.statuses[0]

    @property
    def transitions(self) -> dict[str, tuple[str, ...]]:
        return {status.code: status.leads_to for status in self.statuses}

    def status(self, code: str) -> Status:
        """Return a status by its code; an unknown one is shown as it is."""
        return self.by_code.get(code) or Status(code, code)


_KINDS: dict[str, Kind] = {}


def register(
    kind: str,
    title: Text,
    statuses: Sequence[Status],
    *,
    section: str = "",
    is_private: bool = False,
    titles: Mapping[str, Text] | None = None,
    cancel: Cancel | None = None,
    cancel_from: Iterable[str] | None = None,
) -> Kind:
    """Make a kind known. With `cancel` a person may take it back: from `cancel_from`, else while it is not closed.

    Raises ValueError for no status, a repeated one, or one that leads nowhere known.
    """
    codes = {status.code: status for status in statuses}
    if not statuses or len(codes) != len(statuses):
        raise ValueError(f"request kind {kind}: statuses must be given and differ")
    unknown = {after for status in statuses for after in status.leads_to} - set(codes)
    if unknown:
        raise ValueError(f"request kind {kind}: unknown statuses {', '.join(sorted(unknown))}")
    live = {status.code for status in statuses if not status.is_closed}
    cancellable = live if cancel_from is None else set(cancel_from)
    if not cancellable <= set(codes):
        raise ValueError(f"request kind {kind}: cancelled from unknown statuses")
    _KINDS[kind] = Kind(
        kind, title, tuple(statuses), section, is_private, titles or {},
        cancel, frozenset(cancellable if cancel else ()), codes,
    )  # fmt: skip
    return _KINDS[kind]


def get(kind: str) -> Kind:
    """Return a registered kind. Raises KeyError for any other."""
    return _KINDS[kind]


def find(kind: str) -> Kind:
    """Return a kind to show: one whose room is gone is shown by its code."""
    return _KINDS.get(kind) or Kind(kind, kind, (Status("", ""),))


def closed() -> Collection[tuple[str, str]]:
    """Return the (kind, status) pairs that nobody waits for any more."""
    return [(kind.code, status.code) for kind in _KINDS.values() for status in kind.statuses if status.is_closed]


def private() -> frozenset[str]:
    """Return the codes of kinds that only their author sees."""
    return frozenset(kind.code for kind in _KINDS.values() if kind.is_private)


def unregister(kind: str) -> None:
    """Forget a kind."""
    _KINDS.pop(kind, None)
