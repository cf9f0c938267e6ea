"""Identifiers to our ids: logical and conditional references, conditional creates and updates of one group."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from medkarta.core.ids import resource_id
from medkarta.gateway.candidates import Candidate, Key
from medkarta.gateway.preparing import key_of
from medkarta.hl7 import jsontext
from medkarta.hl7.canonical import dumps
from medkarta.hl7.limits import MB, Limits
from medkarta.hl7.references import Target, rewrite
from medkarta.resources import queries as resources

OUR_LIMITS = Limits(max_document_bytes=512 * MB, max_string_bytes=512 * MB, max_depth=1024)
"""Our own canonical texts passed narrower limits when they came; references have only grown longer since."""


@dataclass(slots=True)
class Resolution:
    """What a group's identifiers stand for. `renamed` maps an id to the one that a condition found instead."""

    by_identifier: Mapping[Key, frozenset[UUID]] = field(default_factory=dict)
    renamed: dict[UUID, UUID] = field(default_factory=dict)

    def matches(self, key: Key) -> frozenset[UUID]:
        return self.by_identifier.get(key, frozenset())

    def find(self, target: Target) -> tuple[str, UUID] | None:
        """Answer for a canonical text: what is ours already is only renamed."""
        if target.kind == "relative":
            new = next((new for old, new in self.renamed.items() if str(old) == target.rid), None)
            return (target.type, new) if new else None
        found = self.matches(key_of(target)) if target.value else frozenset()
        return (target.type, self._named(found)) if len(found) == 1 else None

    def patient_id(self, one: Candidate) -> UUID | None:
        """Return the row of the patient that a resource names, whether it is here or not."""
        if one.patient_key is not None:
            found = self.matches(one.patient_key)
            return self._named(found) if len(found) == 1 else None
        return self.renamed.get(one.patient_id, one.patient_id) if one.patient_id else None

    def _named(self, found: frozenset[UUID]) -> UUID:
        (id_,) = found
        return self.renamed.get(id_, id_)

    def canonical(self, one: Candidate) -> bytes:
        """Return the canonical text with what the look-ups found."""
        if not self.renamed and not any(self.matches(key) for key in one.lookups):
            return one.canonical
        return dumps(rewrite(parse(one.canonical), self.find, id=self.renamed.get(one.id, one.id)))


def parse(canonical: bytes | str) -> dict[str, Any]:
    """Read a canonical text back, to the last digit."""
    raw = canonical.encode() if isinstance(canonical, str) else canonical
    found: dict[str, Any] = jsontext.parse(raw, OUR_LIMITS)
    return found


def resolution_for(source: str, group: Sequence[Candidate]) -> Resolution:
    """Look up once what a group asks for: among its own resources and those stored before."""
    wanted = {key for one in group for key in (*one.lookups, one.condition, one.patient_key) if key}
    if not wanted:
        return Resolution()
    found: dict[Key, set[UUID]] = {}
    for type_, system, value, id_ in resources.find_identified(source, wanted):
        found.setdefault((type_, system, value), set()).add(id_)
    for one in group:
        if one.condition is None:
            for key in one.identifiers & wanted:
                found.setdefault(key, set()).add(one.id)
    return Resolution({key: frozenset(ids) for key, ids in found.items()})


def waiting_ids(source: str, keys: Collection[Key]) -> list[UUID]:
    """Return the ids under which resources wait for a patient who is known by an identifier only."""
    return [resource_id(source, "Patient?identifier", f"{system}|{value}") for _type, system, value in keys]
