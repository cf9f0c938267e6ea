"""Versions of one document: the highest counts, the others are kept and lead to it.

Only a higher number replaces. Two documents that bear the same number in one set are both shown: which of them is
meant nobody can tell, unless they are the same file, sent twice by different ways: then the signed one is shown, else
the one that came first. Documents of different patients never replace each other, whatever their numbers say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce

from medkarta.core.scopes import SystemScope
from medkarta.documents.models import DocumentSignature, MedicalDocument

_SUPERSEDED = MedicalDocument.Status.SUPERSEDED
_belongs = attrgetter("set_id", "patient_id")


@dataclass(frozen=True, slots=True)
class Order:
    """What a batch has changed beside itself: ids that no longer count by their kind, and documents that do again."""

    outdated: Mapping[str, set[UUID]]
    restored: tuple[MedicalDocument, ...]


def put_in_order(scope: SystemScope, arrived: Sequence[MedicalDocument]) -> Order:
    """Chain the versions of the sets that these documents belong to, withdrawn ones left out."""
    outdated: dict[str, set[UUID]] = {}
    replaced, restored = _of_sets(arrived)
    for document in [*replaced, *_outdated_otherwise(arrived)]:
        outdated.setdefault(document.kind_type, set()).add(document.pk)
    restored += _replaced_by_withdrawn(arrived)
    counts_again = {one.pk: one for one in restored if one.pk not in outdated.get(one.kind_type, ())}
    return Order(outdated, tuple(counts_again.values()))


def _of_sets(arrived: Iterable[MedicalDocument]) -> tuple[list[MedicalDocument], list[MedicalDocument]]:
    """Write the chains.

    Returns the documents that a higher version or the same file replaces, and those that what was withdrawn replaced.
    """
    sets = {one.set_id for one in arrived if one.set_id}
    if not sets:
        return [], []
    found = MedicalDocument.objects.filter(set_id__in=sets, is_withdrawn=False).annotate(
        file=Coalesce("reading__content_sha256", Value("")),
        is_bare=~Exists(DocumentSignature.objects.filter(document_id=OuterRef("pk"))),
    )
    ended = {_belongs(one) for one in arrived if one.is_withdrawn}
    replaced: list[MedicalDocument] = []
    restored: list[MedicalDocument] = []
    changed: dict[UUID, MedicalDocument] = {}
    for set_, versions in groupby(sorted(found, key=_place), key=_belongs):
        group = list(versions)
        newest = [one for one in group if one.version == group[-1].version]
        twins = _twins(newest)
        older = [one for one in group if one.version < group[-1].version] + twins
        counting = [one for one in newest if one not in twins]
        replaced += older
        if set_ in ended:
            restored += counting
            changed |= {one.pk: one for one in counting if one.status == _SUPERSEDED}
            for one in counting:
                one.status = MedicalDocument.Status.CURRENT
        changed |= {one.pk: one for one in _chained([*older, *counting], len(older))}
    MedicalDocument.objects.bulk_update(changed.values(), ["status", "replaces_id"])
    return replaced, restored


def _replaced_by_withdrawn(arrived: Iterable[MedicalDocument]) -> list[MedicalDocument]:
    """Return what DocumentReferences replaced that are withdrawn now."""
    whose = {one.replaces_id: one.patient_id for one in arrived if one.is_withdrawn and one.replaces_id}
    current = MedicalDocument.objects.filter(pk__in=whose, is_withdrawn=False).exclude(status=_SUPERSEDED)
    return [one for one in current if one.patient_id == whose[one.pk]] if whose else []


def _place(one: MedicalDocument) -> tuple[str, str, int, str, str]:
    return str(one.set_id), str(one.patient_id), one.version, str(one.dated_at or ""), str(one.pk)


def _twins(newest: Sequence[MedicalDocument]) -> list[MedicalDocument]:
    """Return documents whose very file another one has that is signed or came before."""
    first: dict[str, MedicalDocument] = {}
    for one in sorted(newest, key=attrgetter("is_bare", "received_at", "pk")):
        first.setdefault(one.file or str(one.pk), one)  # type: ignore[attr-defined]
    return [one for one in newest if one not in first.values()]


def _chained(group: Sequence[MedicalDocument], older: int) -> Iterable[MedicalDocument]:
    """Yield the documents of one set, the `older` ones first, whose place in the chain has changed."""
    ids = {one.pk for one in group}
    for place, one in enumerate(group[: older + 1] if older else ()):
        before = group[place - 1].pk if place else None
        is_free = one.replaces_id is None or one.replaces_id in ids
        status = _SUPERSEDED if place < older else one.status
        if (is_free and one.replaces_id != before) or status != one.status:
            one.replaces_id = before if is_free else one.replaces_id
            one.status = status
            yield one


def _outdated_otherwise(arrived: Sequence[MedicalDocument]) -> Iterable[MedicalDocument]:
    """Yield what is withdrawn, and what a DocumentReference replaces, whichever of the two came first."""
    yield from (one for one in arrived if one.is_withdrawn or one.status == _SUPERSEDED)
    ids = [one.pk for one in arrived]
    targets = [one.replaces_id for one in arrived if one.replaces_id and not one.is_withdrawn]
    newer = MedicalDocument.objects.filter(replaces_id__in=ids, is_withdrawn=False).values("replaces_id", "patient_id")
    replaced = {row["replaces_id"]: row["patient_id"] for row in newer}
    yield from (one for one in arrived if replaced.get(one.pk) == one.patient_id)
    if targets:
        patients = {one.replaces_id: one.patient_id for one in arrived}
        found = MedicalDocument.objects.filter(pk__in=targets).only("id", "patient_id", "kind_type")
        yield from (one for one in found if patients.get(one.pk) == one.patient_id)
