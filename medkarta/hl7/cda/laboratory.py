"""Coded laboratory results: panels and their observations, of Russian protocols of every edition and of C-CDA.

A panel is an organizer that directly holds observations. A number is given with the unit it was written in and never
converted; a limit in another unit than the value's stays text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from lxml import etree

from medkarta.hl7.cda.context import Context, ids_of
from medkarta.hl7.cda.datatypes import child, number_of, type_of, unit_label
from medkarta.hl7.cda.header import Code, moment
from medkarta.hl7.cda.source import V3, Source, opened
from medkarta.hl7.cda.titles import code_of, title_of
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.values import MOSCOW, Moment

_SECTIONS = frozenset({"RESLAB", "30954-2", "26436-6"})
_RESULT_ORGANIZER = "2.16.840.1.113883.10.20.22.4.1"
_INTERVALS = ("IVL_PQ", "IVL_INT", "IVL_REAL")
_WORDS = re.compile(r"(?P<low>\d+(?:[.,]\d+)?)\s*[-–—]\s*(?P<high>\d+(?:[.,]\d+)?)\s*(?P<unit>.*)")
_MAX_RANGE = 60
_NUMBERS = ("PQ", "INT", "REAL")
_CODES = ("CD", "CE", "CV", "CO", "CS")


@dataclass(frozen=True, slots=True)
class Range:
    """A reference range. `low` and `high` are in the unit of the value, both included; `text` always says it whole."""

    low: Decimal | None
    high: Decimal | None
    text: str


NO_RANGE = Range(None, None, "")


@dataclass(frozen=True, slots=True)
class LabObservation:
    """One measured thing. `text` is the value in words, with the unit; `number` only where the value is one number.

    `unit` is UCUM, `unit_label` for people. `codes` are the code and its translations; `interpretation` is empty
    where the sender gives none. `status` is that of ActStatus (completed, active, aborted…).
    """

    name: str
    codes: tuple[Code, ...]
    text: str
    number: Decimal | None
    unit: str
    unit_label: str
    value_code: Code | None
    range: Range
    interpretation: Code | None
    status: str
    at: Moment | None
    specimen: str
    performer: str


@dataclass(frozen=True, slots=True)
class LabPanel:
    """Observations made together. `key` tells a panel among those of its document; `name` is never empty."""

    key: str
    name: str
    codes: tuple[Code, ...]
    specimen: str
    performer: str
    status: str
    at: Moment | None
    observations: tuple[LabObservation, ...]


def read_laboratory(source: bytes | Source, limits: Limits = LIMITS, zone: tzinfo = MOSCOW) -> tuple[LabPanel, ...]:
    """Return the coded results of a document, none if it has none. Raises Unreadable if it is no CDA document."""
    source = opened(source, limits)
    reading = _Reading(Context(source, zone), zone)
    return tuple(reading.panels(source.root))


class _Reading:
    """One document's results being read."""

    def __init__(self, context: Context, zone: tzinfo) -> None:
        self._context = context
        self._words = context.words
        self._zone = zone

    def panels(self, root: etree._Element) -> Iterator[LabPanel]:
        seen: set[etree._Element] = set()
        number = 0
        for section in root.iter(f"{V3}section"):
            is_laboratory = code_of(section).upper() in _SECTIONS
            for entry in section.iterfind(f"{V3}entry"):
                for organizer in entry.iter(f"{V3}organizer"):
                    if organizer in seen or not (is_laboratory or _is_result(organizer)):
                        continue
                    seen.add(organizer)
                    if found := self._observations(organizer):
                        number += 1
                        yield self._panel(organizer, section, found, number)

    def _panel(
        self, node: etree._Element, section: etree._Element, found: tuple[LabObservation, ...], number: int
    ) -> LabPanel:
        key = next(("|".join(each) for each in ids_of(node)), str(number))
        performers = {each.performer for each in found}
        specimens = {each.specimen for each in found}
        return LabPanel(
            key=key,
            name=self._panel_name(node) or title_of(section),
            codes=codes_of(child(node, "code")),
            specimen=self._specimen(node) or (specimens.pop() if len(specimens) == 1 else ""),
            performer=self._performer(node) or (performers.pop() if len(performers) == 1 else ""),
            status=_attribute(node, "statusCode", "code"),
            at=self._time(node) or next((each.at for each in found if each.at), None),
            observations=found,
        )

    def _panel_name(self, node: etree._Element) -> str:
        """Return the name of the nearest organizer or observation that has one, from the panel outwards."""
        place: etree._Element | None = node
        while place is not None and place.tag != f"{V3}section":
            if place.tag in (f"{V3}organizer", f"{V3}observation") and (
                name := self._words.label(child(place, "code"))
            ):
                return name
            place = place.getparent()
        return ""

    def _observations(self, organizer: etree._Element) -> tuple[LabObservation, ...]:
        nodes = organizer.iterfind(f"{V3}component/{V3}observation")
        return tuple(self._observation(node, organizer) for node in nodes if node.get("negationInd") != "true")

    def _observation(self, node: etree._Element, organizer: etree._Element) -> LabObservation:
        code, value = child(node, "code"), _value(node)
        kind = type_of(value)
        unit = str(value.get("unit", "")).strip() if kind == "PQ" else ""
        label = unit_label(value) if kind == "PQ" else ""
        codes = codes_of(value) if kind in _CODES else ()
        interpretation = codes_of(child(node, "interpretationCode"))
        return LabObservation(
            name=self._words.label(code) or self._text(node),
            codes=codes_of(code),
            text="; ".join(text for text in map(self._words.value, node.iterfind(f"{V3}value")) if text),
            number=number_of(value.get("value")) if kind in _NUMBERS else None,
            unit=unit,
            unit_label=label,
            value_code=codes[0] if codes else None,
            range=self._range(node, unit, label),
            interpretation=interpretation[0] if interpretation else None,
            status=_attribute(node, "statusCode", "code"),
            at=self._time(node) or self._time(organizer),
            specimen=self._specimen(node),
            performer=self._performer(node),
        )

    def _text(self, node: etree._Element) -> str:
        text = child(node, "text")
        return "" if text is None else self._words.plain(text)

    def _range(self, node: etree._Element, unit: str, label: str) -> Range:
        ranges = node.iterfind(f"{V3}referenceRange/{V3}observationRange")
        found = [self._one_range(node, each, unit, label) for each in ranges]
        found = [each for each in found if each.text]
        if len(found) == 1:
            return found[0]
        return Range(None, None, "; ".join(each.text for each in found)) if found else NO_RANGE

    def _one_range(self, observation: etree._Element, node: etree._Element, unit: str, label: str) -> Range:
        value, text = child(node, "value"), self._text(node)
        if value is not None and not value.get("nullFlavor"):
            text = text or self._words.range_of(value, child(observation, "value"))
            if type_of(value) in _INTERVALS:
                low, high = (_limit(child(value, name), unit) for name in ("low", "high"))
                return Range(low, high, text)
        return _range_in_words(text, unit, label)

    def _time(self, node: etree._Element | None) -> Moment | None:
        time = None if node is None else child(node, "effectiveTime")
        if time is None:
            return None
        ends = (time.get("value"), _attribute(time, "low", "value"), _attribute(time, "high", "value"))
        return next((found for end in ends if end and (found := moment(end, self._zone))), None)

    def _specimen(self, node: etree._Element) -> str:
        role = child(node, "specimen", "specimenRole")
        if role is None:
            return ""
        known = (self._context.specimens.get(key, "") for key in ids_of(role))
        return self._context.specimen_name(role) or next((name for name in known if name), "")

    def _performer(self, node: etree._Element) -> str:
        roles = (child(node, "performer", "assignedEntity"), child(node, "author", "assignedAuthor"))
        return next((name for name in map(self._context.person, roles) if name), "")


