"""Addresses of the steps of a booking, and what they carry: everything is in the address, nothing in a session.

Parameters: `specialty` (code), `facility`, `role` (a doctor's post), `location` (a room), `grant` (`kind:ref`),
`move` (the appointment that moves), `swap` (a waiting entry), `day` (ISO), `slot`.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from medkarta.core.scopes import PatientScope

BOOK = "appointments/book/"
_YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person has chosen so far. Read from an address or a form; a value that can't be one is left out."""

    specialty: str = ""
    facility: UUID | None = None
    role: UUID | None = None
    location: UUID | None = None
    grant_kind: str = ""
    grant_ref: UUID | None = None
    move: UUID | None = None
    day: date | None = None
    slot: UUID | None = None

    @classmethod
    def read(cls, given: QueryDict) -> Self:
        kind, _, ref = given.get("grant", "").partition(":")
        grant_ref = read_uuid(ref)
        return cls(
            specialty=given.get("specialty", "")[:32],
            facility=read_uuid(given.get("facility", "")),
            role=read_uuid(given.get("role", "")),
            location=read_uuid(given.get("location", "")),
            grant_kind=kind[:16] if grant_ref else "",
            grant_ref=grant_ref,
            move=read_uuid(given.get("move", "")),
            day=read_day(given.get("day", "")),
            slot=read_uuid(given.get("slot", "")),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return what an address or hidden fields carry, in one order."""
        grant = f"{self.grant_kind}:{self.grant_ref}" if self.grant_ref else ""
        found = (
            ("specialty", self.specialty), ("facility", self.facility), ("role", self.role),
            ("location", self.location), ("grant", grant), ("move", self.move), ("day", self.day), ("slot", self.slot),
        )  # fmt: skip
        return [(name, str(value)) for name, value in found if value]

    def but(self, **changes: Any) -> "Wish":
        return replace(self, **changes)

    def url(self, scope: PatientScope, step: str = "") -> str:
        """Return the address of a step (`times/`, `confirm/` …) that goes on from here."""
        query = urlencode(self.pairs)
        return scope.url(f"{BOOK}{step}") + (f"?{query}" if query else "")


def read_uuid(text: str) -> UUID | None:
    """Return an id that came from outside, None for what is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """Return the day that a text names; None for anything else, and outside the years 1900-2199."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in _YEARS else None
