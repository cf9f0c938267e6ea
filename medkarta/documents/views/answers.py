"""Answers that show a file inside the browser: only what its bytes say it is, and nothing of it acts."""

import codecs
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from medkarta.documents import inert, rules
from medkarta.documents.queries import FileSource
from medkarta.integrations.storage.port import storage

_BLOCK = 64 * 1024
# `style-src` is for the viewers that a browser builds around a PDF or a picture. No `sandbox` for a PDF: some browsers
# then show an empty page, and scripts of a PDF obey no policy anyway (see `inert`).
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class NotShown(Exception):
    """The file can only be downloaded. `is_pdf`: it says that it is a PDF, but none that can be read."""

    def __init__(self, *, is_pdf: bool = False) -> None:
        super().__init__()
        self.is_pdf = is_pdf


def show_stored(found: FileSource) -> HttpResponseBase:
    """Answer with a stored file to look at. Raises NotShown, FileMissing."""
    return show(storage().open(found.storage_key), found.name, size=found.size)


def show_bytes(data: bytes, name: rules.FileName) -> HttpResponseBase:
    """Answer with bytes that came inside another file, such as a picture of a CDA. Raises NotShown."""
    return show(BytesIO(data), name, size=len(data))


def hand_out(data: bytes, name: rules.FileName, *, content_type: str) -> HttpResponse:
    """Answer with bytes that are no stored file, as a download that no browser shows or runs."""
    response = HttpResponse(data, content_type=rules.served_type(content_type))
    response["Content-Disposition"] = name.disposition("attachment")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def show(file: BinaryIO, name: rules.FileName, *, size: int) -> HttpResponseBase:
    """Answer with a file to look at, a block at a time. Raises NotShown, the file then closed."""
    head = file.read(rules.HEAD_BYTES)
    content_type = rules.shown_type(head)
    if not content_type or (content_type == "application/pdf" and size > inert.MAX_BYTES):
        file.close()
        raise NotShown(is_pdf=content_type == "application/pdf")
    file.seek(0)
    if content_type == "application/pdf":
        return _guarded(_pdf(file), name, content_type)
    if content_type == "text/plain":
        return _guarded(
            StreamingHttpResponse(_Decoded(file, rules.text_encoding(head))),
            name,
            "text/plain; charset=utf-8",
            is_boxed=True,
        )
    response = FileResponse(file, content_type=content_type)
    response["Content-Length"] = str(size)
    return _guarded(response, name, content_type, is_boxed=True)


def _pdf(file: BinaryIO) -> FileResponse:
    try:
        still = inert.still_pdf(file)
    except inert.NoPdf as error:
        raise NotShown(is_pdf=True) from error
    size = still.seek(0, 2)
    still.seek(0)
    response = FileResponse(still)
    response["Content-Length"] = str(size)
    return response


class _Decoded:
    """A text as UTF-8 a block at a time, whatever it came in; what cannot be read is marked, not dropped."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def __iter__(self) -> Iterator[bytes]:
        while block := self._file.read(_BLOCK):
            yield self._decoder.decode(block).encode()
        yield self._decoder.decode(b"", final=True).encode()

    def close(self) -> None:
        self._file.close()


def _guarded(
    response: HttpResponseBase, name: rules.FileName, content_type: str, *, is_boxed: bool = False
) -> HttpResponseBase:
    response["Content-Type"] = content_type
    response["Content-Disposition"] = name.disposition("inline")
    response["Content-Security-Policy"] = f"{_POLICY}; sandbox" if is_boxed else _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response
