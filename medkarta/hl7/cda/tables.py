"""The tables of a narrative: cells hold running text, whatever the sender nested in them."""

from collections.abc import Iterator

from lxml import etree

from medkarta.core.blocks import Block, Cell, Grid, Paragraph, Picture, Run
from medkarta.hl7.cda.flat import Flat, Reading, keep_loose, local_name, plain_text
from medkarta.hl7.cda.inline import PLAIN, Line

_ROWS = frozenset({"thead", "tbody", "tfoot"})
_MEANT = frozenset({"colspan", "rowspan", "styleCode", "revised"})
_MAX_COLSPAN = 100


class Table:
    """One table: its caption, head and body, and after it the pictures that stand in its cells."""

    def __init__(self, reading: Reading, depth: int) -> None:
        self._reading = reading
        self._depth = depth
        self._pictures: list[Picture] = []
        self._loose = Line()

    def read(self, node: etree._Element) -> Iterator[Block]:
        head: list[tuple[Cell, ...]] = []
        body: list[tuple[Cell, ...]] = []
        foot: list[tuple[Cell, ...]] = []
        caption, bare = "", []
        for each in node.iterchildren("*"):
            name = local_name(each.tag)
            if name in _ROWS:
                part = {"thead": head, "tbody": body, "tfoot": foot}[name]
                part.extend(self._rows(list(each.iterchildren("*")), name == "thead"))
                keep_loose(each, self._loose)
            elif name == "caption":
                caption = plain_text(each)
            elif name == "tr":
                bare.append(each)
            elif name not in ("col", "colgroup"):
                Flat(self._reading, self._loose, self._pictures).element(each, name, PLAIN, self._depth + 1)
        body.extend(self._rows(bare, is_head=False))
        keep_loose(node, self._loose)
        if head or body or foot:
            yield Grid(tuple(head), (*body, *foot), caption)
        elif caption:
            yield Paragraph((Run(caption),))
        if runs := self._loose.runs():
            yield Paragraph(runs)
        yield from self._pictures

    def _rows(self, rows: list[etree._Element], is_head: bool) -> Iterator[tuple[Cell, ...]]:
        for number, row in enumerate(rows):
            cells = tuple(
                self._cell(each, is_head or local_name(each.tag) == "th", len(rows) - number)
                for each in row.iterchildren("{*}td", "{*}th")
            )
            if cells:
                keep_loose(row, self._loose)
                yield cells
            else:
                Flat(self._reading, self._loose, self._pictures).element(
                    row, local_name(row.tag), PLAIN, self._depth + 2
                )

    def _cell(self, node: etree._Element, is_header: bool, rows_left: int) -> Cell:
        if not len(node) and _MEANT.isdisjoint(node.keys()):  # most cells of a large table, many of them the same
            return self._reading.cell(node.text or "", is_header)
        flat = Flat(self._reading, Line(), self._pictures)
        flat.inside(node, "td", PLAIN, self._depth + 3)
        columns, rows = _span(node.get("colspan"), _MAX_COLSPAN), _span(node.get("rowspan"), rows_left)
        return Cell(flat.line.runs(), is_header, columns, rows)


def _span(text: str | None, most: int) -> int:
    """Return how far a cell reaches; never beyond the table, whatever the document says."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, min(int(text[:6]), most))
