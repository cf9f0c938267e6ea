"""The one way of a hospital's resource into the record: validate, identify, resolve, hand to its room, keep.

A transaction Bundle is all or nothing. Single resources are written in groups for speed; a group that the database
refuses is written again one by one, so that only the faulty one is lost.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from medkarta.core.scopes import SystemScope
from medkarta.gateway import writing
from medkarta.gateway.candidates import Candidate, candidate_of
from medkarta.gateway.outcomes import Fate, Outcome, Reason
from medkarta.hl7.issues import Issue, type_of
from medkarta.hl7.reading import Entry, Unit, check

log = logging.getLogger(__name__)
GROUP = 500
_METHODS = frozenset({"", "POST", "PUT"})


def take(scope: SystemScope, units: Iterable[Unit], *, now: datetime) -> Iterator[Outcome]:
    """Store units as they come and yield the fate of every resource in them."""
    yield from take_checked(scope, ((unit, check(unit)) for unit in units), now=now)


def take_checked(
    scope: SystemScope, checked: Iterable[tuple[Unit, Sequence[Issue]]], *, now: datetime
) -> Iterator[Outcome]:
    """Store units whose issues are known (`hl7.reading.check`); singles go in groups of `GROUP`."""
    group: list[Candidate] = []
    names: set[object] = set()
    for unit, issues in checked:
        reasons = _reasons(unit, issues)
        if reasons:
            yield from _refused(unit, reasons)
            continue
        found = [candidate_of(scope.source, unit, entry) for entry in unit.entries if entry.resource is not None]
        if unit.kind == "transaction":
            yield from _write_singles(scope, group, now=now)
            group, names = [], set()
            yield from _write_transaction(scope, unit, found, now=now)
            continue
        if len(group) >= GROUP or any(one.id in names for one in found):
            yield from _write_singles(scope, group, now=now)
            group, names = [], set()
        group += found
        names.update(one.id for one in found)
    yield from _write_singles(scope, group, now=now)


def _reasons(unit: Unit, issues: Iterable[Issue]) -> tuple[Reason, ...]:
    found = [Reason(unit.file, unit.place, issue.path, issue.text) for issue in issues if issue.is_refusal]
    if unit.kind == "document":
        text = _("Документ CDA принимается внутри DocumentReference, а не отдельным файлом")
        found.append(Reason(unit.file, unit.place, "", text))
    for entry in unit.entries:
        if entry.method not in _METHODS:
            text = _("Действие не поддерживается: принимаются только POST и PUT")
            found.append(Reason(unit.file, unit.place, f"{entry.path}.request.method", text))
    return tuple(found)


def _refused(unit: Unit, reasons: tuple[Reason, ...]) -> Iterator[Outcome]:
    """Refuse everything in a unit; the reasons stand at the first of its resources."""
    entries = unit.entries or (None,)
    for number, entry in enumerate(entries):
        yield Outcome(_type(entry), Fate.REJECTED, reasons if number == 0 else ())


def _type(entry: Entry | None) -> str:
    return type_of(entry.resource) or "—" if entry is not None and entry.resource is not None else "—"


def _write_transaction(scope: SystemScope, unit: Unit, found: list[Candidate], *, now: datetime) -> Iterator[Outcome]:
    repeated = len({one.id for one in found}) != len(found)
    if repeated:
        reason = Reason(unit.file, unit.place, "Bundle.entry", _("Один и тот же ресурс стоит в Bundle дважды"))
        yield from _refused(unit, (reason,))
        return
    try:
        with transaction.atomic():
            outcomes = writing.write(scope, found, now=now)
            refused = [outcome for outcome in outcomes if outcome.fate is Fate.REJECTED]
            if refused:
                raise _Undone(tuple(reason for outcome in refused for reason in outcome.reasons))
    except _Undone as undone:
        yield from _refused(unit, undone.reasons)
    except DatabaseError:
        log.exception("a transaction Bundle was refused by the database")
        yield from _refused(unit, (Reason(unit.file, unit.place, "", _("Не удалось сохранить: ошибка базы данных")),))
    else:
        yield from outcomes


class _Undone(Exception):
    """Takes a whole transaction Bundle back."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__()
        self.reasons = reasons


def _write_singles(scope: SystemScope, group: Sequence[Candidate], *, now: datetime) -> Iterator[Outcome]:
    if not group:
        return
    try:
        with transaction.atomic():
            outcomes = writing.write(scope, group, now=now)
    except DatabaseError:
        if len(group) > 1:
            half = len(group) // 2
            yield from _write_singles(scope, group[:half], now=now)
            yield from _write_singles(scope, group[half:], now=now)
            return
        log.exception("a resource was refused by the database")
        unit = group[0].unit
        reason = Reason(unit.file, unit.place, "", _("Не удалось сохранить: ошибка базы данных"))
        yield Outcome(group[0].identity.type, Fate.REJECTED, (reason,))
    else:
        yield from outcomes
