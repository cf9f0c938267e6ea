"""FHIR XML to the JSON form. The schema decides what is a list, a number or a text; unknown elements are refused."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django.utils.translation import gettext_lazy as _
from lxml import etree

from medkarta.hl7 import jsontext, schema
from medkarta.hl7.issues import Issue, Unreadable, element_name, error, fatal
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.narrative import XHTML

FHIR = "http://hl7.org/fhir"
BOM = b"\xef\xbb\xbf"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_ENCODING_ERRORS = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    }
)
_INTEGERS = frozenset({"integer", "positiveInt", "unsignedInt"})


class WrongEncoding(Unreadable):
    """Bytes that are not in the encoding that the document declares."""

    def __init__(self) -> None:
        super().__init__(fatal("structure", "", _("Кодировка документа не та, что в нём названа")))


def parse(
    data: bytes, limits: Limits = LIMITS, *, encoding: str | None = None, is_huge: bool = False
) -> etree._Element:
    """Parse untrusted XML: no DTD, no entities, no network. Raises Unreadable.

    `encoding` is for a document that declares a wrong one. `is_huge` lifts the parser's own bounds on texts and depth;
    it needs an encoding in which a DOCTYPE is seen before parsing, and the caller's own bounds after it.
    """
    if len(data) > limits.max_xml_bytes:
        limit = limits.max_xml_bytes // 1024 // 1024
        raise Unreadable(fatal("too-costly", "", _("Документ больше {limit} МБ"), limit=limit))
    if b"<!DOCTYPE" in data:
        raise Unreadable(_doctype())
    if encoding is None and data.startswith(BOM):
        encoding = "utf-8"
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=is_huge, encoding=encoding
    )
    try:
        root = etree.fromstring(data.removeprefix(BOM).lstrip(), parser)
    except etree.XMLSyntaxError as found:
        if getattr(found, "code", 0) in _ENCODING_ERRORS:
            raise WrongEncoding from None
        if "huge" in found.msg.lower():
            raise Unreadable(fatal("too-long", "", _("Строка или вложенность в XML больше допустимого"))) from None
        line = found.lineno or 0
        raise Unreadable(fatal("structure", "", _("Это не XML: ошибка в строке {line}"), line=line)) from None
    except ValueError:
        raise Unreadable(fatal("structure", "", _("Это не XML"))) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(_doctype())
    return root


def to_json(root: etree._Element, limits: Limits = LIMITS) -> dict[str, Any]:
    """Return the JSON form of a FHIR resource. Raises Unreadable with every unknown element."""
    name = etree.QName(root)
    if name.namespace != FHIR:
        raise Unreadable(fatal("not-supported", "", _("Это XML, но не FHIR: у корня нет пространства имён FHIR")))
    reading = _Reading(limits)
    resource = reading.resource(root, element_name(name.localname), 1)
    if reading.issues:
        raise Unreadable(*reading.issues)
    return resource


def is_cda(root: etree._Element) -> bool:
    """Tell whether a parsed document is a CDA document."""
    return root.tag == "{urn:hl7-org:v3}ClinicalDocument"


def entry_sources(bundle: etree._Element) -> list[bytes]:
    """Return the XML of the resource in every entry of a Bundle; empty where an entry has none."""
    found = []
    for entry in bundle.iterfind(f"{{{FHIR}}}entry"):
        resource = entry.find(f"{{{FHIR}}}resource/*")
        found.append(b"" if resource is None else etree.tostring(resource, encoding="utf-8", with_tail=False))
    return found


def _doctype() -> Issue:
    return fatal("security", "", _("DOCTYPE в документе запрещён"))


class _Reading:
    """One conversion: collects the issues so that a sender sees all of them at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.issues: list[Issue] = []

    def resource(self, node: etree._Element, path: str, depth: int) -> dict[str, Any]:
        type_ = etree.QName(node).localname
        if type_ not in schema.resource_types():
            self.issues.append(error("not-supported", path, _("Такого типа ресурса в FHIR R4 нет")))
            return {}
        return {"resourceType": type_} | self._object(node, type_, path, depth)

    def _object(self, node: etree._Element, owner: str, path: str, depth: int) -> dict[str, Any]:
        if depth > self.limits.max_depth:
            limit = self.limits.max_depth
            raise Unreadable(fatal("too-costly", path, _("Вложенность больше {limit} уровней"), limit=limit))
        elements = schema.elements_of(owner)
        found = self._attributes(node, owner, path)
        counts: dict[str, int] = {}
        for child in self._children(node, path):
            name = etree.QName(child).localname
            element = elements.get(name)
            if element is None or self._is_foreign(child, element):
                here = f"{path}.{element_name(name)}"
                self.issues.append(error("structure", here, _("Неизвестный элемент: в FHIR R4 его здесь нет")))
                continue
            place = counts[name] = counts.get(name, -1) + 1
            here = f"{path}.{name}[{place}]" if element.is_list else f"{path}.{name}"
            if place and not element.is_list:
                self.issues.append(error("structure", here, _("Элемент может быть только один")))
            self._add(found, name, element, child, here, depth + 1)
        for name in counts:
            if isinstance(found.get(name), list) and all(each is None for each in found[name]):
                del found[name]  # extensions only: they stand in `_name`
        return found

    def _add(
        self, found: dict[str, Any], name: str, element: schema.Element, child: etree._Element, path: str, depth: int
    ) -> None:
        if not element.is_primitive:
            value = self._complex(child, element, path, depth)
            if element.is_list:
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
            return
        if element.type == "xhtml":
            found[name] = _xhtml(child)
            return
        value, extra = self._primitive(child, element, path, depth)
        if not element.is_list:
            found |= {key: each for key, each in ((name, value), (f"_{name}", extra)) if each is not None}
            return
        values, extras = found.setdefault(name, []), found.get(f"_{name}")
        if extra is not None and extras is None:
            extras = found[f"_{name}"] = [None] * len(values)
        values.append(value)
        if extras is not None:
            extras.append(extra)

    def _complex(self, child: etree._Element, element: schema.Element, path: str, depth: int) -> dict[str, Any]:
        if element.type not in {"ResourceList", "Resource"}:
            return self._object(child, element.type, path, depth)
        inner = list(self._children(child, path))
        if len(inner) != 1:
            self.issues.append(error("structure", path, _("Здесь должен быть ровно один ресурс")))
            return {}
        return self.resource(inner[0], path, depth)

    def _primitive(
        self, child: etree._Element, element: schema.Element, path: str, depth: int
    ) -> tuple[Any, dict[str, Any] | None]:
        text = child.get("value")
        extra = self._object(child, "Element", path, depth)
        if text is None and not extra:
            self.issues.append(error("structure", path, _("У элемента нет ни значения, ни расширений")))
        return None if text is None else self._typed(str(text), element.type, path), extra or None

    def _typed(self, text: str, type_: str, path: str) -> Any:
        """Return a value of the JSON type; text that does not fit stays text, and the schema refuses it."""
        if len(text.encode()) > self.limits.max_string_bytes:
            limit = self.limits.max_string_bytes // 1024 // 1024
            raise Unreadable(fatal("too-long", path, _("Строка длиннее {limit} МБ"), limit=limit))
        if type_ == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if type_ in _INTEGERS and _INTEGER.fullmatch(text):
            return jsontext.whole_number(text, self.limits)
        if type_ == "decimal" and _DECIMAL.fullmatch(text):
            read = jsontext.whole_number if _INTEGER.fullmatch(text) else jsontext.number
            return read(text, self.limits)
        return text

    def _attributes(self, node: etree._Element, owner: str, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in node.attrib.items():
            if (name == "id" and owner not in schema.resource_types()) or (name == "url" and owner == "Extension"):
                found[str(name)] = str(value)
            elif name != _SCHEMA_LOCATION and not (name == "value" and owner == "Element"):
                here = f"{path}.{element_name(etree.QName(str(name)).localname)}"
                self.issues.append(error("structure", here, _("Неизвестный атрибут: в FHIR R4 его здесь нет")))
        return found

    def _children(self, node: etree._Element, path: str) -> Iterator[etree._Element]:
        if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
            self.issues.append(error("structure", path, _("Между элементами есть посторонний текст")))
        for child in node:
            if isinstance(child.tag, str):
                yield child

    def _is_foreign(self, child: etree._Element, element: schema.Element) -> bool:
        namespace = etree.QName(child).namespace
        return namespace != (XHTML if element.type == "xhtml" else FHIR)


def _xhtml(node: etree._Element) -> str:
    alone = deepcopy(node)
    alone.tail = None
    etree.cleanup_namespaces(alone)
    return etree.tostring(alone, encoding="unicode")
