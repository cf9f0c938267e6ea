"""Columns of the three tables, and the tables themselves."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext as _

from medkarta.ui.format import language
from medkarta.ui.tables import Column, Page, Sorting, Table

APPOINTMENTS, HOME_VISITS, WAITLIST = "appointments", "home-visits", "waitlist"
KINDS = (APPOINTMENTS, HOME_VISITS, WAITLIST)
NEAREST = "nearest"
_PREFIXES = {APPOINTMENTS: "a_", HOME_VISITS: "h_", WAITLIST: "w_"}
_SIZE = 10


def list_table(kind: str, params: Mapping[str, str], *, path: str) -> Table:
    """Return the table of a kind as the address asks for it: sorted, on a page."""
    return Table.read(
        params,
        columns=_columns(language(), sortable=True),
        default=NEAREST,
        path=path,
        size=_SIZE,
        prefix=_PREFIXES[kind],
        anchor=kind,
    )


def short_table(total: int) -> Table:
    """Return a table of the first rows, without sorting: for the home page and the calendar."""
    return Table(
        columns=_columns(language(), sortable=False),
        sorting=Sorting(NEAREST),
        page=Page(size=max(total, 1), total=total),
    )


@cache
def _columns(spoken: str, *, sortable: bool) -> tuple[Column, ...]:
    """Return the columns named in the active language, `spoken`."""
    return (
        Column("when", _("Дата/время"), sortable),
        Column("what", _("Специальность/ФИО врача"), sortable),
        Column("where", _("Учреждение"), sortable),
        Column("state", _("Статус"), sortable),
    )
