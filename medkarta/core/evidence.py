"""What a record holds of something, asked by a room that stands below the one that keeps it.

Rooms register from their `apps.py`: `evidence.register("visit", queries.latest_visit)`. Known at start, never stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from medkarta.core.scopes import PatientScope


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest record of a kind: what it is called, its day, and the part of the record that shows it."""

    title: str
    on: date
    section: str


Find = Callable[[PatientScope, date], Evidence | None]
"""Returns the newest record on or after a day that the scope may see, and adds it to what was read."""

_FINDERS: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Make a kind known, such as `visit`, `vaccination`, `checkup`."""
    _FINDERS[kind] = find


def find(scope: PatientScope, kind: str, *, since: date) -> Evidence | None:
    """Return the newest record of a kind; None where there is none, and for a kind that no room keeps."""
    finder = _FINDERS.get(kind)
    return finder(scope, since) if finder else None
