"""A CDA document as it came, parsed once: no DTD, no entities, no network, in the encoding it is truly written in."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lxml import etree

from medkarta.hl7 import xml
from medkarta.hl7.issues import Unreadable, fatal
from medkarta.hl7.limits import LIMITS, Limits

V3 = "{urn:hl7-org:v3}"
_DECLARED_CYRILLIC = "windows-1251"
_CYRILLIC = re.compile(r"[А-яЁё]")
_SMALL = re.compile(r"[а-яё]")
_LEAST_LETTERS = 10
_MAX_DEPTH = 256
_is_deep = etree.XPath(f"boolean({'/*' * (_MAX_DEPTH + 1)})")
_SMALL_SHARE = 0.6  # Russian has about nine small letters of ten; UTF-8 read as windows-1251 has every second capital


@dataclass(frozen=True, slots=True)
class Source:
    """The parsed document and, in words, what had to be put right to parse it."""

    root: etree._Element
    notes: tuple[str, ...] = ()


def load(data: bytes, limits: Limits = LIMITS) -> Source:
    """Parse a document for all the readers of this package. Raises Unreadable if it is not a CDA document."""
    notes = []
    try:
        root = xml.parse(data, limits)
    except xml.WrongEncoding:
        root = _in_cyrillic(data, limits)
        notes.append(gettext("Кодировка документа названа неверно: он прочитан как windows-1251"))
    except Unreadable as refusal:
        if refusal.issues[0].code != "too-long":
            raise
        root = _with_large_file(data, limits)
    if not xml.is_cda(root):
        raise Unreadable(fatal("not-supported", "", _("Это XML, но не документ CDA")))
    if _without_namespace(root):
        notes.append(gettext("Часть документа записана без пространства имён HL7: она прочитана как обычная"))
    return Source(root, tuple(notes))


def opened(source: bytes | Source, limits: Limits = LIMITS) -> Source:
    """Return a source, parsing it if it is still bytes. Raises Unreadable."""
    return source if isinstance(source, Source) else load(source, limits)


def _in_cyrillic(data: bytes, limits: Limits) -> etree._Element:
    """Read bytes that are not what they declare, if they make Russian words. Raises Unreadable."""
    text = data.decode(_DECLARED_CYRILLIC, "ignore")
    letters, small = len(_CYRILLIC.findall(text)), len(_SMALL.findall(text))
    if letters < _LEAST_LETTERS or small < letters * _SMALL_SHARE:
        raise xml.WrongEncoding
    return xml.parse(data, limits, encoding=_DECLARED_CYRILLIC)


def _with_large_file(data: bytes, limits: Limits) -> etree._Element:
    """Read a document with a file inside that is larger than the parser's bound. Raises Unreadable."""
    root = xml.parse(data, limits, encoding="utf-8", is_huge=True)
    is_long = root.xpath("boolean(//text()[string-length() > $most])", most=limits.max_string_bytes)
    if is_long or _is_deep(root):
        raise Unreadable(fatal("too-long", "", _("Строка или вложенность в XML больше допустимого")))
    return root


def _without_namespace(root: etree._Element) -> bool:
    """Give elements without a namespace that of the document; tell whether there were any."""
    nodes = list(root.iter("{}*"))
    for node in nodes:
        node.tag = f"{V3}{node.tag}"
    return bool(nodes)
