"""Clinical statements of entries in words: what was found, done or given, each with what is said about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
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
_MEASURED = ("PQ", "INT", "REAL", "IVL_PQ", "IVL_INT", "IVL_REAL")


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
            name = etree.QName(each).localname
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
        value, details = self._value(node, name), list(self._details(node, name))
        if node.get("negationInd") == "true":
            value = _("нет: {value}").format(value=value) if value else _("нет")
        status = child(node, "statusCode")
        if status is not None and status.get("code") in ("aborted", "cancelled", "nullified"):
            details.append(_("отменено"))
        kinds = [type_of(each) for each in node.iterfind(f"{V3}value")]
        fact = Fact(
            label=self._label(node, name),
            value=value,
            details=tuple(details),
            children=tuple(self._children(node, depth)),
            is_measured=name == "observation" and len(kinds) == 1 and kinds[0] in _MEASURED,
            is_group=name == "organizer",
            range=self._range(node),
            mark=interpretation_name(child(node, "interpretationCode"), self._words),
            time=self._times(node),
        )
        return fact if fact.label or not fact.children or fact.value else replace(fact, is_group=True)

    def _label(self, node: etree._Element, name: str) -> str:
        found = self._words.label(child(node, "code"))
        if found or name not in ("substanceAdministration", "procedure", "encounter", "supply"):
            return found
        names = {
            "substanceAdministration": _("Лекарственный препарат"),
            "procedure": _("Процедура"),
            "encounter": _("Посещение"),
            "supply": _("Выдано"),
        }
        return names[name]

    def _value(self, node: etree._Element, name: str) -> str:
        found = [self._words.value(each) for each in node.iterfind(f"{V3}value")]
        found.extend(self._products(node))
        text = child(node, "text")
        if text is not None and (said := self._words.plain(text)) and said not in found:
            found.append(said)
        return "; ".join(text for text in found if text)

    def _products(self, node: etree._Element) -> Iterator[str]:
        """Yield the drugs or things that were given."""
        for role in (child(node, "consumable", "manufacturedProduct"), child(node, "product", "manufacturedProduct")):
            if role is None:
                continue
            for kind in ("manufacturedMaterial", "manufacturedLabeledDrug"):
                material = child(role, kind)
                if material is not None:
                    yield self._words.code(child(material, "code")) or text_of(child(material, "name"))
                    if lot := text_of(child(material, "lotNumberText")):
                        yield _("серия {number}").format(number=lot)
            if maker := text_of(child(role, "manufacturerOrganization", "name")):
                yield maker

    def _details(self, node: etree._Element, name: str) -> Iterator[str]:
        """Yield what is said about a statement: how, how much, where, on what, by whom."""
        texts = {"doseQuantity": _("доза {value}"), "rateQuantity": _("скорость {value}")}
        texts |= {"quantity": _("количество {value}"), "maxDoseQuantity": _("не больше {value}")}
        for part in ("doseQuantity", "rateQuantity", "maxDoseQuantity", "quantity"):
            for each in node.iterfind(f"{V3}{part}"):
                if amount := self._words.interval(each):
                    yield texts[part].format(value=amount)
        for part in ("routeCode", "approachSiteCode", "targetSiteCode", "methodCode", "priorityCode"):
            for each in node.iterfind(f"{V3}{part}"):
                if shown := self._words.code(each):
                    yield shown
        yield from self._specimens(node)
        for each in node.iterfind(f"{V3}participant/{V3}participantRole"):
            if shown := self._participant(each):
                yield shown
        for each in node.iterfind(f"{V3}performer/{V3}assignedEntity"):
            if shown := self._context.person(each):
                yield shown

    def _specimens(self, node: etree._Element) -> Iterator[str]:
        for role in node.iterfind(f"{V3}specimen/{V3}specimenRole"):
            if name := self._context.specimen_name(role):
                yield _("материал: {name}").format(name=name)

    def _participant(self, role: etree._Element) -> str:
        for part in ("playingEntity", "playingDevice"):
            entity = child(role, part)
            if entity is not None:
                model = text_of(child(entity, "manufacturerModelName"))
                return text_of(child(entity, "name")) or self._words.label(child(entity, "code")) or model
        return text_of(child(role, "scopingEntity", "desc"))

    def _children(self, node: etree._Element, depth: int) -> Iterator[Fact]:
        for each in node.iterchildren(f"{V3}entryRelationship", f"{V3}component", f"{V3}reference"):
            yield from self.below(each, depth + 1)

    def _document(self, node: etree._Element) -> Fact:
        numbers = [str(each.get("extension")) for each in node.iterfind(f"{V3}id") if each.get("extension")]
        text = child(node, "text")
        value = "; ".join(
            part
            for part in (
                "" if text is None else self._words.plain(text),
                _("№ {number}").format(number=numbers[0]) if numbers else "",
            )
            if part
        )
        return Fact(self._words.label(child(node, "code")) or _("Документ"), value, time=self._times(node))

    def _times(self, node: etree._Element) -> str:
        found = []
        for each in node.iterfind(f"{V3}effectiveTime"):
            if not each.get("nullFlavor"):
                found.append(self._words.value(each) if each.get(XSI_TYPE) else self._words.period(each))
        return "; ".join(text for text in found if text)

    def _range(self, node: etree._Element) -> str:
        found, measured = [], child(node, "value")
        for each in node.iterfind(f"{V3}referenceRange/{V3}observationRange"):
            text, value = child(each, "text"), child(each, "value")
            said = "" if text is None else self._words.plain(text)
            if not said and value is not None and not value.get("nullFlavor"):
                said = self._words.range_of(value, measured)
            found.append(said)
        return "; ".join(text for text in found if text)
