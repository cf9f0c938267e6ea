"""All records that an account may open now, without a session: for what works in its name while nobody looks.

Who may open what is decided where sessions are read; rooms below ask here.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from medkarta.core.scopes import FamilyScope


class Finder(Protocol):
    def __call__(self, account_id: UUID, *, now: datetime) -> FamilyScope | None: ...


_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Set who knows; the last one registered wins. Called once, at start."""
    _finders[:] = [finder]


def find(account_id: UUID, *, now: datetime) -> FamilyScope | None:
    """Return the scope, without records under special secrecy; None for an account that may not enter now."""
    return _finders[0](account_id, now=now) if _finders else None
