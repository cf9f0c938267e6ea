"""A one-page PDF written by hand, for documents that a clinic sends as a scan or a print."""

_OBJECTS = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def page(lines: list[str]) -> bytes:
    """Return a PDF with one line of ASCII text under another.

    Raises UnicodeEncodeError for other characters: the standard font has no Cyrillic.
    """
    shown = "".join(f"({_escaped(line)}) Tj 0 -20 Td " for line in lines)
    stream = f"BT /F1 12 Tf 60 770 Td {shown}ET"
    bodies = [*_OBJECTS, f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{rows}"
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("ascii")


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя«»№—–",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "yo",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
            '"',
            '"',
            "No",
            "-",
            "-",
        ],
        strict=True,
    )
)


def latin(text: str) -> str:
    """Return a Russian text in Latin letters."""
    out = []
    for letter in text:
        found = _LATIN.get(letter.lower())
        if found is None:
            out.append(letter if letter.isascii() else " ")
        elif found != "_":
            out.append(found.capitalize() if letter.isupper() else found)
    return "".join(out)
