"""Kinds of entries, registered by the rooms from their `apps.py`. Known at start, never stored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from medkarta.core.errors import Text
from medkarta.search.entries import Entry


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be found: its code, its name in words, where in a record it opens and what its reading is called.

    `section`: a part of a record with `{subject}` for the room's row. `reads`: the FHIR type for the access log.
    `entries`: all entries of the room, for making the index anew.
    """

    code: str
    title: Text
    section: str
    reads: str
    entries: Callable[[], Iterable[Entry]] = field(compare=False)


_KINDS: dict[str, Kind] = {}


def register(code: str, title: Text, *, section: str, reads: str, entries: Callable[[], Iterable[Entry]]) -> Kind:
    """Make a kind known; a later one of the same code replaces it."""
    _KINDS[code] = Kind(code, title, section, reads, entries)
    return _KINDS[code]


def find(code: str) -> Kind:
    """Return a kind to show: one whose room is gone is shown by its code."""
    return _KINDS.get(code) or Kind(code, code, "", code, tuple)


def registered() -> tuple[Kind, ...]:
    return tuple(_KINDS.values())


def unregister(code: str) -> None:
    """Forget a kind."""
    _KINDS.pop(code, None)
