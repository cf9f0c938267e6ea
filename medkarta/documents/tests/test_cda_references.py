import base64
import hashlib
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.documents import cda as reading
from medkarta.documents import entries, fhir
from medkarta.documents.models import DocumentContent, DocumentReading, MedicalDocument, StoredBinary
from medkarta.documents.tests.cda_samples import BODY, cda
from medkarta.documents.tests.factories import NOW, PDF, DocumentSignatureFactory, base64_of, incoming
from medkarta.patients.tests.factories import PatientFactory, PersonFactory
from medkarta.search.models import SearchEntry

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of("mis")
BINARY = resource_id("mis", "Binary", "b1")
ANNA, OLEG = "90000000182", "90000000485"


@pytest.fixture
def patient():
    return PatientFactory(
        snils=ANNA, birth_date="1988-04-17", family_name="Пробная", given_name="Анна", gender="female"
    )


def reference(patient, rid="d1", *, data=None, url="", **resource):
    attachment = {"data": base64_of(data)} if data is not None else {"url": url or f"Binary/{BINARY}"}
    return incoming(
        "DocumentReference", rid, patient, **{"status": "current", "content": [{"attachment": attachment}], **resource}
    )


def binary(data, rid="b1"):
    return incoming("Binary", rid, data=base64_of(data))


@pytest.mark.parametrize("order", ["inside", "binary first", "reference first"])
def test_document_is_told_by_its_file_wherever_that_comes_from(patient, order):
    data = cda("77", snils=ANNA, level="R", set_number="s", version=2)
    sent = {
        "inside": [[reference(patient, data=data)]],
        "binary first": [[binary(data)], [reference(patient)]],
        "reference first": [[reference(patient)], [binary(data)]],
    }[order]

    refused = [fhir.store(SCOPE, batch) for batch in sent]

    found = MedicalDocument.objects.get()
    assert not any(refused)
    assert (found.title, found.kind_type, found.number, found.version) == ("Протокол консультации", "5", "77", 2)
    assert (found.practitioner_name, found.facility_name) == ("Петрова Елена", "Поликлиника № 3")
    assert found.is_restricted
    assert DocumentReading.objects.get().text.splitlines() == ["Жалобы", "Боль в горле"]
    assert SearchEntry.objects.get().subject_id == found.pk


@pytest.mark.parametrize(("levels", "is_restricted"), [("NR", True), ("RN", True), ("NV", True), ("NN", False)])
@pytest.mark.parametrize("order", ["inside", "binaries first", "reference first", "one late", "both late at once"])
def test_document_is_restricted_if_any_of_its_files_is(patient, levels, is_restricted, order):
    first, second = (cda(str(number), level=level, title=f"Лист {number}") for number, level in enumerate(levels, 1))
    address = {"url": f"Binary/{resource_id('mis', 'Binary', 'b2')}"}
    own = {"url": f"Binary/{BINARY}"} if order != "one late" else {"data": base64_of(first)}
    inside = [{"data": base64_of(first)}, {"data": base64_of(second)}]
    sent = reference(
        patient, content=[{"attachment": one} for one in (inside if order == "inside" else [own, address])]
    )
    binaries = [binary(first), binary(second, "b2")]

    batches = {
        "inside": [[sent]],
        "binaries first": [binaries, [sent]],
        "reference first": [[sent], [binaries[1]], [binaries[0]]],
        "one late": [[sent], [binaries[1]]],
        "both late at once": [[sent], binaries],
    }[order]
    assert not any(fhir.store(SCOPE, batch) for batch in batches)

    found = MedicalDocument.objects.get()
    assert found.is_restricted is is_restricted
    assert SearchEntry.objects.get().is_restricted is is_restricted
    assert DocumentReading.objects.get().content_sha256 == hashlib.sha256(first).hexdigest(), "the first file tells"


def test_secret_file_that_cannot_be_read_restricts_nothing(patient):
    contents = [cda(level="N"), cda(level="R")[:-30]]

    fhir.store(SCOPE, [reference(patient, content=[{"attachment": {"data": base64_of(one)}} for one in contents])])

    assert not MedicalDocument.objects.get().is_restricted


