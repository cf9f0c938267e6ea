"""Each kind of thing that rooms let be sent: made as a PDF for its owner, missing for others."""

from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.documents.tests.factories import DocumentContentFactory, MedicalDocumentFactory
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.integrations.storage.port import storage
from medkarta.mailer import sendable
from medkarta.mailer.protection import protect
from medkarta.mailer.tests.sent_things import pdf_of
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.prescriptions.tests.factories import PrescriptionFactory
from medkarta.referrals.tests.factories import ReferralFactory
from medkarta.results.tests.factories import DiagnosticReportFactory, value_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def document_with_file(patient, **values):
    made = MedicalDocumentFactory(patient=patient, **values)
    DocumentContentFactory(owner_id=made.pk, patient=patient, storage_key=storage().put(pdf_of()))
    return made.pk


def document_of_text(patient, **values):
    made = MedicalDocumentFactory(patient=patient, **values)
    key = storage().put("Осмотр: здоров.".encode())
    DocumentContentFactory(owner_id=made.pk, patient=patient, content_type="text/plain", storage_key=key)
    return made.pk


def report(patient, **values):
    made = DiagnosticReportFactory(patient=patient, **values)
    DocumentContentFactory(owner_id=made.pk, patient=patient, storage_key=storage().put(pdf_of()))
    return made.pk


def report_of_values(patient, **values):
    made = DiagnosticReportFactory(patient=patient, **values)
    value_of(made, name="Глюкоза")
    return made.pk


def prescription(patient, **values):
    return PrescriptionFactory(patient=patient, **values).pk


def referral(patient, **values):
    return ReferralFactory(patient=patient, **values).pk


def immunization(patient, **values):
    ImmunizationFactory(patient=patient)
    return patient.person_id


KINDS = [
    ("documents", document_with_file),
    ("documents", document_of_text),
    ("results", report),
    ("results", report_of_values),
    ("prescriptions", prescription),
    ("referrals", referral),
    ("immunizations", immunization),
]


@pytest.mark.parametrize(("kind", "make"), KINDS)
def test_thing_is_found_and_made_as_a_pdf_that_takes_a_password(kind, make):
    patient = PatientFactory()
    subject, scope, found = make(patient), scope_of(patient), sendable.get(kind)

    thing = found.find(scope, subject)
    data = found.make(scope, subject, now=timezone.now())

    assert (bool(thing.title), thing.refusal, thing.is_restricted) == (True, "", False)
    assert thing.path.startswith(f"{kind}/")
    assert pikepdf.open(BytesIO(protect(data, password="abcd-2345")), password="abcd-2345").pages
    assert sendable.title_of(kind)
    assert kind == "immunizations" or scope.reads.by_kind


@pytest.mark.parametrize(("kind", "make"), KINDS)
def test_thing_of_another_record_is_missing(kind, make):
    theirs, found = make(PatientFactory()), sendable.get(kind)
    scope = scope_of(PatientFactory())

    for subject in (theirs, uuid4()):
        with pytest.raises(NotFound):
            found.find(scope, subject)
        with pytest.raises(NotFound):
            found.make(scope, subject, now=timezone.now())


@pytest.mark.parametrize(("kind", "make"), [one for one in KINDS if one[0] != "immunizations"])
def test_thing_under_secrecy_is_found_by_those_it_is_shown_to(kind, make):
    patient = PatientFactory()
    subject, found = make(patient, is_restricted=True), sendable.get(kind)

    assert found.find(scope_of(patient, restricted=Restricted.SHOWN), subject).is_restricted
    for hidden in (Restricted.LOCKED, Restricted.HIDDEN):
        with pytest.raises(NotFound):
            found.find(scope_of(patient, restricted=hidden), subject)
        with pytest.raises(NotFound):
            found.make(scope_of(patient, restricted=hidden), subject, now=timezone.now())


def test_thing_of_an_unknown_kind_is_missing():
    with pytest.raises(NotFound):
        sendable.get("nothing")
    assert sendable.title_of("nothing") == ""


def test_report_that_says_nothing_is_not_sent():
    patient = PatientFactory()
    subject, found = DiagnosticReportFactory(patient=patient).pk, sendable.get("results")

    assert found.find(scope_of(patient), subject).refusal
    with pytest.raises(NotFound):
        found.make(scope_of(patient), subject, now=timezone.now())
