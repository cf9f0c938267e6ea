"""What this copy of the product is: version, changes, parts made by others."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import medkarta
from medkarta.pages import changelog

_PACKAGE = Path(medkarta.__file__).resolve().parent
_SHOWN = {
    "@tabler/core": "Tabler",
    "@tabler/icons": "Tabler Icons",
    "@fontsource-variable/golos-text": "Golos Text",
    "htmx.org": "htmx",
}
_LICENCES = {"OFL-1.1": "SIL Open Font License 1.1", "BSD-0-Clause": "BSD Zero Clause", "0BSD": "BSD Zero Clause"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the pages that others made."""

    name: str
    version: str
    licence: str


@cache
def releases() -> list[changelog.Release]:
    """Return the newest releases of the changelog beside the package; none where it is not installed with it."""
    path = _PACKAGE.parent / "CHANGELOG.md"
    return changelog.read(path.read_text(encoding="utf-8")) if path.is_file() else []


@cache
def parts() -> list[Part]:
    """Return the vendored parts that every page is made with, as the vendoring command recorded them."""
    record = json.loads((_PACKAGE / "ui/static/ui/vendor/vendor.lock.json").read_text(encoding="utf-8"))
    return [
        Part(name, record["packages"][package]["version"], _licence(record["packages"][package]["license"]))
        for package, name in _SHOWN.items()
        if package in record["packages"]
    ]


def _licence(code: str) -> str:
    return _LICENCES.get(code, code)


VERSION = medkarta.__version__
