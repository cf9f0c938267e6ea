"""Entries of the index, and a record to find them in."""

from datetime import UTC, datetime
from uuid import uuid4

from medkarta.search import actions
from medkarta.search.entries import Entry

AT = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


def entry(patient, title="", text="", *, kind="document", at=AT, subject=None, restricted=False):
    return Entry(kind, subject or uuid4(), patient.pk, title, text, at, restricted)


def entered(patient, title="", text="", **given):
    """Enter something that can be found; return it."""
    one = entry(patient, title, text, **given)
    actions.put([one])
    return one
