"""Writes one group of resources inside the caller's transaction: rooms first, then the texts, then the audit."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.documents import actions as documents
from medkarta.gateway import routes
from medkarta.gateway.candidates import CDA, Candidate, Key
from medkarta.gateway.companions import Owners, owners_of
from medkarta.gateway.outcomes import Fate, Outcome, Reason, Text
from medkarta.gateway.resolving import Resolution, parse, resolution_for, waiting_ids
from medkarta.hl7 import values
from medkarta.hl7.canonical import is_newer
from medkarta.patients import queries as patients
from medkarta.resources import actions as resources
from medkarta.resources import queries as resource_queries
from medkarta.resources.queries import Known

RELEASED_AT_ONCE = 500
_WRITTEN = frozenset({Fate.CREATED, Fate.UPDATED, Fate.KEPT, Fate.WAITING})


@dataclass(slots=True)
class Plan:
    """One candidate with everything that its writing needs. A condition may give it the `id` of another resource."""

    candidate: Candidate
    fate: Fate
    id: UUID
    known: Known | None = None
    canonical: bytes = b""
    patient_id: UUID | None = None
    waits_for: UUID | None = None
    reason: Text = ""

    @property
    def is_written(self) -> bool:
        return self.fate in _WRITTEN

    @property
    def resource(self) -> Mapping[str, Any]:
        """What the rooms read: the canonical form; of a CDA document its bytes as `data`, with its `signatures`."""
        whose = self.candidate.whose
        if whose is None:
            return parse(self.canonical)
        data = zlib.decompress(self.candidate.received)
        return {"resourceType": CDA, "data": data, "signatures": whose.signatures}

    def incoming(self, *, now: datetime) -> Incoming | None:
        """Return what the rooms get: the resource, or its withdrawal from the record that shows it no longer."""
        one = self.candidate
        is_shown = self.fate in (Fate.CREATED, Fate.UPDATED)
        former = self.known.patient_id if self.known and self.is_written else None
        if not is_shown and former is None:
            return None
        return Incoming(
            id=self.id,
            type=one.type,
            rid=one.rid,
            resource=self.resource,
            patient_id=self.patient_id if is_shown else former,
            is_restricted=one.is_restricted,
            is_withdrawn=one.is_withdrawn or not is_shown,
            received_at=now,
        )

    def outcome(self) -> Outcome:
        one = self.candidate
        reasons = (Reason(one.file, one.place, one.path, self.reason),) if self.reason else ()
        return Outcome(one.type, self.fate, reasons)


def write(scope: SystemScope, candidates: Sequence[Candidate], *, now: datetime) -> list[Outcome]:
    """Store a group; the caller's transaction makes it whole. Returns the fate of each, in the same order."""
    resolution = resolution_for(scope.source, candidates)
    owners = owners_of(scope, candidates)
    plans = _plan(resolution, [*owners.companions, *candidates])
    _refuse(plans, owners)
    _find_patients(scope, resolution, plans, owners)
    refused = hand_over(scope, [one for plan in plans if (one := plan.incoming(now=now)) is not None])
    for plan in plans:
        if plan.id in refused:
            plan.fate, plan.reason = Fate.REJECTED, refused[plan.id]
    _keep(scope, [plan for plan in plans if plan.is_written], now=now)
    released = _release(scope, plans, now=now)
    _leave_trace(scope, plans, released)
    return [plan.outcome() for plan in plans[len(owners.companions) :]]


def put_files(candidates: Iterable[Candidate]) -> None:
    """Put the documents of a group into the storage, which may be far away, before the transaction begins."""
    whole = [one for one in candidates if one.whose]
    beside = [data for one in whole if one.whose for data in one.whose.signatures]
    documents.put_files([*(zlib.decompress(one.received) for one in whole), *beside])


def _refuse(plans: Iterable[Plan], owners: Owners) -> None:
    for plan in plans:
        if plan.candidate.id in owners.refused and plan.is_written:
            plan.fate, plan.reason = Fate.REJECTED, owners.refused[plan.candidate.id]


def _plan(resolution: Resolution, candidates: Sequence[Candidate]) -> list[Plan]:
    """Decide the fate of each; conditions may rename a resource to one that is stored already."""
    plans: list[Plan] = []
    asked: dict[Key, UUID] = {}
    for one in candidates:
        plan = Plan(one, Fate.CREATED, one.id)
        plans.append(plan)
        if one.condition is None:
            continue
        found = resolution.matches(one.condition) or {asked.setdefault(one.condition, one.id)}
        if len(found) > 1:
            plan.fate, plan.reason = Fate.REJECTED, _("Условию отвечает больше одного ресурса")
            continue
        (plan.id,) = found
        if plan.id != one.id:
            resolution.renamed[one.id] = plan.id
        if not one.is_conditional_update and (plan.id != one.id or resolution.matches(one.condition)):
            plan.fate = Fate.UNCHANGED
    times = Counter(plan.id for plan in plans if plan.is_written)
    known = resource_queries.find_known(set(times))
    for plan in plans:
        if plan.is_written and times[plan.id] > 1:
            plan.fate, plan.reason = Fate.REJECTED, _("Один и тот же ресурс стоит в Bundle дважды")
        plan.known = known.get(plan.id)
        if plan.fate is Fate.CREATED and plan.known is not None:
            plan.fate = Fate.UPDATED if _replaces(plan.candidate, plan.known) else Fate.UNCHANGED
    return plans


