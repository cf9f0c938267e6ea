import pytest

from medkarta.hl7 import schema
from medkarta.hl7.vendoring import PRIMITIVES


def test_resource_types_are_those_of_r4():
    assert len(schema.resource_types()) == 146
    assert {"Patient", "MedicinalProduct", "Binary"} <= schema.resource_types()
    assert not {"Project", "SubscriptionStatus", "Resource", "ResourceList"} & schema.resource_types()


@pytest.mark.parametrize("type_", ["Bundle_Entry", *sorted(schema.resource_types())[::12]])
def test_validator_for_compiles_a_strict_validator(type_):
    assert not schema.validator_for(type_).is_valid({"resourceType": type_, "nosuch": 1})


def test_elements_of_knows_lists_types_and_codes():
    elements = schema.elements_of("Observation")

    assert elements["status"] == schema.Element("code", is_list=False)
    assert elements["category"] == schema.Element("CodeableConcept", is_list=True)
    assert elements["valueDateTime"] == schema.Element("dateTime", is_list=False)
    assert elements["component"].type == "Observation_Component"
    assert elements["contained"].type == "ResourceList"
    assert not {"_status", "resourceType"} & elements.keys()


def test_elements_of_names_known_types_only():
    owners = [name for name in schema.definition_names() if name[0].isupper()]
    types = {each.type for owner in owners for each in schema.elements_of(owner).values()}

    assert {name for name in types if name[0].islower()} <= PRIMITIVES
    assert {name for name in types if name[0].isupper()} <= {*owners, "ResourceList"}


def test_required_primitives_and_choices_come_from_the_definitions():
    assert schema.required_primitives("Bundle_Request") == ("method", "url")
    (medication,) = [each for each in schema.choices_of("MedicationRequest") if each.stem == "medication"]
    assert medication == schema.Choice("medication", True, ("medicationCodeableConcept", "medicationReference"))


@pytest.mark.parametrize(
    ("owner", "name"), [("Meta", "project"), ("Reference", "resource"), ("Timing_Repeat", "modifierExtension")]
)
def test_elements_of_has_no_additions_of_the_publisher(owner, name):
    assert name not in schema.elements_of(owner)
