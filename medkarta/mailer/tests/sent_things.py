"""A person with a document, and the steps between his form and what arrives."""

import re
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pikepdf
from django.test import Client
from django.utils import timezone

from medkarta.documents.tests.factories import DocumentContentFactory, MedicalDocumentFactory
from medkarta.integrations.storage.port import storage
from medkarta.mailer.models import Sending
from medkarta.outbox import worker
from medkarta.outbox.handlers import OUTSIDE
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import AccountFactory, PatientFactory, PersonFactory, RepresentationFactory
from medkarta.signin.tests.factories import signed_in

OWN = "anna@example.org"
TITLE = "Выписка кардиолога"


def pdf_of(words: str = "proba") -> bytes:
    """Return a small real PDF; its title tells one from another."""
    made = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.docinfo["/Title"] = words
        pdf.save(made)
    return made.getvalue()


@dataclass
class Sender:
    """Somebody signed in who may open a record with one document; `data` is its PDF."""

    browser: Client
    account_id: UUID
    person_id: UUID
    key: str
    document_id: UUID
    data: bytes

    def path(self, rest: str = "") -> str:
        return f"/p/{self.key}/send/{rest}"

    @property
    def form(self) -> str:
        return self.path(f"documents/{self.document_id}/")

    def send(self, **changes: str):
        """Post the form, the second time with the typed address confirmed, as a person does."""
        values = {"to": "esia", "way": "link", "days": "7", "is_agreed": "on", "form_key": str(uuid4()), **changes}
        return self.browser.post(self.form, {name: value for name, value in values.items() if value != ""})

    def ordered(self, **changes: str) -> Sending:
        """Send, and return the row."""
        answer = self.send(**changes)
        assert answer.status_code == 303, answer.content.decode()
        return Sending.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])

    def secret(self, sending: Sending) -> str:
        """Return what the page after sending shows."""
        html = self.browser.get(self.path(f"sent/{sending.pk}/")).content.decode()
        found = re.search(r'class="mk-big mk-nowrap">([a-z0-9-]+)<', html)
        return found[1] if found else ""


def sender(*, kind: str = "self", email: str = OWN, restricted: bool = False, data: bytes = b"") -> Sender:
    """Return somebody with a document in the record that he may open."""
    data = data or pdf_of()
    account, person = AccountFactory(email=email), PersonFactory()
    key = RepresentationFactory(account=account, person=person, kind=kind, confirmed_at=timezone.now()).key
    document = MedicalDocumentFactory(patient=PatientFactory(person=person), title=TITLE, is_restricted=restricted)
    DocumentContentFactory(
        owner_id=document.pk, patient=document.patient, storage_key=storage().put(data), size=len(data)
    )
    return Sender(signed_in(account), account.pk, person.pk, key, document.pk, data)


def deliver() -> int:
    """Let the worker try once what waits for outside, whatever its back-off."""
    OutboxEvent.objects.filter(state="waiting", handler="mailer.send").update(due_at=timezone.now())
    return worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=OUTSIDE)


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def token_of(message) -> str:
    found = re.search(r"/sent/([\w-]+)/", text_of(message))
    assert found
    return found[1]


def files_of(message) -> list:
    return list(message.iter_attachments())
