"""Smallest valid documents, files and incoming resources."""

from base64 import b64encode
from datetime import UTC, datetime
from uuid import uuid4

import factory

from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.documents.models import DocumentContent, DocumentSignature, MedicalDocument
from medkarta.integrations.storage.port import storage
from medkarta.patients.tests.factories import PatientFactory

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3 proba"


class MedicalDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MedicalDocument

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    title = "Протокол консультации"
    words = factory.LazyAttribute(lambda one: f"{one.title} {one.kind_name}".lower().replace("ё", "е"))
    kind_name = "Протокол консультации"
    status = "current"
    dated_at = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
    received_at = NOW


class DocumentContentFactory(factory.django.DjangoModelFactory):
    """A PDF that is here; `outside=True` for one that the clinic holds."""

    class Meta:
        model = DocumentContent

    class Params:
        outside = factory.Trait(storage_key="", content_type="application/pdf", size=None)

    id = factory.LazyFunction(uuid4)
    position = 1
    content_type = "application/pdf"
    size = len(PDF)
    storage_key = factory.LazyFunction(lambda: storage().put(PDF))


class DocumentSignatureFactory(factory.django.DjangoModelFactory):
    """A signature that waits for its check; `broken=True` for one that was checked and does not hold."""

    class Meta:
        model = DocumentSignature

    class Params:
        broken = factory.Trait(state="invalid", reason="changed", checked_at=NOW)

    document_id = factory.LazyFunction(uuid4)
    origin_id = factory.SelfAttribute("document_id")
    storage_key = factory.LazyFunction(lambda: storage().put(b"0 signature"))
    sha256 = factory.SelfAttribute("storage_key")
    size = len(b"0 signature")
    arrived_at = NOW


def file_of(document: MedicalDocument, **values: object) -> DocumentContent:
    """Give a document one more file."""
    return DocumentContentFactory(owner_id=document.pk, patient=document.patient, **values)


def incoming(type_: str, rid: str, patient=None, **resource) -> Incoming:
    """Return a resource of the source `mis` as the gateway hands it over."""
    return Incoming(
        id=resource_id("mis", type_, rid),
        type=type_,
        rid=rid,
        resource={"resourceType": type_, **resource},
        patient_id=patient.pk if patient else None,
        is_restricted=False,
        is_withdrawn=resource.get("status") == "entered-in-error",
        received_at=NOW,
    )


def base64_of(data: bytes) -> str:
    return b64encode(data).decode()
