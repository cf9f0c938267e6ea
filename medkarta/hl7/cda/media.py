"""Files inside a document: pictures told by their bytes, and the one file that a body without structure is."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from medkarta.hl7.cda.datatypes import child, text_of

UNKNOWN = "application/octet-stream"
PLAIN = "text/plain"
PICTURES = ("image/png", "image/jpeg")
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_PDF_WITHIN = 1024
_SPACES = re.compile(r"\s+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class NonXml:
    """The body of a document that is a file. `content_type` is what the bytes are, `declared` what the sender says.

    A file that is only named has `reference` and no bytes: it is listed and never fetched.
    """

    content_type: str
    declared: str
    data: bytes = field(repr=False)
    reference: str = ""

    @property
    def text(self) -> str:
        """The text of a text file, empty for others."""
        return (_as_text(self.data) or "") if self.content_type == PLAIN else ""


def kind_of(data: bytes) -> str:
    """Return the content type of bytes by what they are: PDF, PNG, JPEG, else unknown."""
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "application/pdf"
    return next((kind for start, kind in _SIGNATURES if data.startswith(start)), UNKNOWN)


def decoded(node: etree._Element) -> bytes | None:
    """Return the bytes of an ED: once out of base64, never further; None if they are not base64."""
    text = node.text or ""
    if node.get("representation") != "B64":
        return text.encode()
    try:
        return base64.b64decode(_SPACES.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def read_nonxml(node: etree._Element) -> tuple[NonXml, tuple[str, ...]]:
    """Read the text of a nonXMLBody, and say what of it cannot be shown."""
    declared = str(node.get("mediaType", "")).partition(";")[0].strip().lower()
    reference = child(node, "reference")
    data = decoded(node) if (node.text or "").strip() else b""
    if not data and reference is not None:
        note = _("Файл документа лежит по внешнему адресу: он не загружается")
        return NonXml(declared or UNKNOWN, declared, b"", str(reference.get("value", "")).strip()), (note,)
    if data is None:
        return NonXml(UNKNOWN, declared, b""), (_("Вложенный файл повреждён: он не читается"),)
    if node.get("compression"):
        return NonXml(UNKNOWN, declared, data), (_("Вложенный файл сжат: его можно только скачать"),)
    if not data:
        data = text_of(node).encode()
    return _told(declared, data)


def _told(declared: str, data: bytes) -> tuple[NonXml, tuple[str, ...]]:
    kind = kind_of(data)
    if kind == UNKNOWN and declared in ("", PLAIN) and _as_text(data) is not None:
        return NonXml(PLAIN, declared, data), ()
    known = ("application/pdf", PLAIN, *PICTURES)
    if not data:
        return NonXml(kind, declared, data), (_("Вложенный файл пуст"),)
    if kind != declared and declared in known:
        return NonXml(kind, declared, data), (_("Вложенный файл не того вида, что назван в документе"),)
    if kind == UNKNOWN:
        return NonXml(kind, declared, data), (_("Вложенный файл такого вида можно только скачать"),)
    return NonXml(kind, declared, data), ()


def _as_text(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "windows-1251"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if text.strip() and not _NOT_TEXT.search(text) else None
    return None
