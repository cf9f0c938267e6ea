"""The narrative of a section to blocks. What is not known is text; what could run or be fetched is left out.

Elements of NarrativeBlock.xsd, and those of HTML that other systems write in their place. Whatever nests deeper than
a page can show is flattened into text, so that nothing written is lost.
"""

from lxml import etree

from medkarta.core.blocks import Block, Listing, Paragraph, Picture
from medkarta.hl7.cda.context import Context
from medkarta.hl7.cda.flat import ITEMS, LISTS, PARAGRAPHS, Flat, Reading, Walk, keep_loose, local_name, plain_text
from medkarta.hl7.cda.inline import PLAIN, Line, Look
from medkarta.hl7.cda.tables import Table

_MAX_NESTED_LISTS = 4


def read_narrative(node: etree._Element, context: Context) -> tuple[Block, ...]:
    """Return a section's text as blocks; empty if nothing is written in it."""
    reading = Reading(context)
    flow = Flow(reading)
    flow.read(node, PLAIN, 0)
    flow.close()
    return (*flow.blocks, *reading.footnotes())


class Flow(Walk):
    """Blocks one after another."""

    def __init__(self, reading: Reading, nested: int = 0) -> None:
        super().__init__(reading, Line())
        self.blocks: list[Block] = []
        self._nested = nested

    def close(self) -> None:
        """End the paragraph that is being collected."""
        if runs := self.line.runs():
            self.blocks.append(Paragraph(runs))

    def element(self, node: etree._Element, name: str, look: Look, depth: int) -> None:
        if name in PARAGRAPHS:
            self.close()
            self.inside(node, name, look, depth)
            self.close()
        elif name in LISTS:
            self.close()
            self._list(node, name, depth)
        elif name == "table":
            self.close()
            self.blocks.extend(Table(self.reading, depth).read(node))
        elif name == "renderMultiMedia":
            self.close()
            self.blocks.extend(self.reading.picture(node))
        else:
            self.inside(node, name, look, depth)

    def _list(self, node: etree._Element, name: str, depth: int) -> None:
        if self._nested >= _MAX_NESTED_LISTS:
            pictures: list[Picture] = []
            Flat(self.reading, self.line, pictures).element(node, name, PLAIN, depth)
            self.close()
            self.blocks.extend(pictures)
            return
        items, caption = [], ""
        for each in node.iterchildren("*"):
            inner = local_name(each.tag)
            if inner == "caption":
                caption = plain_text(each)
                continue
            flow = Flow(self.reading, self._nested + 1)
            read = flow.inside if inner in ITEMS else flow.element
            read(each, inner, PLAIN, depth + 1)
            flow.close()
            if flow.blocks:
                items.append(tuple(flow.blocks))
        keep_loose(node, self.line)
        self.close()
        if items or caption:
            is_ordered = name == "ol" or node.get("listType") == "ordered"
            self.blocks.append(Listing(tuple(items), is_ordered, caption))
