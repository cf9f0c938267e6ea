"""References between resources: what each points at, and a copy in which they point at our rows."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl
from uuid import UUID

from medkarta.hl7 import schema

Kind = Literal["relative", "absolute", "urn", "contained", "logical", "conditional", "other"]
Resource = Mapping[str, Any]

_LOCATION = r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?"
_RELATIVE = re.compile(_LOCATION)
_AT_THE_END = re.compile(rf"/{_LOCATION}$")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.+)")
_LOGICAL_KEYS = frozenset({"identifier", "type", "display", "id", "extension", "_type", "_display"})
_LONGEST_KEPT = 256
_VERSIONED_META = ("versionId", "lastUpdated", "source")


class Identity(NamedTuple):
    """What a sender calls a resource: its type and its id there (else its fullUrl)."""

    type: str
    rid: str


@dataclass(frozen=True, slots=True)
class Target:
    """What one reference points at.

    `type` and `rid` are known for relative and for most absolute references; of a logical one only the type,
    if the sender gave it. `text` is the reference as written; `system` and `value` are the identifier of a
    logical reference or of a conditional one (`Patient?identifier=system|value`).
    """

    kind: Kind
    text: str = ""
    type: str = ""
    rid: str = ""
    system: str = ""
    value: str = ""


Resolver = Callable[[Target], tuple[str, UUID] | None]
"""Returns the type and our id of a target; None leaves the reference as it is."""


def identity_of(resource: Resource, full_url: str = "") -> Identity:
    """Return the identity of a resource; the rid is empty if it has neither an id nor a fullUrl."""
    return Identity(resource["resourceType"], str(resource.get("id") or full_url))


def target_of(reference: Mapping[str, Any] | None) -> Target | None:
    """Return what a Reference element points at; None if it is absent or only displays a name."""
    if not reference:
        return None
    text = reference.get("reference")
    stated = reference.get("type")
    type_ = stated if isinstance(stated, str) else ""
    if isinstance(text, str) and text:
        return target_of_text(text, type_)
    identifier = reference.get("identifier")
    if isinstance(identifier, Mapping) and isinstance(identifier.get("value"), str):
        return Target("logical", "", type_, "", str(identifier.get("system", "")), identifier["value"])
    return None


def target_of_text(text: str, type_: str = "") -> Target:
    """Read a reference string (`Patient/1`, `urn:uuid:…`, `#med`, `Patient?identifier=s|v`, an address)."""
    return _read(text, type_) if len(text) > _LONGEST_KEPT else _read_once(text, type_)


def _read(text: str, type_: str) -> Target:
    if text.startswith("#"):
        return Target("contained", text, type_, text[1:])
    if text.startswith("urn:"):
        return Target("urn", text, type_, text)
    if (match := _RELATIVE.fullmatch(text)) and match[1] in schema.resource_types():
        return Target("relative", text, match[1], match[2])
    if match := _CONDITIONAL.fullmatch(text):
        system, _, value = dict(parse_qsl(match[2])).get("identifier", "").rpartition("|")
        return Target("conditional", text, match[1], "", system, value)
    if text.startswith(("http://", "https://")):
        if (match := _AT_THE_END.search(text)) and match[1] in schema.resource_types():
            return Target("absolute", text, match[1], match[2])
        return Target("absolute", text, type_)
    return Target("other", text, type_)


_read_once = lru_cache(maxsize=16_384)(_read)


def reference_id(reference: Mapping[str, Any] | None, *types: str) -> str:
    """Return the id that a canonical reference holds (`Patient/<id>`), if its type is among `types` (any if none)."""
    target = target_of(reference)
    return target.rid if target and target.kind == "relative" and (not types or target.type in types) else ""


def reference_uuid(reference: Mapping[str, Any] | None, *types: str) -> UUID | None:
    """Return the row that a reference was resolved to, as `reference_id`; None where nobody could resolve it."""
    try:
        return UUID(reference_id(reference, *types))
    except ValueError:
        return None


def first_uuid(references: Iterable[Mapping[str, Any] | None], *types: str) -> UUID | None:
    """Return the row of the first reference that was resolved to one of some types."""
    return next(filter(None, (reference_uuid(each, *types) for each in references)), None)


def display_of(references: Iterable[Mapping[str, Any]], *types: str) -> str:
    """Return what the first reference to one of some types calls its target."""
    for each in references:
        target = target_of(each)
        if (target.type if target else each.get("type", "")) in types and each.get("display"):
            return str(each["display"])
    return ""


def contained(resource: Resource, reference: Mapping[str, Any] | None) -> Resource | None:
    """Return the contained resource that a `#x` reference points at."""
    target = target_of(reference)
    if target is None or target.kind != "contained":
        return None
    return next((each for each in resource.get("contained", ()) if each.get("id") == target.rid), None)


def walk(resource: Resource) -> Iterator[Target]:
    """Yield the target of every reference in a resource, contained resources included; no recursion."""
    waiting: list[Any] = [resource]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if ("reference" in node or "identifier" in node) and _is_reference(node):
                target = target_of(node)
                if target is not None:
                    yield target
            node = node.values()
        waiting.extend([each for each in node if isinstance(each, (dict, list))])


def rewrite(
    resource: Resource, resolver: Resolver, *, id: UUID | str | None = None, meta: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the canonical copy: references and attachment addresses read `Type/<our id>`, the id is ours.

    What the resolver does not know stays as it came. The sender's version, time and source leave `meta`; `meta` of the
    call is added. The order of elements is kept; the original is untouched and lends its unchanged parts to the copy.
    """
    copy: dict[str, Any] = _rewritten(resource, resolver, _attachment_names(), "")
    result = {"resourceType": copy["resourceType"]}
    if id is not None:
        result["id"] = str(id)
    kept = {key: each for key, each in copy.get("meta", {}).items() if key not in _VERSIONED_META}
    if kept or meta:
        result["meta"] = kept | dict(meta or {})
    return result | {key: each for key, each in copy.items() if key not in ("resourceType", "id", "meta")}


