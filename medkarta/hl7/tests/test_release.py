import pytest

from medkarta.hl7 import schema
from medkarta.hl7.release import model_for, model_issues
from medkarta.hl7.tests.factories import observation, patient


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"resourceType": "Observation", "status": "final"}, {("required", "Observation.code")}),
        (patient(birthDate="2026-02-31"), {("value", "Patient.birthDate")}),
        (patient(name=[{"given": "Вера"}]), {("value", "Patient.name[0].given")}),
        (patient(nosuch=1), set()),
        (observation(), set()),
        ({"resourceType": "MedicinalProduct"}, set()),
        ({"resourceType": "Evidence"}, set()),
    ],
)
def test_model_issues_gives_the_objections_that_r4_shares(resource, expected):
    assert {(issue.code, issue.path) for issue in model_issues(resource)} == expected


def test_model_for_knows_every_type_but_those_of_r4_alone():
    without = {type_ for type_ in schema.resource_types() if model_for(type_) is None}

    assert {"Evidence", "EvidenceVariable", "MedicinalProduct", "RiskEvidenceSynthesis", "SubstancePolymer"} <= without
    assert not {"Patient", "Observation", "Encounter", "CarePlan", "Coverage", "Slot"} & without
