"""Files to units: what is stored at once or not at all.

A transaction Bundle is one unit. Everything else is a unit per resource: a line of NDJSON, an entry of another
Bundle, a lone resource, a CDA document. An unreadable part becomes a unit with issues and reading goes on after it.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import bundles, jsontext, xml
from medkarta.hl7.files import DAMAGED, SourceFile
from medkarta.hl7.issues import Issue, Text, Unreadable, fatal
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.units import XML, Entry, Unit, entry_of, refused
from medkarta.hl7.validation import validate

__all__ = ["Entry", "Unit", "check", "read_units"]


def read_units(file: SourceFile, limits: Limits = LIMITS) -> Iterator[Unit]:
    """Yield the units of a file in its order. NDJSON of any size is read in constant memory."""
    if file.kind == "refused":
        yield refused(file.name, *file.issues)
        return
    noted = file.issues
    units = _lines(file, limits) if file.kind == "ndjson" else _document(file, limits)
    while True:
        try:
            unit = next(units, None)
        except DAMAGED:
            unit = refused(file.name, fatal("structure", "", _("Файл повреждён и не читается")))
        if unit is None:
            return
        yield replace(unit, issues=noted + unit.issues) if noted else unit
        noted = ()


def check(unit: Unit, *, with_models: bool = True) -> tuple[Issue, ...]:
    """Return everything wrong with a unit: what reading found and what the validators find in its resources."""
    found = list(unit.issues)
    for entry in unit.entries:
        found.extend(entry.issues)
        if entry.resource is not None and not any(issue.is_refusal for issue in entry.issues):
            found.extend(issue.under(entry.path) for issue in validate(entry.resource, with_models=with_models))
    return tuple(found)


def _lines(file: SourceFile, limits: Limits) -> Iterator[Unit]:
    with file.open() as stream:
        number = 0
        while line := stream.readline(limits.max_document_bytes + 1):
            number += 1
            place = format_lazy(_("строка {number}"), number=number)
            if len(line) > limits.max_document_bytes:
                limit = limits.max_document_bytes // 1024 // 1024
                yield refused(
                    file.name, fatal("too-costly", "", _("Строка больше {limit} МБ"), limit=limit), place=place
                )
                while line and not line.endswith(b"\n"):
                    line = stream.readline(limits.max_document_bytes)
            elif line := line.strip():
                yield from _text(file.name, place, line, limits)


def _text(name: str, place: Text, text: bytes, limits: Limits) -> Iterator[Unit]:
    """Read one JSON text. A Bundle is cut into its entries, so that each keeps its own bytes."""
    try:
        if b'"Bundle"' in text and (bundle := bundles.cut(text)) is not None:
            for unit in bundles.json_units(name, place, bundle, limits):
                yield from _opened(unit, limits)
        else:
            yield Unit("single", name, place, (entry_of(text, limits),))
    except Unreadable as found:
        yield refused(name, *found.issues, place=place)


def _opened(unit: Unit, limits: Limits) -> Iterator[Unit]:
    """Read a Bundle inside a Bundle, such as the answers to a batch of searches, like one in a file of its own."""
    entry = unit.entries[0] if unit.kind == "single" else None
    if entry is None or entry.method or entry.resource is None or entry.resource.get("resourceType") != "Bundle":
        yield unit
    elif entry.media_type == XML:
        yield from _xml(unit.file, unit.place, entry.raw, limits)
    else:
        yield from _text(unit.file, unit.place, entry.raw, limits)


def _document(file: SourceFile, limits: Limits) -> Iterator[Unit]:
    with file.open() as stream:
        data = stream.read(limits.max_document_bytes + 1)
    if len(data) > limits.max_document_bytes:
        yield refused(file.name, jsontext.too_large(limits))
    elif file.kind == "json":
        yield from _text(file.name, "", data.strip(), limits)
    else:
        yield from _xml(file.name, "", data, limits)


def _xml(name: str, place: Text, data: bytes, limits: Limits) -> Iterator[Unit]:
    try:
        root = xml.parse(data, limits)
        if xml.is_cda(root):
            yield Unit("document", name, place, raw=data)
            return
        sources = xml.entry_sources(root)
        resource = xml.to_json(root, limits)
        if resource["resourceType"] == "Bundle":
            for unit in bundles.xml_units(name, place, resource, sources, data, limits):
                yield from _opened(unit, limits)
        else:
            yield Unit("single", name, place, (Entry(resource, data, XML),))
    except Unreadable as found:
        yield refused(name, *found.issues, place=place)
