"""The narrative of a section to blocks. What is not known is text; what could run or be fetched is left out.

Elements of NarrativeBlock.xsd, and those of HTML that other systems write in their place. Whatever nests deeper than
a page can show is flattened into text, so that nothing written is lost.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.core.blocks import Block, Cell, Grid, Listing, Paragraph, Picture, Run, Style
from medkarta.hl7.cda.context import Context
from medkarta.hl7.cda.inline import BULLET, ELEMENT_STYLES, PLAIN, Line, Look, address_of, styles_of

_PARAGRAPHS = frozenset({"paragraph", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "caption"})
_LISTS = frozenset({"list", "ul", "ol"})
_ITEMS = frozenset({"item", "li"})
_LINKS = frozenset({"linkHtml", "a"})
_DROPPED = frozenset({"script", "style", "object", "iframe", "embed", "svg", "math", "template", "noscript"})
_ROWS = frozenset({"thead", "tbody", "tfoot"})
_find_text = etree.XPath(".//text()[not(ancestor::*[local-name() = 'script' or local-name() = 'style'])]")
_MAX_NESTED_LISTS = 4
_MAX_DEPTH = 60
_MAX_COLSPAN = 100


def read_narrative(node: etree._Element, context: Context) -> tuple[Block, ...]:
    """Return a section's text as blocks; empty if nothing is written in it."""
    reading = _Reading(context)
    flow = _Flow(reading)
    flow.read(node, PLAIN, 0)
    flow.close()
    return (*flow.blocks, *reading.footnotes())


