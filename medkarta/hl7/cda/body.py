"""A whole document to what can be read: its sections as blocks, or the file that it wraps, and who vouches for it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import cast

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.core.blocks import Block, Picture, Section, paragraph
from medkarta.hl7.cda.context import Context
from medkarta.hl7.cda.datatypes import child, text_of
from medkarta.hl7.cda.entries import read_entries
from medkarta.hl7.cda.header import Header, moment, name_of, read_header
from medkarta.hl7.cda.media import PICTURES, NonXml, read_nonxml
from medkarta.hl7.cda.narrative import read_narrative
from medkarta.hl7.cda.source import V3, Source, opened
from medkarta.hl7.cda.titles import code_of, title_of
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.values import MOSCOW, HumanName, Moment

_count = cast(Callable[[etree._Element], float], etree.XPath("count(//*)"))
_MAX_LEVELS = 6
"""Levels of headings; sections nested deeper follow their parent as its equals."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who wrote a document or vouches for it: a person, or a device by its name. `organization` may be empty."""

    name: HumanName
    position: str
    organization: str
    at: Moment | None


@dataclass(frozen=True, slots=True)
class CdaDocument:
    """A document in plain values. `notes` are sentences about what could not be read or was left out.

    `legal_authenticator` is absent in newer editions, whose signatures stand beside the document. `pictures` are
    those of `sections`, in the order of their positions.
    """

    header: Header
    legal_authenticator: Signer | None
    authors: tuple[Signer, ...]
    authenticators: tuple[Signer, ...]
    sections: tuple[Section, ...]
    nonxml: NonXml | None
    pictures: tuple[Picture, ...]
    notes: tuple[str, ...]


def read_document(source: bytes | Source, limits: Limits = LIMITS, zone: tzinfo = MOSCOW) -> CdaDocument:
    """Read a document whole. Raises Unreadable if it is not a CDA document; any other is read as far as it goes."""
    source = opened(source, limits)
    root, context = source.root, Context(source, zone)
    file = root.find(f"{V3}component/{V3}nonXMLBody/{V3}text")
    nonxml: NonXml | None = None
    if file is not None:
        nonxml, said = read_nonxml(file)
        for note in said:
            context.note(note)
    is_large = _count(root) > limits.max_cda_elements
    sections = () if is_large else tuple(_bodies(root, context)) or _file_sections(nonxml, context)
    if is_large:
        context.note(_("Документ слишком велик, чтобы показать его здесь: его можно скачать"))
    elif not sections and nonxml is None:
        context.note(_("В документе нет текста: есть только сведения о нём"))
    return CdaDocument(
        header=read_header(source, limits, zone),
        legal_authenticator=next(_signers(root, "legalAuthenticator", "assignedEntity", zone), None),
        authors=tuple(_signers(root, "author", "assignedAuthor", zone)),
        authenticators=tuple(_signers(root, "authenticator", "assignedEntity", zone)),
        sections=sections,
        nonxml=nonxml,
        pictures=tuple(context.pictures),
        notes=context.notes,
    )


def _bodies(root: etree._Element, context: Context) -> Iterator[Section]:
    for body in root.iterfind(f"{V3}component/{V3}structuredBody"):
        yield from _sections(_below(body), context, 1)


def _below(node: etree._Element) -> Iterator[etree._Element]:
    """Yield the sections right below a body or a section, also where `component` is forgotten."""
    for each in node:
        if each.tag == f"{V3}component":
            yield from each.iterfind(f"{V3}section")
        elif each.tag == f"{V3}section":
            yield each


def _sections(nodes: Iterable[etree._Element], context: Context, level: int) -> Iterator[Section]:
    for node in nodes:
        blocks, inner = _blocks(node, context), _sections(_below(node), context, level + 1)
        below = tuple(inner)
        if not blocks and not below:
            blocks = (paragraph(_("Не указано")),)
        if level < _MAX_LEVELS:
            yield Section(title_of(node), blocks, below, code_of(node))
        else:
            yield Section(title_of(node), blocks, (), code_of(node))
            yield from below


def _blocks(section: etree._Element, context: Context) -> tuple[Block, ...]:
    """Return what a section says: its narrative, else its coded entries; and pictures that neither has shown."""
    text = child(section, "text")
    blocks = () if text is None else read_narrative(text, context)
    if not blocks:
        blocks = read_entries(section, context)
    rest = (context.picture(node) for node in context.unshown_media(section))
    return (*blocks, *(picture for picture in rest if picture is not None))


def _file_sections(file: NonXml | None, context: Context) -> tuple[Section, ...]:
    """Return the section that a text or a picture in place of a body makes."""
    if file is None:
        return ()
    if file.content_type in PICTURES:
        picture = Picture(1, file.content_type, file.data, _("Изображение из документа"))
        context.pictures.append(picture)
        return (Section(_("Изображение"), (picture,)),)
    lines = [line.strip() for line in file.text.splitlines()]
    blocks = tuple(paragraph(line) for line in lines if line)
    return (Section(_("Текст документа"), blocks),) if blocks else ()


def _signers(root: etree._Element, name: str, role: str, zone: tzinfo) -> Iterator[Signer]:
    for each in root.iterfind(f"{V3}{name}"):
        entity = child(each, role)
        if entity is None:
            continue
        person, code, time = (
            name_of(child(entity, "assignedPerson", "name")),
            child(entity, "code"),
            child(each, "time"),
        )
        if not person.full:
            device = child(entity, "assignedAuthoringDevice")
            full = "" if device is None else " ".join(text for text in map(text_of, device) if text)
            person = HumanName("", "", "", full)
        organization = text_of(child(entity, "representedOrganization", "name"))
        if not (person.full or organization):
            continue
        post = "" if code is None else str(code.get("displayName", "")).strip()
        at = None if time is None else moment(str(time.get("value", "")), zone)
        yield Signer(person, post, organization, at)