def test_what_the_reference_says_comes_before_its_file(patient):
    sent = reference(
        patient,
        data=cda("77"),
        description="Осмотр терапевта",
        date="2026-01-02T03:04:05Z",
        author=[{"display": "Сидоров П. П."}],
        masterIdentifier={"value": "mis-5"},
        type={"coding": [{"system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary"}]},
    )

    fhir.store(SCOPE, [sent])

    found = MedicalDocument.objects.get()
    assert (found.title, found.practitioner_name, found.number) == ("Осмотр терапевта", "Сидоров П. П.", "mis-5")
    assert found.dated_at.isoformat() == "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"snils": OLEG}, "СНИЛС"),
        ({"born": "19770101"}, "дата рождения"),
        ({"sex": "1"}, "пол не совпадает"),
        ({"name": ("Другая", "Мария")}, "имя"),
    ],
)
@pytest.mark.parametrize("order", ["inside", "binary first", "reference first"])
def test_document_of_another_patient_is_refused_and_leaves_nothing(patient, other, reason, order):
    data = cda(**other)
    sent = {
        "inside": [reference(patient, data=data)],
        "binary first": [binary(data), reference(patient)],
        "reference first": [reference(patient), binary(data)],
    }[order]

    reasons = [text for one in sent for text in fhir.store(SCOPE, [one]).values()]

    assert len(reasons) == 1
    assert "другого пациента" in reasons[0]
    assert reason in reasons[0]
    assert not DocumentReading.objects.exists()
    assert StoredBinary.objects.count() == (order == "binary first")
    assert MedicalDocument.objects.count() == (order == "reference first")


@pytest.mark.parametrize(
    "same",
    [{"snils": ANNA, "name": ("Иная", "Аня"), "born": "19880418"}, {"name": ("Иванова", "Анна")}, {"born": ""}],
    ids=["by СНИЛС alone", "a new family name", "no birth date"],
)
def test_document_that_contradicts_in_nothing_that_counts_is_taken(patient, same):
    assert not fhir.store(SCOPE, [reference(patient, data=cda(**same))])


def test_policy_tells_another_patient_where_no_snils_does():
    theirs = PatientFactory(enp="5055110832001010", snils="")

    refused = fhir.store(SCOPE, [reference(theirs, data=cda(enp="5090089796001025"))])

    assert "полиса" in next(iter(refused.values()))


def test_person_of_the_row_lends_it_his_snils():
    row = PatientFactory(person=PersonFactory(snils=ANNA), snils="", link="linked")

    refused = fhir.store(SCOPE, [reference(row, data=cda(snils=OLEG))])

    assert "СНИЛС" in next(iter(refused.values()))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (cda()[:-30], "не XML"),
        (cda(head="<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", body=BODY.format("&e;")), "DOCTYPE"),
    ],
)
def test_file_that_cannot_be_read_is_kept_and_marked_with_the_reason(patient, data, reason):
    assert not fhir.store(SCOPE, [reference(patient, data=data, description="Выписка")])

    kept = DocumentReading.objects.get()
    assert (kept.is_conforming, kept.text) == (False, "")
    assert reason in kept.findings[0]
    assert DocumentContent.objects.get().sha256 == hashlib.sha256(data).hexdigest()


def test_file_that_says_to_be_pdf_is_kept_as_what_it_is(patient):
    page = b"<html><script>alert(1)</script></html>"
    attachment = {"contentType": "application/pdf", "title": "scan.pdf", "data": base64_of(page)}

    assert not fhir.store(SCOPE, [reference(patient, content=[{"attachment": attachment}])])

    assert DocumentContent.objects.get().content_type == "text/html"


def test_base64_inside_base64_is_opened_once_only(patient):
    bomb = base64.b64encode(base64.b64encode(base64.b64encode(PDF * 1000))).decode()
    text = f'<text mediaType="application/pdf" representation="B64">{bomb}</text>'

    body = f"<component><nonXMLBody>{text}</nonXMLBody></component>"
    assert not fhir.store(SCOPE, [reference(patient, data=cda(body=body))])

    assert "%PDF" not in DocumentReading.objects.get().text
    assert DocumentContent.objects.count() == 1


