import io
import zipfile

import pytest

from medkarta.hl7 import beside
from medkarta.hl7.files import open_files
from medkarta.hl7.reading import read_pieces

CDA = b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>'


@pytest.mark.parametrize(
    ("signature", "owner"),
    [
        ("a/x.xml.p7s", "a/x.xml"),
        ("a/x.xml.SIG", "a/x.xml"),
        ("a/x.xml.2.sig", "a/x.xml"),
        ("a/x.p7s", "a/x.xml"),
        ("a/X.XML.sgn", "a/x.xml"),
        ("b/x.xml.p7s", None),
        ("a/y.p7s", None),
        ("a/x.xml.p7s.p7s", None),
    ],
)
def test_pairs_finds_the_file_that_a_signature_names(signature, owner):
    assert beside.pairs(["a/x.xml", signature]) == ({owner: [signature]} if owner else {})


def test_pairs_keeps_a_bounded_number_of_signatures():
    names = [f"x.xml.{number}.sig" for number in range(beside.MOST + 5)]

    assert len(beside.pairs(["x.xml", *names])["x.xml"]) == beside.MOST


def units(path):
    return [(unit.file, unit.raw, unit.beside) for file in open_files([path]) for unit in read_pieces(file)]


def test_a_folder_gives_documents_with_their_signatures(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in (("1.xml", CDA), ("1.xml.p7s", b"one"), ("1.xml.sig", b"two"), ("2.xml", CDA)):
        (folder / name).write_bytes(data)

    assert units(folder) == [("in/1.xml", CDA, (b"one", b"two")), ("in/2.xml", CDA, ())]


def test_an_archive_gives_documents_with_their_signatures(tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("d/1.xml", CDA)
        archive.writestr("d/1.xml.p7s", b"one")

    assert units(path) == [("in.zip/d/1.xml", CDA, (b"one",))]


def test_a_damaged_signature_costs_no_document(tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.xml", CDA)
        archive.writestr("1.xml.p7s", b"signature")
    path.write_bytes(path.read_bytes().replace(b"signature", b"Signature", 1))

    assert units(path) == [("in.zip/1.xml", CDA, (b"",))]


DOCUMENT = 2 * beside.MOST_BYTES
WITH_DOCUMENT = (beside.MOST_BYTES + DOCUMENT) * 3 // 2


def read(*sizes, document=DOCUMENT):
    openers = [lambda size=size: io.BytesIO(bytes(size)) for size in sizes]
    return [len(found) for found in beside.read(openers, document)]


def test_read_keeps_whole_what_may_hold_the_document_and_leaves_out_what_is_larger(caplog):
    assert read(WITH_DOCUMENT) == [WITH_DOCUMENT]
    assert not caplog.records

    assert read(5, WITH_DOCUMENT + 1, 6) == [5, 6]
    (said,) = caplog.messages
    assert str(WITH_DOCUMENT) in said


def test_read_keeps_every_small_signature_beside_the_largest():
    sizes = [WITH_DOCUMENT, *[beside.MOST_BYTES] * beside.MOST]

    assert read(*sizes) == sizes
    assert read(*sizes, 1) == sizes, "together they would fill the memory"


def test_a_signature_with_a_large_document_inside_comes_whole(tmp_path):
    large = CDA + b" " * 2 * beside.MOST_BYTES
    (tmp_path / "1.xml").write_bytes(large)
    (tmp_path / "1.xml.p7s").write_bytes(b"signed" + large)

    ((_, raw, found),) = units(tmp_path)

    assert (raw, found) == (large, (b"signed" + large,))


def test_a_link_out_of_the_folder_is_no_signature(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.xml").write_bytes(CDA)
    (folder / "1.xml.p7s").symlink_to(tmp_path / "secret")

    assert ("in/1.xml", CDA, ()) in units(folder)
