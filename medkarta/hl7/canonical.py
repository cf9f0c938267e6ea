"""Stable text of a resource, equality of content, and which of two versions is newer."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

Resource = Mapping[str, Any]

_VERSIONED_META = frozenset({"versionId", "lastUpdated", "source"})


def dumps(resource: Any, *, sort_keys: bool = False) -> bytes:
    """Return compact UTF-8 JSON. Keys keep their order; a decimal keeps its digits (`1.50`)."""
    return orjson.dumps(resource, default=_plain, option=orjson.OPT_SORT_KEYS if sort_keys else None)


def content_hash(resource: Resource) -> str:
    """Return the SHA-256 (hex) of what a resource says: all but its id, its version, time and source.

    The order of keys does not count, that of lists does. The targets of references count as they are written, so
    compare hashes of the same form: both as received or both canonical.
    """
    return hashlib.sha256(dumps(_content(resource), sort_keys=True)).hexdigest()


def same_content(received: Resource, canonical: Resource) -> bool:
    """Tell whether two forms of a resource say the same, wherever their references point."""
    ours, theirs = (dumps(_pointless(_content(each)), sort_keys=True) for each in (received, canonical))
    return ours == theirs


def version_of(resource: Resource) -> str:
    """Return what tells one version from another: `meta.versionId`, else `lastUpdated`, else the content's hash."""
    meta = resource.get("meta") or {}
    return str(meta.get("versionId") or meta.get("lastUpdated") or content_hash(resource))


def is_newer(version: str, stored: str) -> bool:
    """Tell whether an arriving version replaces the stored one (both from `version_of`).

    Two numbers compare as numbers, two moments as moments; versions of other or different kinds have no order,
    and then the later arrival wins if it differs.
    """
    if version.isdecimal() and stored.isdecimal():
        return int(version) > int(stored)
    moment, known = _moment(version), _moment(stored)
    if moment is not None and known is not None:
        return moment > known
    return version != stored


def _content(resource: Resource) -> dict[str, Any]:
    stripped: dict[str, Any] = {key: each for key, each in resource.items() if key not in ("id", "meta")}
    meta = {key: each for key, each in (resource.get("meta") or {}).items() if key not in _VERSIONED_META}
    return stripped | {"meta": meta} if meta else stripped


def _pointless(node: Any) -> Any:
    """Return a copy without the targets of references and of attachments (`Patient/1`, `Patient/<our id>`)."""
    if isinstance(node, dict):
        is_attachment = "contentType" in node and "url" in node
        return {
            key: _pointless(each)
            for key, each in node.items()
            if not (key == "reference" and isinstance(each, str)) and not (is_attachment and key == "url")
        }
    return [_pointless(each) for each in node] if isinstance(node, list) else node


def _plain(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} is not JSON")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
