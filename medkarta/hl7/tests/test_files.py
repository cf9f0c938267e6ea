import io
import zipfile
from pathlib import Path

import pytest

from medkarta.hl7.files import BOM, open_files, source_of
from medkarta.hl7.limits import Limits

PATIENT = b'{"resourceType":"Patient"}'


def kinds(paths, limits=Limits()):
    return {file.name: file.kind for file in open_files(paths, limits)}


def codes(file):
    return [issue.code for issue in file.issues]


def archive(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data, **options)
    return path


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.json", PATIENT, "json"),
        ("a.json", b'{\n "resourceType": "Patient"\n}', "json"),
        ("a.json", PATIENT + b"\n" + PATIENT, "ndjson"),
        ("a.txt", PATIENT + b"\n\n" + PATIENT + b"\n", "ndjson"),
        ("a.ndjson", PATIENT, "ndjson"),
        ("a.ndjson", b"{broken\n" + PATIENT, "ndjson"),
        ("a.json", b"{broken\n" + PATIENT, "json"),
        ("a.json", b"null", "json"),
        ("a", b'<Patient xmlns="http://hl7.org/fhir"/>', "xml"),
        ("a.json", b'<?xml version="1.0"?>\n<Patient xmlns="http://hl7.org/fhir"/>', "xml"),
        ("a.xml", b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "cda"),
        ("a.xml", b"", "refused"),
        ("a.xml", b" \n", "refused"),
        ("a.pdf", b"%PDF-1.7", "refused"),
        ("a.json", PATIENT.decode().encode("utf-16"), "refused"),
    ],
)
def test_source_of_tells_the_kind_by_content(name, data, kind):
    assert source_of(name, data).kind == kind


def test_source_of_skips_a_bom_and_notes_it():
    file = source_of("a.json", BOM + PATIENT)

    assert file.open().read() == PATIENT
    assert [(issue.severity, issue.code) for issue in file.issues] == [("warning", "structure")]
    assert source_of("a.json", PATIENT).issues == ()


def test_open_files_walks_folders_in_order_and_skips_hidden_files(tmp_path):
    for name in ("b.json", "a/z.json", "a/.hidden.json", "__MACOSX/x.json"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(PATIENT)

    assert list(kinds([tmp_path / "in"])) == ["in/a/z.json", "in/b.json"]


def test_open_files_follows_no_link_out_of_the_folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "own.json").write_bytes(PATIENT)
    (tmp_path / "secret.json").write_bytes(PATIENT)
    (tmp_path / "in" / "link.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "in" / "near.json").symlink_to(tmp_path / "in" / "own.json")

    assert kinds([tmp_path / "in"]) == {"in/link.json": "refused", "in/near.json": "json", "in/own.json": "json"}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file here that opens and can't be read")
def test_open_files_refuses_a_file_that_cannot_be_read():
    (file,) = open_files([Path("/proc/self/mem")])

    assert (file.kind, codes(file)) == ("refused", ["security"])


def test_open_files_refuses_a_path_that_is_not_there(tmp_path):
    (file,) = open_files([tmp_path / "none.json"])

    assert (file.kind, codes(file)) == ("refused", ["not-found"])


def test_open_files_reads_an_archive_in_memory(tmp_path):
    path = archive(tmp_path / "x.zip", {"b/2.json": PATIENT, "1.ndjson": PATIENT, "b/": b"", ".x": PATIENT})

    found = [(file.name, file.kind, file.open().read()) for file in open_files([path])]

    assert found == [("x.zip/1.ndjson", "ndjson", PATIENT), ("x.zip/b/2.json", "json", PATIENT)]
    assert list(tmp_path.iterdir()) == [path]


def test_open_files_only_notes_what_is_no_data_in_a_folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "README.txt").write_bytes(b"Read me")
    (tmp_path / "in" / "broken.xml").write_bytes(b"Read me")

    severities = {file.name: [issue.severity for issue in file.issues] for file in open_files([tmp_path / "in"])}

    assert severities == {"in/README.txt": ["warning"], "in/broken.xml": ["fatal"]}
    assert [issue.severity for file in open_files([tmp_path / "in" / "README.txt"]) for issue in file.issues] == [
        "fatal"
    ]


@pytest.mark.parametrize("name", ["../up.json", "/etc/up.json", "a/../../up.json"])
def test_open_files_refuses_a_name_that_leaves_the_archive(tmp_path, name):
    (file,) = open_files([archive(tmp_path / "x.zip", {name: PATIENT})])

    assert codes(file) == ["security"]


def test_open_files_refuses_an_archive_in_an_archive(tmp_path):
    inner = archive(tmp_path / "inner.zip", {"1.json": PATIENT}).read_bytes()

    (file,) = open_files([archive(tmp_path / "x.zip", {"inner.zip": inner})])

    assert codes(file) == ["not-supported"]


@pytest.mark.parametrize(("size", "code"), [(20_000, ["too-costly"]), (10_000, [])])
def test_open_files_refuses_a_bomb(tmp_path, size, code):
    limits = Limits(zip_ratio_from=10_000, max_zip_ratio=20)

    (file,) = open_files([archive(tmp_path / "x.zip", {"1.json": b"[" + b" " * (size - 2) + b"]"})], limits)

    assert codes(file) == code


@pytest.mark.parametrize(
    ("limits", "is_refused"),
    [
        (Limits(max_zip_members=2), False),
        (Limits(max_zip_members=1), True),
        (Limits(max_zip_bytes=2 * len(PATIENT)), False),
        (Limits(max_zip_bytes=2 * len(PATIENT) - 1), True),
    ],
)
def test_open_files_bounds_an_archive(tmp_path, limits, is_refused):
    found = list(open_files([archive(tmp_path / "x.zip", {"1.json": PATIENT, "2.json": PATIENT})], limits))

    assert [codes(file) for file in found] == ([["too-costly"]] if is_refused else [[], []])


def test_open_files_refuses_a_lie_about_the_size(tmp_path):
    path = archive(tmp_path / "x.zip", {"1.json": PATIENT + b" " * 5000})
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))

    (file,) = open_files([path])

    assert file.kind == "refused" or len(file.open().read()) <= 10


def test_open_files_refuses_an_encrypted_member(tmp_path):
    path = archive(tmp_path / "x.zip", {"1.json": PATIENT})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(bytes(data))

    (file,) = open_files([path])

    assert codes(file) == ["security"]


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100])
def test_open_files_refuses_a_broken_archive(tmp_path, data):
    (tmp_path / "x.zip").write_bytes(data)

    (file,) = open_files([tmp_path / "x.zip"])

    assert codes(file) == ["structure"]


def test_open_files_refuses_a_damaged_member(tmp_path):
    path = archive(tmp_path / "x.zip", {"1.json": PATIENT * 50})
    data = bytearray(path.read_bytes())
    data[45:60] = b"\xff" * 15
    path.write_bytes(bytes(data))

    (file,) = open_files([path])

    assert codes(file) == ["structure"]


@pytest.mark.parametrize("name", ["a\nb.json", "a\x1b[31mb.json", "a\udcffb.json"])
def test_source_of_gives_a_name_that_is_safe_to_print(name):
    assert source_of(name, PATIENT).name.replace("[31m", "") == "a\N{REPLACEMENT CHARACTER}b.json"


def test_source_of_opens_anew_each_time():
    file = source_of("a.json", PATIENT)

    assert isinstance(file.open(), io.BytesIO)
    assert file.open().read() == file.open().read() == PATIENT
