"""Prescriptions in the index of words."""

from dataclasses import replace

import pytest

from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.prescriptions import entries, fhir
from medkarta.prescriptions.tests.factories import incoming
from medkarta.search import queries as search
from medkarta.search.actions import rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


def request(patient, **changed):
    told = {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Липримар таблетки 20 мг"},
        "identifier": [{"value": "50К 1234567890"}],
        "dosageInstruction": [{"text": "По 1 таблетке вечером"}],
    }
    return incoming("MedicationRequest", "p1", patient, **told | changed)


def found(patient, words):
    return [hit.title for hit in search.find(scope_of(patient), words).hits]


def store(*given):
    fhir.store(SystemScope.of("mis"), given)


def test_prescription_is_found_by_drug_number_and_how_it_is_taken(patient):
    store(request(patient))

    for words in ("липримар", "липремар", "1234567890", "таблетки вечером"):
        assert found(patient, words) == ["Липримар таблетки 20 мг"]


@pytest.mark.parametrize("is_drug_first", [True, False])
def test_prescription_is_found_by_a_drug_that_came_apart(patient, is_drug_first):
    drug = incoming("Medication", "d1", code={"text": "Липримар"}, ingredient=[
        {"itemCodeableConcept": {"text": "Аторвастатин"}}
    ])  # fmt: skip
    asked = request(patient, medicationReference={"reference": f"Medication/{drug.id}"})
    del asked.resource["medicationCodeableConcept"]

    for one in (drug, asked) if is_drug_first else (asked, drug):
        store(one)

    assert found(patient, "аторвастатин") == ["Липримар"]


def test_prescription_that_is_withdrawn_or_only_a_draft_is_not_found(patient):
    store(request(patient))
    store(replace(request(patient), is_withdrawn=True))
    assert found(patient, "липримар") == []

    store(request(patient))
    store(request(patient, status="draft"))
    assert found(patient, "липримар") == []


def test_reindex_enters_what_is_stored(patient):
    store(request(patient))

    assert rebuild()[entries.KIND] == 1
    assert found(patient, "липримар") == ["Липримар таблетки 20 мг"]
