import hashlib
from base64 import b64encode
from uuid import uuid4

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.documents import fhir, queries
from medkarta.documents.models import DocumentContent, MedicalDocument, StoredBinary
from medkarta.documents.tests.factories import PDF, base64_of, incoming
from medkarta.integrations.storage.port import storage
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of("mis")
BINARY = resource_id("mis", "Binary", "b1")
SHA1 = b64encode(hashlib.sha1(PDF).digest()).decode()


def document(patient, rid="d1", **resource):
    return incoming("DocumentReference", rid, patient, **{"status": "current", **resource})


def with_file(**attachment):
    return [{"attachment": attachment}]


def binary(data=PDF, rid="b1"):
    return incoming("Binary", rid, contentType="text/html", data=base64_of(data))


def test_store_maps_what_the_list_shows():
    patient = PatientFactory()
    organization, doctor = uuid4(), uuid4()
    refused = fhir.store(
        SCOPE,
        [
            document(
                patient,
                description="Протокол консультации  терапевта",
                type={
                    "coding": [
                        {"system": "http://loinc.org", "code": "11488-4", "display": "Consult note"},
                        {
                            "system": "urn:oid:1.2.643.5.1.13.13.11.1520",
                            "code": "119",
                            "display": "Протокол консультации",
                        },
                    ]
                },
                date="2026-11-12T09:30:00+03:00",
                author=[
                    {"reference": f"Practitioner/{doctor}", "display": "Петрова Елена Сергеевна"},
                    {"reference": f"Organization/{organization}", "display": "Поликлиника № 3"},
                ],
                authenticator={"display": "Сидорова Ирина Павловна"},
                masterIdentifier={"value": "1.2.643.1"},
                content=with_file(contentType="application/pdf", data=base64_of(PDF)),
            )
        ],
    )

    found = MedicalDocument.objects.get()
    assert refused == {}
    assert found.title == "Протокол консультации терапевта"
    assert (found.kind_code, found.kind_name) == ("119", "Протокол консультации")
    assert found.dated_at.isoformat() == "2026-11-12T06:30:00+00:00"
    assert (found.facility_id, found.facility_name) == (organization, "Поликлиника № 3")
    assert (found.practitioner_id, found.practitioner_name) == (doctor, "Петрова Елена Сергеевна")
    assert (found.signer_name, found.number) == ("Сидорова Ирина Павловна", "1.2.643.1")


def test_store_again_changes_nothing_and_drops_files_that_are_gone():
    patient = PatientFactory()
    two = [{"attachment": {"data": base64_of(PDF)}}, {"attachment": {"data": base64_of(b"text")}}]

    fhir.store(SCOPE, [document(patient, content=two)])
    fhir.store(SCOPE, [document(patient, content=two)])
    assert DocumentContent.objects.count() == 2
    fhir.store(SCOPE, [document(patient, content=two[:1])])

    assert MedicalDocument.objects.count() == 1
    assert DocumentContent.objects.get().storage_key == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize("binary_first", [True, False])
def test_store_joins_a_document_and_its_binary_in_either_order(binary_first):
    patient = PatientFactory()
    arriving = [
        binary(),
        document(patient, content=with_file(url=f"Binary/{BINARY}", hash=SHA1, contentType="text/html")),
    ]

    for each in arriving if binary_first else reversed(arriving):
        assert fhir.store(SCOPE, [each]) == {}

    found = queries.get_file(scope_of(patient), resource_id("mis", "DocumentReference", "d1"), 1)
    assert (found.content_type, found.size) == ("application/pdf", len(PDF))
    with storage().open(found.storage_key) as file:
        assert file.read() == PDF


def test_store_of_both_in_one_batch():
    patient = PatientFactory()

    assert fhir.store(SCOPE, [document(patient, content=with_file(url=f"Binary/{BINARY}", hash=SHA1)), binary()]) == {}

    assert queries.list_files(scope_of(patient), resource_id("mis", "DocumentReference", "d1"))[0].is_here


def test_store_refuses_inline_data_that_is_not_what_was_promised():
    patient = PatientFactory()

    refused = fhir.store(SCOPE, [document(patient, content=with_file(data=base64_of(b"other"), hash=SHA1))])

    assert list(refused) == [resource_id("mis", "DocumentReference", "d1")]
    assert not MedicalDocument.objects.exists()
    assert not DocumentContent.objects.exists()


@pytest.mark.parametrize("binary_first", [True, False])
def test_store_refuses_whichever_comes_second_of_a_mismatch(binary_first):
    patient = PatientFactory()
    wrong, owner = binary(b"other"), document(patient, content=with_file(url=f"Binary/{BINARY}", hash=SHA1))
    first, second = (wrong, owner) if binary_first else (owner, wrong)

    assert fhir.store(SCOPE, [first]) == {}
    assert list(fhir.store(SCOPE, [second])) == [second.id]
    assert StoredBinary.objects.exists() is binary_first


def test_store_refuses_a_binary_without_readable_data():
    refused = fhir.store(
        SCOPE, [incoming("Binary", "b1", contentType="text/plain", data="!!!"), incoming("Binary", "b2")]
    )

    assert len(refused) == 2
    assert not StoredBinary.objects.exists()


def test_store_lists_an_outside_address_without_a_download():
    patient = PatientFactory()
    fhir.store(
        SCOPE,
        [document(patient, content=with_file(url="https://mis.example/f/1", contentType="application/pdf", size=9))],
    )

    (file,) = queries.list_files(scope_of(patient), resource_id("mis", "DocumentReference", "d1"))

    assert (file.is_here, file.is_awaited, file.size) == (False, False, 9)


def test_store_restricts_by_the_security_label_and_withdraws_by_either_status():
    patient = PatientFactory()
    label = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}]

    fhir.store(
        SCOPE,
        [
            document(patient, "d1", securityLabel=label),
            document(patient, "d2", status="entered-in-error"),
            document(patient, "d3", docStatus="entered-in-error"),
        ],
    )

    rows = MedicalDocument.objects.values_list("is_restricted", "is_withdrawn").order_by("is_restricted")
    assert list(rows) == [(False, True), (False, True), (True, False)]


def test_store_survives_the_emptiest_and_the_longest_resource():
    patient = PatientFactory()
    long = "ы" * 5000

    refused = fhir.store(
        SCOPE,
        [
            document(patient, "d1"),
            document(
                patient, "d2", description=long, type={"text": long}, date="2026-02", custodian={"display": long},
                author=[{"reference": "#a"}, {"reference": "Practitioner/f007"}], masterIdentifier={"value": long},
                contained=[{"resourceType": "Practitioner", "id": "a", "name": [{"family": "Смирнов"}]}],
                content=[{"attachment": {"title": long, "contentType": long, "url": long}}, {"format": {}}],
                relatesTo=[{"code": "replaces", "target": {"identifier": {"value": "1"}}}],
            ),
        ],
    )  # fmt: skip

    assert refused == {}
    found = MedicalDocument.objects.get(pk=resource_id("mis", "DocumentReference", "d2"))
    assert (len(found.title), found.practitioner_name, found.practitioner_id) == (500, "Смирнов", None)


def test_store_takes_as_many_statements_for_thirty_documents_as_for_two(django_assert_max_num_queries):
    patient = PatientFactory()

    for count in (2, 30):
        batch = [document(patient, str(each), content=with_file(url=f"Binary/{BINARY}")) for each in range(count)]
        with django_assert_max_num_queries(25):
            fhir.store(SCOPE, [*batch, binary()])

    assert MedicalDocument.objects.count() == 30
