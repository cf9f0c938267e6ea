"""The demo's own signatures: every state is to be seen, and each is made once."""

from base64 import b64encode
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from medkarta.core.scopes import SystemScope
from medkarta.devtools import signatures
from medkarta.devtools.region import CLINICS
from medkarta.documents.models import DocumentSignature
from medkarta.gateway import intake
from medkarta.hl7.canonical import dumps
from medkarta.hl7.units import NOWHERE, Entry, Unit
from medkarta.integrations.storage.port import storage
from medkarta.outbox import worker
from medkarta.outbox.handlers import BULK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.SIGNATURE_TRUST = tmp_path / "demo" / "signature-trust"
    storage.cache_clear()
    yield
    storage.cache_clear()


def load(*resources):
    units = (Unit("single", "demo", NOWHERE, (Entry(one, dumps(one)),)) for one in resources)
    return list(intake.take(SystemScope.of(CLINICS), units, now=timezone.now()))


def document(number):
    text = f'<?xml version="1.0"?><Protocol>{number}</Protocol>'.encode()
    attachment = {"contentType": "application/xml", "data": b64encode(text).decode()}
    return {
        "resourceType": "DocumentReference",
        "id": f"visit-{number}-doc",
        "status": "current",
        "subject": {"reference": f"Patient/{signatures.WHO}"},
        "author": [{"display": "Петрова Вера Ильинична"}],
        "custodian": {"display": "Поликлиника / стационар"},
        "date": (timezone.now() - timedelta(days=1 + number)).isoformat(),
        "content": [{"attachment": attachment}],
    }


def test_put_signs_documents_once_and_shows_every_state():
    load({"resourceType": "Patient", "id": signatures.WHO, "name": [{"family": "Проба"}]}, *map(document, range(8)))

    signatures.put(now=timezone.now())
    while worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=BULK):
        pass
    signatures.put(now=timezone.now())

    states = Counter(DocumentSignature.objects.values_list("state", "reason"))
    assert states == {("valid", "confirmed"): 8, ("invalid", "changed"): 2, ("unchecked", "unknown-issuer"): 2}
    one = DocumentSignature.objects.filter(state="valid").order_by("role_code").first()
    assert one.signers[0]["name"] == "Петрова Вера Ильинична"
    assert one.role_name == "Врач"


def test_put_without_documents_makes_nothing(tmp_path):
    signatures.put(now=timezone.now())

    assert not (tmp_path / "demo").exists()


def test_put_leaves_a_list_of_the_operators_own_alone(settings, tmp_path):
    settings.SIGNATURE_TRUST = tmp_path / "own"
    load({"resourceType": "Patient", "id": signatures.WHO, "name": [{"family": "Проба"}]}, document(1))

    signatures.put(now=timezone.now())

    assert not (tmp_path / "own").exists()
