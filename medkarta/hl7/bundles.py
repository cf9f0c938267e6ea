"""Bundles to units: a transaction whole, any other Bundle entry by entry.

A JSON Bundle is cut before it is read: each entry keeps its own bytes, one broken entry spoils no other, and of
a Bundle that is not a transaction only one entry at a time is held as objects.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import jsontext, schema
from medkarta.hl7.issues import Issue, Unreadable, error, fatal, join
from medkarta.hl7.jsontext import Cutter
from medkarta.hl7.limits import Limits
from medkarta.hl7.references import Identity, identity_of
from medkarta.hl7.structure import structure_issues
from medkarta.hl7.units import JSON, XML, Entry, Place, Unit, drop_comments, entry_of

_WITH_REQUESTS = frozenset({"transaction", "batch"})


class _Place(NamedTuple):
    """Begin and end of an entry, and of its resource (None without one, or if the key is repeated)."""

    begin: int
    end: int
    resource: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class CutBundle:
    """A JSON Bundle as texts: the members around `entry`, and where each entry and its resource stand."""

    data: bytes
    text: str
    shell: Mapping[str, str]
    places: tuple["_Place", ...]
    identities: Mapping[str, Identity]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a Bundle says beside its entries, and where it came from."""

    file: str
    place: Place
    shell: dict[str, Any]
    count: int
    identities: Mapping[str, Identity]
    raw: bytes
    issues: tuple[Issue, ...] = ()


def cut(data: bytes) -> CutBundle | None:
    """Cut a Bundle; None if the text is no Bundle with a list of entries, or no JSON at all.

    Raises Unreadable if a member is repeated or the nesting is hostile.
    """
    try:
        cutter = Cutter(data.decode())
        shell: dict[str, str] = {}
        places: list[_Place] = []
        identities: dict[str, Identity] = {}
        for key, begin in cutter.members(0):
            if key in shell:
                raise Unreadable(fatal("duplicate", join("", [key]), _("Ключ повторяется в одном объекте")))
            if key == "entry" and cutter.text[begin] == "[":
                places = list(_entry_places(cutter, begin, identities))
                shell[key] = ""
            else:
                cutter.value(begin)
                shell[key] = cutter.text[begin : cutter.end]
        cutter.finish()
    except ValueError:
        return None
    if shell.get("resourceType") != '"Bundle"' or shell.get("entry"):
        return None
    return CutBundle(data, cutter.text, shell, tuple(places), identities)


def _entry_places(cutter: Cutter, begin: int, identities: dict[str, Identity]) -> Iterator[_Place]:
    for place in cutter.items(begin):
        if cutter.text[place] != "{":
            cutter.value(place)
            yield _Place(place, cutter.end, None)
            continue
        full_url, resource, spans = None, None, []
        for key, value_begin in cutter.members(place):
            value = cutter.value(value_begin)
            if key == "fullUrl":
                full_url = value
            elif key == "resource":
                resource = value
                spans.append((value_begin, cutter.end))
        _note_identity(identities, full_url, resource)
        yield _Place(place, cutter.end, spans[0] if len(spans) == 1 else None)


def _note_identity(identities: dict[str, Identity], full_url: Any, resource: Any) -> None:
    if isinstance(full_url, str) and isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
        identities[full_url] = identity_of(resource, full_url)


def json_units(name: str, place: Place, bundle: CutBundle, limits: Limits) -> Iterator[Unit]:
    """Yield the units of a cut Bundle. Raises Unreadable before the first one if its frame is wrong."""
    around = ",".join(f'"{key}":{value}' for key, value in bundle.shell.items() if key != "entry").encode()
    shell = jsontext.parse(b"{" + around + b"}", limits)
    issues = tuple(drop_comments(shell, around))
    frame = _Frame(name, place, shell, len(bundle.places), bundle.identities, bundle.data, issues)
    entries = (_json_entry(number, bundle.text, place, limits) for number, place in enumerate(bundle.places))
    yield from _units(frame, entries, limits)


def xml_units(
    name: str, place: Place, shell: dict[str, Any], sources: list[bytes], data: bytes, limits: Limits
) -> Iterator[Unit]:
    """Yield the units of a Bundle that was read from XML. Raises Unreadable if its frame is wrong."""
    identities: dict[str, Identity] = {}
    found = []
    for number, (around, raw) in enumerate(zip(shell.pop("entry", []), sources, strict=True)):
        resource = around.pop("resource", None)
        _note_identity(identities, around.get("fullUrl"), resource)
        found.append(_framed(number, around, Entry(resource, raw, XML)))
    yield from _units(_Frame(name, place, shell, len(found), identities, data), iter(found), limits)


