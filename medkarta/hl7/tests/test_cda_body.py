from base64 import b64encode
from datetime import UTC, datetime

import pytest

from medkarta.core.blocks import Grid, Listing, Picture, paragraph, words
from medkarta.hl7 import cda
from medkarta.hl7.cda.media import NonXml, kind_of
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.limits import Limits
from medkarta.hl7.tests.cda_documents import JPEG, PDF, PNG, document, fixture, media, sections
from medkarta.hl7.tests.samples import files, needs_samples
from medkarta.hl7.values import HumanName

SECTIONS = """
    DOCINFO BENEFITS COMPLNTS ANAM LANAM DISABILITY SOCANAM ALL EPIDEM RESCONS RESLAB RESINSTR IMM DRUG VITALPARAM
    SCORES DGN REGIME SERVICES LINKDOCS SPECIMENS ANALYSERS RESINFO RECIPE SUR MEDEXAMINFO EDU GENETICD PRVDS
"""


def file(content, media_type="", attributes="representation='B64'"):
    kind = f"mediaType='{media_type}'" if media_type else ""
    return document(f"<component><nonXMLBody><text {kind} {attributes}>{content}</text></nonXMLBody></component>")


def encoded(data, media_type=""):
    return cda.read_document(file(b64encode(data).decode(), media_type))


def titles(found):
    return [(section.title, titles(section.sections)) for section in found]


def test_read_document_reads_a_rich_narrative():
    found = cda.read_document(fixture("discharge_rich.xml"))

    assert titles(found.sections) == [("Пребывание в стационаре", [("Диагнозы", [])]), ("Исследования", [])]
    stay, studies = found.sections
    links = [run.href for block in stay.blocks for run in block.runs if run.href]
    assert links == ["https://hospital.example/rules"]
    assert isinstance(stay.sections[0].blocks[0], Listing)
    table, picture = studies.blocks
    assert isinstance(table, Grid)
    assert [cell.rowspan for row in table.body for cell in row] == [3, 1, 1, 1, 1]
    assert picture == found.pictures[0]
    assert (picture.position, picture.content_type, picture.alt) == (1, "image/png", "Снимок печени")
    assert len(found.notes) == 2
    assert "alert(document" not in " ".join(words(found.sections))


def test_read_document_tells_who_vouches_for_it():
    found = cda.read_document(fixture("discharge_rich.xml"))

    assert found.legal_authenticator == cda.Signer(
        HumanName("Басня", "Инна", "", "Басня Инна"), "заведующая отделением", "", found.legal_authenticator.at
    )
    assert found.legal_authenticator.at.at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    surgeon, device = found.authors
    assert (surgeon.name.full, surgeon.position, surgeon.organization) == (
        "Сказкин Тит Янович",
        "врач-хирург",
        "Хирургическое отделение",
    )
    assert device.name.full == "МИС Пример 2"
    assert [one.organization for one in found.authenticators] == ["ГБУЗ МО «Вымышленная больница»"]


def test_read_document_without_signers_has_none():
    found = cda.read_document(document("<author/><author><time/><assignedAuthor/></author><legalAuthenticator/>"))

    assert (found.legal_authenticator, found.authors, found.authenticators) == (None, (), ())


def test_read_document_reads_a_source_and_bytes_alike():
    data = fixture("discharge_rich.xml")

    assert cda.read_document(cda.load(data)) == cda.read_document(data)
    assert cda.read_header(cda.load(data)) == cda.read_document(data).header


def test_read_document_refuses_what_is_no_document():
    with pytest.raises(Unreadable):
        cda.read_document(b"<a/>")


@pytest.mark.parametrize(
    ("section", "title"),
    [
        ("<title>Своё</title><code code='ANAM' displayName='Анамнез'/>", "Своё"),
        ("<title> </title><code code='ANAM' displayName='Анамнез'/>", "Анамнез"),
        ("<code code='ANAM'/>", "Анамнез заболевания"),
        ("<code code='anam'/>", "Анамнез заболевания"),
        ("<code code='OTHER'/>", "Раздел без названия"),
        ("", "Раздел без названия"),
    ],
)
def test_read_document_heads_every_section(section, title):
    (found,) = cda.read_document(sections(section)).sections

    assert found.title == title
    assert found.blocks == (paragraph("Не указано"),)


def test_read_document_knows_the_sections_of_every_kind():
    codes = SECTIONS.split()

    found = cda.read_document(sections(*(f"<code code='{code}'/>" for code in codes))).sections

    assert [section.code for section in found] == codes
    assert "Раздел без названия" not in [section.title for section in found]
    assert len({section.title for section in found}) == len(codes)


def test_read_document_prefers_the_narrative_and_else_reads_entries():
    statement = "<entry><observation><code displayName='Код'/><value>из записи</value></observation></entry>"

    found = cda.read_document(
        sections(f"<text>словами</text>{statement}", f"<text> <br/> </text>{statement}", f"<text/>{statement}")
    ).sections

    assert [list(words((section,)))[1] for section in found] == ["словами", "Код: из записи", "Код: из записи"]


def test_read_document_shows_pictures_that_the_narrative_forgets():
    (section,) = cda.read_document(sections(f"<text>снимок</text>{media('a', PNG)}")).sections

    assert [type(block) for block in section.blocks[1:]] == [Picture]


def test_read_document_takes_sections_without_their_component():
    body = "<structuredBody><section><title>А</title><section><title>Б</title></section></section></structuredBody>"

    assert titles(cda.read_document(document(f"<component>{body}</component>")).sections) == [("А", [("Б", [])])]


