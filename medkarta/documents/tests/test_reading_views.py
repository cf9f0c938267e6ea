"""A document on its page, on paper and as a PDF."""

from io import BytesIO

import pikepdf
import pytest

from medkarta.core.errors import NotFound
from medkarta.documents import paper, queries, sendable
from medkarta.documents.models import DocumentReading, DocumentSignature
from medkarta.documents.queries import signatures
from medkarta.documents.tests.factories import NOW, DocumentSignatureFactory, MedicalDocumentFactory, file_of
from medkarta.documents.tests.papers import pdf_file, picture, told, wrapped
from medkarta.documents.tests.test_shown import body_of, document_of
from medkarta.documents.tests.test_views import fetch, text
from medkarta.patients.queries import get_person
from medkarta.patients.tests.factories import scope_of
from medkarta.printing.tests import reading
from medkarta.printing.tests.reading import squeezed

pytestmark = pytest.mark.django_db

CDA = "application/hl7-v3+xml"
TABLE = (
    "<table><caption>Анализ крови</caption><thead><tr><th>Показатель</th><th>Итог</th></tr></thead>"
    "<tbody><tr><td>СОЭ</td><td>10 мм/ч</td></tr></tbody></table>"
)


def page_of(data, tail="", **values):
    document = document_of(data, content_type=values.pop("content_type", CDA), **values)
    return text(fetch(document.patient, f"documents/{document.pk}/{tail}"))


@pytest.mark.parametrize("tail", ["", "print/"])
def test_text_of_a_cda_stands_in_the_page_in_order(tail):
    page = page_of(told(("Жалобы", "Кашель &lt;сухой&gt;"), ("Исследования", TABLE)), tail)

    assert page.index("Жалобы") < page.index("Кашель &lt;сухой&gt;") < page.index("Исследования")
    assert "<caption>Анализ крови</caption>" in page
    assert '<th scope="col">Показатель</th>' in page


@pytest.mark.parametrize("tail", ["", "print/"])
def test_script_and_addresses_of_a_cda_stay_behind(tail):
    inside = (
        '<paragraph><linkHtml href="javascript:alert(1)">тут</linkHtml></paragraph><script>alert(2)</script>'
        '<paragraph styleCode="x" onclick="alert(3)">текст</paragraph><img src="https://example.org/p.png"/>'
    )

    page = page_of(told(("Осмотр", inside)), tail)

    main = page[page.index("<main") : page.index("</main>")]
    assert "текст" in main
    for foreign in ("javascript:", "<script", "onclick", "example.org/p.png"):
        assert foreign not in main


@pytest.mark.parametrize(
    "data",
    [
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><oops></ClinicalDocument>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        b'<ClinicalDocument xmlns="urn:hl7-org:v3">&a;</ClinicalDocument>',
    ],
)
def test_document_that_cannot_be_read_says_so_and_stays_downloadable(data):
    document = document_of(data, content_type=CDA)
    path = f"documents/{document.pk}/"

    page = text(fetch(document.patient, path))

    assert "Показать текст не удалось" in page
    assert "root:" not in page
    assert f"/p/key/{path}files/1/" in page
    assert body_of(fetch(document.patient, f"{path}files/1/")) == data
    answer = fetch(document.patient, f"{path}pdf/")
    assert (answer.status_code, answer["Location"]) == (302, f"/p/key/{path}files/1/")


@pytest.mark.parametrize(("is_conforming", "is_marked"), [(False, True), (True, False), (None, False)])
def test_document_that_does_not_conform_is_marked_and_shown(is_conforming, is_marked):
    document = document_of(told(("Жалобы", "Кашель")), content_type=CDA)
    DocumentReading.objects.create(document=document, is_conforming=is_conforming, findings=["Нет кода <b>"])

    page = text(fetch(document.patient, f"documents/{document.pk}/"))

    assert ("Не соответствует официальной схеме — показан как есть" in page) is is_marked
    assert ("Нет кода &lt;b&gt;" in page) is is_marked
    assert "Кашель" in page


def test_header_of_a_document_says_version_and_post():
    document = document_of(
        told(("Жалобы", "Кашель")), content_type=CDA, version=2, number="17", practitioner_name="Каминская А. Л.",
        practitioner_post="врач-терапевт",
    )  # fmt: skip

    page = text(fetch(document.patient, f"documents/{document.pk}/"))

    assert "Каминская А. Л., врач-терапевт" in page
    assert "<dt>Версия</dt><dd>2</dd>" in page


def test_earlier_version_of_a_set_leads_to_the_later_one_and_back():
    set_id = "6f1d3c1e-7a1b-4d54-9a52-0f3a2b9d1c11"
    old = MedicalDocumentFactory(set_id=set_id, version=1)
    new = MedicalDocumentFactory(patient=old.patient, set_id=set_id, version=3)

    assert f"/p/key/documents/{new.pk}/" in text(fetch(old.patient, f"documents/{old.pk}/"))
    assert "Предыдущая версия" in text(fetch(old.patient, f"documents/{new.pk}/"))
    assert str(old.pk) not in text(fetch(old.patient, "documents/"))


def test_broken_signature_warns_above_the_text():
    document = document_of(told(("Жалобы", "Кашель")), content_type=CDA)
    DocumentSignature.objects.create(
        document_id=document.pk, origin_id=document.pk, sha256="0" * 64, storage_key="0" * 64, size=1,
        state="invalid", reason="changed", arrived_at=NOW, checked_at=NOW,
    )  # fmt: skip

    page = text(fetch(document.patient, f"documents/{document.pk}/"))

    assert page.index("подпись не подтвердилась") < page.index("Кашель")
    assert "Подпись не подтвердилась" in text(fetch(document.patient, "documents/"))


