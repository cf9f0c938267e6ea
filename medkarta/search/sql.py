"""The index in the language of each database: FTS5 on SQLite, a GIN index of lexemes on PostgreSQL.

A wish is a conjunction of groups of tokens. Whose entries are meant is a token too: `_o<patient>` marks what is under
no secrecy, `_a<patient>` everything; so the index alone finds, counts and orders by date what one person may see.
Tokens consist of letters, digits, `.`, `-` and `_` (`rules`, `marks`), so no syntax of a database can be in them.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from medkarta.core.sql import is_sqlite, parameter

Groups = Sequence[Iterable[str]]
_TOKEN = re.compile(r"[\w.-]+")


def marks(patient_id: UUID, kind: str, *, is_restricted: bool) -> list[str]:
    """Return the tokens that say whose an entry is and of which kind."""
    open_ = [] if is_restricted else [f"_o{patient_id.hex}"]
    return [f"_a{patient_id.hex}", *open_, f"_k{kind}"]


class Wish:
    """What is looked for in one person's entries, as a condition of this database with its parameters."""

    def __init__(self, person_id: UUID, groups: Groups, kinds: Iterable[str] = (), *, with_restricted: bool) -> None:
        marked = tuple(f"_k{kind}" for kind in kinds)
        wanted = [sorted(group) for group in (*groups, *((marked,) if marked else ()))]
        if not all(_TOKEN.fullmatch(token) for group in wanted for token in group):
            raise ValueError("a token holds what no text gives")
        self.parameters = (parameter(person_id), _expression(wanted))
        owner = "_a" if with_restricted else "_o"
        if is_sqlite():
            found = f"'(\"{owner}' || group_concat(id, '\" OR \"{owner}') || '\")'"
            self.condition = f"search_fts MATCH ({_own(found, _NOBODY_FTS)} || ' AND ' || %s)"
        else:
            found = f"string_agg('''{owner}' || replace(id::text, '-', '') || '''', '|')"
            self.condition = f"words @@ ({_own(found, _NOBODY_TS)}::tsquery && CAST(%s AS tsquery))"

    @property
    def keys(self) -> str:
        """A statement that gives the keys of what is found."""
        if is_sqlite():
            return f"SELECT rowid AS id FROM search_fts WHERE {self.condition}"  # noqa: S608
        return f"SELECT entry_id AS id FROM search_searchtext WHERE {self.condition}"  # noqa: S608

    @property
    def subjects(self) -> RawSQL:
        """A sub-select of the rooms' rows of what is found."""
        statement = f"SELECT subject_id FROM search_searchentry WHERE id IN ({self.keys})"  # noqa: S608
        return RawSQL(statement, self.parameters)  # noqa: S611


def nothing() -> RawSQL:
    """A sub-select of no rows at all."""
    return RawSQL("SELECT subject_id FROM search_searchentry WHERE 1 = 0", ())


_NOBODY_FTS, _NOBODY_TS = "'\"_\"'", "'''_'''"


def _own(found: str, nobody: str) -> str:
    return f"(SELECT coalesce({found}, {nobody}) FROM patients_patient WHERE person_id = %s)"  # noqa: S608


def _expression(groups: Iterable[Sequence[str]]) -> str:
    if is_sqlite():
        return " AND ".join("(" + " OR ".join(f'"{token}"' for token in group) + ")" for group in groups)
    return "&".join("(" + "|".join(f"'{token}'" for token in group) + ")" for group in groups)


def count(wish: Wish) -> tuple[int, tuple[int, str]]:
    """Return how many entries are found; and the key and word of the newest word of the house, (0, "") without."""
    newest = "(SELECT {} FROM search_searchword ORDER BY id DESC LIMIT 1)"
    statement = f"SELECT (SELECT count(*) FROM ({wish.keys}) f), {newest.format('id')}, {newest.format('word')}"  # noqa: S608
    found, id_, word = _fetch(statement, wish.parameters)[0]
    return int(found), (id_ or 0, word or "")


def exist(wishes: Sequence[Wish]) -> list[bool]:
    """Tell of each of some wishes whether anything is found. One statement.

    PostgreSQL counts: for an EXISTS it would read texts one after another, in hope of an early one.
    """
    one = "EXISTS ({})" if is_sqlite() else "(SELECT count(*) > 0 FROM ({}) f)"
    statement = "SELECT " + ", ".join(one.format(wish.keys) for wish in wishes)
    return [bool(one) for one in _fetch(statement, [each for wish in wishes for each in wish.parameters])[0]]


def page(wish: Wish, *, limit: int, offset: int) -> list[tuple[Any, ...]]:
    """Return (kind, subject, title, body, date) of a page of what is found, newest first."""
    statement = (
        f"WITH found AS {'' if is_sqlite() else 'MATERIALIZED '}({wish.keys}),"  # noqa: S608
        " page AS (SELECT id FROM found ORDER BY id DESC LIMIT %s OFFSET %s)"
        " SELECT e.kind, e.subject_id, e.title, t.body, e.dated_at FROM page"
        " JOIN search_searchentry e ON e.id = page.id JOIN search_searchtext t ON t.entry_id = page.id"
        " ORDER BY page.id DESC"
    )
    return _fetch(statement, [*wish.parameters, limit, offset])


def _fetch(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
