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


def test_read_cuts_what_is_too_large():
    (found,) = beside.read([lambda: io.BytesIO(bytes(beside.MOST_BYTES + 1))])

    assert len(found) == beside.MOST_BYTES


def test_a_link_out_of_the_folder_is_no_signature(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.xml").write_bytes(CDA)
    (folder / "1.xml.p7s").symlink_to(tmp_path / "secret")

    assert ("in/1.xml", CDA, ()) in units(folder)
