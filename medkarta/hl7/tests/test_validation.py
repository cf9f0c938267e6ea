import pytest

from medkarta.hl7.tests.factories import XHTML, observation, patient
from medkarta.hl7.validation import MAX_ISSUES, validate


def found(resource):
    return {(issue.code, issue.path) for issue in validate(resource)}


def without(resource, name):
    return {key: value for key, value in resource.items() if key != name}


def test_validate_accepts_a_small_resource():
    assert validate(observation()) == ()
    assert validate(patient()) == ()


@pytest.mark.parametrize(
    ("resource", "issue"),
    [
        ([], ("structure", "Resource")),
        ({}, ("required", "Resource.resourceType")),
        ({"resourceType": "Foo"}, ("not-supported", "Foo.resourceType")),
        ({"resourceType": "ClientApplication"}, ("not-supported", "ClientApplication.resourceType")),
        (without(observation(), "status"), ("required", "Observation.status")),
        (without(observation(), "code"), ("required", "Observation.code")),
        (observation(status="done"), ("code-invalid", "Observation.status")),
        (observation(foo=1), ("structure", "Observation.foo")),
        (observation(note=[]), ("structure", "Observation.note")),
        (observation(note=[{}]), ("structure", "Observation.note[0]")),
        (observation(code={"text": 5}), ("structure", "Observation.code.text")),
        (observation(code={"text": ""}), ("value", "Observation.code.text")),
        (observation(subject="Patient/1"), ("structure", "Observation.subject")),
        (observation(category={"text": "x"}), ("structure", "Observation.category")),
        (observation(valueQuantity={"value": "1.5"}), ("structure", "Observation.valueQuantity.value")),
        (observation(valueInteger=1.5), ("structure", "Observation.valueInteger")),
        (observation(valueInteger=2**31), ("value", "Observation.valueInteger")),
        (observation(valueString="a", valueInteger=1), ("structure", "Observation.value[x]")),
        (observation(effectiveDateTime="2026-02-31"), ("value", "Observation.effectiveDateTime")),
        (observation(effectiveDateTime="18.08.2026"), ("value", "Observation.effectiveDateTime")),
        (observation(effectiveDateTime="2026-08-18T09:00:00"), ("value", "Observation.effectiveDateTime")),
        (observation(issued="2026-08-18"), ("value", "Observation.issued")),
        (observation(id="a b"), ("value", "Observation.id")),
        (
            observation(component=[{"code": {"text": "a"}}, {"code": {"text": "a"}, "bar": 1}]),
            ("structure", "Observation.component[1].bar"),
        ),
        (observation(component=[{"valueString": "a"}]), ("required", "Observation.component[0].code")),
        (observation(extension=[{"valueString": "a"}]), ("required", "Observation.extension[0].url")),
        (patient(birthDate="2026-13-01"), ("value", "Patient.birthDate")),
        (patient(birthDate="0000"), ("value", "Patient.birthDate")),
        (patient(photo=[{"data": "abc"}]), ("value", "Patient.photo[0].data")),
        (patient(name=[{"given": ["Вера", 5]}]), ("structure", "Patient.name[0].given[1]")),
        (patient(contained=[{"resourceType": "Organization", "foo": 1}]), ("structure", "Patient.contained[0].foo")),
        (patient(contained=[{"resourceType": "Group", "contained": []}]), ("required", "Patient.contained[0].type")),
        (patient(managingOrganization={"reference": "#org"}), ("invariant", "Patient.managingOrganization.reference")),
        (
            {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"display": "x"}},
            ("required", "MedicationRequest.medication[x]"),
        ),
        ({"resourceType": "Binary", "contentType": "application/pdf", "data": "Zm9v!"}, ("value", "Binary.data")),
    ],
)
def test_validate_names_what_is_wrong_and_where(resource, issue):
    assert issue in found(resource)