def test_image_is_shown_in_the_page_and_on_paper():
    for tail in ("", "print/"):
        page = page_of(picture(), tail, content_type="image/png", title="Скан")

        assert '/files/1/view/" alt="Скан"' in page


def test_plain_text_is_read_in_the_page():
    assert "<p>Кашель</p>" in page_of("Жалобы:\nКашель".encode("cp1251"), content_type="text/plain")


def test_paper_says_whose_it_is_and_needs_no_script():
    page = page_of(told(("Жалобы", "Кашель")), "print/")

    assert "<b>Пробная Анна Сергеевна</b>, дата рождения 17.04.1988" in page
    assert "12.11.2026, 12:00" in page
    assert "data-mk-print hidden" in page
    assert "в меню браузера" in page


@pytest.mark.parametrize("data", [pdf_file(), wrapped(pdf_file(), "application/pdf")])
def test_paper_of_a_pdf_leads_to_the_viewer(data):
    content_type = "application/pdf" if data.startswith(b"%PDF") else CDA

    assert "Открыть PDF" in page_of(data, "print/", content_type=content_type)


def test_pdf_of_a_text_is_made_here_and_is_the_same_each_time():
    document = document_of(told(("Жалобы", "Кашель")), content_type=CDA, title="Приём терапевта")
    path = f"documents/{document.pk}/pdf/"

    answer = fetch(document.patient, path)

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith('attachment; filename="priem-terapevta.pdf"')
    assert answer.request_of_test.audit_action == "documents.download"
    assert fetch(document.patient, path).content == answer.content


@pytest.mark.parametrize(
    ("states", "notes"),
    [
        (["invalid"], 1),
        (["valid", "invalid", "invalid"], 1),
        (["valid"], 0),
        (["unchecked"], 0),
        (["pending"], 0),
        ([], 0),
    ],
)
def test_sheet_of_a_document_with_a_broken_signature_warns_first(states, notes):
    document = document_of(told(("Жалобы", "Кашель")), content_type=CDA, is_preliminary=True)
    for number, state in enumerate(states):
        reason = {"valid": "confirmed", "invalid": "changed", "unchecked": "unknown-issuer", "pending": ""}[state]
        DocumentSignatureFactory(
            document_id=document.pk, storage_key=f"{number:064}", state=state, reason=reason,
            checked_at=None if state == "pending" else NOW,
        )  # fmt: skip
    scope = scope_of(document.patient)
    found = queries.get_document(scope, document.pk)

    signed = signatures.list_signatures(scope, document.pk)
    sheet = paper.sheet_of(found, queries.read_files(found.files), get_person(scope), signed)

    warning = (
        "Электронная подпись не подтвердилась. Причина: документ изменён после подписания. Документ показан таким,"
        " каким пришёл. Прежде чем пользоваться им, уточните его в клинике."
    )
    assert sheet.notes == (*[warning] * notes, "Документ предварительный: клиника ещё может его изменить")


def test_pdf_of_a_document_says_when_its_signature_has_broken_and_is_the_same_each_time():
    document = document_of(told(("Жалобы", "Кашель")), content_type=CDA)
    path = f"documents/{document.pk}/pdf/"
    before = fetch(document.patient, path).content
    DocumentSignatureFactory(document_id=document.pk, broken=True)

    broken = fetch(document.patient, path).content

    assert "подписьнеподтвердилась" in words_of(broken)
    assert "подписьнеподтвердилась" in words_of(sendable.make(scope_of(document.patient), document.pk, now=NOW))
    assert "подписьнеподтвердилась" not in words_of(before)
    assert fetch(document.patient, path).content == broken


def words_of(pdf):
    with pikepdf.open(BytesIO(pdf)) as opened:
        return squeezed("".join(reading.text_of(opened)))


@pytest.mark.parametrize(
    ("data", "content_type", "tail"),
    [(pdf_file(), "application/pdf", "files/1/"), (wrapped(pdf_file(), "application/pdf"), CDA, "inside/?download=1")],
)
def test_pdf_of_a_file_is_the_file(data, content_type, tail):
    document = document_of(data, content_type=content_type)

    answer = fetch(document.patient, f"documents/{document.pk}/pdf/")

    assert (answer.status_code, answer["Location"]) == (302, f"/p/key/documents/{document.pk}/{tail}")


def test_pdf_of_nothing_is_missing():
    document = MedicalDocumentFactory()
    file_of(document, outside=True)

    with pytest.raises(NotFound):
        fetch(document.patient, f"documents/{document.pk}/pdf/")


@pytest.mark.parametrize(
    ("data", "content_type", "acts"),
    [
        (told(("Жалобы", "Кашель")), CDA, ["/pdf/", "send/documents/", "/print/"]),
        (pdf_file(), "application/pdf", ["/files/1/", "send/documents/", "/files/1/view/"]),
        (picture(), "image/png", ["/files/1/", "/print/"]),
        (b"\x00", "application/octet-stream", ["/files/1/"]),
    ],
)
def test_list_offers_what_can_be_done_with_each_kind(data, content_type, acts):
    document = document_of(data, content_type=content_type)

    page = text(fetch(document.patient, "documents/"))

    tools = page[page.index('<span class="mk-tools">') :]
    tools = tools[: tools.index("</td>")]
    assert tools.count('mk-tool"') == len(acts)
    assert all(f'{act}"' in tools or f"{act}{document.pk}/" in tools for act in acts)
