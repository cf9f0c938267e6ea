"""Clinical statements of entries in words: what was found, done or given, each with what is said about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from medkarta.hl7.cda.context import Context
from medkarta.hl7.cda.datatypes import XSI_TYPE, child, text_of, type_of
from medkarta.hl7.cda.marks import interpretation_name
from medkarta.hl7.cda.source import V3

_MAX_DEPTH = 40
_STATEMENTS = frozenset(
    {"observation", "act", "procedure", "encounter", "supply", "substanceAdministration", "organizer"}
)
_EXTERNAL = ("externalDocument", "externalAct", "externalObservation", "externalProcedure")
_CALLED_OFF = ("aborted", "cancelled", "nullified")
_CODE, _TEXT, _VALUE, _STATUS, _TIME = (
    f"{V3}{name}" for name in ("code", "text", "value", "statusCode", "effectiveTime")
)
_RANGE, _MARK, _SPECIMEN = f"{V3}referenceRange", f"{V3}interpretationCode", f"{V3}specimen"
_PARTICIPANT, _PERFORMER = f"{V3}participant", f"{V3}performer"
_RELATIONSHIP, _COMPONENT, _REFERENCE = f"{V3}entryRelationship", f"{V3}component", f"{V3}reference"
_PRODUCTS = (f"{V3}consumable", f"{V3}product")
_WAYS = frozenset(
    f"{V3}{name}" for name in ("routeCode", "approachSiteCode", "targetSiteCode", "methodCode", "priorityCode")
)
_AMOUNTS = {
    f"{V3}doseQuantity": gettext_lazy("доза {value}"),
    f"{V3}rateQuantity": gettext_lazy("скорость {value}"),
    f"{V3}maxDoseQuantity": gettext_lazy("не больше {value}"),
    f"{V3}quantity": gettext_lazy("количество {value}"),
}
_UNNAMED = {
    "substanceAdministration": gettext_lazy("Лекарственный препарат"),
    "procedure": gettext_lazy("Процедура"),
    "encounter": gettext_lazy("Посещение"),
    "supply": gettext_lazy("Выдано"),
    "externalDocument": gettext_lazy("Документ"),
}
_MEASURED = ("PQ", "INT", "REAL", "IVL_PQ", "IVL_INT", "IVL_REAL")

Parts = dict[str, list[etree._Element]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement. `details` are said after the value; a measured fact stands in a table with its like.

    `range` and `mark` belong to measured facts; `time` is when it was so.
    """

    label: str
    value: str
    details: tuple[str, ...] = ()
    children: tuple["Fact", ...] = ()
    is_measured: bool = False
    is_group: bool = False
    range: str = ""
    mark: str = ""
    time: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.value or self.details or self.children or self.time) and (self.is_group or not self.label)


def facts_of(section: etree._Element, context: Context) -> tuple[Fact, ...]:
    """Return what the entries of a section state, in their order."""
    reading = _Reading(context)
    return tuple(fact for entry in section.iterfind(f"{V3}entry") for fact in reading.below(entry, 0))