def _rewritten(node: Any, resolver: Resolver, names: frozenset[str], name: str) -> Any:
    """Return the node itself if nothing below it changed, else a copy that shares the unchanged parts."""
    copy = None
    is_object = isinstance(node, dict)
    for key, each in node.items() if is_object else enumerate(node):
        if isinstance(each, (dict, list)):
            new = _rewritten(each, resolver, names, str(key) if is_object else name)
            if new is not each:
                copy = copy if copy is not None else node.copy()
                copy[key] = new
    found = node if copy is None else copy
    if is_object:
        if ("reference" in node or "identifier" in node) and _is_reference(node):
            return _pointed(found, target_of(node), "reference", resolver)
        if name in names and isinstance(node.get("url"), str):
            return _pointed(found, target_of_text(node["url"]), "url", resolver)
    return found


def _pointed(copy: dict[str, Any], target: Target | None, key: str, resolver: Resolver) -> dict[str, Any]:
    if target is None or target.kind in ("contained", "other"):
        return copy
    if key == "url" and target.kind != "urn" and target.type != "Binary":  # an address of a file, not of a resource
        return copy
    found = resolver(target)
    if found is None:
        return copy
    text = f"{found[0]}/{found[1]}"
    return copy | {key: text} if key in copy else {key: text} | copy


def _is_reference(node: Mapping[str, Any]) -> bool:
    if isinstance(node.get("reference"), str):
        return True
    return isinstance(node.get("identifier"), dict) and node.keys() <= _LOGICAL_KEYS


@cache
def _attachment_names() -> frozenset[str]:
    """Names of the elements that hold an Attachment: their `url` may point at a Binary."""
    return schema.names_of_type("Attachment")
