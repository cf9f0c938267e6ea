from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.immunizations import fhir
from medkarta.immunizations.models import Immunization
from medkarta.patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db

SOURCE = SystemScope.of("mis")
CLINIC, DOCTOR, ROLE, OTHER = uuid4(), uuid4(), uuid4(), uuid4()
ICD10 = "http://hl7.org/fhir/sid/icd-10"
FULL = {
    "status": "completed",
    "vaccineCode": {"coding": [{"system": "urn:oid:1.2", "code": "7"}], "text": "Приорикс"},
    "occurrenceDateTime": "2025-03-21T23:30:00+00:00",
    "primarySource": False,
    "lotNumber": "A1",
    "expirationDate": "2026-01-31",
    "manufacturer": {"display": "Завод"},
    "site": {"text": "левое плечо"},
    "route": {"text": "внутримышечно"},
    "doseQuantity": {"value": Decimal("0.50"), "unit": "мл"},
    "performer": [
        {"actor": {"reference": f"Organization/{CLINIC}", "display": "Поликлиника"}},
        {"actor": {"reference": f"Practitioner/{OTHER}", "display": "Заказал"}},
        {
            "function": {"coding": [{"code": "AP"}]},
            "actor": {"reference": f"Practitioner/{DOCTOR}", "display": "Сделала"},
        },
        {"actor": {"reference": f"PractitionerRole/{ROLE}"}},
    ],
    "protocolApplied": [
        {
            "series": "Ревакцинация",
            "targetDisease": [
                {"coding": [{"system": ICD10, "code": "B05", "display": "Корь"}]},
                {"text": "Краснуха"},
            ],
            "doseNumberPositiveInt": 2,
            "seriesDosesString": "2",
        }
    ],
}


def stored(resource, **marks):
    patient = PatientFactory()
    one = Incoming(
        id=uuid4(),
        type="Immunization",
        rid="1",
        resource={"resourceType": "Immunization", **resource},
        patient_id=patient.pk,
        is_restricted=marks.get("is_restricted", False),
        is_withdrawn=marks.get("is_withdrawn", False),
        received_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    assert fhir.store(SOURCE, [one]) == {}
    return Immunization.objects.get(pk=one.id)


def test_store_keeps_everything_that_a_page_shows():
    row = stored(FULL)

    assert row.name == "Корь, краснуха, ревакцинация"
    assert (row.vaccine_name, row.vaccine_code, row.vaccine_system) == ("Приорикс", "7", "urn:oid:1.2")
    assert row.diseases == [["B05", ICD10, "Корь"], ["", "", "Краснуха"]]
    assert (row.series, row.dose_number, row.series_doses) == ("Ревакцинация", "2", "2")
    assert (row.occurred_on, row.precision) == (date(2025, 3, 22), "day")  # 02:30 in the clinic's zone
    assert (row.lot, row.expires_on, row.manufacturer) == ("A1", date(2026, 1, 31), "Завод")
    assert (row.site, row.route, row.amount, row.amount_unit) == (
        "левое плечо",
        "внутримышечно",
        Decimal("0.5"),
        "мл",
    )
    assert (row.facility_id, row.facility_name) == (CLINIC, "Поликлиника")
    assert (row.practitioner_id, row.practitioner_role_id, row.practitioner_name) == (DOCTOR, ROLE, "Сделала")
    assert row.is_reported


def test_store_takes_the_least_that_is_valid():
    row = stored({"status": "completed", "vaccineCode": {}, "occurrenceString": "в детстве"})

    assert (row.name, row.occurred_on, row.occurred_text, row.facility_id) == ("", None, "в детстве", None)


@pytest.mark.parametrize(
    ("text", "on", "precision"),
    [
        ("2013", date(2013, 1, 1), "year"),
        ("2013-02", date(2013, 2, 1), "month"),
        ("2013-02-03", date(2013, 2, 3), "day"),
    ],
)
def test_store_keeps_how_exact_the_date_is(text, on, precision):
    row = stored({"status": "completed", "vaccineCode": {"text": "БЦЖ"}, "occurrenceDateTime": text})

    assert (row.occurred_on, row.precision) == (on, precision)


def test_store_keeps_the_reason_of_what_was_not_done():
    row = stored(
        {
            "status": "not-done",
            "statusReason": {"coding": [{"code": "MEDPREC", "display": "medical precaution"}]},
            "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "01", "display": "DTP"}]},
        }
    )

    assert (row.status, row.name, row.reason_code, row.reason_text) == (
        "not-done",
        "DTP",
        "MEDPREC",
        "medical precaution",
    )


def test_store_cuts_what_is_too_long_and_survives_odd_numbers():
    row = stored(
        {
            "status": "completed",
            "vaccineCode": {"text": "я" * 1000},
            "lotNumber": "1" * 1000,
            "doseQuantity": {"value": Decimal("1e30")},
            "performer": [{"actor": {"reference": "Practitioner/not-a-uuid", "display": "д" * 1000}}],
            "location": {"display": "Школа № 12"},
        }
    )

    assert (len(row.name), len(row.lot), row.amount, row.practitioner_id) == (300, 64, None, None)
    assert (len(row.practitioner_name), row.facility_name) == (255, "Школа № 12")


def test_store_keeps_secrecy_and_withdrawal():
    row = stored({"status": "completed", "vaccineCode": {}}, is_restricted=True, is_withdrawn=True)

    assert (row.is_restricted, row.is_withdrawn) == (True, True)


def test_store_again_overwrites():
    row = stored(FULL)
    one = Incoming(
        row.pk, "Immunization", "1", {"status": "completed", "vaccineCode": {"text": "Другая"}}, row.patient_id,
        False, False, datetime(2026, 11, 26, tzinfo=UTC),
    )  # fmt: skip

    fhir.store(SOURCE, [one])

    again = Immunization.objects.get()
    assert (again.name, again.lot, again.facility_id) == ("Другая", "", None)
