"""Which signs the sheets' fonts can draw: an archival PDF may not hold a sign without a shape."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
PRINTED = ("GolosText_400Regular.ttf", "DejaVuSans.ttf")
MISSING = "□"
_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_FORMAT_12, _FORMAT_4 = 12, 4


def printable(text: str) -> str:
    """Return a text with drawable signs only, composed (NFC).

    Line breaks become `\\n`, tabs spaces; what has no shape (control and direction signs) goes; a sign that no font
    has becomes its plain form («①» → «1») or `MISSING`.
    """
    text = unicodedata.normalize("NFC", _BREAKS.sub("\n", text).replace("\t", " "))
    strange = set(text) - coverage() - {"\n"}
    return text.translate({ord(sign): _stand_in(sign) for sign in strange}) if strange else text


@cache
def coverage() -> frozenset[str]:
    """Return the signs that some font of the sheets can draw."""
    points = set().union(*(code_points((FOLDER / name).read_bytes()) for name in PRINTED))
    signs = (chr(point) for point in points)
    return frozenset(sign for sign in signs if unicodedata.category(sign)[0] != "C" or sign == "\u00ad")


def code_points(font: bytes) -> set[int]:
    """Return the code points of a TrueType font that have a glyph.

    Source: OpenType specification, table `cmap`, formats 4 and 12.
    """
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    start = tables[b"cmap"]
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">I", font, start + 8 + 8 * index)[0]
        format_ = struct.unpack_from(">H", font, at)[0]
        if format_ == _FORMAT_4:
            found |= _segments(font, at)
        elif format_ == _FORMAT_12:
            groups = struct.unpack_from(">I", font, at + 12)[0]
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * group)
                found |= set(range(first, last + 1))
    return found


def _segments(font: bytes, at: int) -> set[int]:
    """Return the code points of a `cmap` subtable of format 4 whose glyph is not the missing one."""
    double = struct.unpack_from(">H", font, at + 6)[0]
    ends, starts = at + 14, at + 16 + double
    deltas, offsets = starts + double, starts + 2 * double
    found: set[int] = set()
    for step in range(0, double, 2):
        first, last = struct.unpack_from(">H", font, starts + step)[0], struct.unpack_from(">H", font, ends + step)[0]
        delta, offset = (struct.unpack_from(">H", font, table + step)[0] for table in (deltas, offsets))
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offset:
                glyph = struct.unpack_from(">H", font, offsets + step + offset + 2 * (point - first))[0]
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                found.add(point)
    return found


def _stand_in(sign: str) -> str:
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs"):
        return ""
    plain = unicodedata.normalize("NFKD", sign)
    return plain if plain and set(plain) <= coverage() else MISSING
