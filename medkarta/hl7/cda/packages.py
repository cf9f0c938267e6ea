"""Official packages that an operator may install: schemas, rules and stylesheets by the edition of a document.

A folder holds, under the OID of a template or the number of a kind in dictionary 1.2.643.5.1.13.13.11.1520, `186.sch`,
`186.xsl` or a folder `186/` with `CDA.xsd` and the like. None of it comes with the product: no licence is stated.
What does not conform is said so and stays readable.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from medkarta.hl7.cda import printed, schematron
from medkarta.hl7.cda.header import read_header
from medkarta.hl7.cda.source import Source, opened
from medkarta.hl7.issues import element_name
from medkarta.hl7.limits import LIMITS, Limits

logger = logging.getLogger(__name__)

DOCUMENT_KINDS = "1.2.643.5.1.13.13.11.1520"
MAX_FINDINGS = 100
_KEY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,30}")
_ELEMENT = re.compile(r"Element '(?:\{[^}']*\})?([^']+)'")
_lock = Lock()  # a compiled schema keeps the errors of its last document
_SENTENCES = {
    "SCHEMAV_ELEMENT_CONTENT": gettext_lazy("здесь не тот элемент, что положен, или чего-то не хватает"),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_4": gettext_lazy("внутри не те элементы, что положены"),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": gettext_lazy("лишний атрибут"),
    "SCHEMAV_CVC_COMPLEX_TYPE_4": gettext_lazy("не хватает обязательного атрибута"),
    "SCHEMAV_CVC_ELT_1": gettext_lazy("неизвестный элемент"),
    "SCHEMAV_CVC_PATTERN_VALID": gettext_lazy("значение не того вида"),
    "SCHEMAV_CVC_ENUMERATION_VALID": gettext_lazy("значения нет среди допустимых"),
    "SCHEMAV_CVC_MINLENGTH_VALID": gettext_lazy("значение короче допустимого"),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": gettext_lazy("значение не того вида"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What in a document does not conform. `line` is 0 where unknown; `text` holds no value out of the document."""

    rules: Literal["encoding", "xsd", "schematron"]
    line: int
    element: str
    text: str


@dataclass(frozen=True, slots=True)
class Package:
    """The files for one edition; those that are not installed are None."""

    schema: Path | None
    rules: Path | None
    stylesheet: Path | None


def check(source: bytes | Source, folder: Path, limits: Limits = LIMITS) -> tuple[Finding, ...] | None:
    """Check a document against the package of its edition; None if none is installed or it cannot be used.

    Rules of Schematron are run where the `saxonche` package is installed. Raises Unreadable if it is no CDA document.
    """
    source = opened(source, limits)
    package = find(source, folder)
    if package is None or (package.schema is None and package.rules is None):
        return None
    found = [Finding("encoding", 0, "", note) for note in source.notes]
    is_checked = False
    try:
        if package.schema is not None:
            found.extend(_against_schema(source.root, package.schema))
            is_checked = True
        if package.rules is not None and schematron.is_available():
            failed = schematron.failures(source.root, package.rules)
            found.extend(Finding("schematron", 0, "", text) for text in failed)
            is_checked = True
    except (etree.LxmlError, OSError, schematron.Unusable) as problem:
        logger.warning("cda package cannot be used: %s", type(problem).__name__)
    return tuple(found[:MAX_FINDINGS]) if is_checked else None


def print_form(source: bytes | Source, folder: Path, limits: Limits = LIMITS) -> str | None:
    """Return the official printed form as HTML that runs and fetches nothing; None if none is installed or it fails.

    Raises Unreadable if it is no CDA document.
    """
    source = opened(source, limits)
    package = find(source, folder)
    if package is None or package.stylesheet is None:
        return None
    try:
        return printed.transformed(source.root, package.stylesheet)
    except (etree.LxmlError, OSError) as problem:
        logger.warning("cda stylesheet cannot be used: %s", type(problem).__name__)
        return None


def find(source: Source, folder: Path) -> Package | None:
    """Return the package for the edition of a document: by its template, by the template's family, by its kind."""
    for key in _keys(source):
        if not _KEY.fullmatch(key):
            continue
        inside = folder / key
        schema = next(_existing([inside / "CDA.xsd", folder / f"{key}.xsd", *sorted(inside.glob("*.xsd"))]), None)
        rules = next(_existing([folder / f"{key}.sch", *sorted(inside.glob("*.sch"))]), None)
        stylesheet = next(_existing([folder / f"{key}.xsl", *sorted(inside.glob("*.xsl"))]), None)
        if schema or rules or stylesheet:
            return Package(schema, rules, stylesheet)
    return None


def _keys(source: Source) -> Iterator[str]:
    header = read_header(source)
    yield from header.templates
    yield from (template.rpartition(".")[0] for template in header.templates)
    yield from (code.code for code in header.codes if code.system == DOCUMENT_KINDS)


def _existing(paths: list[Path]) -> Iterator[Path]:
    return (path for path in paths if path.is_file())


def _against_schema(root: etree._Element, path: Path) -> Iterator[Finding]:
    schema = _compiled(path, path.stat().st_mtime_ns)
    with _lock:
        schema.validate(root)
        log: Any = schema.error_log
        errors = list(islice(log, MAX_FINDINGS))
    for error in errors:
        match = _ELEMENT.match(error.message)
        said = _SENTENCES.get(error.type_name)
        text = str(said) if said else _("не соответствует схеме")
        yield Finding("xsd", error.line, element_name(match[1]) if match else "", text)


@lru_cache(maxsize=64)
def _compiled(path: Path, _changed_at: int) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(path), parser))
