"""Writes of codes."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from medkarta.core.sql import upsert
from medkarta.terminology.dictionaries import NotADictionary, editions_of
from medkarta.terminology.models import DocumentEdition

__all__ = ["NotADictionary", "load_document_editions"]


@transaction.atomic
def load_document_editions(paths: Sequence[Path], *, version: str) -> int:
    """Load the parts of dictionary 1520 in place of what was loaded of it before. Returns how many rows there are.

    Raises NotADictionary; nothing is changed then.
    """
    rows = {one.code: one for path in paths for one in editions_of(path, version)}
    DocumentEdition.objects.exclude(code__in=rows).delete()
    upsert(rows.values())
    return len(rows)
