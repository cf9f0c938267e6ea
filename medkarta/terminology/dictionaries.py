"""Official dictionary files: rows as the НСИ service gives them (JSON) or as a table (CSV with semicolons)."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from medkarta.terminology.models import DocumentEdition

_NEEDED = ("OID", "TYPE", "NAME")


class NotADictionary(Exception):
    """The file is none that this room knows; the text says why."""


def editions_of(path: Path, version: str) -> list[DocumentEdition]:
    """Read the dictionary 1520. Raises NotADictionary."""
    rows = list(_rows(path))
    if not rows or any(not row.get(name) for row in rows for name in _NEEDED):
        raise NotADictionary(f"{path.name}: every row needs {', '.join(_NEEDED)}")
    return [_edition(row, version) for row in rows]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise NotADictionary(f"{path.name}: the file is no text in UTF-8, or may not be read") from None
    if not text.lstrip().startswith("{"):
        yield from csv.DictReader(text.splitlines(), delimiter=";")
        return
    try:
        found: Any = orjson.loads(text)
        for row in found["list"]:
            yield {cell["column"]: str(cell["value"] or "") for cell in row}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NotADictionary(f"{path.name}: the JSON holds no rows of columns and values") from None


def _edition(row: Mapping[str, str], version: str) -> DocumentEdition:
    return DocumentEdition(
        code=row["OID"][:16],
        type=row["TYPE"][:16],
        name=row["NAME"][:500],
        template=(row.get("GIT_LINK") or "").rstrip("/").rpartition("/")[2][:64],
        is_shown=(row.get("SHOW_PATIENT") or "").strip().lower() != "нет",
        starts_on=_day(row.get("START_DATE")),
        ends_on=_day(row.get("END_DATE")),
        dictionary_version=version[:32],
    )


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%d.%m.%Y").date()  # noqa: DTZ007
    except ValueError:
        return None
