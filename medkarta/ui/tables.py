"""Sorting and pages of a table, read from the query of a GET and written back into links. No Django, no clock.

The state of a table lives in its address, so Back, a bookmark and a second tab keep it. Whatever is wrong in the
address becomes the default: a table never answers with an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode

DEFAULT_SIZE = 20
MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` names it in the address, `title` is shown; `hidden` titles are for screen readers only."""

    key: str
    title: str
    sortable: bool = True
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """The column that rows are ordered by."""

    key: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else self.key

    def pick(self, columns: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return `order_by` arguments: the names under the key, each turned around when descending.

        `columns`: key of a column -> names in ascending order; end each with a unique one for a stable order.
        """
        names = columns[self.key]
        if not self.descending:
            return names
        return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in names)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` from 1, `size` rows, `total` rows of the whole list."""

    number: int = 1
    size: int = DEFAULT_SIZE
    total: int = 0

    @property
    def count(self) -> int:
        """How many pages there are, at least 1 and at most `MAX_PAGE`."""
        return min(max(1, -(-self.total // self.size)), MAX_PAGE)

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.number - 1) * self.size

    @property
    def limit(self) -> int:
        """Rows that the page may have."""
        return self.size

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1; 0 when there is none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.offset + self.size, self.total)

    def with_total(self, total: int) -> "Page":
        """Return the page with the length of the list known; a page past the end becomes the last one."""
        known = replace(self, total=total)
        return replace(known, number=min(known.number, known.count))

    def shown_numbers(self) -> tuple[int, ...]:
        """Return page numbers for a pager: first, last and the neighbours; 0 stands for a gap."""
        wanted = {1, self.count, *range(max(1, self.number - 1), min(self.count, self.number + 1) + 1)}
        found: list[int] = []
        for number in sorted(wanted):
            if found and number - found[-1] == 2:
                found.append(number - 1)
            elif found and number - found[-1] > 2:
                found.append(0)
            found.append(number)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Head:
    """A column head ready to show: `sort` is "ascending", "descending" or "" and `href` is empty if unsortable."""

    title: str
    href: str = ""
    sort: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page. `prefix` keeps the parameters of two tables apart, `kept` are the other parameters."""

    columns: tuple[Column, ...]
    sorting: Sorting
    page: Page = Page()
    path: str = ""
    prefix: str = ""
    anchor: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    default: Sorting = field(default=Sorting(""))

    @classmethod
    def read(
        cls,
        params: Mapping[str, str],
        *,
        columns: Iterable[Column],
        default: str,
        path: str,
        size: int = DEFAULT_SIZE,
        prefix: str = "",
        anchor: str = "",
    ) -> Self:
        """Read `?sort=` (`-key` for descending) and `?page=` of `params`, such as `request.GET`.

        Unknown columns, pages below 1 or not a number become the default; pages stop at `MAX_PAGE`.
        """
        columns = tuple(columns)
        fallback = Sorting(default.removeprefix("-"), default.startswith("-"))
        asked = params.get(f"{prefix}sort", "")
        wanted = Sorting(asked.removeprefix("-"), asked.startswith("-"))
        known = {column.key for column in columns if column.sortable}
        own = (f"{prefix}sort", f"{prefix}page")
        return cls(
            columns=columns,
            sorting=wanted if wanted.key in known else fallback,
            page=Page(number=read_page_number(params.get(f"{prefix}page", "")), size=size),
            path=path,
            prefix=prefix,
            anchor=anchor,
            kept=tuple((name, params[name]) for name in params if name not in own and params[name]),
            default=fallback,
        )

    def with_total(self, total: int) -> Self:
        """Return the table with the length of the whole list known."""
        return replace(self, page=self.page.with_total(total))

    @property
    def total(self) -> int:
        """Rows of the whole list."""
        return self.page.total

    @property
    def is_filtered(self) -> bool:
        """Tell whether the address carries filters (any parameter that is not the table's own)."""
        return bool(self.kept)

    @property
    def sort_param(self) -> str:
        """Name of the sorting parameter."""
        return f"{self.prefix}sort"

    @property
    def order(self) -> tuple[tuple[str, str], ...]:
        """The sorting as parameters that a form of filters keeps; none when it is the default."""
        return ((self.sort_param, str(self.sorting)),) if self.sorting != self.default else ()

    @property
    def sortable(self) -> tuple[Column, ...]:
        """The columns that rows can be ordered by."""
        return tuple(column for column in self.columns if column.sortable)

    def heads(self) -> tuple[Head, ...]:
        """Return the heads; a click on the current column turns its order around."""
        return tuple(self._head(column) for column in self.columns)

    def sort_href(self, sorting: Sorting) -> str:
        """Return the address of the list in another order, from its first page."""
        return self._href(sorting, 1)

    def page_href(self, number: int) -> str:
        """Return the address of another page in the same order."""
        return self._href(self.sorting, number)

    def _head(self, column: Column) -> Head:
        if not column.sortable:
            return Head(column.title, hidden=column.hidden)
        is_current = column.key == self.sorting.key
        sort = ("descending" if self.sorting.descending else "ascending") if is_current else ""
        href = self.sort_href(Sorting(column.key, is_current and not self.sorting.descending))
        return Head(column.title, href, sort, column.hidden)

    def _href(self, sorting: Sorting, number: int) -> str:
        page = [(f"{self.prefix}page", str(number))] if number > 1 else []
        query = urlencode([*self.kept, *replace(self, sorting=sorting).order, *page])
        anchor = f"#{self.anchor}" if self.anchor else ""
        return f"{self.path}?{query}{anchor}" if query else f"{self.path}{anchor}"


def read_page_number(text: str) -> int:
    """Return a page number from 1 to `MAX_PAGE`; 1 for anything that is not such a number."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_PAGE)):
        return MAX_PAGE if text.isascii() and text.isdigit() else 1
    return min(max(1, int(text)), MAX_PAGE)
