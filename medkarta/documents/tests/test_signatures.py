"""Signatures on their way in, checked by the worker, shown to their owner."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted, SystemScope, WorkerScope
from medkarta.documents import deliveries, signature_checks, signature_intake, signatures
from medkarta.documents.models import DocumentContent, DocumentSignature, StoredBinary
from medkarta.documents.queries.signatures import get_signature, list_signatures
from medkarta.documents.tests.factories import (
    PDF,
    DocumentSignatureFactory,
    MedicalDocumentFactory,
    base64_of,
    file_of,
    incoming,
)
from medkarta.integrations.signature.cms.trust import trust_in
from medkarta.integrations.signature.tests.authority import CLINIC, DOCTOR, DOCUMENT, SNILS, Authority, der, sign
from medkarta.integrations.storage.port import storage
from medkarta.outbox import worker
from medkarta.outbox.handlers import BULK
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import PatientFactory, scope_of

MIS = SystemScope.of("mis")
P7S = "application/pkcs7-signature"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "rsa")


@pytest.fixture(scope="session")
def doctor(authority):
    return authority.issue()


@pytest.fixture(scope="session")
def signed(doctor):
    return sign(DOCUMENT, doctor)


@pytest.fixture(autouse=True)
def trusted(settings, tmp_path, authority):
    settings.SIGNATURE_TRUST = tmp_path / "trust"
    settings.SIGNATURE_TRUST.mkdir()
    (settings.SIGNATURE_TRUST / "root.crt").write_bytes(authority.root.certificate.read_bytes())
    return settings.SIGNATURE_TRUST


def document_with(*files, **values):
    """A document whose files are these bytes; signatures are told by their own bytes."""
    document = MedicalDocumentFactory(**values)
    for position, data in enumerate(files, 1):
        type_ = P7S if data[:1] == b"\x30" else "application/hl7-v3+xml" if data[:1] == b"<" else "application/pdf"
        file_of(document, position=position, content_type=type_, size=len(data), storage_key=storage().put(data))
    return document


def work():
    """Let the worker do all that is due."""
    while worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=BULK):
        pass


def shown(document):
    return list_signatures(scope_of(document.patient), document.pk)


def document_files(document):
    return DocumentContent.objects.filter(owner_id=document.pk)


def noted(*files, **values):
    document = document_with(*files, **values)
    signatures.note_files(MIS, [document.pk], now=timezone.now())
    return document


def test_note_files_keeps_a_signature_as_pending_until_the_worker_has_checked_it(signed):
    document = noted(DOCUMENT, signed)

    (before,) = shown(document)
    work()
    (after,) = shown(document)

    assert (before.state, before.signers, before.is_pending) == ("pending", (), True)
    assert (after.state, after.why) == ("valid", "")
    assert (after.signers[0].name, after.signers[0].post) == ("Петрова Вера Ильинична", "врач-терапевт")
    assert after.signers[0].signed_at.tzinfo is not None


def test_check_of_a_changed_document_is_invalid(signed):
    document = noted(DOCUMENT.replace("а".encode(), "о".encode(), 1), signed)

    work()

    (row,) = shown(document)
    assert (row.state, row.why, row.is_broken) == ("invalid", "документ изменён после подписания", True)


def test_check_finds_the_file_that_a_signature_is_of(doctor):
    document = noted(DOCUMENT, PDF, sign(PDF, doctor), sign(DOCUMENT, doctor), sign(b"else", doctor))

    work()

    assert [row.state for row in shown(document)].count("valid") == 2
    assert [row.state for row in shown(document)].count("invalid") == 1


def test_check_without_the_document_says_that_it_is_not_here(signed):
    document = noted(signed)

    work()

    (row,) = shown(document)
    assert (row.state, row.why) == ("unchecked", "подписанный файл порталу не передан")


def test_check_of_a_corrupt_file_says_so():
    document = noted(DOCUMENT, b"\x30\x82\x01\x00garbage")

    work()

    (row,) = shown(document)
    assert (row.state, row.why, row.signers) == ("invalid", "файл подписи повреждён", ())


def test_check_of_two_signers_tells_of_both(authority, doctor):
    document = noted(DOCUMENT, sign(DOCUMENT, doctor, authority.issue(CLINIC)))

    work()

    (row,) = shown(document)
    assert row.state == "valid"
    assert {one.name for one in row.signers} == {"Петрова Вера Ильинична", "ГБУЗ Поликлиника"}


def test_the_same_signature_twice_is_kept_once(signed):
    document = noted(DOCUMENT, signed, signed)
    loose = signatures.Loose(document.pk, uuid4(), signed, "AUTHOR", "Автор")
    signatures.keep_loose(MIS, [loose, loose], origins=[loose.origin_id], now=timezone.now())

    assert DocumentSignature.objects.count() == 1


def test_note_files_again_forgets_what_the_document_has_lost(signed, authority):
    document = noted(DOCUMENT, signed)
    loose = signatures.Loose(document.pk, uuid4(), sign(DOCUMENT, authority.issue()))
    signatures.keep_loose(MIS, [loose], origins=[loose.origin_id], now=timezone.now())
    work()

    document_files(document).filter(position=2).delete()
    signatures.note_files(MIS, [document.pk], now=timezone.now())

    (left,) = DocumentSignature.objects.all()
    assert (left.origin_id, left.state) == (loose.origin_id, "pending")


def test_note_files_of_a_new_file_checks_anew(signed):
    document = noted(b"<other/>", signed)
    work()
    assert shown(document)[0].state == "invalid"

    document_files(document).filter(position=1).update(storage_key=storage().put(DOCUMENT))
    signatures.note_files(MIS, [document.pk], now=timezone.now())
    work()

    assert shown(document)[0].state == "valid"


def test_note_files_without_signatures_asks_twice_and_queues_nothing(django_assert_num_queries):
    documents = [document_with(DOCUMENT).pk for _ in range(3)]

    with django_assert_num_queries(2):
        signatures.note_files(MIS, documents, now=timezone.now())

    assert not OutboxEvent.objects.exists()


def arriving(type_, document, **resource):
    """A resource that is this document."""
    return replace(incoming(type_, "d1", **resource), id=document.pk)


def provenance(*documents, signature=b"", **element):
    found = {
        "type": [{"system": "urn:oid:1.2.643.5.1.13.13.99.2.368", "code": "AUTHOR", "display": "Автор"}],
        "sigFormat": P7S,
        "data": base64_of(signature),
        **element,
    }
    targets = [{"reference": f"DocumentReference/{one.pk}"} for one in documents]
    return incoming("Provenance", "p1", target=targets, signature=[found])


def test_take_keeps_the_signature_of_a_provenance_with_its_role(signed):
    document = document_with(DOCUMENT)

    signature_intake.take(MIS, [provenance(document, signature=signed)])
    work()

    (row,) = shown(document)
    assert (row.state, row.role_name) == ("valid", "Автор")
    assert DocumentSignature.objects.get().role_code == "AUTHOR"


def test_take_of_a_provenance_before_its_document_waits_for_it(signed):
    document = MedicalDocumentFactory()
    signature_intake.take(MIS, [provenance(document, signature=signed)])
    work()
    assert shown(document)[0].state == "unchecked"

    file_of(document, content_type="application/hl7-v3+xml", storage_key=storage().put(DOCUMENT))
    signature_intake.take(MIS, [arriving("DocumentReference", document)])
    work()

    assert shown(document)[0].state == "valid"


def test_take_of_a_newer_provenance_replaces_its_signatures(signed, doctor):
    document = document_with(DOCUMENT)
    other = document_with(DOCUMENT)
    signature_intake.take(MIS, [provenance(document, signature=signed)])

    signature_intake.take(MIS, [provenance(other, signature=signed)])

    assert shown(document) == ()
    assert len(shown(other)) == 1


@pytest.mark.parametrize("element", [{"sigFormat": "application/signature+xml"}, {"data": ""}, {"data": "not base64!"}])
def test_take_of_what_is_no_cms_keeps_nothing(element):
    document = document_with(DOCUMENT)

    signature_intake.take(MIS, [provenance(document, **{"signature": b"x"} | element)])

    assert shown(document) == ()


def test_take_of_late_bytes_checks_what_waited(signed):
    document = document_with(DOCUMENT)
    binary = incoming("Binary", "b1")
    file_of(document, position=2, content_type="", size=None, storage_key="", binary_id=binary.id)
    StoredBinary.objects.create(
        id=binary.id, content_type=P7S, size=len(signed), sha256="0" * 64, sha1="0" * 40,
        storage_key=storage().put(signed),
    )  # fmt: skip

    signature_intake.take(MIS, [binary])
    work()

    assert shown(document)[0].state == "valid"


def test_take_of_files_beside_a_document_keeps_them(signed):
    document = document_with(DOCUMENT)

    signature_intake.take(MIS, [arriving("ClinicalDocument", document, data=DOCUMENT, signatures=[signed])])
    work()

    assert shown(document)[0].state == "valid"


def test_recheck_follows_the_trust_list_there_and_back(trusted, authority, signed):
    document = noted(DOCUMENT, signed)
    work()
    states = [shown(document)[0].state]

    for change in (lambda root: root.unlink(), lambda root: root.write_bytes(authority.root.certificate.read_bytes())):
        change(trusted / "root.crt")
        deliveries.recheck_signatures(key="periodic")
        work()
        states.append(shown(document)[0].state)

    assert states == ["valid", "unchecked", "valid"]


def test_recheck_of_an_unchanged_list_queues_nothing(signed, django_assert_num_queries):
    noted(DOCUMENT, signed)
    work()
    before = OutboxEvent.objects.count()

    deliveries.recheck_signatures(key="periodic")

    assert OutboxEvent.objects.count() == before


def test_recheck_leaves_what_waits_for_its_first_check(signed):
    noted(DOCUMENT, signed)
    before = OutboxEvent.objects.count()

    deliveries.recheck_signatures(key="periodic")

    assert OutboxEvent.objects.count() == before


def test_list_signatures_of_another_person_is_empty(signed):
    document = noted(DOCUMENT, signed)
    stranger = scope_of(PatientFactory())

    assert list_signatures(stranger, document.pk) == ()
    with pytest.raises(NotFound):
        get_signature(stranger, document.pk, 1)


def test_list_signatures_of_a_restricted_document_follows_it(signed):
    document = noted(DOCUMENT, signed, is_restricted=True)

    assert len(list_signatures(scope_of(document.patient, restricted=Restricted.SHOWN), document.pk)) == 1
    assert list_signatures(scope_of(document.patient, restricted=Restricted.HIDDEN), document.pk) == ()


def test_list_signatures_is_one_statement(signed, doctor, django_assert_num_queries):
    document = noted(DOCUMENT, signed, sign(DOCUMENT, doctor, options=("-noattr",)))

    with django_assert_num_queries(1):
        assert [row.number for row in shown(document)] == [1, 2]


def test_get_signature_gives_the_bytes_that_came(signed):
    document = noted(DOCUMENT, signed, title="Справка")

    found = get_signature(scope_of(document.patient), document.pk, 1)

    with storage().open(found.storage_key) as file:
        assert file.read() == signed
    assert (found.size, found.name.full) == (len(signed), "Справка.p7s")


@pytest.mark.parametrize("number", [0, 2])
def test_get_signature_of_no_such_number_is_missing(signed, number):
    document = noted(DOCUMENT, signed)

    with pytest.raises(NotFound):
        get_signature(scope_of(document.patient), document.pk, number)


def test_stored_signers_hold_no_number_in_full(authority):
    document = noted(DOCUMENT, sign(DOCUMENT, authority.issue(DOCTOR + SNILS)))

    work()

    row = DocumentSignature.objects.get(document_id=document.pk)
    assert row.signers[0]["snils"] == "…4595"
    assert "11223344" not in str(row.signers)


def test_check_tells_the_engine_from_the_list_in_its_version(authority):
    root = der(authority.root)

    assert trust_in([root], has_gost=True).version != trust_in([root], has_gost=False).version
    assert signature_checks.trusted().certificates == (root,)


def test_queue_outdated_counts_documents(trusted):
    for _ in range(3):
        DocumentSignatureFactory(broken=True, trust_version="0" * 64)

    assert signatures.queue_outdated(WorkerScope(), version="1" * 64) == 3
    assert signatures.queue_outdated(WorkerScope(), version="1" * 64) == 0


def test_check_signatures_counts_and_queues(signed, capsys):
    document = noted(DOCUMENT, signed)
    work()
    DocumentSignature.objects.update(state="invalid", reason="changed")

    call_command("check-signatures", "--all")
    work()

    out = capsys.readouterr().out
    assert "trusted certificates: 1 in " in out
    assert re.search(r"invalid +changed +1", out)
    assert "queued for the worker: 1 documents" in out
    assert shown(document)[0].state == "valid"


def test_check_signatures_by_itself_changes_nothing(signed, capsys):
    noted(DOCUMENT, signed)

    call_command("check-signatures")

    assert "signatures: 1" in capsys.readouterr().out
    assert OutboxEvent.objects.count() == 1


def test_checks_hold_up_nothing_of_the_house(signed):
    document = noted(DOCUMENT, signed)

    worker.run_once(now=timezone.now() + timedelta(seconds=1))
    assert shown(document)[0].is_pending

    work()
    assert shown(document)[0].state == "valid"
