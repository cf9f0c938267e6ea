import copy
from uuid import UUID

import pytest

from medkarta.hl7.references import (
    Identity,
    Target,
    contained,
    display_of,
    first_uuid,
    identity_of,
    reference_id,
    reference_uuid,
    rewrite,
    target_of,
    walk,
)
from medkarta.hl7.tests.factories import observation, patient

OURS = UUID("00000000-0000-5000-8000-000000000001")
SNILS = "urn:oid:1.2.643.100.3"


def resolve_all(target):
    return (target.type or "Patient", OURS)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Patient/1"}, Target("relative", "Patient/1", "Patient", "1")),
        ({"reference": "Patient/1/_history/2"}, Target("relative", "Patient/1/_history/2", "Patient", "1")),
        (
            {"reference": "https://a.example/fhir/Patient/a.1"},
            Target("absolute", "https://a.example/fhir/Patient/a.1", "Patient", "a.1"),
        ),
        ({"reference": "https://a.example/other"}, Target("absolute", "https://a.example/other")),
        (
            {"reference": "https://a.example/Folder/Patient/1"},
            Target("absolute", "https://a.example/Folder/Patient/1", "Patient", "1"),
        ),
        ({"reference": "urn:uuid:1", "type": "Patient"}, Target("urn", "urn:uuid:1", "Patient", "urn:uuid:1")),
        ({"reference": "urn:oid:1.2"}, Target("urn", "urn:oid:1.2", "", "urn:oid:1.2")),
        ({"reference": "#a"}, Target("contained", "#a", "", "a")),
        (
            {"reference": f"Patient?identifier={SNILS}|90000000182"},
            Target("conditional", f"Patient?identifier={SNILS}|90000000182", "Patient", "", SNILS, "90000000182"),
        ),
        (
            {"reference": "Patient?identifier=urn%3Ax%7C1"},
            Target("conditional", "Patient?identifier=urn%3Ax%7C1", "Patient", "", "urn:x", "1"),
        ),
        (
            {"identifier": {"system": SNILS, "value": "9"}, "type": "Patient"},
            Target("logical", "", "Patient", "", SNILS, "9"),
        ),
        ({"reference": "nonsense"}, Target("other", "nonsense")),
        ({"display": "Иванова"}, None),
        ({"identifier": {"system": SNILS}}, None),
    ],
)
def test_target_of_reads_every_kind(reference, expected):
    assert target_of(reference) == expected


def test_identity_of_prefers_the_id():
    assert identity_of(patient(), "urn:uuid:1") == Identity("Patient", "p1")
    assert identity_of({"resourceType": "Patient"}, "urn:uuid:1") == Identity("Patient", "urn:uuid:1")
    assert identity_of({"resourceType": "Patient"}) == Identity("Patient", "")


def test_walk_finds_references_wherever_they_are():
    resource = observation(
        subject={"reference": "Patient/1"},
        performer=[{"reference": "Practitioner/2"}, {"identifier": {"system": "s", "value": "v"}}],
        contained=[{"resourceType": "Specimen", "subject": {"reference": "Patient/3"}}],
        extension=[{"url": "u", "valueReference": {"reference": "Organization/4"}}],
        identifier=[{"system": "s", "value": "v", "assigner": {"reference": "Organization/5"}}],
    )

    assert {target.text or target.value for target in walk(resource)} == {
        "Patient/1",
        "Practitioner/2",
        "v",
        "Patient/3",
        "Organization/4",
        "Organization/5",
    }


def test_walk_takes_no_element_with_an_identifier_for_a_reference():
    resource = {
        "resourceType": "Coverage",
        "identifier": [{"value": "1"}],
        "class": [{"type": {"text": "t"}, "value": "v"}],
    }

    assert list(walk(resource)) == []
    assert list(walk({"resourceType": "Bundle", "type": "document", "identifier": {"value": "1"}})) == []


