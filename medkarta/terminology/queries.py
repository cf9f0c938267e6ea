"""Reads of codes."""

import csv
from functools import cache
from importlib.resources import files

from medkarta.terminology.models import DocumentEdition
from medkarta.terminology.rules import DocumentKinds, Edition, Kind, kinds_of

__all__ = ["DocumentKinds", "Kind", "document_kinds"]


def document_kinds() -> DocumentKinds:
    """Return all kinds of documents: the packaged ones under those of an official file. One statement."""
    loaded = DocumentEdition.objects.order_by("code").values_list("code", "type", "name")
    return _packaged().with_editions({code: Edition(type_, name) for code, type_, name in loaded})


@cache
def _packaged() -> DocumentKinds:
    text = files("medkarta.terminology").joinpath("data/document_kinds.csv").read_text(encoding="utf-8")
    return kinds_of(csv.DictReader(text.splitlines(), delimiter=";"))