@pytest.mark.parametrize(
    "resource",
    [
        observation(effectiveDateTime="2026-02-28"),
        observation(effectiveDateTime="2026"),
        observation(issued="2026-08-18T09:00:60Z"),
        observation(valueInteger=2**31 - 1),
        without(observation(_status={"extension": [{"url": "http://a.example/r", "valueCode": "masked"}]}), "status"),
        patient(name=[{"given": ["Вера", None], "_given": [None, {"id": "g2"}]}]),
        patient(contained=[{"resourceType": "Organization", "id": "org"}], managingOrganization={"reference": "#org"}),
        {"resourceType": "Binary", "contentType": "application/pdf", "data": "Zm9v\nZg=="},
        patient(extension=[{"url": "http://a.example/x", "valueMeta": {"versionId": "1"}}]),
        patient(extension=[{"url": "http://a.example/x", "_valueString": {"id": "a"}}]),
        {"resourceType": "PlanDefinition", "status": "draft", "_library": [{"id": "a"}]},
        {
            "resourceType": "MedicinalProductManufactured",
            "manufacturedDoseForm": {"text": "x"},
            "quantity": {"value": 1},
        },
    ],
)
def test_validate_accepts_what_r4_allows(resource):
    assert validate(resource) == ()


def test_validate_enters_bundles_and_parameters():
    inner = observation(foo=1)

    assert ("structure", "Bundle.entry[0].resource.foo") in found(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}
    )
    assert ("structure", "Parameters.parameter[0].part[0].resource.foo") in found(
        {"resourceType": "Parameters", "parameter": [{"name": "a", "part": [{"name": "b", "resource": inner}]}]}
    )


def test_validate_refuses_a_contained_resource_that_contains():
    inner = {"resourceType": "Patient", "id": "a", "contained": [patient()]}

    assert ("invariant", "Patient.contained[0].contained") in found(patient(contained=[inner]))


def test_validate_keeps_values_out_of_its_sentences():
    secret = "Иванова-Секретная"
    broken = patient(name=[{"family": {"x": secret}}], gender=secret, birthDate=secret, active=secret)

    said = " ".join(str(issue) for issue in validate(broken))

    assert said
    assert secret not in said


def test_validate_makes_a_hostile_name_of_an_element_harmless():
    (issue,) = validate(patient(**{"<b>'; DROP\n" + "x" * 500: 1}))

    assert issue.path.startswith("Patient._b_DROP_x")
    assert len(issue.path) <= len("Patient.") + 64


def test_validate_stops_counting_at_its_limit():
    assert len(validate(patient(**{f"foo{number}": 1 for number in range(500)}))) == MAX_ISSUES


def narrative(div):
    return patient(text={"status": "generated", "div": div})


@pytest.mark.parametrize(
    ("div", "code"),
    [
        (f"<div {XHTML}><p onClick='x'>a</p></div>", "invariant"),
        (f"<div {XHTML}><script>a</script></div>", "invariant"),
        (f"<div {XHTML}><object value='false'/>a</div>", "invariant"),
        (f"<div {XHTML}><form>a</form></div>", "invariant"),
        (f"<div {XHTML}><a href='javascript:x'>a</a></div>", "security"),
        (f"<div {XHTML}><a href=' java&#10;script:x'>a</a></div>", "security"),
        (f"<div {XHTML}><img src='data:text/html,x' alt=''/></div>", "security"),
        (f"<!DOCTYPE div [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><div {XHTML}>&x;</div>", "security"),
        (f"<div {XHTML}>&nosuch;</div>", "structure"),
        (f"<div {XHTML}> </div>", "invariant"),
        (f"<div {XHTML}><p>a</div>", "structure"),
        ("<div>a</div>", "structure"),
        ("a", "structure"),
    ],
)
def test_validate_refuses_a_narrative_that_fhir_forbids(div, code):
    assert (code, "Patient.text.div") in found(narrative(div))


@pytest.mark.parametrize(
    "content",
    [
        "<p style='color: red' class='a' id='b' title='c'>a&nbsp;&mdash;&lt;</p>",
        "<table border='1'><tr><td colspan='2'>a</td></tr></table>",
        "<a name='x'/><a href='https://a.example/'>b</a>",
        "<img src='#photo' alt='a'/>",
        "<!-- a --><p xml:lang='ru' lang='ru'>b</p>",
    ],
)
def test_validate_accepts_the_formatting_that_fhir_allows(content):
    assert validate(narrative(f"<div {XHTML}>{content}</div>")) == ()
