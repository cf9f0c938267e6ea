"""Kinds of documents: which one a document's codes name. Pure.

Source: НСИ 1.2.643.5.1.13.13.11.1520, version 12.85; 1.2.643.5.1.13.13.11.1522; 1.2.643.5.1.13.13.99.2.1079; LOINC.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EDITIONS = "1.2.643.5.1.13.13.11.1520"
TYPES = frozenset(
    {
        "1.2.643.5.1.13.13.11.1522",
        "1.2.643.5.1.13.13.99.2.195",
        "1.2.643.5.1.13.13.11.1115",
        "1.2.643.5.1.13.2.1.1.646",
    }
)
"""The dictionary of kinds under the numbers that it has had."""
ARCS = "1.2.643.5.1.13.13.99.2.1079"
LOINC = "2.16.840.1.113883.6.1"
_SYSTEMS = {"http://loinc.org": LOINC}
_TYPE_TEMPLATE = re.compile(
    r"1\.2\.643\.5\.1\.13\.13\.14\.(\d+)\.9(?:\.\d+)?|1\.2\.643\.5\.1\.13\.2\.7\.5\.1\.(7)\.\d+"
)
_ARC_TEMPLATE = re.compile(r"1\.2\.643\.5\.1\.13\.13\.15\.(\d+)(?:\.\d+)?")
_EDITION_TAIL = re.compile(r"\s*\((?:CDA|PDF/A-1)\)\s*|\s*Редакция \d+\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document is. `type` is of 1522, empty for foreign kinds; `section` is the portal's that shows it."""

    type: str
    name: str
    section: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A row of the dictionary 1520 as it counts here: which kind it is an edition of, and what that is called."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class DocumentKinds:
    """All known kinds by every code that names one."""

    by_type: Mapping[str, Kind]
    by_edition: Mapping[str, Kind]
    by_arc: Mapping[str, Kind]
    by_loinc: Mapping[str, Kind]

    def find(self, codes: Iterable[tuple[str, str]], templates: Iterable[str] = ()) -> Kind | None:
        """Return the kind that (system, code) pairs name, else the one of a template; None if nobody knows it.

        A system may be an OID, `urn:oid:` with it, or LOINC's address.
        """
        for system, code in codes:
            if found := self._of_code(_SYSTEMS.get(system, system.removeprefix("urn:oid:")), code):
                return found
        return next(filter(None, map(self._of_template, templates)), None)

    def with_editions(self, editions: Mapping[str, Edition]) -> "DocumentKinds":
        """Return the kinds with the editions of an official file over the packaged ones."""
        by_type = dict(self.by_type)
        for each in editions.values():
            by_type.setdefault(each.type, Kind(each.type, name_of_kind(each.name), "documents"))
        by_edition = dict(self.by_edition) | {code: by_type[each.type] for code, each in editions.items()}
        return DocumentKinds(by_type, by_edition, self.by_arc, self.by_loinc)

    def _of_code(self, system: str, code: str) -> Kind | None:
        if system == EDITIONS:
            return self.by_edition.get(code)
        if system in TYPES:
            return self.by_type.get(code)
        if system == ARCS:
            return self.by_arc.get(code)
        return self.by_loinc.get(code) if system == LOINC else None

    def _of_template(self, template: str) -> Kind | None:
        if found := _ARC_TEMPLATE.fullmatch(template):
            return self.by_arc.get(found[1])
        found = _TYPE_TEMPLATE.fullmatch(template)
        return self.by_type.get(found[1] or found[2]) if found else None


def name_of_kind(name: str) -> str:
    """Return what an edition's official name says of its kind: without the format and the number of the edition."""
    return " ".join(_EDITION_TAIL.sub(" ", _EDITION_TAIL.sub(" ", name)).split())


def kinds_of(rows: Iterable[Mapping[str, str]]) -> DocumentKinds:
    """Read the rows of the packaged table."""
    by_type: dict[str, Kind] = {}
    by_edition: dict[str, Kind] = {}
    by_arc: dict[str, Kind] = {}
    by_loinc: dict[str, Kind] = {}
    for row in rows:
        kind = Kind(row["type"], row["name"], row["section"])
        by_loinc |= dict.fromkeys(row["loinc"].split(), kind)
        by_edition |= dict.fromkeys(row["editions"].split(), kind)
        if kind.type:
            by_type[kind.type] = kind
            by_arc[row["arc"]] = kind
    return DocumentKinds(by_type, by_edition, by_arc, by_loinc)