def test_rewrite_points_references_at_our_rows_and_leaves_the_original():
    resource = observation(
        meta={
            "versionId": "3",
            "lastUpdated": "2026-08-18T09:00:00Z",
            "source": "#x",
            "profile": ["http://a.example/p"],
        },
        contained=[{"resourceType": "Specimen", "id": "s"}],
        specimen={"reference": "#s"},
        subject={"reference": "Patient/1", "display": "пациент"},
        performer=[{"identifier": {"system": "s", "value": "v"}, "type": "Practitioner"}],
    )
    before = copy.deepcopy(resource)

    found = rewrite(resource, resolve_all, id=OURS, meta={"versionId": "1"})

    assert resource == before
    assert found["id"] == str(OURS)
    assert found["meta"] == {"profile": ["http://a.example/p"], "versionId": "1"}
    assert found["subject"] == {"reference": f"Patient/{OURS}", "display": "пациент"}
    assert found["specimen"] == {"reference": "#s"}
    assert found["performer"][0]["reference"] == f"Practitioner/{OURS}"
    assert found["performer"][0]["identifier"] == {"system": "s", "value": "v"}
    assert list(found)[:3] == ["resourceType", "id", "meta"]


def test_rewrite_leaves_what_the_resolver_does_not_know():
    resource = observation(subject={"reference": "urn:uuid:9"}, performer=[{"display": "x"}])

    assert rewrite(resource, lambda target: None) == {key: each for key, each in resource.items() if key != "id"}


def test_rewrite_points_attachments_at_our_binaries():
    resource = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [
            {"attachment": {"url": "Binary/7", "contentType": "application/pdf"}},
            {"attachment": {"url": "urn:uuid:7"}},
            {"attachment": {"url": "data:text/plain,x"}},
            {"attachment": {"url": "https://a.example/fhir/Binary/7"}},
            {"attachment": {"url": "https://a.example/files/Media/7"}},
        ],
    }

    found = rewrite(resource, lambda target: ("Binary", OURS) if target.rid in ("7", "urn:uuid:7") else None)

    assert [each["attachment"]["url"] for each in found["content"]] == [
        f"Binary/{OURS}",
        f"Binary/{OURS}",
        "data:text/plain,x",
        f"Binary/{OURS}",
        "https://a.example/files/Media/7",
    ]


def test_rewrite_leaves_the_addresses_of_extensions_and_systems():
    resource = patient(
        extension=[{"url": "Patient/1", "valueUri": "urn:uuid:1"}], identifier=[{"system": "urn:oid:1.2", "value": "3"}]
    )

    found = rewrite(resource, resolve_all)

    assert (found["extension"], found["identifier"]) == (resource["extension"], resource["identifier"])


def test_reference_id_gives_the_id_of_a_canonical_reference():
    assert reference_id({"reference": "Patient/1"}, "Patient", "Group") == "1"
    assert reference_id({"reference": "Patient/1"}, "Group") == ""
    assert reference_id({"reference": "urn:uuid:1"}) == ""
    assert reference_id(None) == ""


def test_contained_finds_the_inner_resource():
    inner = {"resourceType": "Organization", "id": "o"}

    assert contained(patient(contained=[inner]), {"reference": "#o"}) == inner
    assert contained(patient(contained=[inner]), {"reference": "#p"}) is None
    assert contained(patient(), {"reference": "Organization/o"}) is None


def test_reference_uuid_is_the_row_of_a_resolved_reference():
    assert reference_uuid({"reference": f"Patient/{OURS}"}, "Patient") == OURS
    assert reference_uuid({"reference": f"Patient/{OURS}"}, "Group") is None
    assert reference_uuid({"reference": "Patient/1"}) is None
    assert reference_uuid(None) is None


def test_first_uuid_passes_over_what_nobody_resolved():
    pointing = [{"display": "x"}, {"reference": "Location/1"}, None, {"reference": f"Location/{OURS}"}]

    assert first_uuid(pointing, "Location") == OURS
    assert first_uuid(pointing, "Practitioner") is None


def test_display_of_takes_the_first_of_the_types():
    pointing = [
        {"reference": "Location/1", "display": "Кабинет"},
        {"reference": "Practitioner/1"},
        {"type": "Practitioner", "display": "Врач"},
    ]

    assert display_of(pointing, "Practitioner", "PractitionerRole") == "Врач"
    assert display_of(pointing, "Organization") == ""
