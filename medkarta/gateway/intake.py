"""The one way of a hospital's resource into the record: validate, identify, resolve, hand to its room, keep.

A transaction Bundle is all or nothing. Single resources are written in groups for speed; a group in which the database
refuses a value is written again in halves, so that only the faulty resource is lost. A database that is away or broken
(OperationalError, ProgrammingError, …) is nobody's fault here: it stops the import at once.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medkarta.core.scopes import SystemScope
from medkarta.gateway import writing
from medkarta.gateway.candidates import Candidate, Prepared
from medkarta.gateway.outcomes import Fate, Outcome, Reason, Text
from medkarta.gateway.preparing import prepare
from medkarta.hl7.reading import Unit

log = logging.getLogger(__name__)
GROUP = 250
GROUP_BYTES = 8 * 1024 * 1024
_REFUSED_BY_DATABASE = _("Не удалось сохранить: база данных не приняла значение")


def take(scope: SystemScope, units: Iterable[Unit], *, now: datetime) -> Iterator[Outcome]:
    """Store units as they come and yield the fate of every resource in them."""
    yield from take_prepared(scope, (prepare(scope.source, unit) for unit in units), now=now)


def take_prepared(scope: SystemScope, prepared: Iterable[Prepared], *, now: datetime) -> Iterator[Outcome]:
    """Store units that are prepared; singles go in groups, in which nothing comes twice.

    CDA documents go in groups of their own: whose they are is asked of what was stored before.
    """
    group: dict[object, Candidate] = {}
    size = 0
    is_of_documents = False
    for unit in prepared:
        if unit.reasons:
            yield from _refused(unit, unit.reasons)
            continue
        is_alone = unit.is_transaction or any(one.is_conditional_update for one in unit.candidates)
        is_apart = any(one.whose is not None for one in unit.candidates) != is_of_documents
        if is_alone or is_apart or any(one.id in group for one in unit.candidates):
            yield from _write_singles(scope, list(group.values()), now=now)
            group, size = {}, 0
            is_of_documents = is_of_documents != is_apart
        if unit.is_transaction:
            yield from _write_transaction(scope, unit, now=now)
            continue
        group |= {one.id: one for one in unit.candidates}
        size += sum(one.weight for one in unit.candidates)
        if is_alone or len(group) >= GROUP or size >= GROUP_BYTES:
            yield from _write_singles(scope, list(group.values()), now=now)
            group, size = {}, 0
    yield from _write_singles(scope, list(group.values()), now=now)


def _refused(unit: Prepared, reasons: tuple[Reason, ...]) -> Iterator[Outcome]:
    """Refuse everything in a unit; the reasons stand at the first of its resources."""
    for number, type_ in enumerate(unit.types):
        yield Outcome(type_, Fate.REJECTED, reasons if number == 0 else ())


def _write_transaction(scope: SystemScope, unit: Prepared, *, now: datetime) -> Iterator[Outcome]:
    def reason(path: str, text: Text) -> Reason:
        return Reason(unit.file, unit.place, path, text)

    if len({one.id for one in unit.candidates}) != len(unit.candidates):
        yield from _refused(unit, (reason("Bundle.entry", _("Один и тот же ресурс стоит в Bundle дважды")),))
        return
    try:
        with transaction.atomic():
            outcomes = writing.write(scope, unit.candidates, now=now)
            refused = [outcome for outcome in outcomes if outcome.fate is Fate.REJECTED]
            if refused:
                raise _Undone(tuple(reason for outcome in refused for reason in outcome.reasons))
    except _Undone as undone:
        yield from _refused(unit, undone.reasons)
    except (DataError, IntegrityError) as error:
        log.warning("the database refused a transaction Bundle: %s", type(error).__name__)
        yield from _refused(unit, (reason("", _REFUSED_BY_DATABASE),))
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
    writing.put_files(group)
    try:
        with transaction.atomic():
            outcomes = writing.write(scope, group, now=now)
    except (DataError, IntegrityError) as error:
        if len(group) > 1:
            half = len(group) // 2
            yield from _write_singles(scope, group[:half], now=now)
            yield from _write_singles(scope, group[half:], now=now)
            return
        log.warning("the database refused a resource: %s", type(error).__name__)
        (one,) = group
        yield Outcome(one.type, Fate.REJECTED, (Reason(one.file, one.place, one.path, _REFUSED_BY_DATABASE),))
    else:
        yield from outcomes
