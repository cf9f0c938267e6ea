"""Sheets and pictures for tests."""

import io
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image

from medkarta.core.blocks import Cell, Grid, Listing, Picture, Run, Section, Style, paragraph
from medkarta.printing.sheets import Sheet

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def sheet(*blocks: Any, **values: Any) -> Sheet:
    """Return a sheet of one section with these blocks; `values` replace its fields."""
    given: dict[str, Any] = {
        "title": "Справка для бассейна",
        "kind_title": "Медицинская справка",
        "patient": "Иванова Анна Сергеевна",
        "born": date(1988, 4, 17),
        "dated_at": NOW,
        "facts": (("Врач", "Петрова Елена Сергеевна"),),
        "sections": (Section("Заключение", tuple(blocks) or (paragraph("Здорова."),)),),
    }
    return Sheet(**{**given, **values})


def cell(text: str, **values: Any) -> Cell:
    return Cell((Run(text),), **values)


def grid(columns: int, rows: int, text: str = "5,1") -> Grid:
    """Return a table with one row of head."""
    head = (tuple(cell(f"Столбец {number}", is_header=True) for number in range(columns)),)
    return Grid(head, tuple(tuple(cell(text) for _ in range(columns)) for _ in range(rows)), "Показатели")


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (60, 40), alt: str = "Снимок") -> Picture:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return Picture(1, f"image/{kind.lower()}", out.getvalue(), alt)


def long_sheet() -> Sheet:
    """Return a sheet of several pages with everything that a document may hold."""
    every_style = tuple(Run(f"{style.name} ", frozenset({style})) for style in Style)
    return sheet(
        paragraph("Строка один\nстрока два " * 40),
        type(paragraph(""))((*every_style, Run("по ссылке", href="https://example.org/a"))),
        grid(6, 90),
        Listing(((paragraph("первый"),), (paragraph("второй"), Listing(((paragraph("вложенный"),),)))), True, "Список"),
        picture(),
        notes=("Примечание врача.",),
    )
