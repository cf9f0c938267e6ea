import gzip
import json

import pytest

from medkarta.hl7 import vendoring


def element(path, *codes, minimum=0):
    return {"path": path, "min": minimum, "type": [{"code": code} for code in codes]}


def structure(name, kind, *elements, **more):
    found = {"resourceType": "StructureDefinition", "name": name, "kind": kind, "abstract": False}
    return {"resource": found | {"snapshot": {"element": [element(name), *elements]}} | more}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "dist" / "fhir" / "r4"
    folder.mkdir(parents=True)
    monkeypatch.setattr(vendoring, "DATA", tmp_path)
    monkeypatch.setattr(vendoring, "_PUBLISHERS_OWN", (("Basic", "own"),))
    ref = {name: {"$ref": f"#/definitions/{name}"} for name in ("code", "Element", "Basic_Part", "ResourceList")}
    definitions = {name: {"type": "string"} for name in vendoring.PRIMITIVES} | {
        "Element": {"description": "gone", "properties": {"id": {"$ref": "#/definitions/string"}}},
        "Basic": {
            "properties": {
                "description": ref["code"],
                "own": ref["code"],
                "_own": ref["Element"],
                "part": {"type": "array", "items": ref["Basic_Part"]},
                "valueCode": ref["code"],
                "valuePart": ref["Basic_Part"],
            }
        },
        "Basic_Part": {"properties": {"modifierExtension": ref["Element"], "name": ref["code"]}},
        "Project": {"properties": {}},
        "ResourceList": {"oneOf": []},
    }
    schema = {"$schema": "s", "id": "i", "definitions": definitions}
    elements = (
        element("Basic.description", "code", minimum=1),
        element("Basic.part", "Element"),
        element("Basic.part.name", "code", minimum=1),
        element("Basic.value[x]", "code", "part", minimum=1),
        element("Basic.later", "code"),
    )
    resources = [structure("Basic", "resource", *elements), structure("Later", "resource")]
    (folder / "fhir.schema.json").write_text(json.dumps(schema))
    (folder / "profiles-types.json").write_text(json.dumps({"entry": []}))
    (folder / "profiles-resources.json").write_text(json.dumps({"entry": resources}))
    return tmp_path


def read(path):
    return json.loads(gzip.decompress(path.read_bytes()))


def test_vendor_keeps_what_is_r4_and_nothing_else(package):
    vendoring.vendor(package)

    definitions = read(package / "fhir.schema.json.gz")["definitions"]
    assert set(definitions) == vendoring.PRIMITIVES | {"Element", "Basic", "Basic_Part", "ResourceList"}
    assert set(definitions["Basic"]["properties"]) == {"description", "part", "valueCode", "valuePart"}
    assert set(definitions["Basic_Part"]["properties"]) == {"name"}
    assert "description" not in definitions["Element"]
    assert read(package / "r4-elements.json.gz") == {
        "Basic": {
            "required": ["description"],
            "choices": {"value": {"min": 1, "names": ["valueCode", "valuePart"]}},
        },
        "Basic_Part": {"required": ["name"]},
    }


def test_vendor_writes_the_same_bytes_twice(package):
    vendoring.vendor(package)
    first = (package / "fhir.schema.json.gz").read_bytes()

    vendoring.vendor(package)

    assert (package / "fhir.schema.json.gz").read_bytes() == first
