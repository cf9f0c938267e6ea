import hashlib
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.documents.tests.factories import PDF, DocumentContentFactory, MedicalDocumentFactory, file_of
from medkarta.integrations.storage.port import storage
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db


def fetch(patient, path, restricted=Restricted.HIDDEN):
    """Answer as the address does, without the middleware: the scope is set by hand."""
    request = RequestFactory().get(f"/p/key/{path}")
    request.scope = scope_of(patient, restricted=restricted)
    match = resolve(request.path)
    response = match.func(
        request, *match.args, **{name: value for name, value in match.kwargs.items() if name != "key"}
    )
    response.request_of_test = request
    return response


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_list_shows_title_date_clinic_and_download():
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient, facility_name="Поликлиника № 3", title="Выписка <b>")
    file_of(document)

    page = text(fetch(patient, "documents/"))

    assert "Выписка &lt;b&gt;" in page
    assert "чт, 12\u00a0ноября" in page
    assert "Поликлиника №\u00a03" in page
    assert f'href="/p/key/documents/{document.pk}/files/1/"' in page
    assert "Всего: 1" in page


def test_list_of_nobodys_documents_says_what_to_do():
    page = text(fetch(PatientFactory(), "documents/"))

    assert "Документов пока нет" in page
    assert "регистратуре" in page
    assert "<table" not in page


def test_list_without_matches_offers_to_show_all():
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient)

    page = text(fetch(patient, "documents/?q=мрт&year=abcd&page=-1&sort=x"))

    assert "Нет данных по этим условиям" in page
    assert 'href="/p/key/documents/"' in page


@pytest.mark.parametrize(("restricted", "is_told"), [(Restricted.LOCKED, True), (Restricted.HIDDEN, False)])
def test_list_tells_the_owner_that_a_part_is_closed_and_nobody_else(restricted, is_told):
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, is_restricted=True)

    page = text(fetch(patient, "documents/", restricted))

    assert ("Часть записей закрыта" in page) is is_told
    assert ("/login?again=1&amp;next=/p/key/documents/" in page) is is_told


def test_document_says_of_each_file_where_it_is():
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient, signer_name="Сидорова Ирина Павловна")
    file_of(document, storage_key=storage().put(b"<x/>"), content_type="application/hl7-v3+xml")
    file_of(document, position=2, outside=True)
    file_of(document, position=3, outside=True, binary_id=uuid4())

    page = text(fetch(patient, f"documents/{document.pk}/"))

    assert "Электронный документ СЭМД (XML)" in page
    assert "Файл хранится в системе клиники" in page
    assert "Файл ещё не передан клиникой" in page
    assert "Сидорова Ирина Павловна" in page
    assert f"/documents/{document.pk}/files/1/" in page
    assert "/files/2/" not in page
    assert "/files/3/" not in page


def test_document_without_anything_says_unknown_in_words():
    document = MedicalDocumentFactory(title="", kind_name="", dated_at=None)

    page = text(fetch(document.patient, f"documents/{document.pk}/"))

    assert "Медицинский документ" in page
    assert "не указан" in page
    assert "Файлов нет" in page


def test_document_that_is_replaced_leads_to_the_new_one():
    old = MedicalDocumentFactory()
    new = MedicalDocumentFactory(patient=old.patient, replaces_id=old.pk, dated_at=datetime(2026, 11, 20, tzinfo=UTC))

    assert f"/p/key/documents/{new.pk}/" in text(fetch(old.patient, f"documents/{old.pk}/"))
    assert "Предыдущая версия" in text(fetch(old.patient, f"documents/{new.pk}/"))


def test_download_gives_the_same_bytes_as_a_file_that_nothing_runs():
    document = MedicalDocumentFactory(title='Справка "086/у"')
    file_of(document)

    response = fetch(document.patient, f"documents/{document.pk}/files/1/")

    assert b"".join(response.streaming_content) == PDF
    response.close()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(PDF))
    assert response["Content-Disposition"].startswith(
        "attachment; filename=\"spravka-086-u.pdf\"; filename*=UTF-8''%D0%A1"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.request_of_test.audit_action == "documents.download"


def test_download_of_bytes_that_were_lost_is_missing():
    document = MedicalDocumentFactory()
    DocumentContentFactory(
        owner_id=document.pk, patient=document.patient, storage_key=hashlib.sha256(b"lost").hexdigest()
    )

    with pytest.raises((NotFound, Http404)):
        fetch(document.patient, f"documents/{document.pk}/files/1/")


@pytest.mark.parametrize("query", ["year=9999", "year=1900", "year=٢٠٢٦", "page=99999999", "q=%25_'"])
def test_list_answers_whatever_the_address_says(query):
    path = f"documents/?{query}"

    assert "</html>" in text(fetch(PatientFactory(), path))
