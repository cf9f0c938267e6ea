"""Readable text without markup of its own: what a document says, for pages, sheets of paper and search alike.

Whoever reads a foreign format turns it into blocks once; whoever shows them writes all text as text, so nothing that
a document contains can run. Everything is frozen and holds plain values.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a run of text stands out."""

    STRONG = "strong"
    EMPHASIS = "em"
    UNDERLINE = "u"
    SUBSCRIPT = "sub"
    SUPERSCRIPT = "sup"
    STRIKE = "s"


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. `href` is an absolute http(s) address or empty; a line break is a run of `\\n`."""

    text: str
    styles: frozenset[Style] = frozenset()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs that read as one line of thought."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, numbered or not; each item is blocks."""

    items: tuple[tuple["Block", ...], ...]
    is_ordered: bool = False
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; a header cell names its row or column."""

    runs: tuple[Run, ...]
    is_header: bool = False
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of the head, then of the body."""

    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image inside a document, PNG or JPEG by its bytes. `position` counts pictures of the document from 1."""

    position: int
    content_type: str
    data: bytes
    alt: str


Block = Paragraph | Listing | Grid | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part. `code` is the sender's code of the section, empty if none."""

    title: str
    blocks: tuple[Block, ...]
    sections: tuple["Section", ...] = ()
    code: str = ""


def paragraph(text: str) -> Paragraph:
    """Return plain text as a paragraph."""
    return Paragraph((Run(text),))


def words(sections: Iterable[Section]) -> Iterator[str]:
    """Yield all text of sections in reading order, a piece at a time: for search."""
    for section in sections:
        yield section.title
        for block in section.blocks:
            yield from _words(block)
        yield from words(section.sections)


def _words(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(runs):
            yield "".join(run.text for run in runs)
        case Listing(items, _, caption):
            yield caption
            for item in items:
                for inside in item:
                    yield from _words(inside)
        case Grid(head, body, caption):
            yield caption
            for row in (*head, *body):
                for cell in row:
                    yield "".join(run.text for run in cell.runs)
        case Picture():
            yield block.alt
