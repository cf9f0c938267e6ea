"""What a browser is given to look at, and under which headers."""

from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.documents.tests.factories import MedicalDocumentFactory, file_of
from medkarta.documents.tests.papers import cda, pdf_file, picture, script, told, wrapped
from medkarta.documents.tests.test_views import fetch
from medkarta.integrations.storage.port import storage
from medkarta.patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def document_of(data, *, content_type="application/octet-stream", **values):
    document = MedicalDocumentFactory(**values)
    file_of(document, storage_key=storage().put(data), size=len(data), content_type=content_type)
    return document


def body_of(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for let_go in answer._resource_closers:
        let_go()
    return body


def viewed(data, tail="files/1/view/", **values):
    document = document_of(data, **values)
    return fetch(document.patient, f"documents/{document.pk}/{tail}")


@pytest.mark.parametrize(
    ("data", "content_type", "is_boxed"),
    [
        (pdf_file(), "application/pdf", False),
        (picture("PNG"), "image/png", True),
        (picture("JPEG"), "image/jpeg", True),
        (picture("GIF"), "image/gif", True),
        ("Жалоб нет".encode(), "text/plain; charset=utf-8", True),
    ],
)
def test_view_shows_a_file_as_what_its_bytes_say(data, content_type, is_boxed):
    answer = viewed(data, content_type="text/html", title="Скан")

    shown = body_of(answer)
    assert shown[:5] == data[:5]
    assert shown == data or content_type == "application/pdf", "a PDF is written anew"
    assert answer.get("Content-Length", str(len(shown))) == str(len(shown))
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].startswith("inline; filename=")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox") is is_boxed, "some browsers show no PDF in a sandbox"


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><?xml-stylesheet href='https://example.org/x.xsl'?><a/>",
        told(("Жалобы", "нет")),
        b"PK\x03\x04 zip",
        b"\x00\x01\x02",
        b"",
    ],
)
def test_view_shows_nothing_that_a_browser_could_run(data):
    answer = viewed(data, content_type="text/plain")

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Открыть файл в браузере нельзя" in page
    assert "/files/1/" in page


@pytest.mark.parametrize("data", [b"%PDF-1.7 not at all", pdf_file()[:200]])
def test_view_of_a_pdf_that_is_none_says_so_and_offers_the_download(data):
    answer = viewed(data, content_type="application/pdf")

    assert answer.status_code == 422
    assert "повреждённый" in answer.content.decode()
    assert "/files/1/" in answer.content.decode()


def test_view_of_a_pdf_with_a_script_shows_it_without_and_download_is_as_it_came():
    data = pdf_file(OpenAction=script())
    document = document_of(data, content_type="application/pdf")
    path = f"documents/{document.pk}/files/1/"

    seen = body_of(fetch(document.patient, f"{path}view/"))

    assert seen.startswith(b"%PDF-")
    assert b"JavaScript" not in seen
    assert body_of(fetch(document.patient, path)) == data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_view_shows_a_text_whatever_it_was_written_in(encoding):
    text = "Пациент жалоб не предъявляет. " * 5000

    answer = viewed(text.encode(encoding))

    assert body_of(answer).decode() == text


@pytest.mark.parametrize("tail", ["files/1/view/", "inside/", "pictures/1/", "pdf/", "print/", ""])
def test_nothing_of_another_person_or_under_secrecy_is_shown(tail):
    theirs = document_of(told(("Жалобы", "нет")), content_type="application/hl7-v3+xml")
    secret = document_of(told(("Жалобы", "нет")), content_type="application/hl7-v3+xml", is_restricted=True)

    for patient, document in ((PatientFactory(), theirs), (secret.patient, secret)):
        with pytest.raises(NotFound):
            fetch(patient, f"documents/{document.pk}/{tail}", Restricted.LOCKED)


def test_view_of_bytes_that_were_lost_is_missing():
    document = MedicalDocumentFactory()
    file_of(document, storage_key="0" * 64)

    with pytest.raises(NotFound):
        fetch(document.patient, f"documents/{document.pk}/files/1/view/")


def test_inside_shows_the_file_of_a_document_without_a_text_and_hands_it_out():
    data = wrapped(pdf_file(), "application/pdf")

    seen = viewed(data, "inside/", content_type="application/hl7-v3+xml", title="Выписка")
    given = viewed(data, "inside/?download=1", content_type="application/hl7-v3+xml", title="Выписка")

    assert (seen["Content-Type"], body_of(seen)[:5]) == ("application/pdf", b"%PDF-")
    assert given["Content-Disposition"].startswith('attachment; filename="vypiska.pdf"')
    assert body_of(given) == pdf_file()
    assert given.request_of_test.audit_action == "documents.download"


def test_inside_takes_no_senders_word_for_what_a_file_is():
    answer = viewed(
        wrapped(b"<script>alert(1)</script>", "application/pdf"), "inside/", content_type="application/hl7-v3+xml"
    )

    assert answer.status_code == 422
    assert "inside/?download=1" in answer.content.decode()


@pytest.mark.parametrize("tail", ["inside/", "pictures/1/"])
def test_what_a_document_does_not_hold_is_missing(tail):
    document = document_of(told(("Жалобы", "нет")), content_type="application/hl7-v3+xml")

    with pytest.raises(NotFound):
        fetch(document.patient, f"documents/{document.pk}/{tail}")


def test_picture_of_the_text_is_shown_by_its_number():
    data = wrapped(picture(), "image/png")

    page = viewed(data, "", content_type="application/hl7-v3+xml").content.decode()
    answer = viewed(data, "pictures/1/", content_type="application/hl7-v3+xml")

    assert "/pictures/1/" in page
    assert (answer["Content-Type"], body_of(answer)) == ("image/png", picture())


def test_files_of_an_unknown_document_are_missing():
    with pytest.raises(NotFound):
        fetch(PatientFactory(), f"documents/{uuid4()}/files/1/view/")


def test_cda_without_any_text_says_so():
    page = viewed(cda("<structuredBody/>"), "", content_type="application/hl7-v3+xml").content.decode()

    assert "В документе нет текста" in page
