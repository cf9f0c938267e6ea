"""A document through an operator's stylesheet: HTML that can neither run nor fetch anything."""

import re
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

_NOT_PRINTED = """
    script iframe frame frameset object embed applet link meta base form input button textarea select svg math audio
    video source track template noscript
"""
_DROPPED = frozenset(_NOT_PRINTED.split())
_ADDRESSES = frozenset({"href", "src", "action", "background", "poster", "srcset", "xlink:href", "data", "cite"})
_HARMLESS = re.compile(r"#[\w.-]*|data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_FETCHES = re.compile(r"@import|url\s*\(|expression\s*\(|\\", re.I)
_DENY_ALL: Any = vars(etree.XSLTAccessControl)["DENY_ALL"]
_lock = Lock()  # a compiled stylesheet keeps the messages of its last document


def transformed(root: etree._Element, stylesheet: Path) -> str:
    """Return a document as HTML. Raises lxml's errors for a stylesheet that does not work."""
    transform = _compiled(stylesheet, stylesheet.stat().st_mtime_ns)
    with _lock:
        result: Any = transform(root)
    page = result.getroot()
    if page is None or _name(page) in _DROPPED:  # a stylesheet for another kind of document writes nothing
        return ""
    _clean(page)
    etree.cleanup_namespaces(page)
    return str(etree.tostring(page, method="html", encoding="unicode"))


@lru_cache(maxsize=64)
def _compiled(path: Path, _changed_at: int) -> etree.XSLT:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XSLT(etree.parse(str(path), parser), access_control=_DENY_ALL)


def _clean(page: etree._Element) -> None:
    for node in list(page.iter()):
        name = _name(node)
        if not name or name in _DROPPED or (name == "style" and _FETCHES.search("".join(map(str, node.itertext())))):
            _drop(node)
            continue
        for key, value in list(node.attrib.items()):
            attribute = str(key).rpartition("}")[2].lower()
            is_address = attribute in _ADDRESSES and not _HARMLESS.fullmatch(str(value).strip())
            if attribute.startswith("on") or is_address or (attribute == "style" and _FETCHES.search(str(value))):
                del node.attrib[key]


def _name(node: etree._Element) -> str:
    """Return the name of an element in small letters; empty for a comment or an instruction."""
    tag: object = node.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _drop(node: etree._Element) -> None:
    """Take a node out, not the text after it."""
    parent, before = node.getparent(), node.getprevious()
    assert parent is not None  # the root of a page is never taken out
    if node.tail:
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)