def codes_of(node: etree._Element | None) -> tuple[Code, ...]:
    """Return a code and its translations, without those that say nothing."""
    if node is None:
        return ()
    found = []
    for each in (node, *node.iterfind(f"{V3}translation")):
        if each.get("code"):
            found.append(Code(*(str(each.get(name, "")).strip() for name in ("codeSystem", "code", "displayName"))))
    return tuple(found)


def _value(observation: etree._Element) -> etree._Element:
    """Return the value of an observation; an empty one if it has none, so that readers need not ask."""
    found = child(observation, "value")
    return etree.Element(f"{V3}value") if found is None else found


def _range_in_words(text: str, unit: str, label: str) -> Range:
    """Read `3,9–6,1` or `3,9–6,1 ммоль/л` where the unit is that of the value; anything else stays text."""
    match = _WORDS.fullmatch(text.strip()) if len(text) <= _MAX_RANGE else None
    if match is None or match["unit"] not in ("", unit, label):
        return Range(None, None, text)
    return Range(number_of(match["low"]), number_of(match["high"]), text)


def _limit(node: etree._Element | None, unit: str) -> Decimal | None:
    """Return an end of a range if it belongs to it and is in the unit of the value."""
    if node is None or node.get("inclusive") == "false" or str(node.get("unit", "") or unit).strip() != unit:
        return None
    return number_of(node.get("value"))


def _is_result(organizer: etree._Element) -> bool:
    return any(each.get("root") == _RESULT_ORGANIZER for each in organizer.iterfind(f"{V3}templateId"))


def _attribute(node: etree._Element, name: str, attribute: str) -> str:
    found = child(node, name)
    return "" if found is None else str(found.get(attribute, "")).strip()
