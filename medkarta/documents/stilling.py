"""Take out of a PDF what acts by itself: the work of a confined process (`core.confined`), see `inert`."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, StreamDecodeLevel

from medkarta.core.confined import check

_DEEPEST = 64
_ACTING = frozenset(
    f"/{name}"
    for name in (
        *("JavaScript", "Launch", "SubmitForm", "ResetForm", "ImportData", "Rendition", "Movie", "Sound"),
        *("GoToR", "GoToE", "GoTo3DView", "RichMediaExecute", "Hide", "Trans", "SetOCGState", "Thread"),
    )
)


class TooDeep(Exception):
    """Objects stand inside objects deeper than any that a person made."""


def run(source: BinaryIO, target: BinaryIO, secret: bytes) -> None:
    """Write the PDF `source` anew without its actions; nothing of what no object refers to is kept.

    `secret` is unused. Raises what pikepdf does for a file that is no PDF or is locked, TooDeep, and MemoryError.
    """
    with pikepdf.open(source, access_mode=pikepdf.AccessMode.stream) as pdf:
        quieten(pdf)
        pdf.save(target, stream_decode_level=StreamDecodeLevel.none)
        check(pdf.get_warnings())


def quieten(pdf: pikepdf.Pdf) -> None:
    """Take out everything that acts."""
    _quieten_root(pdf.Root)
    for each in pdf.objects:
        for dictionary in _dictionaries(each, 0):
            _quieten_dictionary(dictionary)


def _quieten_root(root: Any) -> None:
    opening = root.get("/OpenAction")
    if isinstance(opening, Dictionary) and opening.get("/S") != Name.GoTo:
        del root["/OpenAction"]
    for holder, name in (("/Names", "/JavaScript"), ("/Names", "/EmbeddedFiles"), ("/AcroForm", "/XFA")):
        inside = root.get(holder)
        if isinstance(inside, Dictionary) and name in inside:
            del inside[name]


def _quieten_dictionary(one: Any) -> None:
    """Take the additional actions (AA, PA) of a page, field or note away, and what makes an action act."""
    for name in ("/AA", "/PA"):
        if name in one and _holds_actions(one[name]):
            del one[name]
    kind = one.get("/S")
    leads_out = kind == Name.URI and not str(one.get("/URI", "")).lower().startswith(("http://", "https://", "mailto:"))
    if isinstance(kind, Name) and (str(kind) in _ACTING or leads_out):
        del one["/S"]


def _holds_actions(value: object) -> bool:
    if not isinstance(value, Dictionary):
        return False
    return "/S" in value or any(isinstance(one, Dictionary) and "/S" in one for one in value.values())


def _dictionaries(value: Object, depth: int) -> Iterator[Any]:
    """Yield an object and what stands inside it, if they are dictionaries; other objects come by themselves."""
    if depth > _DEEPEST:
        raise TooDeep
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