class _Reading:
    """One section's entries being read."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._words = context.words

    def below(self, node: etree._Element, depth: int) -> Iterator[Fact]:
        """Yield the statements right inside an entry, a component or a relationship."""
        for each in node.iterchildren("*"):
            name = each.tag.rpartition("}")[2]
            if name in _STATEMENTS and depth < _MAX_DEPTH:
                fact = self._statement(each, name, depth)
            elif name in _STATEMENTS:
                fact = Fact("", text_of(each))
            elif name in _EXTERNAL:
                fact = self._document(each)
            else:
                continue
            if not fact.is_empty:
                yield fact

    def _statement(self, node: etree._Element, name: str, depth: int) -> Fact:
        parts = _parts(node)
        value, details = self._value(parts), list(self._details(parts))
        if node.get("negationInd") == "true":
            value = _("нет: {value}").format(value=value) if value else _("нет")
        if any(each.get("code") in _CALLED_OFF for each in parts.get(_STATUS, ())):
            details.append(_("отменено"))
        values = parts.get(_VALUE, ())
        fact = Fact(
            label=self._label(parts, name),
            value=value,
            details=tuple(details),
            children=tuple(self._children(parts, depth)),
            is_measured=name == "observation" and len(values) == 1 and type_of(values[0]) in _MEASURED,
            is_group=name == "organizer",
            range=self._range(parts) if _RANGE in parts else "",
            mark=interpretation_name(parts[_MARK][0], self._words) if _MARK in parts else "",
            time=self._times(parts),
        )
        return fact if fact.label or not fact.children or fact.value else replace(fact, is_group=True)

    def _label(self, parts: Parts, name: str) -> str:
        found = self._words.code(parts[_CODE][0]) if _CODE in parts else ""
        return found or str(_UNNAMED.get(name, ""))

    def _value(self, parts: Parts) -> str:
        found = [self._words.value(each) for each in parts.get(_VALUE, ())]
        for name in _PRODUCTS:
            for each in parts.get(name, ()):
                found.extend(self._product(child(each, "manufacturedProduct")))
        for each in parts.get(_TEXT, ()):
            if (said := self._words.plain(each)) not in found:
                found.append(said)
        return "; ".join(text for text in found if text)

    def _product(self, role: etree._Element | None) -> Iterator[str]:
        """Yield what a drug or a thing that was given is called, its lot and its maker."""
        if role is None:
            return
        for kind in ("manufacturedMaterial", "manufacturedLabeledDrug"):
            material = child(role, kind)
            if material is not None:
                yield self._words.code(child(material, "code")) or text_of(child(material, "name"))
                if lot := text_of(child(material, "lotNumberText")):
                    yield _("серия {number}").format(number=lot)
        yield text_of(child(role, "manufacturerOrganization", "name"))

    def _details(self, parts: Parts) -> Iterator[str]:
        """Yield what is said about a statement: how much, how, where, on what, by whom."""
        for tag, nodes in parts.items():
            for each in nodes:
                if tag in _AMOUNTS:
                    shown = self._words.interval(each)
                    shown = str(_AMOUNTS[tag]).format(value=shown) if shown else ""
                elif tag in _WAYS:
                    shown = self._words.code(each)
                elif tag == _SPECIMEN:
                    role = child(each, "specimenRole")
                    shown = "" if role is None else self._context.specimen_name(role)
                    shown = _("материал: {name}").format(name=shown) if shown else ""
                elif tag == _PARTICIPANT:
                    role = child(each, "participantRole")
                    shown = "" if role is None else self._participant(role)
                elif tag == _PERFORMER:
                    shown = self._performer(child(each, "assignedEntity"))
                elif tag.startswith(V3):
                    break
                else:  # what the region or the publisher added
                    shown = self._words.value(each)
                if shown:
                    yield shown

    def _performer(self, role: etree._Element | None) -> str:
        if role is None:
            return ""
        parts = (self._words.label(child(role, "code")), self._context.person(role))
        return ", ".join(part for part in parts if part)

    def _participant(self, role: etree._Element) -> str:
        for part in ("playingEntity", "playingDevice"):
            entity = child(role, part)
            if entity is not None:
                model = text_of(child(entity, "manufacturerModelName"))
                return text_of(child(entity, "name")) or self._words.label(child(entity, "code")) or model
        return text_of(child(role, "scopingEntity", "desc"))

    def _children(self, parts: Parts, depth: int) -> Iterator[Fact]:
        for tag in (_RELATIONSHIP, _COMPONENT, _REFERENCE):
            for each in parts.get(tag, ()):
                yield from self.below(each, depth + 1)

    def _document(self, node: etree._Element) -> Fact:
        parts = _parts(node)
        said = [self._words.plain(each) for each in parts.get(_TEXT, ())]
        numbers = [str(each.get("extension")) for each in parts.get(f"{V3}id", ()) if each.get("extension")]
        said.extend(_("№ {number}").format(number=number) for number in numbers[:1])
        value = "; ".join(text for text in said if text)
        return Fact(self._label(parts, "externalDocument"), value, time=self._times(parts))

    def _times(self, parts: Parts) -> str:
        found = []
        for each in parts.get(_TIME, ()):
            if not each.get("nullFlavor"):
                found.append(self._words.value(each) if each.get(XSI_TYPE) else self._words.period(each))
        return "; ".join(text for text in found if text)

    def _range(self, parts: Parts) -> str:
        found, measured = [], next(iter(parts.get(_VALUE, ())), None)
        for outer in parts[_RANGE]:
            for each in outer.iterfind(f"{V3}observationRange"):
                text, value = child(each, "text"), child(each, "value")
                said = "" if text is None else self._words.plain(text)
                if not said and value is not None and not value.get("nullFlavor"):
                    said = self._words.range_of(value, measured)
                found.append(said)
        return "; ".join(text for text in found if text)


def _parts(node: etree._Element) -> Parts:
    """Return what is right inside a statement by name: one walk instead of one for each of them."""
    found: Parts = {}
    for each in node.iterchildren("*"):
        found.setdefault(each.tag, []).append(each)
    return found
