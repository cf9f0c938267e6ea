"""Values of the CDA data types in words: what a reader of the paper would see. Absent ones are empty texts."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.hl7.cda.header import moment
from medkarta.hl7.cda.source import V3

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TRANSLATION = f"{V3}translation"
_string = etree.XPath("string()")
_LINES = frozenset({"br", "p", "paragraph", "div", "li", "item", "tr"})
_SCRIPTS = frozenset({"script", "style"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,30})?")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_ICD10 = frozenset({"1.2.643.5.1.13.13.11.1005", "1.2.643.5.1.13.2.1.1.641", "2.16.840.1.113883.6.3"})


def text_of(node: etree._Element | None) -> str:
    """Return the text below a node on one line."""
    return "" if node is None else _SPACE.sub(" ", _text(node)).strip()


def beginning_of(pieces: Iterable[str], most: int) -> str:
    """Return what `text_of` makes of these pieces, cut after `most` characters; reads no piece behind the cut."""
    found: list[str] = []
    length = 0
    for piece in pieces:
        text = _SPACE.sub(" ", piece)
        text = text.removeprefix(" ") if found and found[-1].endswith(" ") else text
        text = text if found else text.lstrip()
        if text:
            found.append(text[: most - length])
            length += len(found[-1])
        if length >= most:
            break
    return "".join(found).rstrip()


def lines_of(node: etree._Element) -> str:
    """Return the text of a plain string; its line ends mean something, and so does markup that some put into it."""
    return _BLANK_LINES.sub("\n", "".join(_marked(node)) if len(node) else node.text or "").strip()


def _text(node: etree._Element) -> str:
    return str(_string(node)) if len(node) else node.text or ""


def _marked(node: etree._Element) -> Iterator[str]:
    """Yield the text of a string with markup in it, without scripts; where a line of it ends, an end of line."""
    for event, each in etree.iterwalk(node, events=("start", "end", "comment", "pi")):
        name = each.tag.rpartition("}")[2] if isinstance(each.tag, str) else ""
        if name in _LINES:
            yield "\n"
        if event == "start" and name not in _SCRIPTS:
            yield each.text or ""
        elif event != "start" and each is not node:
            yield each.tail or ""


def child(node: etree._Element, *names: str) -> etree._Element | None:
    """Return the first element on a path of HL7 names below a node."""
    for name in names:
        found = next(node.iterchildren(f"{V3}{name}"), None)  # several times as fast as find()
        if found is None:
            return None
        node = found
    return node


def number_of(text: str | None) -> Decimal | None:
    """Read a number with a point or a comma; None if it is none."""
    text = (text or "").strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:  # pragma: no cover - the pattern lets only numbers pass
        return None


def number_text(text: str | None) -> str:
    """Return a number as it is printed in Russian; anything else as it came."""
    text = (text or "").strip()
    return text.replace(".", ",") if _NUMBER.fullmatch(text) else text


def type_of(node: etree._Element) -> str:
    """Return the data type of a value without its prefix; guessed where it is not said."""
    name = str(node.get(XSI_TYPE, "")).rpartition(":")[2].strip()
    if name:
        return name
    if node.get("displayName") or node.get("code"):
        return "CD"
    if child(node, "low") is not None or child(node, "high") is not None:
        return "IVL_PQ" if _has_units(node) else "IVL_TS"
    return "PQ" if node.get("unit") else "ST"


def _has_units(node: etree._Element) -> bool:
    return any(each.get("unit") for each in (child(node, "low"), child(node, "high")) if each is not None)


def unit_of(node: etree._Element) -> str:
    """Return the UCUM unit of a PQ or the one that both ends of an IVL_PQ are in; empty if they differ."""
    units = {
        str(each.get("unit", "")).strip() for each in (node, *_ends(node)) if each is not None and each.get("value")
    }
    return units.pop() if len(units) == 1 else ""


def unit_label(node: etree._Element) -> str:
    """Return the unit of a PQ for people: of the translation if that is the same amount, else the UCUM code."""
    unit = str(node.get("unit", "")).strip()
    amount = number_of(node.get("value"))
    for each in node.iterfind(_TRANSLATION) if len(node) else ():
        said = number_of(each.get("value"))
        if each.get("displayName") and (said is None or said == amount):
            return str(each.get("displayName")).strip()
    return "" if unit == "1" else unit


class Words:
    """The reader of values: knows the clock to print times in and what `#id` in a text points at."""

    def __init__(self, zone: tzinfo, resolve: Callable[[str], str] = lambda _address: "") -> None:
        self._zone = zone
        self._resolve = resolve
        self._by_type: dict[str, Callable[[etree._Element], str]] = {
            **dict.fromkeys(("CD", "CE", "CV", "CO", "CS"), self.code),
            **dict.fromkeys(("ST", "ED"), self.plain),
            **dict.fromkeys(("IVL_PQ", "IVL_INT", "IVL_REAL"), self.interval),
            **dict.fromkeys(("TS", "IVL_TS", "SXCM_TS"), self.period),
            **dict.fromkeys(("PIVL_TS", "EIVL_TS", "SXPR_TS"), self.repeated),
            **dict.fromkeys(("RTO", "RTO_PQ_PQ", "RTO_INT_INT", "RTO_QTY_QTY"), self.ratio),
            "PQ": self.amount,
            "BL": self.yes_no,
        }

    def value(self, node: etree._Element) -> str:
        """Return any value in words; «не указано» for one that is said to be unknown."""
        text = self._by_type.get(type_of(node), self._other)(node)
        return text or (_("не указано") if node.get("nullFlavor") else "")

    def code(self, node: etree._Element | None) -> str:
        """Return the name of a code, with the sender's own wording; of a diagnosis the code too."""
        if node is None:
            return ""
        name, own = self._code_name(node), self.own_wording(node) if len(node) else ""
        if name and node.get("codeSystem") in _ICD10 and node.get("code"):
            code = str(node.get("code"))
            name = name if name.startswith(code) else f"{code} {name}"
        if name and own and own.casefold() not in name.casefold():
            return f"{name} ({own})"
        return name or own or str(node.get("code", "")).strip()

    def label(self, node: etree._Element | None) -> str:
        """Return the name of a code alone: its own, else the sender's wording, else the code."""
        if node is None:
            return ""
        return self._code_name(node) or self.own_wording(node) or str(node.get("code", "")).strip()

    def own_wording(self, node: etree._Element) -> str:
        """Return the originalText of a code, also where it only points into the narrative."""
        found = child(node, "originalText")
        return "" if found is None else self.plain(found)

    def plain(self, node: etree._Element) -> str:
        """Return a string, or the text that its reference points at. Embedded files are no text."""
        if node.get("representation") == "B64":
            return _("вложение")
        reference = child(node, "reference")
        return lines_of(node) or ("" if reference is None else self._resolve(str(reference.get("value", ""))))

    def amount(self, node: etree._Element) -> str:
        """Return a number with its unit."""
        return " ".join(part for part in (number_text(node.get("value")), unit_label(node)) if part) or text_of(node)

    def interval(self, node: etree._Element) -> str:
        """Return a range of amounts; an end that does not belong to it is said so."""
        ends = [end for end in _ends(node) if end is not None and end.get("value")]
        units = list(dict.fromkeys(unit for unit in map(unit_label, ends) if unit))
        if len(units) > 1:
            return " – ".join(map(self.amount, ends))
        unit = "".join(units)
        return f"{_span(node)} {unit}".strip() if _span(node) else self.amount(_middle(node))

    def range_of(self, node: etree._Element, measured: etree._Element | None) -> str:
        """Return the reference range of a measured value; their common unit by one name."""
        if measured is None or not _span(node) or type_of(measured) != "PQ" or unit_of(node) != unit_of(measured):
            return self.value(node)
        return f"{_span(node)} {unit_label(measured)}".strip()

    def ratio(self, node: etree._Element) -> str:
        parts = [child(node, name) for name in ("numerator", "denominator")]
        return " / ".join(self.amount(part) for part in parts if part is not None)

    def yes_no(self, node: etree._Element) -> str:
        return {"true": _("да"), "false": _("нет")}.get(str(node.get("value", "")), "")

    def time(self, text: str | None) -> str:
        """Return a TS for people in the reader's clock, as exact as it is; what is no time as it came."""
        text = (text or "").strip()
        found = moment(text, self._zone)
        if found is None:
            return text
        formats = {"year": "%Y", "month": "%m.%Y", "day": "%d.%m.%Y"}
        local = found.at.astimezone(self._zone)
        return local.strftime(formats.get(found.precision, "%d.%m.%Y, %H:%M"))

    def period(self, node: etree._Element) -> str:
        """Return a time or a span of time."""
        if node.get("value"):
            return self.time(node.get("value"))
        low, high = (self.time(each.get("value")) if each is not None else "" for each in _ends(node))
        if low and high:
            return low if low == high else f"{low} – {high}"
        if low or high:
            return (_("с {time}") if low else _("по {time}")).format(time=low or high)
        width = child(node, "width")
        return "" if width is None else self.amount(width)

    def repeated(self, node: etree._Element) -> str:
        """Return how often: every so long, or at which event of the day."""
        period, event = child(node, "period"), child(node, "event")
        if period is not None and period.get("value"):
            return _("каждые {time}").format(time=self.amount(period))
        if event is not None and (event.get("displayName") or event.get("code")):
            return self.code(event)
        inner = [self.value(each) for each in node.iterfind(f"{V3}comp")]
        return "; ".join(text for text in inner if text) or self.period(node)

    def _code_name(self, node: etree._Element) -> str:
        if name := str(node.get("displayName", "")).strip():
            return name
        names = node.iterfind(_TRANSLATION)
        return next((str(each.get("displayName")).strip() for each in names if each.get("displayName")), "")

    def _other(self, node: etree._Element) -> str:
        given = node.get("displayName") or node.get("extension") or node.get("value")
        return number_text(given) if given else text_of(node)


def _ends(node: etree._Element) -> tuple[etree._Element | None, etree._Element | None]:
    return child(node, "low"), child(node, "high")


def _end(node: etree._Element | None) -> str:
    return "" if node is None else number_text(node.get("value"))


def _middle(node: etree._Element) -> etree._Element:
    found = child(node, "center")
    return node if found is None else found


def _span(node: etree._Element) -> str:
    """Return a range without its unit: `3,9–6,1`, «не менее 3,9», «больше 3,9, меньше 6,1»."""
    low, high = _ends(node)
    bottom, top = _end(low), _end(high)
    if bottom and top and not (_is_open(low) or _is_open(high)):
        return f"{bottom}–{top}"
    above, below = _("больше {value}"), _("меньше {value}")
    parts = []
    if bottom:
        parts.append((above if _is_open(low) else _("не менее {value}")).format(value=bottom))
    if top:
        parts.append((below if _is_open(high) else _("не более {value}")).format(value=top))
    return ", ".join(parts)


def _is_open(node: etree._Element | None) -> bool:
    return node is not None and node.get("inclusive") == "false"
