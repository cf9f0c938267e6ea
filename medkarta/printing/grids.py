"""Tables made regular for paper: every cell in its place, columns as wide as their words ask. Pure."""

import re
from dataclasses import dataclass, replace

from medkarta.core.blocks import Block, Cell, Grid, Listing, Paragraph, Run, Style
from medkarta.printing.trimming import BUDGET, MAX_COLUMNS

MAX_TABLE_COLUMNS = 14
"""A wider table is printed as records: each row a list of «column: value»."""
WIDE_FROM_COLUMNS = 8
"""From here on the page is turned."""
MAX_HEAD_CHARACTERS = 400
_WORD = re.compile(r"[^\s\-/,;]+")
LONG_WORD, _LONG_CELL = 14, 60
_NAME = 16
"""Signs that a column keeps of its name even in the longest list of records."""
_LINE, _TURNED_LINE, _CELL_MARGIN = 94, 166, 3
"""Signs of a table's type that fit across a page, upright and turned; and what the space around a cell takes."""


@dataclass(frozen=True, slots=True)
class Regular:
    """A table without gaps: rows of cells, spans taken into account.

    `widths` are shares of the whole; `is_tight`: the page is too narrow even for its words.
    """

    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    repeats_head: bool
    is_tight: bool


def column_count(grid: Grid) -> int:
    """Return how many columns a table has, spans counted."""
    return max(_width(_placed(grid.head)), _width(_placed(grid.body)), 0)


def regular(grid: Grid) -> Regular:
    """Return a table as it is set: a first row of header cells is its head if it has none of its own."""
    head, body = grid.head, grid.body
    if not head and body and all(cell.is_header and cell.rowspan <= 1 for cell in body[0]):
        head, body = body[:1], body[1:]
    placed_head, placed_body = _placed(head), _placed(body)
    count = max(_width(placed_head), _width(placed_body))
    placed = {**placed_head, **{(x, y + len(head)): cell for (x, y), cell in placed_body.items()}}
    widths = _widths(placed, count)
    said = sum(len(text_of(cell)) for row in head for cell in row)
    return Regular(
        head=_filled(placed_head, len(head), count),
        body=_filled(placed_body, len(body), count),
        widths=widths,
        repeats_head=bool(body) and said <= MAX_HEAD_CHARACTERS,
        is_tight=sum(widths) > _line(count),
    )


def as_records(grid: Grid) -> Listing:
    """Return a table that no page is wide enough for, as a list of its rows."""
    names = _names(grid)
    rows: list[list[tuple[int, Cell]]] = [[] for _row in grid.body]
    for (x, y), cell in _placed(grid.body).items():  # a row's cells come from left to right
        rows[y].append((x, cell))
    items: list[tuple[Block, ...]] = []
    for row in rows:
        runs: list[Run] = []
        for x, cell in row:
            name = names.get(x, "")
            if text_of(cell).strip():
                runs += [Run("; ")] if runs else []
                runs += [Run(f"{name}: ", frozenset({Style.STRONG}))] if name else []
                runs += cell.runs
        items.append((Paragraph(tuple(runs)),))
    return Listing(tuple(items), is_ordered=True, caption=grid.caption)


def _names(grid: Grid) -> dict[int, str]:
    """Return names of columns, cut to what they may take if every cell of the table repeats its own."""
    most = max(_NAME, BUDGET // max(1, sum(len(row) for row in grid.body)))
    said: dict[int, list[str]] = {}
    for (x, _y), cell in _placed(grid.head).items():
        for column in range(x, x + cell.colspan):
            said.setdefault(column, []).append(text_of(cell))
    names = {column: " ".join(filter(None, each)) for column, each in said.items()}
    return {column: name if len(name) <= most else f"{name[: most - 1]}…" for column, name in names.items()}


def text_of(cell: Cell) -> str:
    return "".join(run.text for run in cell.runs)


def longest_word(cell: Cell) -> int:
    """Return the length of the longest run of letters that no line may end in."""
    return max((len(word) for word in _WORD.findall(text_of(cell))), default=0)


def _placed(rows: tuple[tuple[Cell, ...], ...]) -> dict[tuple[int, int], Cell]:
    """Return cells by (column, row) of their corner, their spans cut to what is free, as HTML places them."""
    taken: set[tuple[int, int]] = set()
    placed: dict[tuple[int, int], Cell] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            if x >= MAX_COLUMNS:
                break
            width = 1
            while width < min(cell.colspan, MAX_COLUMNS - x) and (x + width, y) not in taken:
                width += 1
            height = max(1, min(cell.rowspan, len(rows) - y))
            taken |= {(column, line) for column in range(x, x + width) for line in range(y, y + height)}
            placed[x, y] = replace(cell, colspan=width, rowspan=height)
            x += width
    return placed


def _width(placed: dict[tuple[int, int], Cell]) -> int:
    return max((x + cell.colspan for (x, _y), cell in placed.items()), default=0)


def _filled(placed: dict[tuple[int, int], Cell], height: int, width: int) -> tuple[tuple[Cell, ...], ...]:
    """Return rows in which every place belongs to a cell: empty ones stand in the gaps."""
    taken: set[tuple[int, int]] = set()
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            if (x, y) in taken:
                continue
            cell = placed.get((x, y), Cell(()))
            row.append(cell)
            taken |= {(x + dx, y + dy) for dx in range(cell.colspan) for dy in range(cell.rowspan)}
        rows.append(tuple(row))
    return tuple(rows)


def _widths(placed: dict[tuple[int, int], Cell], count: int) -> tuple[int, ...]:
    """Return shares: room for whole cells if a line holds them, else the longest ones give way, down to their words."""
    words, cells = [3] * count, [3] * count
    for (x, _y), cell in placed.items():
        if cell.colspan == 1:
            bold = 2 * cell.is_header
            words[x] = max(words[x], min(longest_word(cell) + bold, LONG_WORD))
            cells[x] = max(cells[x], min(len(text_of(cell)) + bold, _LONG_CELL))
    room = _line(count) - _CELL_MARGIN * count
    most = _LONG_CELL
    while most > 1 and sum(_bounded(words, cells, most)) > room:
        most -= 1
    return tuple(width + _CELL_MARGIN for width in _bounded(words, cells, most))


def _line(count: int) -> int:
    """Return how many signs a line of a table with so many columns holds."""
    return _TURNED_LINE if count >= WIDE_FROM_COLUMNS else _LINE


def _bounded(words: list[int], cells: list[int], most: int) -> list[int]:
    """Return widths of whole cells, but of no more than `most` signs where the longest word leaves it."""
    return [max(word, min(cell, most)) for word, cell in zip(words, cells, strict=True)]
