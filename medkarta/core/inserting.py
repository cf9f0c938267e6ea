"""Inserts without building the same statement anew for each row, for the few writes that many people wait for."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Field, Model

_statements: dict[tuple[str, type[Model], int, bool], tuple[str, tuple[Field, ...]]] = {}


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Add rows of one model by one statement, as `bulk_create` does; rows that are there already may be left out.

    A key that the database gives is not read back, and no signal is sent. Nothing happens for no rows.
    """
    if not rows:
        return
    model = type(rows[0])
    shape = connection.vendor, model, len(rows), ignore_conflicts
    found = _statements.get(shape)
    if found is None:
        found = _statements[shape] = _statement(model, len(rows), ignore_conflicts=ignore_conflicts)
    statement, fields = found
    parameters = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _statement(model: type[Model], count: int, *, ignore_conflicts: bool) -> tuple[str, tuple[Field, ...]]:
    fields = tuple(field for field in model._meta.concrete_fields if not field.db_returning)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    known = "ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * count)} {known}".strip(), fields  # noqa: S608
