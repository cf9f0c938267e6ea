"""Schematron rules of the Ministry of Health. They are written in XPath 2, which only the optional `saxonche` runs.

The rules name elements without a namespace while documents have one: the document is checked without it.
"""

from copy import deepcopy
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from medkarta.hl7.cda.source import V3

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_MAX_TEXT = 500


class Unusable(Exception):
    """Rules that cannot be compiled or run. Holds no content of a document."""


def is_available() -> bool:
    """Tell whether rules can be run here."""
    return find_spec("saxonche") is not None


def failures(root: etree._Element, rules: Path) -> list[str]:
    """Return the texts of the rules that a document breaks, each once. Raises Unusable, OSError or lxml's errors."""
    run = _compiled(rules, rules.stat().st_mtime_ns)
    report = etree.fromstring(_run(run, _without_namespace(root)).encode())
    found = (" ".join("".join(map(str, each.itertext())).split()) for each in report.iter(f"{SVRL}failed-assert"))
    return list(dict.fromkeys(text[:_MAX_TEXT] for text in found))


def stylesheet_of(rules: Path) -> str:
    """Return rules as a stylesheet that writes a report: the three steps of ISO Schematron."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    tree: Any = etree.parse(str(rules), parser)
    tree.getroot().attrib.pop("queryBinding", None)  # the steps know no other language and pass its paths through
    steps: Any = import_module("lxml.isoschematron")
    for step in (steps.iso_dsdl_include, steps.iso_abstract_expand, steps.iso_svrl_for_xslt1):
        tree = step(tree)
    tree.getroot().set("version", "2.0")
    return str(etree.tostring(tree, encoding="unicode"))


def _without_namespace(root: etree._Element) -> str:
    copied = deepcopy(root)
    for node in copied.iter(f"{V3}*"):
        node.tag = node.tag.removeprefix(V3)
    etree.cleanup_namespaces(copied)
    return str(etree.tostring(copied, encoding="unicode"))


@lru_cache(maxsize=16)
def _compiled(rules: Path, _changed_at: int) -> tuple[Any, Any, Any]:
    saxon = import_module("saxonche")
    processor = saxon.PySaxonProcessor(license=False)
    try:
        compiler = processor.new_xslt30_processor()
        return saxon, processor, compiler.compile_stylesheet(stylesheet_text=stylesheet_of(rules))
    except saxon.PySaxonApiError as found:
        raise Unusable("the rules do not compile") from found


def _run(compiled: tuple[Any, Any, Any], text: str) -> str:
    saxon, processor, executable = compiled
    try:
        return str(executable.transform_to_string(xdm_node=processor.parse_xml(xml_text=text)))
    except saxon.PySaxonApiError:
        raise Unusable("the rules do not run") from None
