"""The part of the home page's one statement that this room brings."""

from typing import Any

from medkarta.core import sql
from medkarta.pages.models import Announcement
from medkarta.pages.queries import Candidate, row_of

_COLUMNS = ("title", "text", "href", "action", "icon", "starts_on", "ends_on", "min_age", "max_age", "gender")


def announcements() -> str:
    """Return the sub-select of announcements that are shown now, give or take a day, for everybody.

    Columns: title, text, href, action, icon, starts_on, ends_on, min_age, max_age, gender; in the staff's order.
    Parameter: `%(now)s`. Whom they concern is decided by `queries.pick` on `candidates(rows)`.
    """
    day = "date(%(now)s, '-1 day')" if sql.is_sqlite() else "((%(now)s)::timestamptz::date - 1)"
    table = Announcement._meta.db_table
    return sql.json_rows(
        {name: f"a.{name}" for name in _COLUMNS},
        f'FROM {table} a WHERE a.is_shown AND (a.ends_on IS NULL OR a.ends_on >= {day}) ORDER BY a."order", a.id',
    )


def candidates(rows: list[dict[str, Any]]) -> list[Candidate]:
    """Return the rows of `announcements` (after `core.sql.rows_of`) for `queries.pick`."""
    return [
        Candidate(
            row_of(**{name: str(row[name]) for name in ("title", "text", "href", "action", "icon")}),
            sql.day(row["starts_on"]),
            sql.day(row["ends_on"]),
            int(row["min_age"]),
            int(row["max_age"]),
            str(row["gender"]),
        )
        for row in rows
    ]
