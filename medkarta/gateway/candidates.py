"""Resources on their way in: who they are, what they point at, whose they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from medkarta.core.ids import resource_id
from medkarta.gateway import routes
from medkarta.hl7 import systems
from medkarta.hl7.canonical import content_hash, version_of
from medkarta.hl7.reading import Entry, Unit
from medkarta.hl7.references import Identity, Target, identity_of, target_of, walk
from medkarta.resources import queries as resources

Found = tuple[str, UUID]


@dataclass(slots=True)
class Candidate:
    """One validated resource. `replaces` is what a conditional create found already there."""

    unit: Unit
    entry: Entry
    identity: Identity
    id: UUID
    version: str
    hash: str
    replaces: UUID | None = None

    @property
    def resource(self) -> dict[str, Any]:
        assert self.entry.resource is not None
        return self.entry.resource


def candidate_of(source: str, unit: Unit, entry: Entry) -> Candidate:
    """Name a resource: (type, its id, else the fullUrl, else the hash of its content) at this source."""
    assert entry.resource is not None
    digest = content_hash(entry.resource)
    type_, rid = identity_of(entry.resource, entry.full_url)
    identity = Identity(type_, (rid or digest)[:255])
    meta = entry.resource.get("meta") or {}
    version = version_of(entry.resource) if meta.get("versionId") or meta.get("lastUpdated") else digest
    return Candidate(unit, entry, identity, resource_id(source, *identity), version[:64], digest)


@dataclass(slots=True)
class Resolution:
    """Answers where the references of one group point. Ids are computed; identifiers are looked up once."""

    source: str
    by_identifier: Mapping[tuple[str, str, str], frozenset[UUID]] = field(default_factory=dict)
    renamed: dict[UUID, UUID] = field(default_factory=dict)

    def of(self, candidate: Candidate, target: Target) -> Found | None:
        """Return the type and our id of a target; None where it can't be known."""
        found = self._found(candidate, target)
        return (found[0], self.renamed.get(found[1], found[1])) if found else None

    def _found(self, candidate: Candidate, target: Target) -> Found | None:
        known = candidate.unit.identities.get(target.text)
        if known is not None:
            return known.type, resource_id(self.source, *known)
        if target.kind in ("relative", "absolute") and target.type and target.rid:
            return target.type, resource_id(self.source, target.type, target.rid)
        if target.kind in ("logical", "conditional") and target.value:
            return self._identified(target)
        return None

    def _identified(self, target: Target) -> Found | None:
        key = (target.type, systems.canonical(target.system), target.value)
        found = self.by_identifier.get(key, frozenset())
        return (target.type, next(iter(found))) if len(found) == 1 else None


def resolution_for(source: str, candidates: Iterable[Candidate]) -> Resolution:
    """Prepare the look-ups of a group: identifiers of its own resources and of those stored before."""
    group = list(candidates)
    wanted = {
        (target.type, systems.canonical(target.system), target.value)
        for candidate in group
        for target in (*walk(candidate.resource), *_condition(candidate))
        if target.kind in ("logical", "conditional") and target.value and target.type
    }
    if not wanted:
        return Resolution(source)
    found: dict[tuple[str, str, str], set[UUID]] = {}
    for type_, system, value, id_ in resources.find_identified(source, wanted):
        found.setdefault((type_, system, value), set()).add(id_)
    for candidate in group:
        if candidate.identity.type in routes.IDENTIFIED:
            for system, value in identifiers_of(candidate.resource):
                if (candidate.identity.type, system, value) in wanted and not candidate.entry.if_none_exist:
                    found.setdefault((candidate.identity.type, system, value), set()).add(candidate.id)
    return Resolution(source, {key: frozenset(ids) for key, ids in found.items()})


def _condition(candidate: Candidate) -> Iterable[Target]:
    """Return the identifier that a conditional create asks for, as a target."""
    condition = candidate.entry.if_none_exist
    if condition:
        found = target_of({"reference": f"{candidate.identity.type}?{condition.lstrip('?')}"})
        if found is not None:
            yield found


def conditional_matches(resolution: Resolution, candidate: Candidate) -> frozenset[UUID] | None:
    """Return what a conditional create finds already stored; None where the entry has no condition."""
    for target in _condition(candidate):
        key = (target.type, systems.canonical(target.system), target.value)
        return resolution.by_identifier.get(key, frozenset())
    return None


def identifiers_of(resource: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the business identifiers of a resource: canonical system and value."""
    return {
        (systems.canonical(str(one.get("system", "")))[:255], str(one["value"])[:255])
        for one in resource.get("identifier") or ()
        if isinstance(one, dict) and one.get("value")
    }


def patient_of(resolution: Resolution, candidate: Candidate) -> tuple[UUID | None, UUID | None]:
    """Return (row of the patient, what to wait for).

    A reference by an identifier that nobody carries yet gives only the second: the id under which the arrival of
    such a patient will release it.
    """
    if candidate.identity.type == "Patient":
        return candidate.id, None
    for reference in routes.patient_references(candidate.resource):
        target = target_of(reference)
        if target is None:
            continue
        found = resolution.of(candidate, target)
        if found and found[0] == "Patient":
            return found[1], found[1]
        if target.type == "Patient" and target.value:
            return None, identifier_id(resolution.source, systems.canonical(target.system), target.value)
    return None, None


def identifier_id(source: str, system: str, value: str) -> UUID:
    """Return the id under which resources wait for a patient who is known by an identifier only."""
    return resource_id(source, "Patient?identifier", f"{system}|{value}")
