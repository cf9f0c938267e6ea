"""The XHTML of a narrative: only the formatting that FHIR allows (invariants txt-1 and txt-2).

The lists are those of HTML 4.0 chapters 7-11 (but section 4 of chapter 9) and 15 without forms, scripts and
frames, as the HL7 validator applies them. Addresses with a scheme that runs code are refused too.
"""

import re
from html.entities import html5

from django.utils.translation import gettext_lazy as _
from lxml import etree

from medkarta.hl7.issues import Issue, element_name, error

XHTML = "http://www.w3.org/1999/xhtml"
_FORMATTING = """
    p br div h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite blockquote hr address bdo
    kbd sub sup ul ol li dl dt dd pre table caption colgroup col thead tr tfoot tbody th td code samp img map area
"""
_EVERYWHERE = """
    title style class id lang dir accesskey tabindex span width align valign char charoff abbr axis headers scope
    rowspan colspan
"""
_PARTICULAR = """
    a.href a.name a.charset a.type a.hreflang a.rel a.rev a.shape a.coords img.src img.alt img.longdesc img.height
    img.width img.usemap img.ismap img.border map.name area.shape area.coords area.href area.nohref area.alt
    blockquote.cite q.cite table.summary table.width table.border table.frame table.rules table.cellspacing
    table.cellpadding td.nowrap pre.space li.value ol.start ol.type ul.type
"""
_ELEMENTS = frozenset(_FORMATTING.split())
_ATTRIBUTES = frozenset(_EVERYWHERE.split())
_OWN_ATTRIBUTES = frozenset(_PARTICULAR.split())
_ADDRESSES = frozenset({"href", "src", "cite", "longdesc", "usemap"})
_CODE_SCHEME = re.compile(r"(?:javascript|vbscript|data(?!:image/(?:png|jpeg|gif);)):", re.I)
_IGNORED_IN_ADDRESS = re.compile(r"[\x00-\x20]+")  # browsers skip these inside a scheme
_NAMED_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def is_allowed(div: str) -> bool:
    """Tell whether a narrative may be stored."""
    return not problems(div, "")


def problems(div: str, path: str) -> list[Issue]:
    """Return what FHIR forbids in a narrative; `path` is where it stands."""
    if "<!DOCTYPE" in div or "<!ENTITY" in div:
        return [error("security", path, _("В тексте записи есть DOCTYPE: он запрещён"))]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(_NAMED_ENTITY.sub(_entity, div), parser)
    except (etree.XMLSyntaxError, ValueError):
        return [error("structure", path, _("Текст записи (text.div) не читается как XHTML"))]
    if root.tag != f"{{{XHTML}}}div":
        return [error("structure", path, _("Текст записи должен быть элементом div из пространства имён XHTML"))]
    found = [issue for node in root.iter() for issue in _node_problems(node, path)]
    if not found and not any(str(text).strip() for text in root.itertext()) and root.find(f".//{{{XHTML}}}img") is None:
        found.append(error("invariant", path, _("Текст записи пуст")))
    return found


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    return match.group() if name in _XML_ENTITIES or name not in html5 else html5[name]


def _node_problems(node: etree._Element, path: str) -> list[Issue]:
    if isinstance(node, etree._Comment):
        return []
    if isinstance(node, (etree._ProcessingInstruction, etree._Entity)):
        return [error("structure", path, _("В тексте записи есть инструкция или ссылка, которых FHIR не допускает"))]
    name = etree.QName(node)
    if name.namespace != XHTML or name.localname not in _ELEMENTS:
        shown = element_name(name.localname)
        return [error("invariant", path, _("В тексте записи запрещён элемент «{name}»"), name=shown)]
    found = []
    for attribute, value in node.attrib.items():
        key = str(attribute)
        if key not in _ATTRIBUTES and f"{name.localname}.{key}" not in _OWN_ATTRIBUTES and key not in (_LANG, _SPACE):
            text = _("В тексте записи запрещён атрибут «{name}» у элемента «{owner}»")
            found.append(error("invariant", path, text, name=element_name(key), owner=name.localname))
        elif key in _ADDRESSES and _CODE_SCHEME.match(_IGNORED_IN_ADDRESS.sub("", str(value))):
            found.append(error("security", path, _("В тексте записи есть ссылка, которая запускает код")))
    return found
