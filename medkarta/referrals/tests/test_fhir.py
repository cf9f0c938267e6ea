"""Mapping of what hospitals send, from small own examples."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.referrals import fhir
from medkarta.referrals.models import Referral

pytestmark = pytest.mark.django_db
MIS = SystemScope.of("mis")
CLINIC, DOCTOR = uuid4(), uuid4()


def category(code, system="urn:medkarta:request-category"):
    return [{"coding": [{"system": system, "code": code}]}]


def incoming(*, patient=None, id=None, restricted=False, **resource):
    resource = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", **resource}
    return Incoming(
        id=id or uuid4(),
        type="ServiceRequest",
        rid="1",
        resource=resource,
        patient_id=patient.pk if patient else None,
        is_restricted=restricted,
        is_withdrawn=resource["status"] == "entered-in-error",
        received_at=NOW,
    )


FULL = {
    "category": category("study"),
    "identifier": [{"value": "50-000000017"}],
    "code": {"text": "УЗИ брюшной полости"},
    "occurrencePeriod": {"start": "2026-11-25", "end": "2026-12-25"},
    "authoredOn": "2026-11-25T10:00:00+03:00",
    "requester": {"reference": f"Practitioner/{DOCTOR}", "display": "Петрова Елена Сергеевна"},
    "performer": [{"reference": f"Organization/{CLINIC}", "display": "Поликлиника № 3"}],
    "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "K29.5", "display": "Гастрит"}]}],
    "patientInstruction": "Натощак",
    "note": [{"text": "Повторное"}],
}


def test_store_keeps_a_referral_with_its_links_and_names():
    patient = PatientFactory()
    one = incoming(patient=patient, restricted=True, **FULL)

    assert fhir.store(MIS, [one]) == {}

    row = Referral.objects.get()
    assert (row.pk, row.patient_id, row.category, row.is_restricted) == (one.id, patient.pk, "study", True)
    assert (row.number, row.what, row.instructions, row.comment) == (
        "50-000000017",
        "УЗИ брюшной полости",
        "Натощак",
        "Повторное",
    )
    assert (row.valid_from, row.valid_until) == (date(2026, 11, 25), date(2026, 12, 25))
    assert row.issued_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert (row.facility_id, row.facility_name) == (CLINIC, "Поликлиника № 3")
    assert (row.practitioner_id, row.practitioner_name) == (DOCTOR, "Петрова Елена Сергеевна")
    assert row.reason == "Гастрит (K29.5)"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (category("study"), "study"),
        (category("consultation"), "consultation"),
        (category("hospitalization"), "hospitalization"),
        (category("home-call"), None),
        (category("1", "urn:oid:1.2.643.5.1.13.13.11.1009"), "hospitalization"),
        (category("6", "https://nsi.rosminzdrav.ru/dictionaries/1.2.643.5.1.13.13.11.1009"), "consultation"),
        (category("108252007", "http://snomed.info/sct"), "study"),
        ([], "study"),
        (None, "study"),
    ],
)
def test_category_of_knows_ours_and_takes_the_rest_for_studies(given, expected):
    assert fhir.category_of({"category": given} if given is not None else {}) == expected


@pytest.mark.parametrize(
    ("status", "stated", "expected"),
    [
        ("active", "date-set", "date-set"),
        ("revoked", "refused", "refused"),
        ("active", None, "new"),
        ("on-hold", None, "postponed"),
        ("completed", None, "admitted"),
        ("revoked", None, "annulled"),
        ("unknown", "no-such-code", "new"),
    ],
)
def test_store_reads_the_status_of_a_hospitalization(status, stated, expected):
    extension = [{"url": "urn:medkarta:hospitalization-status", "valueCode": stated}] if stated else []
    resource = {
        "status": status,
        "category": category("hospitalization"),
        "extension": extension,
        "orderDetail": [{"text": "Кардиология"}],
        "code": {"text": "Госпитализация"},
    }

    fhir.store(MIS, [incoming(patient=PatientFactory(), **resource)])

    row = Referral.objects.get()
    assert (row.hospitalization_status, row.department) == (expected, "Кардиология")


def test_store_survives_a_request_with_almost_nothing():
    assert fhir.store(MIS, [incoming(patient=PatientFactory())]) == {}

    row = Referral.objects.get()
    assert (row.what, row.valid_until, row.number, row.hospitalization_status) == ("", None, "", "")


def test_store_cuts_long_text_and_drops_a_sentinel_date():
    change = {
        "code": {"text": "я" * 5000},
        "reasonCode": [{"text": "ю" * 5000}],
        "occurrencePeriod": {"end": "1900-01-01"},
        "performer": [{"reference": "Organization/not-ours"}],
    }

    fhir.store(MIS, [incoming(patient=PatientFactory(), **{**FULL, **change})])

    row = Referral.objects.get()
    assert (len(row.what), len(row.reason), row.valid_until, row.facility_id) == (500, 1000, None, None)


def test_store_again_changes_the_row_and_a_home_call_leaves_the_table():
    patient = PatientFactory()
    one = incoming(patient=patient, **FULL)
    fhir.store(MIS, [one])

    fhir.store(MIS, [incoming(patient=patient, id=one.id, **{**FULL, "status": "completed"})])
    assert Referral.objects.get().status == "completed"

    fhir.store(MIS, [incoming(patient=patient, id=one.id, category=category("home-call"))])
    assert not Referral.objects.exists()


def test_store_marks_what_the_source_took_back():
    fhir.store(MIS, [incoming(patient=PatientFactory(), status="entered-in-error")])

    assert Referral.objects.get().is_withdrawn


def test_store_refuses_a_referral_of_nobody():
    lost = incoming(**FULL)

    assert set(fhir.store(MIS, [lost])) == {lost.id}
    assert not Referral.objects.exists()


def test_store_leaves_other_types_alone():
    other = Incoming(uuid4(), "Task", "1", {"resourceType": "Task"}, None, False, False, NOW)

    assert fhir.store(MIS, [other]) == {}
