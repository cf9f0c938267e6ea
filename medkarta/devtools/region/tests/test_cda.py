import subprocess
import sys
from collections import Counter

import pytest

from medkarta.devtools.region.cda import folder
from medkarta.hl7.cda import read_document, read_header, read_laboratory

COUNT = 140


@pytest.fixture(scope="module")
def documents():
    return dict(folder.files(COUNT))


def test_files_are_the_same_for_the_same_seed_and_others_for_another(documents):
    assert dict(folder.files(COUNT)) == documents
    assert dict(folder.files(COUNT, seed=1)) != documents
    assert len(documents) == COUNT


def test_files_are_of_many_kinds_old_editions_and_new(documents):
    headers = [read_header(data) for data in documents.values()]

    kinds = Counter(header.codes[0].code for header in headers)
    assert {"290", "186", "235", "233", "228", "224", "185", "248", "220", "293", "208", "5", "7", "1"} == set(kinds)
    assert {header.codes[0].system.rpartition(".")[2] for header in headers} == {"1520", "1522"}
    assert all(header.patient.snils and header.set_id[1] and header.custodian.oid for header in headers)


def test_every_document_can_be_read_without_a_note(documents):
    for name, data in documents.items():
        found = read_document(data)
        assert found.notes == (), name
        assert all(section.title and section.blocks for section in found.sections), name


def test_newest_consultation_has_no_narrative_and_the_old_one_names_who_answers_for_it(documents):
    for data in documents.values():
        header = read_header(data)
        if header.codes[0].code == "290":
            assert b"<text>" not in data
        if header.codes[0].code == "5":
            assert b"<text>" in data
            assert read_document(data).legal_authenticator is not None


def test_laboratory_protocols_hold_coded_values(documents):
    found = [read_laboratory(data) for data in documents.values() if read_header(data).codes[0].code in ("186", "7")]

    assert len(found) > 10
    assert all(panel.observations for panels in found for panel in panels)
    assert all(panels for panels in found)


def test_some_documents_are_newer_versions_of_a_set(documents):
    sets: dict[str, list[int]] = {}
    for data in documents.values():
        header = read_header(data)
        sets.setdefault(header.set_id[1], []).append(header.version)

    assert sum(found == [1, 2] for found in sets.values()) == COUNT // 30
    assert all(found in ([1], [1, 2]) for found in sets.values())


def test_certificate_for_a_camp_is_a_child_s(documents):
    for data in documents.values():
        header = read_header(data)
        if header.codes[0].code == "248" and header.patient.born_on:
            assert folder.DAY.year - header.patient.born_on.year <= 18


def test_command_writes_a_folder(tmp_path):
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "medkarta.devtools.region.cda",
        "--count",
        "3",
        str(tmp_path / "out"),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("3 documents")
    assert [path.name for path in sorted(tmp_path.rglob("*.xml"))] == ["000000.xml", "000001.xml", "000002.xml"]
