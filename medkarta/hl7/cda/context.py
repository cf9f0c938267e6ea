"""What readers of one document share: its clock, the targets of its references, its pictures, and what was left out."""

from collections.abc import Iterator
from datetime import tzinfo
from functools import cached_property
from typing import cast

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.core.blocks import Picture
from medkarta.hl7.cda.datatypes import Words, beginning_of, child, text_of
from medkarta.hl7.cda.header import name_of
from medkarta.hl7.cda.media import PICTURES, decoded, kind_of
from medkarta.hl7.cda.source import V3, Source

_find_anchors = etree.XPath("//*[@ID]")
_MAX_TEXT = 4_000
"""Characters of one referenced text: a document may point at its whole narrative from every entry."""
_MAX_TEXTS = 1_000_000
_MAX_STEPS, _STEP = 1_000_000, 64
"""Steps through what is referenced, one for each tag and each `_STEP` characters: it may lie in each other."""
_MAX_PICTURES = 200
"""Places of pictures: a document may show one of them again and again."""

Key = tuple[str, str]


class Context:
    """One document being read. `pictures` and `notes` grow as its parts are read."""

    def __init__(self, source: Source, zone: tzinfo) -> None:
        self.root = source.root
        self.words = Words(zone, self.text_at)
        self.pictures: list[Picture] = []
        self._notes = dict.fromkeys(source.notes)
        self._shown: dict[etree._Element, Picture | None] = {}
        self._texts: dict[str, str] = {}
        self._texts_left = _MAX_TEXTS
        self._steps_left = _MAX_STEPS
        self._pictures_left = _MAX_PICTURES

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def note(self, text: str) -> None:
        """Remember, once, that something of the document is not shown."""
        self._notes[text] = None

    @cached_property
    def anchors(self) -> dict[str, etree._Element]:
        """Elements by their ID; the first one if a document repeats it."""
        found: dict[str, etree._Element] = {}
        for node in cast(list[etree._Element], _find_anchors(self.root)):
            found.setdefault(str(node.get("ID")), node)
        return found

    def text_at(self, address: str) -> str:
        """Return the text that `#id` points at, empty for any other address: nothing outside is fetched."""
        if self._texts_left <= 0 or not address.startswith("#"):
            return ""
        if address not in self._texts:
            node = self.anchors.get(address[1:])
            self._texts[address] = "" if node is None else beginning_of(self._pieces(node), _MAX_TEXT)
        text = self._texts[address][: self._texts_left]
        self._texts_left -= len(text)
        return text

    def _pieces(self, node: etree._Element) -> Iterator[str]:
        """Yield the text below a node piece by piece, as long as there are steps left."""
        for event, each in etree.iterwalk(node, events=("start", "end", "comment", "pi")):
            piece = (each.text if event == "start" else "" if each is node else each.tail) or ""
            self._steps_left -= 1 + len(piece) // _STEP
            if self._steps_left < 0:
                return
            yield from (piece[at : at + _MAX_TEXT] for at in range(0, len(piece), _MAX_TEXT))

    @cached_property
    def people(self) -> dict[Key, str]:
        """Names of those who are named once and then referred to by id."""
        found: dict[Key, str] = {}
        for role in self.root.iter(f"{V3}assignedEntity", f"{V3}assignedAuthor"):
            if name := name_of(child(role, "assignedPerson", "name")).full:
                found |= {key: name for key in ids_of(role) if key not in found}
        return found

    @cached_property
    def specimens(self) -> dict[Key, str]:
        """Names of the materials that were examined, by id."""
        found: dict[Key, str] = {}
        for role in self.root.iter(f"{V3}specimenRole"):
            if name := self.specimen_name(role):
                found |= {key: name for key in ids_of(role) if key not in found}
        return found

    def specimen_name(self, role: etree._Element) -> str:
        entity = child(role, "specimenPlayingEntity")
        if entity is None:
            return ""
        return (
            self.words.label(child(entity, "code")) or text_of(child(entity, "desc")) or text_of(child(entity, "name"))
        )

    def person(self, role: etree._Element | None) -> str:
        """Return who an assignedEntity is, also where it only repeats an id; else the organisation."""
        if role is None:
            return ""
        named = name_of(child(role, "assignedPerson", "name")).full
        known = next((self.people[key] for key in ids_of(role) if key in self.people), "")
        return named or known or text_of(child(role, "representedOrganization", "name"))

    def picture(self, node: etree._Element, alt: str = "") -> Picture | None:
        """Return the picture of an observationMedia, the same one each time; None if it cannot be shown."""
        self._pictures_left -= 1
        if self._pictures_left < 0:
            self.note(_("В документе слишком много изображений: показаны первые"))
            return None
        if node not in self._shown:
            self._shown[node] = self._picture(node, alt)
        return self._shown[node]

    def media_at(self, identifier: str) -> etree._Element | None:
        """Return the observationMedia behind an ID, which may be that of a region within it."""
        node = self.anchors.get(identifier)
        if node is None or node.tag == f"{V3}observationMedia":
            return node
        return next(node.iter(f"{V3}observationMedia"), None)

    def unshown_media(self, section: etree._Element) -> Iterator[etree._Element]:
        """Yield the media of a section's entries that its narrative has not shown."""
        for entry in section.iterfind(f"{V3}entry"):
            for node in entry.iter(f"{V3}observationMedia"):
                if node not in self._shown:
                    yield node

    def _picture(self, node: etree._Element, alt: str) -> Picture | None:
        value = child(node, "value")
        if value is None or not (value.text or "").strip():
            self.note(_("Изображение лежит по внешнему адресу: оно не загружается"))
            return None
        data = decoded(value)
        if data is None or (kind := kind_of(data)) not in PICTURES:
            self.note(_("Изображение не показано: это не PNG и не JPEG или оно повреждено"))
            return None
        found = Picture(len(self.pictures) + 1, kind, data, alt or _("Изображение из документа"))
        self.pictures.append(found)
        return found


def ids_of(role: etree._Element) -> Iterator[Key]:
    """Yield the complete ids of a role."""
    for each in role.iterfind(f"{V3}id"):
        if each.get("root") and each.get("extension"):
            yield str(each.get("root")), str(each.get("extension"))
