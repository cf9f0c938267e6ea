"""What an owner reads of signatures on the page of a document, and what he downloads."""

import pytest

from medkarta.core.errors import NotFound
from medkarta.documents.tests.factories import DocumentSignatureFactory, MedicalDocumentFactory
from medkarta.documents.tests.test_views import fetch, text
from medkarta.integrations.storage.port import storage
from medkarta.patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db

SIGNER = {
    "state": "valid",
    "reason": "confirmed",
    "is_intact": True,
    "name": "Петрова <b>Вера",
    "post": "врач-терапевт",
    "organisation": "ГБУЗ Поликлиника",
    "snils": "…4595",
    "inn": "",
    "ogrn": "",
    "issuer": "Тестовый УЦ",
    "serial": "3E8",
    "not_before": "2026-01-01T00:00:00+00:00",
    "not_after": "2027-12-31T00:00:00+00:00",
    "signed_at": "2026-11-12T09:00:00+00:00",
    "judged_at": "2026-11-12T09:00:00+00:00",
}


def signed(state="valid", reason="confirmed", *, signers=(SIGNER,), **values):
    document = MedicalDocumentFactory(title="Выписка")
    DocumentSignatureFactory(
        document_id=document.pk,
        state=state,
        reason=reason,
        signers=[one | {"state": state, "reason": reason} for one in signers],
        checked_at=None if state == "pending" else document.received_at,
        **values,
    )
    return document


def page_of(document):
    return text(fetch(document.patient, f"documents/{document.pk}/"))


def test_page_says_who_signed_when_and_until_when_the_certificate_holds():
    page = page_of(signed(role_name="Лечащий врач"))

    assert "Петрова &lt;b&gt;Вера" in page
    assert "Лечащий врач · врач-терапевт, ГБУЗ Поликлиника" in page
    assert "Подписано: чт, 12\u00a0ноября, 12:00" in page
    assert "Сертификат действует с 01.01.2026 по 31.12.2027" in page
    assert "Сертификат выдал: Тестовый УЦ" in page
    assert "Действительна" in page
    assert 'role="alert"' not in page


def test_page_of_a_broken_signature_warns_above_the_document_and_shows_it():
    page = page_of(signed("invalid", "changed"))

    assert page.index('role="alert"') < page.index("О документе")
    assert "Причина: документ изменён после подписания. Документ показан таким, каким пришёл" in page
    assert "Недействительна" in page


def test_page_of_an_unknown_issuer_tells_the_mathematics_apart():
    page = page_of(signed("unchecked", "unknown-issuer"))

    assert "Не проверена" in page
    assert "издатель сертификата не входит в список доверенных. Сам документ после подписания не менялся." in page
    assert 'role="alert"' not in page


def test_page_of_a_pending_signature_says_that_it_is_being_checked():
    page = page_of(signed("pending", "", signers=()))

    assert "Проверяется…" in page
    assert "Файл подписи 1" in page


def test_page_of_a_corrupt_file_says_why():
    page = page_of(signed("invalid", "corrupt", signers=()))

    assert page.count("файл подписи повреждён") == 2


def test_page_without_signatures_has_no_part_for_them():
    assert "Электронные подписи" not in page_of(MedicalDocumentFactory())


def test_download_gives_the_bytes_that_came_as_a_file():
    document = signed(storage_key=storage().put(b"0 whole"), size=7)

    assert f'href="/p/key/documents/{document.pk}/signatures/1/"' in page_of(document)
    response = fetch(document.patient, f"documents/{document.pk}/signatures/1/")

    assert b"".join(response.streaming_content) == b"0 whole"
    assert response["Content-Type"] == "application/pkcs7-signature"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert ".p7s" in response["Content-Disposition"]
    assert response.request_of_test.audit_action == "documents.download"
    response.close()


def test_download_of_anothers_signature_or_of_lost_bytes_is_missing():
    document = signed(storage_key="0" * 64)

    for patient in (PatientFactory(), document.patient):
        with pytest.raises(NotFound):
            fetch(patient, f"documents/{document.pk}/signatures/1/")
