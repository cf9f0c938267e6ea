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
_SIZE = 8


def list_table(kind: str, params: Mapping[str, str], *, path: str) -> Table:
    """Return the table of a kind as the address asks for it: sorted, on a page."""
    return Table.read(
        params,
        columns=_columns(language(), sortable=True, has_acts=kind != HOME_VISITS),
        default=NEAREST,
        path=path,
        size=_SIZE,
        prefix=_PREFIXES[kind],
        anchor=kind,
    )


def short_table(total: int, *, has_acts: bool = False) -> Table:
    """Return a table of the first rows, without sorting: for the home page and the calendar."""
    return Table(
        columns=_columns(language(), sortable=False, has_acts=has_acts),
        sorting=Sorting(NEAREST),
        page=Page(size=max(total, 1), total=total),
    )


@cache
def _columns(spoken: str, *, sortable: bool, has_acts: bool) -> tuple[Column, ...]:
    """Return the columns named in the active language, `spoken`."""
    acts = (Column("acts", _("Действия"), sortable=False, hidden=True),) if has_acts else ()
    return (
        Column("when", _("Дата/время"), sortable),
        Column("what", _("Специальность/ФИО врача"), sortable),
        Column("where", _("Учреждение"), sortable),
        Column("state", _("Статус"), sortable),
        *acts,
    )
