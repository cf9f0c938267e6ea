"""A sheet as plain data for the typesetter: what stands where, in words that cannot be markup."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from medkarta.core.blocks import Block, Cell, Grid, Listing, Paragraph, Picture, Run, Section
from medkarta.printing import grids, pictures
from medkarta.printing.fonts import MISSING, printable
from medkarta.printing.sheets import Sheet
from medkarta.printing.trimming import trimmed
from medkarta.ui import format

Plain = dict[str, Any]
MAX_LINE, MAX_VALUE, MAX_FACTS = 300, 2000, 60
MAX_LEVEL = 6
_TOKEN = re.compile(r"\S{9,}")
_PLAIN_WORD = re.compile(r"[^\W\d_]{1,30}[.,;:!?»)]*")
_BREAK = "\u200b"
_SEEN = re.compile(r"[^\s\u00ad\u200b]")
_IN_TEXT, _IN_CELLS, _IN_NARROW_CELLS = 30, 14, 9
"""How many signs of a word without a natural break stay together, before a line may end inside it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Data for the template, and the drawings that it names."""

    data: Plain
    drawings: dict[str, str]


@dataclass(slots=True)
class _Setter:
    """Collects drawings while blocks become data."""

    drawings: dict[str, str] = field(default_factory=dict)
    pixels_left: int = pictures.MAX_ALL_PIXELS
    is_wide: bool = False
    has_missing: bool = False

    def text(self, text: str, every: int = _IN_TEXT) -> str:
        shown = printable(text)
        self.has_missing |= MISSING in shown and MISSING not in text
        return _TOKEN.sub(lambda found: _broken(found[0], every), shown)

    def line(self, text: str, limit: int = MAX_LINE) -> str:
        """Return a text as one line; empty if nothing of it would be seen."""
        shown = self.text(" ".join(text.split())[:limit])
        return shown if _SEEN.search(shown) else ""

    def runs(self, runs: Iterable[Run], every: int = _IN_TEXT) -> list[Plain]:
        return [
            {
                "text": self.text(run.text, every),
                "styles": sorted(style.value for style in run.styles),
                "href": run.href if run.href.startswith("https://") else "",
            }
            for run in runs
            if run.text
        ]

    def sections(self, sections: Iterable[Section], level: int) -> Iterator[Plain]:
        for one in sections:
            title = self.line(one.title)
            if title:
                yield {"kind": "heading", "level": min(level, MAX_LEVEL), "text": title}
            yield from self.blocks(one.blocks)
            yield from self.sections(one.sections, level + 1 if title else level)

    def blocks(self, blocks: Iterable[Block]) -> list[Plain]:
        return [shown for block in blocks for shown in self.block(block)]

    def block(self, block: Block) -> list[Plain]:
        match block:
            case Paragraph(runs):
                found = self.runs(runs)
                return [{"kind": "paragraph", "runs": found}] if any(run["text"].strip() for run in found) else []
            case Listing():
                return self.listing(block)
            case Grid():
                return self.grid(block)
            case Picture():
                return [self.picture(block)]

    def listing(self, block: Listing) -> list[Plain]:
        items = [shown for shown in (self.blocks(item) for item in block.items) if shown]
        caption = self.line(block.caption)
        return [{"kind": "listing", "ordered": block.is_ordered, "caption": caption, "items": items}] if items else []

    def grid(self, block: Grid) -> list[Plain]:
        columns = grids.column_count(block)
        if not columns:
            return []
        if columns > grids.MAX_TABLE_COLUMNS:
            return self.listing(grids.as_records(block))
        self.is_wide |= columns >= grids.WIDE_FROM_COLUMNS
        table = grids.regular(block)
        every = _IN_CELLS if columns < grids.WIDE_FROM_COLUMNS else _IN_NARROW_CELLS
        return [
            {
                "kind": "table",
                "caption": self.line(block.caption),
                "widths": table.widths,
                "head-rows": len(table.head),
                "small": columns >= grids.WIDE_FROM_COLUMNS,
                "repeat": table.repeats_head,
                "head": self.cells(table.head, every, is_tight=table.is_tight),
                "body": self.cells(table.body, every, is_tight=table.is_tight),
            }
        ]

    def cells(self, rows: Iterable[Iterable[Cell]], every: int, *, is_tight: bool) -> list[Plain]:
        return [
            {
                "runs": self.runs(cell.runs, every),
                "across": cell.colspan,
                "down": cell.rowspan,
                "header": cell.is_header,
                "hyphens": is_tight or grids.longest_word(cell) > grids.LONG_WORD - 2,
            }
            for row in rows
            for cell in row
        ]

    def picture(self, block: Picture) -> Plain:
        alt = self.line(block.alt) or _("Рисунок")
        drawing = pictures.drawing_of(block, max_pixels=self.pixels_left)
        if drawing is None:
            text = _("Рисунок напечатать нельзя: %(alt)s") % {"alt": alt}
            return {"kind": "paragraph", "runs": [{"text": text, "styles": ["em"], "href": ""}]}
        self.pixels_left -= drawing.pixels
        name = self.keep(drawing.svg)
        return {"kind": "picture", "file": name, "alt": alt, "width": drawing.width, "height": drawing.height}

    def keep(self, svg: str) -> str:
        name = f"{len(self.drawings) + 1}.svg"
        self.drawings[name] = svg
        return name


def lay_out(sheet: Sheet) -> Layout:
    """Return a sheet as data; what is too long or cannot be drawn is left out, and a note says so."""
    with translation.override(sheet.language):
        setter = _Setter()
        sections, is_cut = trimmed(sheet.sections)
        kind = setter.line(sheet.kind_title) or _("Документ")
        facts = [
            [setter.line(label), setter.text(value[:MAX_VALUE].strip())]
            for label, value in sheet.facts[:MAX_FACTS]
            if value.strip()
        ]
        data: Plain = {
            "language": "en" if sheet.language == "en" else "ru",
            "title": setter.line(sheet.title) or kind,
            "kind": kind,
            "patient": setter.line(sheet.patient),
            "born": _("дата рождения %(day)s") % {"day": format.figures(sheet.born)} if sheet.born else "",
            "facts": facts,
            "blocks": list(setter.sections(sections, 2)),
            "notes": [setter.line(note, MAX_VALUE) for note in sheet.notes[:MAX_FACTS] if note.strip()],
        }
        if sheet.code:
            caption = setter.line(sheet.code.caption)
            data["code"] = {"file": setter.keep(pictures.qr_code(sheet.code.text)), "caption": caption}
        if is_cut:
            data["notes"].append(_("Документ сокращён при печати: он слишком велик. Целиком он есть на портале."))
        if setter.has_missing:
            data["notes"].append(_("Знаком □ заменены знаки, которых нет в шрифте листа."))
        data["wide"] = setter.is_wide
        return Layout(data, setter.drawings)


def _broken(word: str, every: int) -> str:
    """Return a long word with places to break it; a word of letters alone is left to the rules of hyphenation."""
    if len(word) <= every or _PLAIN_WORD.fullmatch(word):
        return word
    return _BREAK.join(word[at : at + every] for at in range(0, len(word), every))
