"""Small files of every kind that a document may hold."""

import zlib
from base64 import b64encode
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

JS = "app.alert('ran');"


def pdf_file(**root: object) -> bytes:
    """Return a PDF of one empty page, with more entries in its catalogue."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    for name, value in root.items():
        pdf.Root[f"/{name}"] = value
    return saved(pdf)


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    target = BytesIO()
    pdf.save(target, deterministic_id="encryption" not in options, **options)
    return target.getvalue()


def script() -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String(JS))


def with_annotation(**annotation: object) -> bytes:
    """Return a PDF whose page has a note with these entries."""
    pdf = pikepdf.open(BytesIO(pdf_file()))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 100, 100]))
    for name, value in annotation.items():
        note[f"/{name}"] = value
    pdf.pages[0].Annots = pdf.make_indirect(Array([pdf.make_indirect(note)]))
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def picture(kind: str = "PNG") -> bytes:
    target = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(target, kind)
    return target.getvalue()


def cda(body: str, *, title: str = "Протокол") -> bytes:
    """Return a CDA document with this body, without anything else that it could have."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        f'<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><title>{title}</title>'
        f"<component>{body}</component></ClinicalDocument>"
    ).encode()


def told(*sections: tuple[str, str]) -> bytes:
    """Return a CDA document of titled sections with their narrative."""
    parts = "".join(
        f"<component><section><title>{title}</title><text>{text}</text></section></component>"
        for title, text in sections
    )
    return cda(f"<structuredBody>{parts}</structuredBody>")


def wrapped(data: bytes, media_type: str) -> bytes:
    """Return a CDA document whose body is a file."""
    inside = b64encode(data).decode()
    return cda(f'<nonXMLBody><text mediaType="{media_type}" representation="B64">{inside}</text></nonXMLBody>')


def packed_pdf(inflated: int) -> bytes:
    """Return a small PDF with an object stream that inflates to so many MiB of spaces."""
    block = b" " * 1024 * 1024
    start = b"3 0 << /Kind /Packed >> "
    packer = zlib.compressobj(9)
    packed = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(start)
    for _each in range(inflated):
        check = zlib.adler32(block, check)
    packed += piece * inflated + b"\x03\x00" + check.to_bytes(4, "big")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Packed 3 0 R >>",
        b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
        b"",
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(packed), packed),
        b"",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    data, places = b"%PDF-1.7\n", [b"\x00" * 6]
    for number, body in enumerate(objects, 1):
        places.append(b"\x01" + len(data).to_bytes(4, "big") + b"\x00" if body else b"\x02\x00\x00\x00\x04\x00")
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body) if body else b""
    places[5] = b"\x01" + len(data).to_bytes(4, "big") + b"\x00"
    table = b"".join(places)
    head = b"<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >>" % len(table)
    tail = b"5 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, table, len(data))
    return data + tail
