"""Coded entries to blocks, for sections without a narrative: measured values as a table, everything else as a list."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.core.blocks import Block, Cell, Grid, Listing, Paragraph, Run, Style
from medkarta.hl7.cda.context import Context
from medkarta.hl7.cda.facts import Fact, facts_of

_MAX_NESTED_LISTS = 4
_LABEL = frozenset({Style.STRONG})


def read_entries(section: etree._Element, context: Context) -> tuple[Block, ...]:
    """Return what the entries of a section say, each with its name; empty if they say nothing."""
    return tuple(_blocks(facts_of(section, context), 0))


def _blocks(facts: Iterable[Fact], nested: int) -> Iterator[Block]:
    for is_table, run in groupby(_opened(facts), _is_row):
        found = list(run)
        if is_table and len(found) > 1:
            yield _grid(found)
        else:
            yield from _texts(found, nested)


def _opened(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield facts with groups that say nothing themselves replaced by what they hold."""
    for fact in facts:
        if fact.is_group and not (fact.label or fact.value or fact.details):
            yield from _opened(fact.children)
        else:
            yield fact


def _is_row(fact: Fact) -> bool:
    return fact.is_measured and not fact.children and bool(fact.label)


def _texts(facts: list[Fact], nested: int) -> Iterator[Block]:
    """Return facts as a list; one alone, or a group with a heading of its own, needs none."""
    plain: list[Fact] = []
    for fact in facts:
        if fact.is_group or (nested == 0 and len(facts) == 1):
            yield from _listed(plain, nested)
            plain = []
            yield Paragraph(tuple(_runs(fact)))
            yield from _blocks(fact.children, nested if fact.is_group else nested + 1)
        else:
            plain.append(fact)
    yield from _listed(plain, nested)


def _listed(facts: list[Fact], nested: int) -> Iterator[Block]:
    if not facts:
        return
    if nested >= _MAX_NESTED_LISTS:
        for fact in _flattened(facts):
            yield Paragraph(tuple(_runs(fact)))
        return
    items = []
    for fact in facts:
        runs = tuple(_runs(fact))
        below = tuple(_blocks(fact.children, nested + 1))
        items.append((Paragraph(runs), *below) if runs else below)
    yield Listing(tuple(items))


def _flattened(facts: Iterable[Fact]) -> Iterator[Fact]:
    for fact in facts:
        yield fact
        yield from _flattened(fact.children)


def _runs(fact: Fact) -> Iterator[Run]:
    """Write a fact: `Жалобы: на кашель (18.08.2026; Врачов Олег)`."""
    if fact.label:
        yield Run(fact.label, _LABEL)
        if fact.value:
            yield Run(": ")
    for number, line in enumerate(fact.value.split("\n") if fact.value else ()):
        if number:
            yield Run("\n")
        yield Run(line)
    norm = _("норма {range}").format(range=fact.range) if fact.range else ""
    more = [text for text in (fact.mark, norm, *fact.details, fact.time) if text]
    if more:
        text = "; ".join(more)
        yield Run(f" ({text})" if fact.label or fact.value else text)


def _grid(facts: list[Fact]) -> Grid:
    """Return measured facts as a table without the columns that nobody fills."""
    columns = (
        (_("Показатель"), [fact.label for fact in facts]),
        (_("Результат"), [fact.value for fact in facts]),
        (_("Норма"), [fact.range for fact in facts]),
        (_("Оценка"), [fact.mark for fact in facts]),
        (_("Дата"), [fact.time for fact in facts]),
        (_("Примечание"), ["; ".join(fact.details) for fact in facts]),
    )
    filled = [(name, texts) for name, texts in columns if any(texts)]
    head = tuple(Cell((Run(name),), is_header=True) for name, _texts in filled)
    body = tuple(
        tuple(Cell((Run(text),) if text else (), is_header=place == 0) for place, text in enumerate(row))
        for row in zip(*(texts for _name, texts in filled), strict=True)
    )
    return Grid((head,), body)
