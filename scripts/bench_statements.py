"""Turns what the real confirm POST asks of PostgreSQL into a script for pgbench: the same statements, the same rows.

The POST is made twice, for two people; what differs between them is the number of the person and of the time, and ids
that were made on the way. The script puts these together from a number of its own, everything else stays as it was.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import bench_booking_data as data

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FRESH = 0xF0000000
BEGIN, COMMIT, ROLLBACK = "BEGIN", "COMMIT", "ROLLBACK"


@dataclass(frozen=True, slots=True)
class Post:
    """One captured POST: statements with their parameters, in order; BEGIN, COMMIT and ROLLBACK among them."""

    person: int
    slot: int
    statements: list[tuple[str, Any]]
    status: int


def scripts() -> dict[str, Any]:
    """Return the two scripts, and the statements of both ends for people to read. The bench's rows stay as they are."""
    won = [capture(person, slot) for person, slot in ((0, 0), (0, 0), (1, 1), (2, 2))][2:]
    lost = [capture(person, 1) for person in (3, 4)]
    if [one.status for one in (*won, *lost)] != [303, 303, 409, 409]:
        raise SystemExit(f"the POST answered {[one.status for one in (*won, *lost)]}")
    win, lose = script_of(*won), script_of(*lost)
    head = "\\set n :client_id * :size + :i\n\\set i :i + 1\n"
    return {
        "free": f"{head}\\set g :n\n{win}",
        "contended": f"{head}\\set g :i\n\\if :client_id = (:i % :clients)\n{win}\\else\n{lose}\\endif\n",
        "statements": {"booked": [_short(one) for one in won[0].statements],
                       "refused": [_short(one) for one in lost[0].statements]},
    }  # fmt: skip


def capture(person: int, slot: int) -> Post:
    """Make the POST in this process, under the portal's own middleware, and write down what the database is asked."""
    from django.db import connection
    from django.test import Client

    found: list[tuple[str, Any]] = []
    state = {"open": False}

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if connection.in_atomic_block and not state["open"]:
            found.append((BEGIN, None))
            state["open"] = True
        found.append((sql, params))
        return execute(sql, params, many, context)

    def ending(name: str, act: Any) -> Any:
        def end() -> None:
            if state["open"]:
                found.append((name, None))
                state["open"] = False
            act()

        return end

    commit, rollback = connection.commit, connection.rollback
    connection.commit, connection.rollback = ending(COMMIT, commit), ending(ROLLBACK, rollback)  # type: ignore
    session, csrf = data.cookie_names()
    client = Client(
        SERVER_NAME="127.0.0.1", HTTP_COOKIE=f"{session}={data.token_of(person)}; {csrf}={'c' * 32}",
    )  # fmt: skip
    form = {"slot": str(data.uid(data.SLOT, slot)), "key": str(data.uid(data.KEY, person))}
    try:
        with connection.execute_wrapper(note):
            answer = client.post(f"/p/{data.key_of(person)}/appointments/book/confirm/", form)
    finally:
        connection.commit, connection.rollback = commit, rollback  # type: ignore
    return Post(person, slot, found, answer.status_code)


def script_of(first: Post, second: Post) -> str:
    """Return the lines of the first POST with its person and time replaced by `:n` and `:g`."""
    others = set(_ids(second))
    known = {
        str(data.uid(prefix, first.person)): data.sql_uid(prefix, ":n")
        for prefix in (data.ACCOUNT, data.PERSON, data.PATIENT, data.REPRESENTATION, data.SESSION, data.KEY)
    } | {str(data.uid(data.SLOT, first.slot)): data.sql_uid(data.SLOT, ":g")}
    for one in _ids(first):
        if one not in known and one not in others:
            known[one] = data.sql_uid(FRESH + len(known), ":n")
    texts = {
        data.hash_of(first.person): "encode(sha256(('bench-' || :n)::bytea), 'hex')",
        data.key_of(first.person): "('bench' || lpad(:n::text, 17, '0'))",
    }
    return "".join(f"{_bound(sql, params, known, texts)};\n" for sql, params in first.statements)


def _ids(post: Post) -> Iterator[str]:
    for _sql, params in post.statements:
        for value in _values(params):
            yield from UUID_TEXT.findall(json.dumps(getattr(value, "obj", value), default=_plain))


def _plain(value: Any) -> Any:
    return value.obj if hasattr(value, "obj") else str(value)


def _values(params: Any) -> list[Any]:
    return list(params.values() if isinstance(params, dict) else params or ())


def _bound(sql: str, params: Any, known: dict[str, str], texts: dict[str, str]) -> str:
    """Return one statement with its parameters in it, as pgbench takes it: a colon starts a variable there."""
    if params is None:
        return sql
    quoted = re.sub(r"'[^']*'", lambda found: _literal(found.group()[1:-1]), sql)
    if isinstance(params, dict):
        filled = re.sub(r"%\((\w+)\)s", lambda found: _expression(params[found.group(1)], known, texts), quoted)
    else:
        left = iter(params)
        filled = re.sub(r"%s", lambda _found: _expression(next(left), known, texts), quoted)
    return " ".join(filled.replace("%%", "%").split())


def _expression(value: Any, known: dict[str, str], texts: dict[str, str]) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, UUID):
        return known.get(str(value), f"'{value}'::uuid")
    if isinstance(value, datetime):
        return f"to_timestamp({value.timestamp()})"
    if isinstance(value, date):
        return f"'{value}'::date"
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(_expression(one, known, texts) for one in value)}]"
    if isinstance(value, str):
        return texts.get(value) or _text(value, known)
    return f"({_text(json.dumps(value.obj, default=str), known)})::jsonb"


def _text(value: str, known: dict[str, str]) -> str:
    """Return a text in which known ids are put together anew."""
    if value in known:
        return f"({known[value]})::text"
    parts = re.split(f"({UUID_TEXT.pattern})", value)
    if not any(one in known for one in parts):
        return _literal(value)
    return "(" + " || ".join(f"({known[one]})::text" if one in known else _literal(one) for one in parts if one) + ")"


def _literal(value: str) -> str:
    parts = ["'" + one.replace("'", "''") + "'" for one in value.split(":")]
    return parts[0] if len(parts) == 1 else f"({' || chr(58) || '.join(parts)})"


def _short(statement: tuple[str, Any]) -> str:
    """Return the beginning of a statement and what it is about: enough to recognise it."""
    sql = " ".join(statement[0].split())
    tables = list(dict.fromkeys(re.findall(r'(?:FROM|INTO|UPDATE|JOIN) "?(\w+_\w+)"?', sql)))
    return f"{sql.split(' ', 1)[0]} {', '.join(tables[:3])}".strip()
