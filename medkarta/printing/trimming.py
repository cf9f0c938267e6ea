"""How much of a document is printed: bounds that keep typesetting within a breath. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medkarta.core.blocks import Block, Cell, Grid, Listing, Paragraph, Picture, Run, Section

BUDGET = 120_000
"""What a sheet may hold, in characters; every piece costs `PIECE` besides its text, an empty cell too."""
PIECE = 20
MAX_DEPTH = 6
MAX_PICTURES = 20
MAX_COLUMNS = 60


@dataclass(slots=True)
class _Left:
    """What is left of the bounds while a document is walked through."""

    characters: int = BUDGET
    pictures: int = MAX_PICTURES
    is_cut: bool = False

    def take(self, text: str) -> str:
        """Return as much of a text as still fits."""
        room = max(0, self.characters - PIECE)
        if len(text) > room:
            self.is_cut = True
        self.characters -= PIECE + len(text)
        return text[:room]

    def charge(self) -> None:
        """Take the price of a piece without a text: it is laid out all the same."""
        self.characters -= PIECE

    @property
    def is_empty(self) -> bool:
        return self.characters <= PIECE


def trimmed(sections: Iterable[Section]) -> tuple[tuple[Section, ...], bool]:
    """Return the sections as far as they fit, and whether anything was left out."""
    left = _Left()
    return _sections(sections, left, 0), left.is_cut


def _sections(sections: Iterable[Section], left: _Left, depth: int) -> tuple[Section, ...]:
    kept = []
    for one in sections:
        if left.is_empty or depth >= MAX_DEPTH:
            left.is_cut = True
            break
        title = left.take(one.title)
        blocks = _blocks(one.blocks, left, 0)
        kept.append(replace(one, title=title, blocks=blocks, sections=_sections(one.sections, left, depth + 1)))
    return tuple(kept)


def _blocks(blocks: Iterable[Block], left: _Left, depth: int) -> tuple[Block, ...]:
    kept: list[Block] = []
    for block in blocks:
        if left.is_empty or depth >= MAX_DEPTH:
            left.is_cut = True
            break
        match block:
            case Paragraph(runs):
                kept.append(Paragraph(_runs(runs, left)))
            case Listing(items):
                inner = tuple(_item(item, left, depth) for item in items if not left.is_empty)
                left.is_cut |= len(inner) < len(items)
                kept.append(replace(block, items=inner, caption=left.take(block.caption)))
            case Grid(head, body):
                caption = left.take(block.caption)
                kept.append(replace(block, head=_rows(head, left), body=_rows(body, left), caption=caption))
            case Picture():
                kept.append(_picture(block, left))
    return tuple(kept)


def _item(item: tuple[Block, ...], left: _Left, depth: int) -> tuple[Block, ...]:
    if not item:
        left.charge()
    return _blocks(item, left, depth + 1)


def _rows(rows: Iterable[tuple[Cell, ...]], left: _Left) -> tuple[tuple[Cell, ...], ...]:
    kept = []
    for row in rows:
        if left.is_empty:
            left.is_cut = True
            break
        left.charge()
        left.is_cut |= len(row) > MAX_COLUMNS
        kept.append(tuple(replace(cell, runs=_runs(cell.runs, left)) for cell in row[:MAX_COLUMNS]))
    return tuple(kept)


def _runs(runs: tuple[Run, ...], left: _Left) -> tuple[Run, ...]:
    if not runs:
        left.charge()
    return tuple(replace(run, text=left.take(run.text)) for run in runs if not left.is_empty)


def _picture(block: Picture, left: _Left) -> Block:
    left.pictures -= 1
    alt = left.take(block.alt)
    if left.pictures < 0:
        left.is_cut = True
        return Paragraph((Run(alt),))
    return replace(block, alt=alt)