def _plain(node: etree._Element) -> str:
    """Return the text below a node, without scripts."""
    return " ".join(" ".join(cast(list[str], _find_text(node))).split())


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Reading:
    """What the parts of one narrative share: the document and the footnotes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._notes: list[tuple[Run, ...]] = []
        self._numbers: dict[str, int] = {}
        self._pictures: list[Picture] = []

    def inline(self, node: etree._Element, name: str, line: Line, look: Look, depth: int) -> Look | None:
        """Do what an inline element says; the look of what it holds, or None if that is not to be read."""
        if name == "br":
            line.break_line()
        elif name in _DROPPED:
            self.context.note(_("В тексте документа были сценарий или оформление: они убраны"))
            return None
        elif name in _LINKS:
            return self._link(node, line, look)
        elif name == "footnote":
            self._footnote(node, line, look, depth)
            return None
        elif name == "footnoteRef":
            if number := self._numbers.get(str(node.get("IDREF", ""))):
                line.add(f"[{number}]", look.styled(Style.SUPERSCRIPT))
        elif name == "img":
            self.context.note(_("В тексте документа была внешняя картинка: она не загружается"))
            line.add(str(node.get("alt", "")), look)
        elif name in ELEMENT_STYLES:
            return look.styled(ELEMENT_STYLES[name])
        return self._styled(node, look)

    def picture(self, node: etree._Element) -> Iterator[Picture]:
        """Yield the pictures that a renderMultiMedia shows."""
        alt = next((_plain(each) for each in node.iterchildren("{*}caption")), "")
        for identifier in str(node.get("referencedObject", "")).split():
            media = self.context.media_at(identifier)
            found = None if media is None else self.context.picture(media, alt)
            if found is not None:
                yield found
            elif media is None:
                self.context.note(_("В тексте есть ссылка на изображение, которого в документе нет"))

    def footnotes(self) -> Iterator[Block]:
        """Yield the footnotes, which stand below the whole text, and the pictures in them."""
        for number, runs in enumerate(self._notes, 1):
            yield Paragraph((Run(f"[{number}] "), *runs))
        yield from self._pictures

    def _styled(self, node: etree._Element, look: Look) -> Look:
        if code := node.get("styleCode"):
            look = look.styled(*styles_of(code))
        return look.styled(Style.STRIKE) if node.get("revised") == "delete" else look

    def _link(self, node: etree._Element, line: Line, look: Look) -> Look:
        address = address_of(str(node.get("href", "")))
        if not address:
            return look
        if not _plain(node):
            line.add(address, Look(look.styles, address))
        return Look(look.styles, address)

    def _footnote(self, node: etree._Element, line: Line, look: Look, depth: int) -> None:
        inner = Line()
        _Flat(self, inner, self._pictures).read(node, PLAIN, depth)
        if runs := inner.runs():
            self._notes.append(runs)
            self._numbers[str(node.get("ID", ""))] = len(self._notes)
            line.add(f"[{len(self._notes)}]", look.styled(Style.SUPERSCRIPT))


class _Walk:
    """A way through the nodes of a narrative in the order of reading."""

    def __init__(self, reading: _Reading, line: Line) -> None:
        self.reading = reading
        self.line = line

    def read(self, node: etree._Element, look: Look, depth: int) -> None:
        """Read the text and the elements in a node, not the node itself."""
        if depth > _MAX_DEPTH:
            self.line.add(_plain(node), look)
            return
        add = self.line.add
        if node.text:
            add(node.text, look)
        for each in node:
            if isinstance(each.tag, str):  # neither a comment nor an instruction
                self.element(each, _local(each.tag), look, depth + 1)
            if each.tail:
                add(each.tail, look)

    def element(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        raise NotImplementedError

    def inside(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        """Read an inline element, or one that is not known, for the text in it."""
        inner = self.reading.inline(node, name, self.line, look, depth)
        if inner is not None:
            self.read(node, inner, depth)


class _Flow(_Walk):
    """Blocks one after another."""

    def __init__(self, reading: _Reading, nested: int = 0) -> None:
        super().__init__(reading, Line())
        self.blocks: list[Block] = []
        self._nested = nested

    def close(self) -> None:
        """End the paragraph that is being collected."""
        if runs := self.line.runs():
            self.blocks.append(Paragraph(runs))

    def element(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        if name in _PARAGRAPHS:
            self.close()
            self.inside(node, name, look, depth)
            self.close()
        elif name in _LISTS:
            self.close()
            self._list(node, name, depth)
        elif name == "table":
            self.close()
            self.blocks.extend(_Table(self.reading, depth).read(node))
        elif name == "renderMultiMedia":
            self.close()
            self.blocks.extend(self.reading.picture(node))
        else:
            self.inside(node, name, look, depth)

    def _list(self, node: etree._Element, name: str, depth: int) -> None:
        if self._nested >= _MAX_NESTED_LISTS:
            pictures: list[Picture] = []
            _Flat(self.reading, self.line, pictures).element(node, name, PLAIN, depth)
            self.close()
            self.blocks.extend(pictures)
            return
        items, caption = [], ""
        for each in node.iterchildren("*"):
            inner = _local(each.tag)
            if inner == "caption":
                caption = _plain(each)
                continue
            flow = _Flow(self.reading, self._nested + 1)
            read = flow.inside if inner in _ITEMS else flow.element
            read(each, inner, PLAIN, depth + 1)
            flow.close()
            if flow.blocks:
                items.append(tuple(flow.blocks))
        _keep_loose(node, self.line)
        self.close()
        if items or caption:
            is_ordered = name == "ol" or node.get("listType") == "ordered"
            self.blocks.append(Listing(tuple(items), is_ordered, caption))


class _Flat(_Walk):
    """Everything as running text: what stands in a cell or too deep to be shown as it is."""

    def __init__(self, reading: _Reading, line: Line, pictures: list[Picture]) -> None:
        super().__init__(reading, line)
        self._pictures = pictures

    def element(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        line = self.line
        if name in _PARAGRAPHS or name in _LISTS or name in ("table", "tr"):
            line.end_line()
            self.inside(node, name, look, depth)
            line.end_line()
        elif name in _ITEMS:
            line.end_line()
            line.add(BULLET, look)
            self.inside(node, name, look, depth)
            line.end_line()
        elif name in ("td", "th"):
            self.inside(node, name, look, depth)
            line.add("; " if node.getnext() is not None else " ", look)
        elif name == "renderMultiMedia":
            for picture in self.reading.picture(node):
                self._pictures.append(picture)
                line.add(_("[рис. {number}]").format(number=picture.position), look)
        else:
            self.inside(node, name, look, depth)


class _Table:
    """One table: its caption, head and body, and after it the pictures that stand in its cells."""

    def __init__(self, reading: _Reading, depth: int) -> None:
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
            name = _local(each.tag)
            if name in _ROWS:
                part = {"thead": head, "tbody": body, "tfoot": foot}[name]
                part.extend(self._rows(list(each.iterchildren("*")), name == "thead"))
                _keep_loose(each, self._loose)
            elif name == "caption":
                caption = _plain(each)
            elif name == "tr":
                bare.append(each)
            elif name not in ("col", "colgroup"):
                _Flat(self._reading, self._loose, self._pictures).element(each, name, PLAIN, self._depth + 1)
        body.extend(self._rows(bare, is_head=False))
        _keep_loose(node, self._loose)
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
                self._cell(each, is_head or _local(each.tag) == "th", len(rows) - number)
                for each in row.iterchildren("{*}td", "{*}th")
            )
            if cells:
                _keep_loose(row, self._loose)
                yield cells
            else:
                _Flat(self._reading, self._loose, self._pictures).element(row, _local(row.tag), PLAIN, self._depth + 2)

    def _cell(self, node: etree._Element, is_header: bool, rows_left: int) -> Cell:
        if not len(node) and not node.get("styleCode"):  # most cells of a large table
            line = Line()
            line.add(node.text or "")
            runs = line.runs()
        else:
            flat = _Flat(self._reading, Line(), self._pictures)
            flat.inside(node, "td", PLAIN, self._depth + 3)
            runs = flat.line.runs()
        return Cell(runs, is_header, _span(node.get("colspan"), _MAX_COLSPAN), _span(node.get("rowspan"), rows_left))


def _span(text: str | None, most: int) -> int:
    """Return how far a cell reaches; never beyond the table, whatever the document says."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, min(int(text[:6]), most))


def _keep_loose(node: etree._Element, line: Line) -> None:
    """Keep the text that stands in a list or a table but in no part of it."""
    for part in (node.text, *(each.tail for each in node)):
        if part and not part.isspace():
            line.end_line()
            line.add(part)
