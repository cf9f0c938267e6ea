"""Plain text with a few marks, as the own texts of the portal are written, into safe HTML. Pure.

Known: `# title` (first line), `## heading`, paragraphs, `- ` and `1. ` lists, `**bold**`, `[text](address)`.
Everything else is text. An address must be a path of this site, an anchor, https or tel; else its text is left.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

_INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]+)\)")
_ADDRESS = re.compile(r"/(?!/)|#|https://|tel:")
_LISTS = (
    (re.compile(r"- "), Markup("<ul>{}</ul>")),
    (re.compile(r"\d+\. "), Markup("<ol>{}</ol>")),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text: its title, its first paragraph in plain words, and the rest as HTML."""

    title: str
    lead: str
    body: Markup


def read(source: str) -> Text:
    """Read a text that starts with `# title` and a paragraph. Raises ValueError for one that does not."""
    title, _newline, rest = source.strip().partition("\n")
    if not title.startswith("# "):
        raise ValueError("a text begins with `# title`")
    lead, _gap, body = rest.strip().partition("\n\n")
    return Text(title[2:].strip(), " ".join(lead.split()), render(body))


def render(source: str) -> Markup:
    """Return the HTML of a text: blocks are parted by empty lines."""
    blocks = re.split(r"\n\s*\n", source.strip())
    return Markup("\n").join(_block(block.strip()) for block in blocks if block.strip())


def _block(block: str) -> Markup:
    if block.startswith("## "):
        return Markup("<h2>{}</h2>").format(_inline(block[3:].strip()))
    for mark, whole in _LISTS:
        if mark.match(block):
            items = (Markup("<li>{}</li>").format(_inline(item)) for item in _items(block.splitlines(), mark))
            return whole.format(Markup("").join(items))
    return Markup("<p>{}</p>").format(_inline(" ".join(block.split())))


def _items(lines: Iterable[str], mark: re.Pattern[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        head = mark.match(line)
        if head:
            found.append(line[head.end() :].strip())
        else:
            found[-1] = f"{found[-1]} {line.strip()}"
    return found


def _inline(text: str) -> Markup:
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[at : found.start()]), _marked(found)]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def _marked(found: re.Match[str]) -> Markup:
    if found["bold"]:
        return Markup("<b>{}</b>").format(found["bold"])
    if not _ADDRESS.match(found["href"]):
        return escape(found["text"])
    return Markup('<a href="{}">{}</a>').format(found["href"], found["text"])
