"""Reading PDFs back: their tags and their words, page by page."""

import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def tags_of(pdf: pikepdf.Pdf) -> list[Any]:
    """Return every element of the structure tree."""
    return [one for one in _walk(pdf.Root.StructTreeRoot) if isinstance(one, pikepdf.Dictionary)]


def squeezed(text: str) -> str:
    """Return a text without its spaces: where lines break is not the matter."""
    return "".join(text.split())


def _walk(node: Any) -> Iterator[Any]:
    yield node
    children = node.get("/K") if isinstance(node, pikepdf.Dictionary) else None
    if isinstance(children, pikepdf.Array):
        for child in children:
            yield from _walk(child)
    elif isinstance(children, pikepdf.Dictionary):
        yield from _walk(children)


def text_of(pdf: pikepdf.Pdf) -> list[str]:
    """Return the words of each page as its fonts' ToUnicode maps tell them; every piece starts a line.

    A program that copies text does the same. Places to break a word are left out.
    """
    pages = []
    for page in pdf.pages:
        maps = {name: _to_unicode(font) for name, font in page.Resources.get("/Font", {}).items()}
        words, current = [], {}
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "Tf":
                    current = maps[str(operands[0])]
                case "Tm" | "Td":
                    words.append("\n")
                case "Tj":
                    words.append(_decoded(bytes(operands[0]), current))
                case "TJ":
                    words += [_decoded(bytes(one), current) for one in operands[0] if isinstance(one, pikepdf.String)]
        pages.append(re.sub("[\u200b\u00ad]", "", "".join(words)))
    return pages


def _decoded(codes: bytes, table: dict[int, str]) -> str:
    return "".join(table.get(int.from_bytes(codes[at : at + 2], "big"), "") for at in range(0, len(codes), 2))


def _to_unicode(font: Any) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    table: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            table[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            start = int.from_bytes(bytes.fromhex(text), "big")
            table |= {int(first, 16) + step: chr(start + step) for step in range(int(last, 16) - int(first, 16) + 1)}
    return table