def _replaces(one: Candidate, known: Known) -> bool:
    """Tell whether what arrives replaces what is stored.

    A newer version does, an older one does not. The same version with other content does: a system that corrects a
    record without counting versions means the correction, and what it replaces is kept as it was received.
    """
    if one.version == known.version:
        return one.hash != known.hash
    return is_newer(one.version, known.version)


def _find_patients(scope: SystemScope, resolution: Resolution, plans: Sequence[Plan], owners: Owners) -> None:
    """Say whose each resource is, and let those wait whose patient is not here."""
    written = [plan for plan in plans if plan.is_written]
    arriving = {plan.id for plan in written if plan.candidate.type == "Patient"}
    for plan in written:
        plan.patient_id = plan.id if plan.id in arriving else owners.of_document.get(plan.candidate.id)
        plan.patient_id = plan.patient_id or resolution.patient_id(plan.candidate)
        plan.canonical = resolution.canonical(plan.candidate)
    asked = {plan.patient_id for plan in written if plan.patient_id} - arriving
    here = arriving | set(patients.person_ids_of(scope, asked)) if asked else arriving
    for plan in written:
        if plan.patient_id is None and plan.candidate.patient_key is not None:
            (plan.waits_for,) = waiting_ids(scope.source, [plan.candidate.patient_key])
        elif plan.patient_id is not None and plan.patient_id not in here:
            plan.waits_for, plan.patient_id = plan.patient_id, None
        if plan.waits_for is not None:
            plan.fate = Fate.WAITING
        elif not routes.takes(plan.candidate.type, has_patient=plan.patient_id is not None):
            plan.fate = Fate.KEPT


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


def _keep(scope: SystemScope, plans: Sequence[Plan], *, now: datetime) -> None:
    received = [
        resources.Received(
            id=plan.id,
            source=scope.source,
            type=one.type,
            rid=plan.known.rid if plan.known else one.rid,
            version=one.version,
            hash=one.hash,
            patient_id=plan.patient_id,
            waits_for_id=plan.waits_for,
            received=one.received,
            canonical=plan.canonical.decode(),
            received_at=now,
        )
        for plan in plans
        for one in (plan.candidate,)
    ]
    replaced = [plan.id for plan in plans if plan.known]
    resources.save(received, replaced=replaced)
    identified = {plan.id: plan.candidate.identifiers for plan in plans if plan.candidate.identifiers}
    resources.save_identifiers(scope.source, identified, replaced=replaced)


def _release(scope: SystemScope, plans: Sequence[Plan], *, now: datetime) -> Counter[tuple[UUID, str]]:
    """Hand over what waited for the patients of this group. Returns how many of each type for each patient.

    A patient who came before and did not change is asked for too: what another process stored at the very time of his
    arrival waits still.
    """
    arrived: dict[UUID, UUID] = {}
    for plan in plans:
        if plan.candidate.type == "Patient" and plan.fate is not Fate.REJECTED:
            arrived[plan.id] = plan.id
            arrived |= dict.fromkeys(waiting_ids(scope.source, plan.candidate.identifiers), plan.id)
    counts: Counter[tuple[UUID, str]] = Counter()
    while arrived and (waiting := resource_queries.list_waiting(scope.source, list(arrived), limit=RELEASED_AT_ONCE)):
        woken = [_woken(one, arrived[one.waits_for_id], now=now) for one in waiting]
        hand_over(scope, woken)
        by_patient: dict[UUID, list[UUID]] = {}
        for one, patient_id in ((one, arrived[each.waits_for_id]) for one, each in zip(woken, waiting, strict=True)):
            by_patient.setdefault(patient_id, []).append(one.id)
            counts[patient_id, one.type] += 1
        for patient_id, ids in by_patient.items():
            resources.release(ids, patient_id=patient_id)
    return counts


def _woken(one: resource_queries.Waiting, patient_id: UUID, *, now: datetime) -> Incoming:
    resource = parse(one.canonical)
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
        if plan.is_written:
            touched = {plan.patient_id, plan.known.patient_id if plan.known else None}
            for patient_id in filter(None, touched):
                changed.setdefault(patient_id, Counter())[plan.candidate.type] += 1
    for (patient_id, type_), count in released.items():
        changed.setdefault(patient_id, Counter())[type_] += count
    if changed:
        persons = patients.person_ids_of(scope, list(changed))
        audit.record_many(
            scope,
            action="gateway.receive",
            patients={id_: (persons.get(id_), {"changed": dict(counts)}) for id_, counts in changed.items()},
        )
