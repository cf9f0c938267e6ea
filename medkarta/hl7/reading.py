"""Files to units: what is stored at once or not at all.

A transaction Bundle is one unit. Everything else is a unit per resource: a line of NDJSON, an entry of another
Bundle, a lone resource, a CDA document. An unreadable part becomes a unit with issues and reading goes on after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import beside, bundles, jsontext, xml
from medkarta.hl7.files import DAMAGED, SourceFile
from medkarta.hl7.issues import Issue, Unreadable, fatal
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.units import NOWHERE, XML, Entry, Place, Unit, entry_of, refused
from medkarta.hl7.validation import validate

__all__ = ["Entry", "Lines", "Unit", "check", "read_pieces", "read_units"]

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of an NDJSON file, to be read anywhere. `after` is the number of lines before them."""

    name: str
    after: int
    data: bytes = field(repr=False)
    issues: tuple[Issue, ...] = ()

    def read(self, limits: Limits = LIMITS) -> Iterator[Unit]:
        """Yield the units; the first of them carries what was noted of the file."""
        noted = self.issues
        for unit in self._units(limits):
            yield replace(unit, issues=noted + unit.issues) if noted else unit
            noted = ()

    def _units(self, limits: Limits) -> Iterator[Unit]:
        for number, line in enumerate(self.data.split(b"\n"), self.after + 1):
            if len(line) > limits.max_document_bytes:
                yield _too_long(self.name, number, limits)
            elif line := line.strip():
                yield from _text(self.name, NOWHERE.below("line", number), line, limits)


def read_units(file: SourceFile, limits: Limits = LIMITS) -> Iterator[Unit]:
    """Yield the units of a file in its order. NDJSON of any size is read in constant memory."""
    for each in read_pieces(file, limits):
        if isinstance(each, Lines):
            yield from each.read(limits)
        else:
            yield each


def read_pieces(file: SourceFile, limits: Limits = LIMITS) -> Iterator[Lines | Unit]:
    """Yield the units of a file; those of NDJSON still as text, so that another process can read them."""
    if file.kind == "refused":
        yield refused(file.name, *file.issues)
        return
    noted = file.issues
    pieces = _lines(file, limits) if file.kind == "ndjson" else _document(file, limits)
    while True:
        try:
            piece = next(pieces, None)
        except DAMAGED:
            piece = refused(file.name, fatal("structure", "", _("Файл повреждён и не читается")))
        if piece is None:
            return
        yield replace(piece, issues=noted + piece.issues) if noted else piece
        noted = ()


def check(unit: Unit, *, with_models: bool = True) -> tuple[Issue, ...]:
    """Return everything wrong with a unit: what reading found and what the validators find in its resources."""
    found = list(unit.issues)
    for entry in unit.entries:
        found.extend(entry.issues)
        if entry.resource is not None and not any(issue.is_refusal for issue in entry.issues):
            found.extend(issue.under(entry.path) for issue in validate(entry.resource, with_models=with_models))
    return tuple(found)


def _lines(file: SourceFile, limits: Limits) -> Iterator[Lines | Unit]:
    """Cut at line ends. A line beyond the limit is read past, never held."""
    number = 0
    with file.open() as stream:
        while data := stream.read(PIECE_BYTES):
            rest = stream.readline(limits.max_document_bytes + 1)
            is_too_long = len(rest) > limits.max_document_bytes
            data = data[: data.rfind(b"\n") + 1] if is_too_long else data + rest
            if data:
                yield Lines(file.name, number, data)
            number += data.count(b"\n")
            if is_too_long:
                number += 1
                yield _too_long(file.name, number, limits)
            while is_too_long and rest and not rest.endswith(b"\n"):
                rest = stream.readline(limits.max_document_bytes)


def _too_long(name: str, number: int, limits: Limits) -> Unit:
    issue = fatal("too-costly", "", _("Строка больше {limit} МБ"), limit=limits.max_document_bytes // 1024 // 1024)
    return refused(name, issue, place=NOWHERE.below("line", number))


def _text(name: str, place: Place, text: bytes, limits: Limits) -> Iterator[Unit]:
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
        yield from _text(file.name, NOWHERE, data.strip(), limits)
    elif file.kind == "cda":
        yield Unit("document", file.name, NOWHERE, raw=data, beside=beside.read(file.beside, len(data)))
    else:
        yield from _xml(file.name, NOWHERE, data, limits)


def _xml(name: str, place: Place, data: bytes, limits: Limits) -> Iterator[Unit]:
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
