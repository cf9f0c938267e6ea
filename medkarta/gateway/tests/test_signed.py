"""A document and the signatures beside it, from a folder to what the owner is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from medkarta.core.scopes import SystemScope
from medkarta.documents.models import DocumentSignature, MedicalDocument
from medkarta.documents.queries.signatures import get_signature, list_signatures
from medkarta.documents.tests.cda_samples import cda
from medkarta.gateway import bulk
from medkarta.gateway.outcomes import Fate
from medkarta.integrations.signature import port as signature
from medkarta.integrations.signature.tests.authority import CLINIC, Authority, sign
from medkarta.integrations.storage.port import storage
from medkarta.outbox import worker
from medkarta.outbox.handlers import BULK
from medkarta.patients.models import Person
from medkarta.patients.tests.factories import PersonFactory, scope_of

pytestmark = pytest.mark.django_db
SNILS = "90000000182"


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    (tmp_path / "data").mkdir()
    settings.DATA_DIR = tmp_path / "data"
    storage.cache_clear()
    yield
    storage.cache_clear()


@pytest.fixture(params=["rsa", "gost"])
def authority(request, settings, tmp_path):
    if not signature.available(request.param):
        pytest.skip("the GOST engine of OpenSSL is absent")
    made = Authority(tmp_path / "authority", request.param)
    settings.SIGNATURE_TRUST = tmp_path / "trust"
    settings.SIGNATURE_TRUST.mkdir()
    (settings.SIGNATURE_TRUST / "root.pem").write_bytes(made.root.certificate.read_bytes())
    return made


@pytest.fixture
def person():
    return PersonFactory(snils=SNILS, family_name="Пробная", given_name="Анна", birth_date="1988-04-17")


def take(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    found = list(bulk.load(SystemScope.of("mis"), [folder], jobs=1, now=timezone.now()))
    while worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=BULK):
        pass
    return [one.fate for one in found]


def shown(person: Person):
    document = MedicalDocument.objects.get()
    return list_signatures(scope_of(document.patient), document.pk)


def test_import_of_a_signed_document_is_valid_and_with_one_byte_changed_invalid(authority, person, tmp_path):
    whole = cda(snils=SNILS)
    signed = sign(whole, authority.issue(), authority.issue(CLINIC))
    changed = whole.replace("Боль".encode(), "Соль".encode())

    assert take(tmp_path / "in", x_xml=whole, x_xml_p7s=signed) == [Fate.CREATED]
    (row,) = shown(person)
    assert (row.state, {one.state for one in row.signers}) == ("valid", {"valid"})

    assert take(tmp_path / "in", x_xml=changed) == [Fate.UPDATED]
    (row,) = shown(person)
    assert (row.state, row.why) == ("invalid", "документ изменён после подписания")

    document = MedicalDocument.objects.get()
    found = get_signature(scope_of(document.patient), document.pk, 1)
    with storage().open(found.storage_key) as file:
        assert file.read() == signed


def test_import_of_a_signature_that_carries_a_large_document_along_is_valid(authority, person, tmp_path):
    whole = cda(snils=SNILS) + b"\n" * 1_100_000
    signed = sign(whole, authority.issue(), attached=True)

    assert take(tmp_path / "in", x_xml=whole, x_xml_p7s=signed) == [Fate.CREATED]

    assert [row.state for row in shown(person)] == ["valid"]
    document = MedicalDocument.objects.get()
    found = get_signature(scope_of(document.patient), document.pk, 1)
    with storage().open(found.storage_key) as file:
        assert file.read() == signed


def test_import_of_another_signature_beside_the_same_document_replaces_it(authority, person, tmp_path):
    whole = cda(snils=SNILS)

    take(tmp_path / "in", x_xml=whole, x_xml_sig=b"garbage")
    assert shown(person)[0].state == "invalid"

    assert take(tmp_path / "in", x_xml_sig=sign(whole, authority.issue())) == [Fate.UPDATED]
    assert [row.state for row in shown(person)] == ["valid"]

    assert take(tmp_path / "in") == [Fate.UNCHANGED]
    assert DocumentSignature.objects.count() == 1


def test_import_without_the_signatures_takes_none_back(authority, person, tmp_path):
    whole = cda(snils=SNILS)
    take(tmp_path / "in", x_xml=whole, x_xml_sig=sign(whole, authority.issue()))

    take(tmp_path / "alone", x_xml=whole)

    assert [row.state for row in shown(person)] == ["valid"]
