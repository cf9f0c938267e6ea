"""Coded entries to blocks, for sections without a narrative."""

from lxml import etree

from medkarta.core.blocks import Block
from medkarta.hl7.cda.context import Context


def read_entries(section: etree._Element, context: Context) -> tuple[Block, ...]:
    """Return what the entries of a section say."""
    return ()