def test_packed_file_inside_is_never_unpacked():
    packed = base64.b64encode(zlib.compress(b"0" * 50_000_000)).decode()
    text = f'<text mediaType="text/plain" representation="B64" compression="DF">{packed}</text>'

    found = reading.read(cda(body=f"<component><nonXMLBody>{text}</nonXMLBody></component>"))

    assert isinstance(found, reading.ReadFile)
    assert found.found.nonxml is not None
    assert len(found.found.nonxml.data) < 100_000


def test_reading_is_bounded_between_two_words():
    found = reading.read(cda(body=BODY.format("слово " * 60_000)))

    assert isinstance(found, reading.ReadFile)
    assert reading.MOST_WORDS_BYTES - 20 < len(found.text.encode()) <= reading.MOST_WORDS_BYTES
    assert found.text.endswith("слово")


def test_corrected_reference_without_its_file_forgets_what_was_read(patient):
    fhir.store(SCOPE, [reference(patient, data=cda())])

    fhir.store(SCOPE, [reference(patient, data=PDF)])

    assert not DocumentReading.objects.exists()


def test_withdrawn_document_is_found_no_more(patient):
    fhir.store(SCOPE, [reference(patient, data=cda())])

    fhir.store(SCOPE, [reference(patient, data=cda(), status="entered-in-error")])

    assert MedicalDocument.objects.get().is_withdrawn
    assert not SearchEntry.objects.exists()
    assert list(entries.entries()) == []


def test_entries_make_the_index_anew(patient):
    fhir.store(SCOPE, [reference(patient, data=cda()), reference(patient, "d2", data=PDF, description="Снимок")])

    found = {one.title: one for one in entries.entries()}

    assert set(found) == {"Протокол консультации", "Снимок"}
    assert "Боль в горле" in found["Протокол консультации"].text


def test_document_without_a_set_is_its_own_version(patient):
    fhir.store(SCOPE, [reference(patient, data=cda(version=10**12))])

    found = MedicalDocument.objects.get()
    assert (found.set_id, found.version) == (None, 2_000_000_000)


def test_document_that_does_not_conform_is_taken_and_marked(patient, settings, tmp_path):
    (tmp_path / "packages" / "290").mkdir(parents=True)
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3" '
        'elementFormDefault="qualified"><xs:element name="ClinicalDocument" type="xs:string"/></xs:schema>'
    )
    (tmp_path / "packages" / "290" / "CDA.xsd").write_text(schema)
    settings.SEMD_PACKAGES = tmp_path / "packages"

    assert not fhir.store(SCOPE, [reference(patient, data=cda()), reference(patient, "d2", data=cda("2", kind="119"))])

    found = dict(DocumentReading.objects.values_list("document_id", "is_conforming"))
    assert found == {
        resource_id("mis", "DocumentReference", "d1"): False,
        resource_id("mis", "DocumentReference", "d2"): None,
    }
    assert DocumentReading.objects.get(is_conforming=False).findings


@pytest.mark.parametrize("is_signed", [True, False])
def test_same_file_by_two_ways_is_shown_once(patient, is_signed):
    data = cda(set_number="s")
    fhir.store(SCOPE, [reference(patient, "d1", data=data)])
    fhir.store(SCOPE, [reference(patient, "d2", data=PDF)])
    if is_signed:
        DocumentSignatureFactory(document_id=resource_id("mis", "DocumentReference", "d2"))

    fhir.store(SCOPE, [replace(reference(patient, "d2", data=data), received_at=NOW + timedelta(hours=1))])

    shown = resource_id("mis", "DocumentReference", "d2" if is_signed else "d1")
    assert MedicalDocument.objects.get(status="current").pk == shown
    replaced = MedicalDocument.objects.get(status="superseded").pk
    assert MedicalDocument.objects.get(pk=shown).replaces_id == replaced