def _units(frame: _Frame, entries: Iterator[Entry], limits: Limits) -> Iterator[Unit]:
    validator = schema.validator_for("Bundle")
    if not validator.is_valid(frame.shell):
        raise Unreadable(*structure_issues(validator, frame.shell))
    if frame.shell["type"] in _WITH_REQUESTS:
        entries = (_with_request(number, entry) for number, entry in enumerate(entries))
    if frame.shell["type"] == "transaction":
        if frame.count > limits.max_entries:
            text = _("В транзакции больше {limit} записей: разделите её")
            raise Unreadable(fatal("too-costly", "Bundle.entry", text, limit=limits.max_entries))
        held = tuple(entries)
        issues = (*frame.issues, *_repeated(held))
        yield Unit("transaction", frame.file, frame.place, held, frame.identities, issues, frame.raw)
        return
    noted = frame.issues
    for number, entry in enumerate(entries):
        if entry.resource is not None or entry.issues or entry.method:
            place = frame.place.below("entry", number + 1)
            yield Unit("single", frame.file, place, (entry,), _mentioned(entry.resource, frame.identities), noted)
            noted = ()


def _json_entry(number: int, text: str, place: _Place, limits: Limits) -> Entry:
    """Read one entry: the frame and the resource each from their own text."""
    path = inner = join("Bundle", ["entry", number])
    around = text[place.begin : place.end]
    entry = Entry(None, around.encode(), JSON)
    try:
        if place.resource is not None:
            begin, end = place.resource
            around, inner = f"{text[place.begin : begin]}null{text[end : place.end]}", f"{path}.resource"
            entry = entry_of(text[begin:end].encode(), limits)
            inner = path
        shell = jsontext.parse(around.encode(), limits)
    except Unreadable as found:
        issues = tuple(replace(issue, path=f"{inner}.{issue.path}".rstrip(".")) for issue in found.issues)
        return replace(entry, resource=None, path=f"{path}.resource", issues=issues)
    if isinstance(shell, dict):
        shell.pop("resource", None)
        entry = replace(entry, issues=(*entry.issues, *drop_comments(shell, around.encode())))
    return _framed(number, shell, entry)


def _framed(number: int, shell: Any, entry: Entry) -> Entry:
    """Check what surrounds a resource in a Bundle and bring both together."""
    place = join("Bundle", ["entry", number])
    found: tuple[Issue, ...] = ()
    if not isinstance(shell, dict):
        found = (error("structure", place, _("Здесь должен быть объект")),)
    elif shell:
        validator = schema.validator_for("Bundle_Entry")
        if not validator.is_valid(shell):
            found = tuple(issue.under(place) for issue in structure_issues(validator, shell))
    if found:
        return replace(entry, resource=None, path=f"{place}.resource", issues=entry.issues + found)
    request = shell.get("request", {})
    return replace(
        entry,
        path=f"{place}.resource",
        full_url=shell.get("fullUrl", ""),
        method=request.get("method", ""),
        url=request.get("url", ""),
        if_none_exist=request.get("ifNoneExist", ""),
        if_match=request.get("ifMatch", ""),
    )


def _with_request(number: int, entry: Entry) -> Entry:
    if entry.method or any(issue.is_refusal for issue in entry.issues):
        return entry
    path = join("Bundle", ["entry", number, "request"])
    missing = error("required", path, _("Нет обязательного элемента"))
    return replace(entry, issues=(*entry.issues, missing), resource=None)


def _mentioned(resource: Any, identities: Mapping[str, Identity]) -> dict[str, Identity]:
    """Return those identities that a resource points at: a unit travels between processes, a Bundle's map is long."""
    found: dict[str, Identity] = {}
    waiting = [resource] if identities and resource is not None else []
    while waiting:
        node = waiting.pop()
        for each in node.values() if isinstance(node, dict) else node:
            if isinstance(each, (dict, list)):
                waiting.append(each)
            elif isinstance(each, str) and each in identities:
                found[each] = identities[each]
    return found


def _repeated(entries: tuple[Entry, ...]) -> Iterator[Issue]:
    urls = Counter(entry.full_url for entry in entries if entry.full_url and entry.resource is not None)
    for number, entry in enumerate(entries):
        if urls[entry.full_url] > 1:
            path = join("Bundle", ["entry", number, "fullUrl"])
            yield error("duplicate", path, _("Один и тот же ресурс встречается в транзакции дважды"))
