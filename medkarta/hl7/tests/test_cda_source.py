import pytest

from medkarta.hl7 import cda
from medkarta.hl7.files import source_of
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.limits import MB, Limits
from medkarta.hl7.reading import read_units
from medkarta.hl7.tests.cda_documents import NAMESPACES, text

RUSSIAN = f"<ClinicalDocument {NAMESPACES}><title>Протокол осмотра и лечения</title></ClinicalDocument>"
BOM = b"\xef\xbb\xbf"


def declared(encoding, body=RUSSIAN):
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'


def title(data):
    return cda.read_document(data).header.title


def reason(data, limits=Limits()):
    with pytest.raises(Unreadable) as caught:
        cda.load(data, limits)
    (issue,) = caught.value.issues
    return issue.code, str(issue.text)


@pytest.mark.parametrize(
    "data",
    [
        RUSSIAN.encode(),
        declared("UTF-8").encode(),
        b"\n  " + declared("UTF-8").encode(),
        BOM + declared("UTF-8").encode(),
        BOM + b"\n" + declared("UTF-8").encode(),
        BOM + declared("windows-1251").encode(),
        declared("windows-1251").encode("windows-1251"),
        declared("koi8-r").encode("koi8-r"),
        declared("UTF-16").encode("utf-16"),
    ],
)
def test_load_reads_every_encoding_that_is_declared(data):
    document = cda.read_document(data)

    assert document.header.title == "Протокол осмотра и лечения"
    assert not any("Кодировка" in note for note in document.notes)


@pytest.mark.parametrize("said", ["UTF-8", "x-unknown"])
def test_load_reads_windows_1251_under_another_name_and_notes_it(said):
    document = cda.read_document(declared(said).encode("windows-1251"))

    assert document.header.title == "Протокол осмотра и лечения"
    assert any("windows-1251" in note for note in document.notes)


@pytest.mark.parametrize(
    "data",
    [
        declared("UTF-8").encode()[:-60] + b"\xd0" + declared("UTF-8").encode()[-60:],  # half a letter
        declared("UTF-8", RUSSIAN.replace("Протокол осмотра и лечения", "\xff\xfe")).encode("latin-1"),
    ],
)
def test_load_refuses_bytes_that_are_no_text(data):
    assert reason(data) == ("structure", "Кодировка документа не та, что в нём названа")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "structure"),
        (b"<ClinicalDocument", "structure"),
        (b"<ClinicalDocument><value xsi:type='CD'/></ClinicalDocument>", "structure"),
        (b"<ClinicalDocument/>", "not-supported"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + RUSSIAN.encode(), "security"),
        (declared("UTF-16", f"<!DOCTYPE a [<!ENTITY x 'y'>]>{RUSSIAN}").encode("utf-16"), "security"),
        (
            f"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a +AFsAXQA+-{RUSSIAN}".encode("ascii", "ignore"),
            "security",
        ),
        (RUSSIAN.replace("Протокол", "&x;").encode(), "structure"),
        (RUSSIAN.replace("Протокол", "\x01").encode(), "structure"),
        (RUSSIAN.replace("<title>", "<a>" * 256).replace("</title>", "</a>" * 256).encode(), "too-long"),
    ],
)
def test_load_refuses_with_a_sentence(data, code):
    found, sentence = reason(data)

    assert found == code
    assert sentence.strip()


def test_load_bounds_a_document_by_its_size():
    data = RUSSIAN.encode()

    assert title(data)
    assert reason(data, Limits(max_xml_bytes=len(data) - 1))[0] == "too-costly"


def test_load_reads_a_file_inside_that_the_parser_would_refuse():
    data = text("A" * (11 * MB))

    assert len(cda.load(data).root.findtext(".//{*}text")) == 11 * MB
    assert reason(data, Limits(max_string_bytes=11 * MB - 1))[0] == "too-long"


def test_load_bounds_the_depth_beside_a_large_file():
    data = text("A" * (11 * MB) + "<content>" * 256 + "</content>" * 256)

    assert reason(data)[0] == "too-long"


def test_load_leaves_xinclude_and_stylesheets_alone(tmp_path):
    (tmp_path / "secret.txt").write_text("тайна")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{tmp_path}/secret.txt" parse="text"/>'
    instruction = b'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/run.xsl"?>'

    document = cda.read_document(instruction + text(f"до{include}после"))

    assert [run.text for run in document.sections[0].blocks[0].runs] == ["допосле"]


def test_load_reads_elements_without_a_namespace_and_notes_it():
    body = (
        '<v3:ClinicalDocument xmlns:v3="urn:hl7-org:v3"><component><structuredBody><component><section>'
        "<title>Жалобы</title><text>кашель</text></section></component></structuredBody></component>"
        "</v3:ClinicalDocument>"
    )

    document = cda.read_document(body.encode())

    assert document.sections[0].title == "Жалобы"
    assert any("пространства имён" in note for note in document.notes)


@pytest.mark.parametrize(
    "data",
    [
        BOM + declared("UTF-8").encode(),
        declared("UTF-16").encode("utf-16"),
        f"<!--{' ' * 12_000}-->{RUSSIAN}".encode(),
        RUSSIAN.encode(),
    ],
)
def test_read_units_gives_a_document_byte_for_byte(data):
    file = source_of("a.xml", data)

    assert file.kind == "cda"
    assert [unit.raw for unit in read_units(file)] == [data]