@pytest.mark.parametrize("levels", [6, 7, 100])
def test_read_document_bounds_the_levels_of_headings(levels):
    nested = "<title>уровень</title><component><section>" * (levels - 1) + "<title>дно</title>"
    found = cda.read_document(sections(nested + "</section></component>" * (levels - 1))).sections
    depth, last = 0, found

    while last:
        depth, last = depth + 1, last[-1].sections

    assert depth == 6
    assert list(words(found)).count("уровень") == levels - 1
    assert "дно" in list(words(found))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\n" * 1019 + b"%PDF-1.4", "application/pdf"),
        (b"\n" * 1020 + b"%PDF-1.4", "application/octet-stream"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_kind_of_tells_by_the_bytes(data, kind):
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("data", "declared", "kind", "note"),
    [
        (PDF, "application/pdf", "application/pdf", ""),
        (PDF, "", "application/pdf", ""),
        (PDF, "text/plain", "application/pdf", "не того вида"),
        (b"<html><script>", "application/pdf", "application/octet-stream", "не того вида"),
        (PNG, "image/jpeg", "image/png", "не того вида"),
        (b"<html>", "text/html", "application/octet-stream", "можно только скачать"),
        (b"\x00\x01", "text/plain", "application/octet-stream", "не того вида"),
        (b"{\\rtf1", "text/rtf", "application/octet-stream", "можно только скачать"),
        ("Текст".encode(), "text/plain", "text/plain", ""),
        ("Текст".encode("windows-1251"), "", "text/plain", ""),
        (b"\x98\xff", "text/plain", "application/octet-stream", "не того вида"),
    ],
)
def test_read_document_trusts_the_bytes_of_a_file(data, declared, kind, note):
    found = encoded(data, declared)

    assert found.nonxml == NonXml(kind, declared, data)
    assert len(found.notes) == bool(note)
    assert note in "".join(found.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251"])
def test_read_document_shows_the_text_of_a_text_file(encoding):
    found = encoded("Жалоб нет.\r\n\r\n <b>Здорова</b> ".encode(encoding), "text/plain")

    (section,) = found.sections
    assert section.blocks == (paragraph("Жалоб нет."), paragraph("<b>Здорова</b>"))


def test_read_document_shows_a_text_that_is_not_encoded():
    found = cda.read_document(file("Жалоб <b>нет</b>", "text/plain", ""))

    assert found.nonxml.text.startswith("Жалоб")
    assert found.sections[0].title == "Текст документа"


def test_read_document_shows_a_picture_in_place_of_a_body():
    found = encoded(JPEG, "image/jpeg")

    assert found.sections[0].blocks == found.pictures
    assert found.pictures[0].data == JPEG


@pytest.mark.parametrize("content", ["=x=", "AAA", "%%%%"])
def test_read_document_says_that_a_file_is_damaged(content):
    found = cda.read_document(file(content, "application/pdf"))

    assert found.nonxml == NonXml("application/octet-stream", "application/pdf", b"")
    assert found.notes == ("Вложенный файл повреждён: он не читается",)


def test_read_document_says_that_a_file_is_empty():
    assert cda.read_document(file(" ", "application/pdf")).notes == ("Вложенный файл пуст",)


def test_read_document_never_unpacks_a_file():
    found = cda.read_document(file(b64encode(PDF).decode(), "application/pdf", "representation='B64' compression='DF'"))

    assert (found.nonxml.content_type, found.nonxml.data) == ("application/octet-stream", PDF)
    assert "сжат" in found.notes[0]


def test_read_document_decodes_a_file_only_once():
    inner = b64encode(b64encode(PDF))

    assert encoded(inner, "text/plain").nonxml.data == inner


def test_read_document_lists_an_outside_file_and_never_fetches_it():
    found = cda.read_document(file("<reference value=' http://127.0.0.1:9/a.pdf '/>", "application/pdf", ""))

    assert found.nonxml == NonXml("application/pdf", "application/pdf", b"", "http://127.0.0.1:9/a.pdf")
    assert "не загружается" in found.notes[0]


def test_read_document_bounds_what_it_shows():
    data = sections("<title>Т</title><text>кашель</text>")
    elements = len(list(cda.load(data).root.iter()))

    shown = cda.read_document(data, Limits(max_cda_elements=elements))
    found = cda.read_document(data, Limits(max_cda_elements=elements - 1))

    assert len(shown.sections) == 1
    assert found.sections == ()
    assert found.notes == ("Документ слишком велик, чтобы показать его здесь: его можно скачать",)


def test_read_document_of_a_header_alone_says_so():
    found = cda.read_document(document())

    assert (found.sections, found.nonxml, found.pictures) == ((), None, ())
    assert "нет текста" in found.notes[0]


@needs_samples
@pytest.mark.parametrize("path", files("semd-xml") + files("ccda"), ids=lambda path: path.name)
def test_read_document_reads_documents_of_others(path):
    if path.name == "fragment_linkHtml.xml":  # published without its namespace declarations
        with pytest.raises(Unreadable):
            cda.read_document(path.read_bytes())
        return

    found = cda.read_document(path.read_bytes())

    if found.nonxml is None:
        assert all(section.title and section.blocks for section in found.sections)
        assert len(" ".join(words(found.sections))) > 200
    else:
        assert found.nonxml.content_type == "application/pdf" or found.nonxml.reference == "UD_sample.pdf"
