"""What a document says: its file is read anew for each page, so a better reader shows old documents better too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language

from medkarta.core.blocks import Picture, Section, paragraph
from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.documents import rules
from medkarta.documents.queries.files import FileRow, list_files
from medkarta.documents.queries.pictures import Pictures
from medkarta.documents.queries.visible import seen_by
from medkarta.hl7.cda import body as cda
from medkarta.hl7.cda.media import NonXml
from medkarta.hl7.issues import Unreadable
from medkarta.integrations.storage.port import FileMissing, storage

MAX_TEXT_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a document. `inside`: the file that is its body, also where a text could be made of it.

    `is_failed`: there is a file to read and it could not be read.
    """

    sections: tuple[Section, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    inside: NonXml | None = None
    is_failed: bool = False

    @property
    def is_inside_shown(self) -> bool:
        return self.inside is not None and rules.is_shown(self.inside.content_type)


NOTHING = Reading()
_kept = Pictures()


def get_reading(scope: PatientScope, document_id: UUID) -> Reading:
    """Return the text of a document. Two statements. Raises NotFound."""
    return read_files(_list_seen(scope, document_id))


def get_picture(scope: PatientScope, document_id: UUID, number: int) -> Picture:
    """Return a picture of the text of a document, counted from 1. Two statements. Raises NotFound."""
    file = _first_cda(_list_seen(scope, document_id))
    for found in _pictures(file) if file else ():
        if found.position == number:
            return found
    raise NotFound


def get_inside(scope: PatientScope, document_id: UUID) -> tuple[NonXml, rules.FileName]:
    """Return the file inside a document, with a name for it. Raises NotFound."""
    inside = get_reading(scope, document_id).inside
    if inside is None or not inside.data:
        raise NotFound
    title = seen_by(scope).filter(pk=document_id).values_list("title", flat=True).first()
    return inside, rules.file_name(title or "", inside.content_type)


def read_files(files: Iterable[FileRow]) -> Reading:
    """Return the text of the first file that has one: a CDA before a plain text. The files were found in a scope."""
    at_hand = [one for one in files if one.is_here]
    if file := _first_cda(at_hand):
        return _read(file, _of_cda)
    for one in at_hand:
        if one.content_type == "text/plain" and (one.size or 0) <= MAX_TEXT_BYTES:
            return _read(one, _of_text)
    return NOTHING


def _list_seen(scope: PatientScope, document_id: UUID) -> tuple[FileRow, ...]:
    if not seen_by(scope).filter(pk=document_id).exists():
        raise NotFound
    scope.reads.add("DocumentReference", [document_id])
    return list_files(scope, document_id)


def _first_cda(files: Iterable[FileRow]) -> FileRow | None:
    return next((one for one in files if one.is_here and one.family is rules.Family.CDA), None)


def _pictures(file: FileRow) -> tuple[Picture, ...]:
    """Return the pictures of a file that was found in a scope; of one read a moment ago, without reading it anew."""
    key = (file.storage_key, get_language() or "")
    found = _kept.get(key)
    if found is None:
        reading = _read(file, _of_cda)
        found = reading.pictures
        if not reading.is_failed:
            _kept.keep(key, found)
    return found


def _read(file: FileRow, reader: Callable[[bytes], Reading]) -> Reading:
    try:
        with storage().open(file.storage_key) as opened:
            return reader(opened.read())
    except (FileMissing, Unreadable):
        return Reading(is_failed=True)


def _of_cda(data: bytes) -> Reading:
    found = cda.read_document(data)
    return Reading(found.sections, found.pictures, found.notes, found.nonxml)


def _of_text(data: bytes) -> Reading:
    return Reading(_paragraphs(data.decode(rules.text_encoding(data), "replace")))


def _paragraphs(text: str) -> tuple[Section, ...]:
    """Return a plain text as one part, a paragraph for each line that has letters."""
    lines = tuple(paragraph(line) for each in text.splitlines() if (line := each.strip()))
    return (Section("", lines),) if lines else ()
