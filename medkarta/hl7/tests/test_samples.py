"""Examples of other publishers: valid ones are accepted, hostile ones refused with a reason, none crashes."""

import random

import orjson
import pytest

from medkarta.hl7 import jsontext, release
from medkarta.hl7.canonical import dumps
from medkarta.hl7.files import open_files
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.reading import check, read_units
from medkarta.hl7.tests.samples import files, needs_samples
from medkarta.hl7.validation import validate

pytestmark = needs_samples


def units(path):
    (file,) = open_files([path])
    return list(read_units(file))


def issues(path):
    return [(issue.code, issue.path) for unit in units(path) for issue in check(unit)]


@pytest.mark.parametrize("path", files("fhir-r4-examples"), ids=lambda path: path.name)
def test_check_accepts_the_official_examples(path):
    assert issues(path) == []


@pytest.mark.parametrize("path", files("fhir-r4-synthea") + files("fhir-ips"), ids=lambda path: path.name)
def test_check_accepts_bundles_of_other_systems(path):
    found = units(path)

    assert issues(path) == []
    assert sum(len(unit.entries) for unit in found) > 10


@pytest.mark.parametrize("path", files("fhir-r4-synthea") + files("fhir-r4-examples"), ids=lambda path: path.name)
def test_parse_keeps_the_content_of_examples(path):
    value = jsontext.parse(path.read_bytes())

    assert value == jsontext.parse(dumps(value))
    assert orjson.loads(dumps(value)) == orjson.loads(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("list-xhtml-correct1.xml", []),
        ("list-xhtml-attribute.json", [("informational", ""), ("invariant", "List.text.div")]),
        ("list-xhtml-element.xml", [("invariant", "List.text.div")]),
        ("list-xhtml-xxe1.xml", [("security", "")]),
    ],
)
def test_check_judges_narratives_as_the_hl7_validator(name, expected):
    (path,) = files("fhir-validator-cases", name)

    assert issues(path) == expected


@pytest.mark.parametrize("path", files("hostile"), ids=lambda path: path.name)
def test_read_units_refuses_hostile_files_with_a_reason(path):
    found = issues(path)

    assert found
    assert all(str(issue.text) for unit in units(path) for issue in check(unit))


@pytest.mark.parametrize("path", files("hostile", "[yn]_*.json"), ids=lambda path: path.name)
def test_parse_knows_json_from_what_is_not(path):
    if path.name.startswith("n_"):
        with pytest.raises(Unreadable):
            jsontext.parse(path.read_bytes())
    else:
        assert jsontext.parse(path.read_bytes()) == orjson.loads(path.read_bytes())


def spots(node):
    if isinstance(node, dict | list):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, key
            yield from spots(node[key])


ODD = (
    None,
    "",
    " ",
    5,
    -1,
    1.5,
    True,
    [],
    {},
    ["a"],
    [{}],
    "2026-02-31",
    "2026-08-18T25:00:00Z",
    "2026",
    "a  b",
    "A" * 70,
)


@pytest.mark.parametrize("seed", range(4))
def test_models_refuse_nothing_that_the_schema_accepts(seed):
    chance = random.Random(seed)
    examples = [orjson.loads(path.read_bytes()) for path in files("fhir-r4-examples") if path.stat().st_size < 6000]
    objections = []

    for _ in range(250):
        mutated = orjson.loads(orjson.dumps(chance.choice(examples)))
        node, key = chance.choice(list(spots(mutated)))
        if chance.random() < 0.3:
            del node[key]
        else:
            node[key] = orjson.loads(orjson.dumps(chance.choice(ODD)))
        if not validate(mutated, with_models=False):
            objections += release.model_issues(mutated)

    assert objections == []
