"""What a file is, what it may be called and when it is offered. Pure."""

import base64
import binascii
import codecs
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

XML_TYPES = frozenset({"application/xml", "text/xml"})
_RUNNABLE = frozenset({"text/html", "image/svg+xml", "application/xml", "text/xml"})
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"{\\rtf", "application/rtf"),
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BOMS = tuple(bom for bom, _name in _ENCODINGS)
_SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "text/plain"})
HEAD_BYTES = 4096
_CDA = b"urn:hl7-org:v3"
_PKCS7_OIDS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_PKCS7_TEXTS = (b"YJKoZIhvcNAQcC", b"CSqGSIb3DQEHAq")  # the same object identifier in base64
_EXTENSIONS: dict[str, str] = {
    "application/pdf": "pdf",
    "application/hl7-v3+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "html.txt",
    "image/svg+xml": "svg.txt",
    "text/plain": "txt",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/tiff": "tif",
    "application/dicom": "dcm",
    "application/zip": "zip",
    "application/msword": "doc",
    _WORD: "docx",
    _EXCEL: "xlsx",
    "application/pkcs7-signature": "p7s",
    "application/json": "json",
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff/\\:*?\"<>|]+")
_SPACES = re.compile(r"\s+")
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_NAME_CHARS = 80


class Family(StrEnum):
    """What a person would call a file."""

    PDF = "pdf"
    CDA = "cda"
    XML = "xml"
    IMAGE = "image"
    TEXT = "text"
    SIGNATURE = "signature"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileName:
    """A name for a download: in ASCII for every browser, in full for those that read RFC 5987."""

    ascii: str
    full: str

    def disposition(self, kind: str) -> str:
        """Return the header that says what becomes of the file: `attachment` or `inline`."""
        return f"{kind}; filename=\"{self.ascii}\"; filename*=UTF-8''{quote(self.full, safe='')}"


def sniff(data: bytes) -> str:
    """Return the media type that the bytes themselves show: a name or a header may lie."""
    for start, content_type in _MAGIC:
        if data.startswith(start):
            return content_type
    if data.startswith(b"PK\x03\x04"):
        return _WORD if b"word/document.xml" in data else _EXCEL if b"xl/workbook.xml" in data else "application/zip"
    if data[128:132] == b"DICM":
        return "application/dicom"
    if _is_signature(data):
        return "application/pkcs7-signature"
    return _sniff_text(data)


def family_of(content_type: str) -> Family:
    """Return what a person would call a file of this media type."""
    if content_type == "application/pdf":
        return Family.PDF
    if content_type == "application/hl7-v3+xml":
        return Family.CDA
    if content_type in XML_TYPES:
        return Family.XML
    if content_type == "application/pkcs7-signature":
        return Family.SIGNATURE
    if content_type.startswith("image/") and content_type != "image/svg+xml":
        return Family.IMAGE
    return Family.TEXT if content_type.startswith("text/") or content_type == "application/rtf" else Family.OTHER


def file_name(title: str, content_type: str, *, position: int = 1) -> FileName:
    """Return the name of a downloaded file; `position` from 2 on is added to tell files of one document apart.

    HTML and SVG get `.txt` behind, so that no double click runs them.
    """
    stem = _SPACES.sub(" ", _UNSAFE.sub(" ", title)).strip(" .")[:_NAME_CHARS].strip(" .") or "document"
    extension = _EXTENSIONS.get(content_type, "bin")
    ending = f"-{position}.{extension}" if position > 1 else f".{extension}"
    if stem.lower().endswith(f".{extension}"):
        stem = stem[: -len(extension) - 1]
    return FileName(f"{_ascii(stem)}{ending}", f"{stem}{ending}")


def served_type(content_type: str) -> str:
    """Return the media type to say in an answer: what a browser could run is told to be plain bytes."""
    return "application/octet-stream" if content_type in _RUNNABLE else content_type


def shown_type(head: bytes) -> str:
    """Return the media type to show a file in, empty for one that is only downloaded. `head`: its first bytes.

    Only what the bytes themselves say counts, and nothing that a browser takes for a page of ours: no HTML, SVG, XML.
    """
    found = sniff(head)
    return found if is_shown(found) else ""


def is_shown(content_type: str) -> bool:
    """Tell whether a browser may show a file of this type as it is."""
    return content_type in _SHOWN


def text_encoding(head: bytes) -> str:
    """Return the encoding of a plain text by its mark or its first bytes; Windows-1251 if it is no Unicode."""
    for bom, name in _ENCODINGS:
        if head.startswith(bom):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8"


def promised_hash(text: str) -> str:
    """Return a FHIR attachment's hash (base64 of SHA-1; SHA-256 is met too) in hex; empty for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return found.hex() if len(found) in (20, 32) else ""


def keeps_promise(promised: str, *, sha1: str, sha256: str) -> bool:
    """Tell whether bytes have the hash that was promised for them (hex; nothing promised is kept)."""
    return not promised or promised == (sha1 if len(promised) == len(sha1) else sha256)


def sha1_of(data: bytes) -> str:
    """Return the SHA-1 in hex: a check of transport that FHIR prescribes, not a proof."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def _is_signature(data: bytes) -> bool:
    """Tell whether a file is a CMS signature: its bytes as they are, as PEM or as plain base64."""
    if data[:1] == b"\x30":
        return _PKCS7_OIDS in data[:32]
    head = data[:64].removeprefix(_BOMS[0]).lstrip()
    if head.startswith((b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")):
        return True
    return head.startswith(b"MI") and any(text in head for text in _PKCS7_TEXTS)


def _sniff_text(data: bytes) -> str:
    head = data[:HEAD_BYTES]
    for bom in _BOMS:
        head = head.removeprefix(bom)
    start = head.replace(b"\x00", b"").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return "image/svg+xml"
    if start.startswith(b"<?xml") and b"<html" in start:
        return "text/html"
    if start.startswith(b"<"):
        return "application/hl7-v3+xml" if b"clinicaldocument" in start and _CDA in start else "application/xml"
    return "text/plain" if data and _is_text(data[:HEAD_BYTES]) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    encoding = text_encoding(head)
    if encoding != "utf-16":
        return not any(byte < 9 or 13 < byte < 32 for byte in head)
    text = head[: len(head) & ~1].decode("utf-16", "replace")
    return not any(ord(letter) < 9 or 13 < ord(letter) < 32 for letter in text)


def _ascii(stem: str) -> str:
    spelt = "".join(_LATIN.get(letter, letter) for letter in stem.lower())
    kept = re.sub(r"[^a-z0-9.-]+", "-", spelt).strip("-.")
    return kept or "document"
