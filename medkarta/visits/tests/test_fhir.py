from datetime import UTC, datetime
from uuid import uuid4

import pytest

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems
from medkarta.patients.tests.factories import PatientFactory
from medkarta.visits import fhir
from medkarta.visits.models import Diagnosis, Visit
from medkarta.visits.tests.factories import incoming

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of("mis")
CLINIC, DOCTOR, ROLE = uuid4(), uuid4(), uuid4()
CONDITION = resource_id("mis", "Condition", "dx")


def encounter(**changes):
    return {
        "resourceType": "Encounter",
        "id": "v1",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"text": "Приём терапевта первичный"}],
        "participant": [
            {"individual": {"reference": f"Practitioner/{uuid4()}"}},
            {
                "type": [{"coding": [{"code": "ATND", "display": "attender"}], "text": "врач-терапевт"}],
                "individual": {"reference": f"Practitioner/{DOCTOR}", "display": "Пробный Иван Петрович"},
            },
        ],
        "period": {"start": "2026-11-12T10:00:00+03:00", "end": "2026-11-12T10:20:00+03:00"},
        "diagnosis": [
            {"condition": {"reference": f"Condition/{uuid4()}"}, "rank": 2},
            {"condition": {"reference": f"Condition/{CONDITION}", "display": "Острый ринит"}, "rank": 1},
        ],
        "serviceProvider": {"reference": f"Organization/{CLINIC}", "display": "Поликлиника № 3"},
    } | changes


def stored(resource, **kwargs):
    assert fhir.store(SCOPE, [incoming(resource, PatientFactory().pk, **kwargs)]) == {}
    return Visit.objects.get()


def test_store_maps_an_encounter():
    visit = stored(encounter())

    assert (visit.status, visit.kind, visit.service) == ("finished", "AMB", "Приём терапевта первичный")
    assert (visit.facility_id, visit.facility_name) == (CLINIC, "Поликлиника № 3")
    assert (visit.practitioner_id, visit.practitioner_role_id) == (DOCTOR, None)
    assert (visit.practitioner_name, visit.practitioner_position) == ("Пробный Иван Петрович", "врач-терапевт")
    assert visit.started_at == datetime(2026, 11, 12, 7, 0, tzinfo=UTC)
    assert visit.ended_at == datetime(2026, 11, 12, 7, 20, tzinfo=UTC)
    assert visit.has_time
    assert visit.diagnosis_ids[0] == str(CONDITION)
    assert visit.reasons == [["", "Острый ринит"]]


def test_store_survives_an_almost_empty_encounter():
    visit = stored(
        {
            "resourceType": "Encounter",
            "id": "v",
            "status": "in-progress",
            "class": {"code": "XX"},
            "type": [{"coding": [{"code": "1"}]}],
        }
    )

    assert (visit.kind, visit.service, visit.facility_id, visit.started_at, visit.has_time) == (
        "",
        "",
        None,
        None,
        False,
    )


def test_store_takes_a_role_a_day_without_an_hour_and_overlong_text():
    visit = stored(
        encounter(
            participant=[{"individual": {"reference": f"PractitionerRole/{ROLE}"}}],
            period={"start": "2026-11-12"},
            type=[{"text": "П" * 900}],
            serviceProvider={"reference": "Organization/not-ours"},
            location=[{"location": {"display": "Травмпункт"}}],
        )
    )

    assert (visit.practitioner_role_id, visit.practitioner_id) == (ROLE, None)
    assert not visit.has_time
    assert len(visit.service) == 500
    assert (visit.facility_id, visit.facility_name) == (None, "Травмпункт")


def test_store_keeps_the_reasons_that_the_visit_names():
    icd = {"coding": [{"system": systems.ICD10, "code": "J00"}], "text": "Насморк"}

    visit = stored(encounter(reasonCode=[icd, icd], diagnosis=[]))

    assert visit.reasons == [["J00", "Насморк"]]


def test_store_passes_over_relatives_for_the_specialist():
    relative = {"type": [{"coding": [{"code": "ATND"}]}], "individual": {"reference": f"RelatedPerson/{uuid4()}"}}

    visit = stored(encounter(participant=[relative, {"individual": {"reference": f"Practitioner/{DOCTOR}"}}]))

    assert visit.practitioner_id == DOCTOR


def test_store_maps_a_condition_and_marks_a_refuted_one():
    patient = PatientFactory()
    condition = {
        "resourceType": "Condition",
        "id": "dx",
        "code": {"coding": [{"system": systems.ICD10, "code": "J00", "display": "Острый назофарингит"}]},
        "encounter": {"reference": f"Encounter/{resource_id('mis', 'Encounter', 'v1')}"},
    }
    refuted = condition | {"id": "no", "verificationStatus": {"coding": [{"code": "refuted"}]}}

    fhir.store(SCOPE, [incoming(condition, patient.pk), incoming(refuted, patient.pk)])

    found = Diagnosis.objects.get(pk=CONDITION)
    assert (found.code, found.text, found.is_refuted) == ("J00", "Острый назофарингит", False)
    assert found.visit_id == resource_id("mis", "Encounter", "v1")
    assert Diagnosis.objects.get(is_refuted=True).text == "Острый назофарингит"


def test_store_overwrites_on_a_second_arrival_and_keeps_the_marks():
    patient = PatientFactory()
    fhir.store(SCOPE, [incoming(encounter(), patient.pk)])

    fhir.store(SCOPE, [incoming(encounter(status="in-progress"), patient.pk, restricted=True, withdrawn=True)])

    visit = Visit.objects.get()
    assert (visit.status, visit.is_restricted, visit.is_withdrawn) == ("in-progress", True, True)


def test_store_refuses_a_visit_of_nobody():
    one = incoming(encounter(), None)

    assert set(fhir.store(SCOPE, [one])) == {one.id}
    assert not Visit.objects.exists()
