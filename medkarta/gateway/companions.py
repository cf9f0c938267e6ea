"""Whose record a CDA document belongs to: a FHIR Patient of its source if one fits, else the patient of its header.

What contradicts is never guessed away: a row with another СНИЛС, birth date, sex or name is not taken, and two headers
of one number that cannot be one human being do not share a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medkarta.core.scopes import SystemScope
from medkarta.gateway.candidates import Candidate, Key, Whose
from medkarta.gateway.outcomes import Text
from medkarta.gateway.resolving import parse
from medkarta.hl7 import systems, values
from medkarta.hl7.canonical import is_newer
from medkarta.patients import queries as patients
from medkarta.resources import queries as resources

_CONTRADICTS = _("Под этим номером пациента уже принят другой человек: данные в документе не совпадают с его данными")


@dataclass(frozen=True, slots=True)
class Owners:
    """The patient's row of each document by its id, those of them to write first, and what is refused."""

    of_document: Mapping[UUID, UUID] = field(default_factory=dict)
    companions: tuple[Candidate, ...] = ()
    refused: Mapping[UUID, Text] = field(default_factory=dict)


def owners_of(scope: SystemScope, candidates: Sequence[Candidate]) -> Owners:
    """Say whose each document of a group is. Three statements for any number of documents, none without them."""
    documents = [(one.id, one.whose) for one in candidates if one.whose]
    if not documents:
        return Owners()
    claims = {whose.companion.hash: _identity(parse(whose.companion.canonical)) for _id, whose in documents}
    rows = _rows_by_key(scope.source, documents)
    asked = [(row, whose.companion.hash) for _id, whose in documents for row in _candidates_for(whose, rows)]
    contradictions = patients.find_contradictions(scope, [(row, claims[claim]) for row, claim in asked])
    proof = dict(zip(asked, contradictions, strict=True))
    owner: dict[UUID, UUID] = {}
    refused: dict[UUID, Text] = {}
    companions: dict[UUID, list[Whose]] = {}
    for id_, whose in documents:
        own, claim = whose.companion.id, whose.companion.hash
        fitting = [row for row in _candidates_for(whose, rows) if row != own and not proof[row, claim]]
        first = companions.get(own, [whose])[0].companion.hash
        if len(fitting) == 1:
            owner[id_] = fitting[0]
        elif proof[own, claim] or patients.contradiction(claims[claim], claims[first]):
            refused[id_] = _CONTRADICTS
        else:
            owner[id_] = own
            companions.setdefault(own, []).append(whose)
    return Owners(owner, tuple(_to_write(companions)), refused)


def _rows_by_key(source: str, documents: Iterable[tuple[UUID, Whose]]) -> dict[Key, set[UUID]]:
    wanted = {key for _id, whose in documents for key in whose.keys}
    found: dict[Key, set[UUID]] = {}
    for type_, system, value, row in resources.find_identified(source, wanted) if wanted else ():
        found.setdefault((type_, system, value), set()).add(row)
    return found


def _candidates_for(whose: Whose, rows: Mapping[Key, set[UUID]]) -> list[UUID]:
    found = {row for key in whose.keys for row in rows.get(key, ())}
    return sorted({*found, whose.companion.id})


def _to_write(companions: Mapping[UUID, Sequence[Whose]]) -> Iterable[Candidate]:
    """Yield the patients that are new, or that a newer document names with their numbers."""
    known = resources.find_known(companions.keys())
    for id_, found in companions.items():
        best = max(found, key=lambda one: (one.has_numbers, one.companion.version))
        stored = known.get(id_)
        is_told_anew = best.has_numbers and bool(best.companion.version)
        if stored is None or (is_told_anew and is_newer(best.companion.version, stored.version)):
            yield best.companion


def _identity(resource: Mapping[str, Any]) -> patients.Identity:
    name = values.human_name(resource)
    born = resource.get("birthDate")
    return patients.Identity(
        snils=values.identifier_value(resource, systems.SNILS),
        enp=values.identifier_value(resource, systems.ENP),
        family_name=name.family,
        given_name=name.given,
        birth_date=date.fromisoformat(born) if born else None,
        gender=str(resource.get("gender", "unknown")),
    )
