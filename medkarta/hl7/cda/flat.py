"""The text of a narrative in the order of reading. What could run or be fetched is left out, and said so."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.core.blocks import Block, Cell, Paragraph, Picture, Run, Style
from medkarta.hl7.cda.context import Context
from medkarta.hl7.cda.inline import BULLET, ELEMENT_STYLES, PLAIN, SPACE, Line, Look, address_of, styles_of

PARAGRAPHS = frozenset({"paragraph", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "caption"})
LISTS = frozenset({"list", "ul", "ol"})
ITEMS = frozenset({"item", "li"})
_LINKS = frozenset({"linkHtml", "a"})
_DROPPED = frozenset({"script", "style"})
_OUTSIDE = frozenset({"img", "iframe", "object", "embed", "video", "audio"})
_MAX_DEPTH = 60
_STRUCK, _RAISED = frozenset({Style.STRIKE}), frozenset({Style.SUPERSCRIPT})
_find_text = etree.XPath(".//text()[not(ancestor::*[local-name() = 'script' or local-name() = 'style'])]")


def plain_text(node: etree._Element) -> str:
    """Return the text below a node, without scripts."""
    return " ".join(" ".join(cast(list[str], _find_text(node))).split())


@lru_cache(maxsize=256)
def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


class Reading:
    """What the parts of one narrative share: the document and the footnotes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._notes: list[tuple[Run, ...]] = []
        self._numbers: dict[str, int] = {}
        self._pictures: list[Picture] = []
        self._cells: dict[tuple[str, frozenset[Style], bool], Cell] = {}

    def inline(self, node: etree._Element, name: str, line: Line, look: Look, depth: int) -> Look | None:
        """Do what an inline element says; the look of what it holds, or None if that is not to be read."""
        if name == "content":
            return self._styled(node, look)
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
                line.add(f"[{number}]", look.styled(_RAISED))
        elif name in _OUTSIDE:
            self.context.note(_("В тексте документа была картинка или вставка извне: она не загружается"))
            line.add(str(node.get("alt", "")), look)
        elif name in ELEMENT_STYLES:
            return look.styled(ELEMENT_STYLES[name])
        return self._styled(node, look)

    def cell(self, node: etree._Element, is_header: bool) -> Cell:
        """Return a cell that holds the text of a node and nothing else; the same one for the same text."""
        look = self._styled(node, PLAIN) if node.attrib else PLAIN
        key = (node.text or "", look.styles, is_header)
        if key not in self._cells:
            shown = SPACE.sub(" ", key[0]).strip(" ")
            self._cells[key] = Cell((Run(shown, look.styles),) if shown else (), is_header)
        return self._cells[key]

    def picture(self, node: etree._Element) -> Iterator[Picture]:
        """Yield the pictures that a renderMultiMedia shows."""
        alt = next((plain_text(each) for each in node.iterchildren("{*}caption")), "")
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
            look = look.styled(styles_of(str(code)))
        return look.styled(_STRUCK) if node.get("revised") == "delete" else look

    def _link(self, node: etree._Element, line: Line, look: Look) -> Look:
        address = address_of(str(node.get("href", "")))
        if not address:
            return look
        if not plain_text(node):
            line.add(address, Look(look.styles, address))
        return Look(look.styles, address)

    def _footnote(self, node: etree._Element, line: Line, look: Look, depth: int) -> None:
        inner = Line()
        Flat(self, inner, self._pictures).read(node, PLAIN, depth)
        if runs := inner.runs():
            self._notes.append(runs)
            self._numbers[str(node.get("ID", ""))] = len(self._notes)
            line.add(f"[{len(self._notes)}]", look.styled(_RAISED))


class Walk(ABC):
    """A way through the nodes of a narrative in the order of reading."""

    def __init__(self, reading: Reading, line: Line) -> None:
        self.reading = reading
        self.line = line

    def read(self, node: etree._Element, look: Look, depth: int) -> None:
        """Read the text and the elements in a node, not the node itself."""
        if depth > _MAX_DEPTH:
            self.line.add(plain_text(node), look)
            return
        add = self.line.add
        if node.text:
            add(node.text, look)
        for each in node:
            if isinstance(each.tag, str):  # neither a comment nor an instruction
                self.element(each, local_name(each.tag), look, depth + 1)
            if each.tail:
                add(each.tail, look)

    @abstractmethod
    def element(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        """Read an element as what it is."""

    def inside(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        """Read an inline element, or one that is not known, for the text in it."""
        inner = self.reading.inline(node, name, self.line, look, depth)
        if inner is not None:
            self.read(node, inner, depth)


class Flat(Walk):
    """Everything as running text: what stands in a cell or too deep to be shown as it is."""

    def __init__(self, reading: Reading, line: Line, pictures: list[Picture]) -> None:
        super().__init__(reading, line)
        self._pictures = pictures

    def element(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        line = self.line
        if name in PARAGRAPHS or name in LISTS or name in ("table", "tr"):
            line.end_line()
            self.inside(node, name, look, depth)
            line.end_line()
        elif name in ITEMS:
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


def keep_loose(node: etree._Element, line: Line) -> None:
    """Keep the text that stands in a list or a table but in no part of it."""
    for part in (node.text, *(each.tail for each in node)):
        if part and not part.isspace():
            line.end_line()
            line.add(part)
