"""PDF files that act by themselves, made still: a browser's PDF viewer runs their scripts whatever policy we send.

Tried in Chromium 156: a script behind OpenAction runs under `script-src 'none'` and under `sandbox` alike, so the only
safe thing to show is a file without one. The original stays as it is and can be downloaded.
"""

import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

MAX_BYTES = 256 * 1024 * 1024
_IN_MEMORY = 4 * 1024 * 1024
_DEEPEST = 64
_ACTING = frozenset(
    f"/{name}"
    for name in (
        *("JavaScript", "Launch", "SubmitForm", "ResetForm", "ImportData", "Rendition", "Movie", "Sound"),
        *("GoToR", "GoToE", "GoTo3DView", "RichMediaExecute", "Hide", "Trans", "SetOCGState", "Thread"),
    )
)


class NoPdf(Exception):
    """The bytes are no PDF that can be read: broken, locked by a password, or too big to be looked through."""


def still_pdf(file: BinaryIO) -> BinaryIO:
    """Return a PDF that nothing in it acts: the file itself, or a copy without its actions.

    `file`: opened for reading; it is read again from its start, or closed if a copy takes its place. Links that a
    person presses stay if they lead to a page of the file or to http(s). Raises NoPdf, the file then closed.
    """
    source = _seekable(file)
    try:
        copy = _still_copy(source)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError, NoPdf) as error:
        source.close()
        raise NoPdf from error
    if copy is None:
        source.seek(0)
        return source
    source.close()
    return copy


def _still_copy(source: BinaryIO) -> BinaryIO | None:
    """Return a copy without actions, None if there were none."""
    with pikepdf.open(source) as pdf:
        if not _quieten(pdf):
            return None
        copy = cast(BinaryIO, SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115  whoever answers closes it
        try:
            pdf.save(copy)
        except BaseException:
            copy.close()
            raise
    copy.seek(0)
    return copy


def _seekable(file: BinaryIO) -> BinaryIO:
    if file.seekable():
        return file
    copy: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    shutil.copyfileobj(file, copy)
    file.close()
    copy.seek(0)
    return cast(BinaryIO, copy)


def _quieten(pdf: pikepdf.Pdf) -> bool:
    """Take out everything that acts; tell whether there was anything."""
    found = _quieten_root(pdf.Root)
    for each in pdf.objects:
        for dictionary in _dictionaries(each, 0):
            found = _quieten_dictionary(dictionary) or found
    return found


def _quieten_root(root: Any) -> bool:
    found = False
    opening = root.get("/OpenAction")
    if isinstance(opening, Dictionary) and opening.get("/S") != Name.GoTo:
        del root["/OpenAction"]
        found = True
    for holder, name in (("/Names", "/JavaScript"), ("/Names", "/EmbeddedFiles"), ("/AcroForm", "/XFA")):
        inside = root.get(holder)
        if isinstance(inside, Dictionary) and name in inside:
            del inside[name]
            found = True
    return found


def _quieten_dictionary(one: Any) -> bool:
    """Take the additional actions (AA, PA) of a page, field or note away, and what makes an action act."""
    found = False
    for name in ("/AA", "/PA"):
        if name in one and _holds_actions(one[name]):
            del one[name]
            found = True
    kind = one.get("/S")
    leads_out = kind == Name.URI and not str(one.get("/URI", "")).lower().startswith(("http://", "https://", "mailto:"))
    if isinstance(kind, Name) and (str(kind) in _ACTING or leads_out):
        del one["/S"]
        found = True
    return found


def _holds_actions(value: object) -> bool:
    if not isinstance(value, Dictionary):
        return False
    return "/S" in value or any(isinstance(one, Dictionary) and "/S" in one for one in value.values())


def _dictionaries(value: Object, depth: int) -> Iterator[Any]:
    """Yield an object and what stands inside it, if they are dictionaries; other objects come by themselves."""
    if depth > _DEEPEST:
        raise NoPdf
    if isinstance(value, Stream):
        yield value
        inside: Any = value.stream_dict.values()
    elif isinstance(value, Dictionary):
        yield value
        inside = value.values()
    elif isinstance(value, Array):
        inside = value
    else:
        return
    for one in inside:
        if isinstance(one, Object) and not one.is_indirect:
            yield from _dictionaries(one, depth + 1)
