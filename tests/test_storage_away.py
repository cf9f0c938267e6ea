"""An object store that does not answer: pages say so, an import loses nothing."""

from base64 import b64encode
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from medkarta.documents.models import DocumentContent, MedicalDocument
from medkarta.hl7.canonical import dumps
from medkarta.integrations.storage.port import storage
from medkarta.integrations.storage.tests.server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, serve
from tests.conftest import House

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 bytes"


@pytest.fixture
def bucket(own_storage: None, settings: Any, monkeypatch: Any) -> Any:
    pytest.importorskip("obstore")
    from medkarta.integrations.storage import s3

    monkeypatch.setattr(s3, "RETRIES", 0)
    with serve() as found:
        settings.STORAGE = {
            "url": f"s3://{BUCKET}/portal?endpoint={found.url}&region={REGION}",
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
            "ca_bundle": "",
        }
        storage.cache_clear()
        yield found


def test_a_file_in_the_bucket_is_handed_out_and_when_it_is_away_the_page_says_so(bucket: Any, house: House) -> None:
    storage.cache_clear()
    document = house.residents["owner"].rows["document"]
    DocumentContent.objects.filter(owner_id=document, position=1).update(storage_key=storage().put(PDF), size=len(PDF))
    browser, path = house.browser("owner"), f"/p/{house.keys['owner', 'owner']}/documents/{document}/files/1/"

    there = browser.get(path)
    assert (there.status_code, b"".join(there.streaming_content)) == (200, PDF)

    bucket.status = 503
    away = browser.get(path)
    assert away.status_code == 503
    assert "Попробуйте ещё раз через несколько минут" in away.content.decode()
    assert bucket.url not in away.content.decode()


def test_an_import_stops_and_goes_on_when_the_bucket_is_back(bucket: Any, tmp_path: Any) -> None:
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "Проба"}]}
    document = {
        "resourceType": "DocumentReference",
        "id": "1",
        "status": "current",
        "subject": {"reference": "Patient/1"},
        "date": timezone.now().isoformat(),
        "content": [{"attachment": {"contentType": "application/pdf", "data": b64encode(PDF).decode()}}],
    }
    folder = tmp_path / "in"
    folder.mkdir()
    for name, resource in (("1-patient.json", patient), ("2-document.json", document)):
        (folder / name).write_bytes(dumps(resource))

    bucket.status = 503
    with pytest.raises(CommandError, match="run the import again when it is back"):
        call_command("import", str(folder), jobs=1)
    assert not MedicalDocument.objects.exists()

    bucket.status = 0
    call_command("import", str(folder), jobs=1)
    assert MedicalDocument.objects.count() == 1
    assert list(bucket.objects.values()) == [PDF]
