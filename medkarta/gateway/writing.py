"""Writes one group of resources inside the caller's transaction: rooms first, then the texts, then the audit."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.gateway import routes
from medkarta.gateway.candidates import (
    Candidate,
    Resolution,
    conditional_matches,
    identifier_id,
    identifiers_of,
    patient_of,
    resolution_for,
)
from medkarta.gateway.outcomes import Fate, Outcome, Reason, Text
from medkarta.hl7 import values
from medkarta.hl7.canonical import dumps, is_newer
from medkarta.hl7.references import rewrite
from medkarta.patients import queries as patients
from medkarta.resources import actions as resources
from medkarta.resources import queries as resource_queries

RELEASED_AT_ONCE = 500


@dataclass(slots=True)
class Plan:
    """One candidate with everything that its writing needs."""

    candidate: Candidate
    fate: Fate
    canonical: dict[str, Any] = field(default_factory=dict)
    patient_id: UUID | None = None
    waits_for: UUID | None = None
    reason: Text = ""

    @property
    def is_written(self) -> bool:
        return self.fate not in (Fate.UNCHANGED, Fate.REJECTED)

    @property
    def is_shown(self) -> bool:
        """Tell whether a room takes it now."""
        return self.fate in (Fate.CREATED, Fate.UPDATED)

    def incoming(self, *, now: datetime) -> Incoming:
        one = self.candidate
        return Incoming(
            id=one.id,
            type=one.identity.type,
            rid=one.identity.rid,
            resource=self.canonical,
            patient_id=self.patient_id,
            is_restricted=values.is_restricted(one.resource),
            is_withdrawn=values.is_withdrawn(one.resource),
            received_at=now,
        )

    def outcome(self) -> Outcome:
        one = self.candidate
        reasons = (Reason(one.unit.file, one.unit.place, one.entry.path, self.reason),) if self.reason else ()
        return Outcome(one.identity.type, self.fate, reasons)


def write(scope: SystemScope, candidates: Sequence[Candidate], *, now: datetime) -> list[Outcome]:
    """Store a group; the caller's transaction makes it whole. Returns the fate of each, in the same order."""
    resolution = resolution_for(scope.source, candidates)
    known = resource_queries.find_known([one.id for one in candidates])
    plans = [_plan(resolution, one, known.get(one.id)) for one in candidates]
    _find_patients(scope, resolution, plans)
    refused = hand_over(scope, [plan.incoming(now=now) for plan in plans if plan.is_shown])
    for plan in plans:
        if plan.candidate.id in refused:
            plan.fate, plan.reason = Fate.REJECTED, refused[plan.candidate.id]
    _keep(scope, [plan for plan in plans if plan.is_written], known, now=now)
    released = _release(scope, [plan for plan in plans if plan.is_written], now=now)
    _leave_trace(scope, plans, released)
    return [plan.outcome() for plan in plans]


def _plan(resolution: Resolution, one: Candidate, known: resource_queries.Known | None) -> Plan:
    matches = conditional_matches(resolution, one)
    if matches is not None and matches:
        if len(matches) > 1:
            return Plan(one, Fate.REJECTED, reason=_("Условию ifNoneExist отвечает больше одного ресурса"))
        resolution.renamed[one.id] = next(iter(matches))
        return Plan(one, Fate.UNCHANGED)
    if known is None:
        return Plan(one, Fate.CREATED)
    if known.hash == one.hash and known.version == one.version:
        return Plan(one, Fate.UNCHANGED)
    return Plan(one, Fate.UPDATED if is_newer(one.version, known.version) else Fate.UNCHANGED)


def _find_patients(scope: SystemScope, resolution: Resolution, plans: Sequence[Plan]) -> None:
    """Say whose each resource is, and let those wait whose patient is not here."""
    written = [plan for plan in plans if plan.is_written]
    for plan in written:
        plan.patient_id, plan.waits_for = patient_of(resolution, plan.candidate)
    arriving = {plan.candidate.id for plan in plans if plan.candidate.identity.type == "Patient"}
    asked = {plan.patient_id for plan in written if plan.patient_id} - arriving
    here = arriving | set(patients.person_ids_of(scope, asked)) if asked else arriving
    for plan in written:
        if plan.patient_id in here:
            plan.waits_for = None
        if plan.waits_for is not None:
            plan.patient_id, plan.fate = None, Fate.WAITING
        elif not routes.takes(plan.candidate.identity.type, has_patient=plan.patient_id is not None):
            plan.fate = Fate.KEPT
        one = plan.candidate
        plan.canonical = rewrite(one.resource, partial(resolution.of, one), id=one.id)


