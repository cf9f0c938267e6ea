"""Referrals in the index of words."""

from dataclasses import replace

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.referrals import entries, fhir
from medkarta.referrals.models import Referral
from medkarta.referrals.texts import status_note
from medkarta.search import queries as search
from medkarta.search.actions import rebuild

pytestmark = pytest.mark.django_db


def incoming(patient, **changed):
    resource = {
        "resourceType": "ServiceRequest",
        "id": "r1",
        "status": "active",
        "intent": "order",
        "code": {"text": "Колоноскопия"},
        "reasonCode": [{"text": "Анемия неясной природы"}],
        "patientInstruction": "Три дня бесшлаковой диеты",
        "authoredOn": "2026-11-20",
        **changed,
    }
    id_ = resource_id("mis", "ServiceRequest", "r1")
    return Incoming(id_, "ServiceRequest", "r1", resource, patient.pk, False, False, NOW)


@pytest.fixture
def patient():
    return PatientFactory()


def found(patient, words):
    return [(hit.kind, hit.title) for hit in search.find(scope_of(patient), words).hits]


def store(*given):
    fhir.store(SystemScope.of("mis"), given)


def test_referral_is_found_by_what_it_says(patient):
    store(incoming(patient))

    for words in ("колоноскопии", "анемия", "бесшлаковая диета", "калоноскопия"):
        assert found(patient, words) == [("referral", "Колоноскопия")]


def test_referral_that_is_withdrawn_or_becomes_a_home_call_is_found_no_more(patient):
    store(incoming(patient))
    store(replace(incoming(patient), is_withdrawn=True))
    assert found(patient, "колоноскопия") == []

    store(incoming(patient))
    call = {"coding": [{"system": "urn:medkarta:request-category", "code": "home-call"}]}
    store(incoming(patient, category=[call]))
    assert found(patient, "колоноскопия") == []


def test_reindex_enters_what_is_stored(patient):
    store(incoming(patient))

    assert rebuild()[entries.KIND] == 1
    assert found(patient, "анемия") == [("referral", "Колоноскопия")]


def test_every_status_that_leaves_a_question_has_a_sentence():
    answered = {status for status in Referral.Status.values if status_note(status, "")}
    hospital = {status for status in Referral.Hospitalization.values if status_note("active", status)}

    assert answered == set(Referral.Status.values) - {"active", "entered-in-error"}
    assert hospital == set(Referral.Hospitalization.values) - {"admitted"}
