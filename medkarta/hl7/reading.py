"""Files to units: what is stored at once or not at all.

A transaction Bundle is one unit. Everything else is a unit per resource: a line of NDJSON, an entry of another
Bundle, a lone resource, a CDA document. An unreadable part becomes a unit with issues and reading goes on after it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import jsontext, schema, xml
from medkarta.hl7.files import DAMAGED, SourceFile
from medkarta.hl7.issues import Issue, Text, Unreadable, error, fatal, join
from medkarta.hl7.jsontext import Slices
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.references import Identity, identity_of
from medkarta.hl7.structure import structure_issues
from medkarta.hl7.validation import validate

JSON = "application/fhir+json"
XML = "application/fhir+xml"
CDA = "application/xml"
_WITH_REQUESTS = frozenset({"transaction", "batch"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource, or one request of a Bundle, as it came. `raw` is its own part of the file, byte for byte.

    `resource` is None where the request has none (DELETE) or where `issues` say that it cannot be read.
    `method`, `url` and the conditions are those of `Bundle.entry.request`.
    """

    resource: dict[str, Any] | None
    raw: bytes = field(repr=False)
    media_type: str = JSON
    path: str = ""
    full_url: str = ""
    method: str = ""
    url: str = ""
    if_none_exist: str = ""
    if_match: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What is stored atomically. `file` and `place` (a line, an entry) say where to look.

    `identities` maps every fullUrl of the Bundle to the identity of its resource. `raw` is a CDA document or a
    transaction as it came, empty otherwise.
    """

    kind: Literal["single", "transaction", "document"]
    file: str
    place: Text
    entries: tuple[Entry, ...] = ()
    identities: Mapping[str, Identity] = field(default_factory=dict, repr=False)
    issues: tuple[Issue, ...] = ()
    raw: bytes = field(default=b"", repr=False)

    @property
    def is_refused(self) -> bool:
        """Tell whether the unit cannot be stored for what reading alone has found."""
        found = [*self.issues, *(issue for entry in self.entries for issue in entry.issues)]
        return any(issue.is_refusal for issue in found)


def read_units(file: SourceFile, limits: Limits = LIMITS) -> Iterator[Unit]:
    """Yield the units of a file in its order. NDJSON of any size is read in constant memory."""
    if file.kind == "refused":
        yield Unit("single", file.name, "", issues=file.issues)
        return
    noted = file.issues
    units = _lines(file, limits) if file.kind == "ndjson" else _document(file, limits)
    while True:
        try:
            unit = next(units, None)
        except DAMAGED:
            unit = Unit("single", file.name, "", issues=(fatal("structure", "", _("Файл повреждён и не читается")),))
        if unit is None:
            return
        yield replace(unit, issues=noted + unit.issues) if noted else unit
        noted = ()


def check(unit: Unit, *, with_models: bool = True) -> tuple[Issue, ...]:
    """Return everything wrong with a unit: what reading found and what the validators find in its resources."""
    found = list(unit.issues)
    for entry in unit.entries:
        found.extend(entry.issues)
        if entry.resource is not None and not entry.issues:
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
                issue = fatal("too-costly", "", _("Строка больше {limit} МБ"), limit=limit)
                yield Unit("single", file.name, place, issues=(issue,))
                while line and not line.endswith(b"\n"):
                    line = stream.readline(limits.max_document_bytes)
            elif line := line.strip():
                yield _line(file.name, place, line, limits)


def _line(name: str, place: Text, line: bytes, limits: Limits) -> Unit:
    try:
        resource = jsontext.parse(line, limits)
    except Unreadable as found:
        return Unit("single", name, place, issues=found.issues)
    if not isinstance(resource, dict):
        return Unit("single", name, place, issues=(_not_an_object(),))
    return Unit("single", name, place, (Entry(resource, line),))


def _document(file: SourceFile, limits: Limits) -> Iterator[Unit]:
    with file.open() as stream:
        data = stream.read(limits.max_document_bytes + 1)
    try:
        if len(data) > limits.max_document_bytes:
            raise Unreadable(jsontext.too_large(limits))
        if file.kind == "cda":
            xml.parse(data, limits)
            yield Unit("document", file.name, "", raw=data)
        elif file.kind == "xml":
            yield from _xml(file.name, data, limits)
        else:
            yield from _json(file.name, data.strip(), limits)
    except Unreadable as found:
        yield Unit("single", file.name, "", issues=found.issues)


def _xml(name: str, data: bytes, limits: Limits) -> Iterator[Unit]:
    root = xml.parse(data, limits)
    if xml.is_cda(root):
        yield Unit("document", name, "", raw=data)
        return
    sources = xml.entry_sources(root)
    resource = xml.to_json(root, limits)
    if resource["resourceType"] != "Bundle":
        yield Unit("single", name, "", (Entry(resource, data, XML),))
        return
    entries = resource.pop("entry", [])
    parsed = [(shell, shell.pop("resource", None), raw) for shell, raw in zip(entries, sources, strict=True)]
    found = [_entry(number, *each, XML, ()) for number, each in enumerate(parsed)]
    yield from _bundle(name, resource, found, data, limits)


def _json(name: str, data: bytes, limits: Limits) -> Iterator[Unit]:
    """Read one JSON document. A Bundle is cut into its entries first, so that each keeps its own bytes."""
    parts = _top_level(data)
    if parts is None or parts[1].get("resourceType") != '"Bundle"' or not parts[1].get("entry", "[").startswith("["):
        resource = jsontext.parse(data, limits)
        if not isinstance(resource, dict):
            raise Unreadable(_not_an_object())
        yield Unit("single", name, "", (Entry(resource, data),))
        return
    slices, members = parts
    shell_text = ",".join(f'"{key}":{value}' for key, value in members.items() if key != "entry")
    shell = jsontext.parse(f"{{{shell_text}}}".encode(), limits)
    entries = _json_entries(slices, limits) if "entry" in members else []
    yield from _bundle(name, shell, entries, data, limits)


def _top_level(data: bytes) -> tuple[Slices, dict[str, str]] | None:
    """Return the members of the outermost object as texts; None if the document is not a well-formed object.

    Raises Unreadable if a key is repeated.
    """
    try:
        slices = Slices(data.decode())
        members: dict[str, str] = {}
        for key, start, end in slices.members(0):
            if key in members:
                raise Unreadable(fatal("duplicate", join("", [key]), _("Ключ повторяется в одном объекте")))
            members[key] = slices.text[start:end]
            if key == "entry":
                slices.entry_start = start
        slices.finish()
    except ValueError:
        return None
    return slices, members


def _json_entries(slices: Slices, limits: Limits) -> list[Entry]:
    found = []
    for number, (start, end) in enumerate(slices.items(slices.entry_start)):
        text = slices.text[start:end]
        issues: tuple[Issue, ...] = ()
        shell, resource, raw = {}, None, text
        try:
            inner = Slices(text)
            parts = list(inner.members(0)) if text.startswith("{") else []
            places = [(begin, stop) for key, begin, stop in parts if key == "resource"]
            if len(places) == 1:
                begin, stop = places[0]
                raw = text[begin:stop]
                text = f"{text[:begin]}null{text[stop:]}"
            shell = jsontext.parse(text.encode(), limits)
            resource = jsontext.parse(raw.encode(), limits) if places else None
        except Unreadable as unreadable:
            place = join("Bundle", ["entry", number])
            issues = tuple(replace(issue, path=f"{place}.{issue.path}".rstrip(".")) for issue in unreadable.issues)
        if isinstance(shell, dict):
            shell.pop("resource", None)
        found.append(_entry(number, shell, resource, raw.encode(), JSON, issues))
    return found


def _entry(number: int, shell: Any, resource: Any, raw: bytes, media_type: str, issues: tuple[Issue, ...]) -> Entry:
    """Check what surrounds a resource in a Bundle and bring both together."""
    place = join("Bundle", ["entry", number])
    request: Mapping[str, Any] = {}
    if not isinstance(shell, dict):
        issues += (error("structure", place, _("Здесь должен быть объект")),)
        shell = {}
    elif shell and not issues:
        validator = schema.validator_for("Bundle_Entry")
        if not validator.is_valid(shell):
            issues += tuple(issue.under(place) for issue in structure_issues(validator, shell))
    if not issues:
        request = shell.get("request", {})
    if resource is not None and not isinstance(resource, dict):
        issues += (error("structure", f"{place}.resource", _("Ресурс FHIR должен быть объектом JSON")),)
        resource = None
    return Entry(
        None if issues else resource,
        raw,
        media_type,
        f"{place}.resource",
        str(shell.get("fullUrl", "")) if not issues else "",
        str(request.get("method", "")),
        str(request.get("url", "")),
        str(request.get("ifNoneExist", "")),
        str(request.get("ifMatch", "")),
        issues,
    )


def _bundle(name: str, shell: dict[str, Any], entries: list[Entry], data: bytes, limits: Limits) -> Iterator[Unit]:
    validator = schema.validator_for("Bundle")
    if not validator.is_valid(shell):
        raise Unreadable(*structure_issues(validator, shell))
    if shell["type"] in _WITH_REQUESTS:
        entries = [_with_request(number, entry) for number, entry in enumerate(entries)]
    identities = {
        entry.full_url: identity_of(entry.resource, entry.full_url)
        for entry in entries
        if entry.full_url and entry.resource and isinstance(entry.resource.get("resourceType"), str)
    }
    if shell["type"] == "transaction":
        issues = tuple(_transaction_issues(entries, limits))
        yield Unit("transaction", name, "", tuple(entries), identities, issues, data)
        return
    for number, entry in enumerate(entries):
        if entry.resource is not None or entry.issues or entry.method:
            yield Unit("single", name, format_lazy(_("запись {number}"), number=number + 1), (entry,), identities)


def _with_request(number: int, entry: Entry) -> Entry:
    if entry.issues or entry.method:
        return entry
    path = join("Bundle", ["entry", number, "request"])
    return replace(entry, issues=(error("required", path, _("Нет обязательного элемента")),), resource=None)


def _transaction_issues(entries: list[Entry], limits: Limits) -> Iterator[Issue]:
    if len(entries) > limits.max_entries:
        limit = limits.max_entries
        yield fatal("too-costly", "Bundle.entry", _("В транзакции больше {limit} записей: разделите её"), limit=limit)
    urls = Counter(entry.full_url for entry in entries if entry.full_url and entry.resource is not None)
    for number, entry in enumerate(entries):
        if urls[entry.full_url] > 1:
            path = join("Bundle", ["entry", number, "fullUrl"])
            yield error("duplicate", path, _("Один и тот же ресурс встречается в транзакции дважды"))


def _not_an_object() -> Issue:
    return fatal("structure", "", _("Ресурс FHIR должен быть объектом JSON"))