def hand_over(scope: SystemScope, incoming: Iterable[Incoming]) -> dict[UUID, Text]:
    """Give resources to their rooms in the order of the house. Returns the reasons of what a room refuses."""
    by_type: dict[str, list[Incoming]] = {}
    for one in incoming:
        by_type.setdefault(one.type, []).append(one)
    refused: dict[UUID, Text] = {}
    for type_ in sorted(by_type, key=routes.rank_of):
        for room in routes.rooms_of(type_):
            refused.update(room.store(scope, [one for one in by_type[type_] if one.id not in refused]))
    return refused


def _keep(
    scope: SystemScope, plans: Sequence[Plan], known: Mapping[UUID, resource_queries.Known], *, now: datetime
) -> None:
    received = [
        resources.Received(
            id=one.id,
            source=scope.source,
            type=one.identity.type,
            rid=one.identity.rid,
            version=one.version,
            hash=one.hash,
            patient_id=plan.patient_id,
            waits_for_id=plan.waits_for,
            raw=one.entry.raw,
            canonical=dumps(plan.canonical).decode(),
            received_at=now,
        )
        for plan in plans
        for one in (plan.candidate,)
    ]
    replaced = [one.id for one in received if one.id in known]
    resources.save(received, replaced=replaced)
    identified = [
        (one.id, one.identity.type, identifiers_of(one.resource))
        for plan in plans
        for one in (plan.candidate,)
        if one.identity.type in routes.IDENTIFIED
    ]
    resources.save_identifiers(
        scope.source, identified, replaced=[id_ for id_, _type, _pairs in identified if id_ in known]
    )


def _release(scope: SystemScope, plans: Sequence[Plan], *, now: datetime) -> Counter[tuple[UUID, str]]:
    """Hand over what waited for the patients of this group. Returns how many of each type for each patient."""
    arrived: dict[UUID, UUID] = {}
    for plan in plans:
        one = plan.candidate
        if one.identity.type == "Patient":
            arrived[one.id] = one.id
            for system, value in identifiers_of(one.resource):
                arrived[identifier_id(scope.source, system, value)] = one.id
    counts: Counter[tuple[UUID, str]] = Counter()
    while arrived and (waiting := resource_queries.list_waiting(scope.source, list(arrived), limit=RELEASED_AT_ONCE)):
        incoming = [_woken(one, arrived[one.waits_for_id], now=now) for one in waiting]
        hand_over(scope, incoming)
        by_patient: dict[UUID, list[UUID]] = {}
        for found in incoming:
            assert found.patient_id is not None
            by_patient.setdefault(found.patient_id, []).append(found.id)
            counts[found.patient_id, found.type] += 1
        for patient_id, ids in by_patient.items():
            resources.release(ids, patient_id=patient_id)
    return counts


def _woken(one: resource_queries.Waiting, patient_id: UUID, *, now: datetime) -> Incoming:
    resource = orjson.loads(one.canonical)
    return Incoming(
        id=one.id,
        type=one.type,
        rid=one.rid,
        resource=resource,
        patient_id=patient_id,
        is_restricted=values.is_restricted(resource),
        is_withdrawn=values.is_withdrawn(resource),
        received_at=now,
    )


def _leave_trace(scope: SystemScope, plans: Iterable[Plan], released: Mapping[tuple[UUID, str], int]) -> None:
    """One audit row for each patient of the group, with how many of each type were written."""
    changed: dict[UUID, Counter[str]] = {}
    for plan in plans:
        if plan.is_written and plan.patient_id is not None:
            changed.setdefault(plan.patient_id, Counter())[plan.candidate.identity.type] += 1
    for (patient_id, type_), count in released.items():
        changed.setdefault(patient_id, Counter())[type_] += count
    if changed:
        persons = patients.person_ids_of(scope, list(changed))
        audit.record_many(
            scope,
            action="gateway.receive",
            patients={id_: (persons.get(id_), {"changed": dict(counts)}) for id_, counts in changed.items()},
        )
