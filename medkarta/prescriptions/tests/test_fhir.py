from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.prescriptions import dosage, fhir, queries
from medkarta.prescriptions.models import Prescription
from medkarta.prescriptions.tests.factories import TODAY, incoming

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of("mis")
ID = resource_id("mis", "MedicationRequest", "r1")
DRUG = resource_id("mis", "Medication", "m1")


def request(patient, rid="r1", **resource):
    return incoming("MedicationRequest", rid, patient, **{"status": "active", "intent": "order", **resource})


def test_store_maps_what_the_tables_show():
    patient, doctor = PatientFactory(), uuid4()
    fhir.store(
        SCOPE,
        [
            request(
                patient,
                medicationCodeableConcept={"text": "Амоксициллин капсулы 500 мг"},
                category=[{"coding": [{"system": "urn:medkarta:prescription-kind", "code": "state"}]}],
                statusReason={"coding": [{"system": "urn:medkarta:prescription-status", "code": "in-service"}]},
                identifier=[{"use": "old", "value": "1"}, {"use": "official", "value": " 50-77 "}],
                authoredOn="2026-11-01",
                requester={"reference": f"PractitionerRole/{doctor}", "display": "Петрова Е. С."},
                dosageInstruction=[{"sequence": 2, "text": "Запивать водой"}, {"sequence": 1, "text": "По 1 капсуле"}],
                dispenseRequest={
                    "validityPeriod": {"end": "2026-12-01T00:00:00+03:00"},
                    "quantity": {"value": Decimal("20"), "unit": "шт."},
                    "numberOfRepeatsAllowed": 2,
                },
            )
        ],
    )

    found = Prescription.objects.get(pk=ID)
    assert (found.kind, found.status, found.number) == ("state", "in-service", "50-77")
    assert found.drug_name == "Амоксициллин капсулы 500 мг"
    assert found.valid_until == date(2026, 12, 1)
    assert (found.practitioner_role_id, found.practitioner_name) == (doctor, "Петрова Е. С.")
    assert found.dosage == "По 1 капсуле\nЗапивать водой"
    assert (found.quantity, found.repeats) == ("20 шт.", 2)


@pytest.mark.parametrize("drug_first", [True, False])
def test_store_joins_a_request_and_its_medication_in_either_order(drug_first):
    patient = PatientFactory()
    arriving = [
        incoming(
            "Medication", "m1", code={"text": "Омепразол"}, ingredient=[{"itemCodeableConcept": {"text": "omeprazole"}}]
        ),
        request(patient, medicationReference={"reference": f"Medication/{DRUG}", "display": "препарат"}),
    ]
    for each in arriving if drug_first else reversed(arriving):
        fhir.store(SCOPE, [each])

    page = queries.get_prescription(scope_of(patient), ID, today=TODAY)

    assert (page.row.drug, page.substances) == ("Омепразол", "omeprazole")


def test_store_shows_the_display_until_the_medication_arrives():
    patient = PatientFactory()
    fhir.store(
        SCOPE, [request(patient, medicationReference={"reference": f"Medication/{DRUG}", "display": "препарат"})]
    )

    assert queries.get_prescription(scope_of(patient), ID, today=TODAY).row.drug == "препарат"


def test_store_reads_a_contained_medication():
    patient = PatientFactory()
    fhir.store(
        SCOPE,
        [
            request(
                patient,
                contained=[
                    {
                        "resourceType": "Medication",
                        "id": "m",
                        "ingredient": [{"itemCodeableConcept": {"text": "Железо"}}],
                    }
                ],
                medicationReference={"reference": "#m"},
            )
        ],
    )

    assert Prescription.objects.get().drug_name == "Железо"


@pytest.mark.parametrize(
    ("end", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 31)),
        ("2026", date(2026, 12, 31)),
        ("9999", date.max),
        ("2026-12-01T22:30:00Z", date(2026, 12, 2)),
    ],
)
def test_store_takes_the_last_day_of_a_partial_date(end, day):
    fhir.store(SCOPE, [request(PatientFactory(), dispenseRequest={"validityPeriod": {"end": end}})])

    assert Prescription.objects.get().valid_until == day


def test_store_survives_the_emptiest_and_the_longest_and_refuses_nobodys():
    long = "ы" * 5000
    patient = PatientFactory()

    refused = fhir.store(
        SCOPE,
        [
            incoming("MedicationRequest", "r0", patient),
            request(
                patient, "r2", medicationCodeableConcept={"text": long}, identifier=[{"value": long}, {}],
                requester={"reference": "Organization/x", "display": long}, note=[{"text": long}, {}],
                dispenseRequest={"numberOfRepeatsAllowed": 10**9, "quantity": {"value": 1, "unit": long}},
            ),
            request(None, "r3"),
            incoming("Medication", "m0"),
        ],
    )  # fmt: skip

    assert list(refused) == [resource_id("mis", "MedicationRequest", "r3")]
    assert Prescription.objects.count() == 2


TABLET = {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "таблетка"}}]}


def timing(frequency, period, unit):
    return {"timing": {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit}}}


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({**TABLET, **timing(2, 1, "d")}, "1 таблетка, 2 раза в день"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1}}], **timing(1, 6, "h")}, "доза 1, 1 раз каждые 6 часов"),
        ({**timing(1, 6, "h"), "asNeededBoolean": True}, "1 раз каждые 6 часов, при необходимости"),
        (timing(1, Decimal("1.5"), "d"), "1 раз каждые 1,5 дня"),
        ({"timing": {"repeat": {"boundsDuration": {"value": 5}}}, "asNeededBoolean": False}, ""),
        ({"patientInstruction": "После еды"}, "После еды"),
    ],
)
def test_text_of_a_dosage_says_what_the_coded_parts_say(element, text):
    assert dosage.text([element]) == text


FORM = "urn:medkarta:prescription-form"


@pytest.mark.parametrize(
    ("form", "course", "until", "is_computed"),
    [
        ("107-1", None, date(2026, 12, 31), True),
        ("148-1-88", None, date(2026, 11, 16), True),
        ("148-1-04", "continuous", date(2027, 1, 30), True),
        ("148-1-04", "acute", None, False),
        ("107-1", "continuous", None, False),
        ("unheard-of", None, None, False),
    ],
)
def test_store_computes_the_last_day_only_where_the_law_alone_decides(form, course, until, is_computed):
    extra = {"courseOfTherapyType": {"coding": [{"code": course}]}} if course else {}
    category = [{"coding": [{"system": FORM, "code": form}]}]

    fhir.store(SCOPE, [request(PatientFactory(), category=category, authoredOn="2026-11-01", **extra)])

    one = Prescription.objects.get()
    assert (one.valid_until, one.is_term_computed) == (until, is_computed)
    assert one.is_long_course is (course == "continuous")
    assert one.form == ("" if form == "unheard-of" else form)
    assert one.kind == ("state" if form == "148-1-04" else "commercial")


def test_store_keeps_the_last_day_that_the_clinic_told():
    category = [{"coding": [{"system": FORM, "code": "107-1"}]}]
    supply = {"validityPeriod": {"end": "2026-11-20"}}

    fhir.store(SCOPE, [request(PatientFactory(), category=category, authoredOn="2026-11-01", dispenseRequest=supply)])

    one = Prescription.objects.get()
    assert (one.valid_until, one.is_term_computed) == (date(2026, 11, 20), False)
