"""The tables of a narrative: cells hold running text, whatever the sender nested in them."""

from collections.abc import Iterator

from lxml import etree

from medkarta.core.blocks import Block, Cell, Grid, Paragraph, Picture, Run
from medkarta.hl7.cda.flat import Flat, Reading, keep_loose, local_name, plain_text
from medkarta.hl7.cda.inline import PLAIN, Line

_ROWS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
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
                self._flatten(each)
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
            if local_name(row.tag) != "tr":
                self._flatten(row)
                continue
            cells = []
            for each in row.iterchildren("*"):
                name = local_name(each.tag)
                if name in _CELLS:
                    cells.append(self._cell(each, is_head or name == "th", len(rows) - number))
                else:
                    self._flatten(each)
            keep_loose(row, self._loose)
            if cells:
                yield tuple(cells)

    def _flatten(self, node: etree._Element) -> None:
        """Keep as text what stands in the table but in no cell."""
        self._loose.end_line()
        flat = Flat(self._reading, self._loose, self._pictures)
        flat.element(node, local_name(node.tag), PLAIN, self._depth + 3)

    def _cell(self, node: etree._Element, is_header: bool, rows_left: int) -> Cell:
        plain = _only_text(node)
        if plain is not None and _MEANT.isdisjoint(node.keys()):  # most cells of a large table, many of them the same
            return self._reading.cell(plain, is_header)
        flat = Flat(self._reading, Line(), self._pictures)
        flat.inside(node, "td", PLAIN, self._depth + 3)
        columns, rows = _span(node.get("colspan"), _MAX_COLSPAN), _span(node.get("rowspan"), rows_left)
        return Cell(flat.line.runs(), is_header, columns, rows)


def _only_text(cell: etree._Element) -> etree._Element | None:
    """Return the element that holds all the text of a cell: itself or the `content` in it; None if there is more."""
    if not len(cell):
        return cell
    inner = cell[0]
    if len(cell) > 1 or len(inner) or not isinstance(inner.tag, str) or local_name(inner.tag) != "content":
        return None
    return None if _is_written(cell.text) or _is_written(inner.tail) else inner


def _is_written(text: str | None) -> bool:
    return bool(text) and not str(text).isspace()


def _span(text: str | None, most: int) -> int:
    """Return how far a cell reaches; never beyond the table, whatever the document says."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, min(int(text[:6]), most))
