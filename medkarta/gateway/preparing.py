"""Everything about a resource that needs no table, as work for a process of its own: knows no Django model.

A unit is validated by both validators; each of its resources gets its identity, its version and its canonical text.
What only the database can tell (identifiers, whether the patient is here) is left to `resolving` and `writing`.
"""

import gc
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from medkarta.core.ids import resource_id
from medkarta.gateway.candidates import Candidate, Key, Prepared
from medkarta.gateway.cda import prepare_document
from medkarta.gateway.outcomes import Reason, Text
from medkarta.hl7 import systems, values
from medkarta.hl7.canonical import content_hash, dumps, version_of
from medkarta.hl7.issues import Issue, type_of
from medkarta.hl7.reading import Entry, Lines, Unit, check
from medkarta.hl7.references import Identity, Target, identity_of, rewrite, target_of, target_of_text

IDENTIFIED = frozenset(
    {"Patient", "Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "Encounter"}
)
"""Types whose identifiers others use to refer to them."""

DIRECTORY = frozenset(
    {"Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "Schedule", "Slot"}
)
NOBODYS = DIRECTORY | {"Patient", "Binary", "Medication", "Provenance"}
"""Types that are nobody's record by themselves; every other one belongs to a patient or is only kept."""

_PATIENT_ELEMENTS = ("patient", "subject", "beneficiary", "for")
_METHODS = frozenset({"", "POST", "PUT"})
_LOOKED_UP = ("logical", "conditional")


def start_alone() -> None:  # pragma: no cover: runs in the other process
    """Begin a process that prepares and does nothing else: findings become words in the one that writes."""
    settings.configure(USE_I18N=False)
    gc.freeze()


def prepare_all(source: str, pieces: Sequence[Lines | Unit]) -> list[Prepared]:
    """Read what is still text, and prepare every unit."""
    units = (unit for piece in pieces for unit in (piece.read() if isinstance(piece, Lines) else (piece,)))
    return [prepare(source, unit) for unit in units]


def prepare(source: str, unit: Unit) -> Prepared:
    """Validate a unit and name its resources."""
    if unit.kind == "document":
        return prepare_document(source, unit)
    reasons = tuple(_reasons(unit, check(unit)))
    found = () if reasons else tuple(candidate_of(source, unit, each) for each in unit.entries if each.resource)
    types = tuple(type_of(each.resource) if each.resource else "—" for each in unit.entries or (Entry(None, b""),))
    return Prepared(unit.file, unit.place, unit.kind == "transaction", types, found, reasons)


def _reasons(unit: Unit, issues: Iterable[Issue]) -> Iterator[Reason]:
    for issue in issues:
        if issue.is_refusal:
            yield Reason(unit.file, unit.place, issue.path, issue.text)
    for entry in unit.entries:
        path = f"{entry.path.removesuffix('.resource')}.request"
        if entry.method not in _METHODS:
            text: Text = _("Действие не поддерживается: принимаются только POST и PUT")
            yield Reason(unit.file, unit.place, f"{path}.method", text)
        elif entry.resource is not None and _condition_text(entry) and _condition(entry, entry.resource) is None:
            text = _("Условие понимается только по identifier: identifier=система|значение")
            yield Reason(unit.file, unit.place, path, text)


def candidate_of(source: str, unit: Unit, entry: Entry) -> Candidate:
    """Name a resource: (type, its id, else the fullUrl, else the hash of its content) at this source."""
    resource = entry.resource
    assert resource is not None
    digest = content_hash(resource)
    type_, rid = identity_of(resource, entry.full_url)
    rid = (rid or digest)[:255]
    meta = resource.get("meta") or {}
    version = version_of(resource) if meta.get("versionId") or meta.get("lastUpdated") else digest
    own_id = resource_id(source, type_, rid)
    names = _Names(source, unit.identities)
    canonical = rewrite(resource, names.find, id=own_id)
    patient_id, patient_key = (own_id, None) if type_ == "Patient" else _patient_of(names, resource)
    return Candidate(
        file=unit.file,
        place=unit.place,
        path=entry.path,
        id=own_id,
        type=type_,
        rid=rid,
        version=version[:64],
        hash=digest,
        received=zlib.compress(entry.raw, 1),
        canonical=dumps(canonical),
        is_restricted=values.is_restricted(resource),
        is_withdrawn=values.is_withdrawn(resource),
        patient_id=patient_id,
        patient_key=patient_key,
        identifiers=identifiers_of(resource) if type_ in IDENTIFIED else frozenset(),
        lookups=frozenset(names.lookups),
        condition=_condition(entry, resource),
        is_conditional_update=not entry.if_none_exist and _condition_text(entry) != "",
    )


class _Names:
    """Answers where references point as far as names alone tell, and notes those that must be looked up."""

    def __init__(self, source: str, identities: Mapping[str, Identity]) -> None:
        self.source, self.identities = source, identities
        self.lookups: set[Key] = set()

    def find(self, target: Target) -> tuple[str, UUID] | None:
        known = self.identities.get(target.text)
        if known is not None:
            return known.type, resource_id(self.source, *known)
        if target.rid and target.type and target.kind in ("relative", "absolute"):
            return target.type, resource_id(self.source, target.type, target.rid)
        if target.kind in _LOOKED_UP and target.value and target.type:
            self.lookups.add(key_of(target))
        return None


def _patient_of(names: _Names, resource: Mapping[str, Any]) -> tuple[UUID | None, Key | None]:
    """Return the row of the patient, or the identifier that he is known by."""
    for reference, is_patient in _patient_references(resource):
        target = target_of(reference)
        if target is None:
            continue
        found = names.find(target)
        if found is not None and found[0] == "Patient":
            return found[1], None
        if found is None and target.value and (target.type or is_patient * "Patient") == "Patient":
            return None, ("Patient", *key_of(target)[1:])
    return None, None


def _patient_references(resource: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield the references that may name the patient, and whether one without a type means a patient."""
    if resource["resourceType"] in NOBODYS:
        return
    for name in _PATIENT_ELEMENTS:
        found = resource.get(name)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict):
                yield each, True
    for participant in resource.get("participant", ()):
        actor = participant.get("actor")
        if isinstance(actor, dict):
            yield actor, False


def key_of(target: Target) -> Key:
    """Return what a logical or conditional reference asks for."""
    return target.type, systems.canonical(target.system)[:255], target.value[:255]


def identifiers_of(resource: Mapping[str, Any]) -> frozenset[Key]:
    """Return the business identifiers of a resource."""
    return frozenset(
        (resource["resourceType"], systems.canonical(each.get("system", ""))[:255], each["value"][:255])
        for each in resource.get("identifier", ())
        if each.get("value")
    )


def _condition_text(entry: Entry) -> str:
    """Return the condition of a create (`ifNoneExist`) or of an update (`PUT Patient?identifier=…`)."""
    return entry.if_none_exist or (entry.url.partition("?")[2] if entry.method == "PUT" else "")


def _condition(entry: Entry, resource: Mapping[str, Any]) -> Key | None:
    text = _condition_text(entry)
    if not text:
        return None
    target = target_of_text(f"{type_of(resource)}?{text.rpartition('?')[2]}")
    return key_of(target) if target.value else None
