"""The JSON schema of FHIR 4.0.1 and what it leaves out, made into one strict validator per resource type.

The published schema accepts a missing `status`, two `value[x]`, 31 February, `1.5` as an integer and empty
arrays; `_tighten` closes these from the StructureDefinitions. A validator stops at nested resources
(`contained`, `Bundle.entry.resource`): `validation` enters them itself, which keeps each validator small.
"""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from medkarta.hl7 import formats, narrative

MAX_STRING_CHARS = 1024 * 1024
"""FHIR strings SHALL NOT exceed 1 MB (datatypes.html#string); base64 content has a limit of its own."""

_COMMON_TEXT = """
    AllergyIntolerance Appointment Binary Bundle Bundle_Entry CarePlan CareTeam Claim Composition Condition Coverage
    Device DiagnosticReport DocumentReference Encounter ExplanationOfBenefit Goal HealthcareService ImagingStudy
    Immunization ImmunizationRecommendation Location Medication MedicationRequest MedicationStatement Observation
    Organization Patient Practitioner PractitionerRole Procedure Provenance RelatedPerson Schedule ServiceRequest Slot
    Specimen Task
"""
_COMMON = tuple(_COMMON_TEXT.split())
_DATA = Path(__file__).parent / "data"
_INT_MAX = 2**31 - 1
_NESTED = {"type": "object", "required": ["resourceType"]}
_STRICT_PRIMITIVES: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -_INT_MAX - 1, "maximum": _INT_MAX},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": _INT_MAX},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": _INT_MAX},
    "decimal": {"type": "number"},
    "xhtml": {"type": "string", "format": "fhir-xhtml"},
    "base64Binary": {"type": "string", "format": "fhir-base64"},
}
_ADDED: Mapping[str, Mapping[str, Any]] = {
    "date": {"format": "fhir-date"},
    "dateTime": {"format": "fhir-date"},
    "instant": {"format": "fhir-date"},
    "string": {"maxLength": MAX_STRING_CHARS},
    "markdown": {"maxLength": MAX_STRING_CHARS},
    "uri": {"minLength": 1},
    "url": {"minLength": 1},
    "canonical": {"minLength": 1},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The alternatives of one `value[x]`: JSON names in the order of the standard."""

    stem: str
    is_required: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One element as JSON writes it: `type` names a definition; a list is an array even with one value."""

    type: str
    is_list: bool

    @property
    def is_primitive(self) -> bool:
        return self.type[0].islower()


def resource_types() -> frozenset[str]:
    """Return the names of the resource types of R4."""
    return _published()[2]


def definition_names() -> frozenset[str]:
    """Return the names of all definitions: resources, backbone elements, data types, primitives (lower case)."""
    return frozenset(_published()[0])


class Validator:
    """The strict validator of one definition, backed by a compiled schema that several definitions share."""

    def __init__(self, type_: str, compiled: jsonschema_rs.Draft6Validator) -> None:
        self._type = type_
        self._compiled = compiled

    def is_valid(self, resource: Any) -> bool:
        return self._compiled.is_valid({self._type: resource})

    def errors(self, resource: Any) -> Iterator[jsonschema_rs.ValidationError]:
        """Yield every error. The first step of its `instance_path` is the type."""
        return iter(self._compiled.iter_errors({self._type: resource}))


@cache
def validator_for(type_: str) -> Validator:
    """Return the strict validator of a resource type or of `Bundle_Entry`. Compiling takes some 100 ms, once."""
    return Validator(type_, _compiled(_COMMON if type_ in _COMMON else (type_,)))


@cache
def _compiled(types: tuple[str, ...]) -> jsonschema_rs.Draft6Validator:
    """Compile the schema of `{type: resource}`. Most of the work is the data types, so common types share one."""
    return jsonschema_rs.Draft6Validator(
        {
            "properties": {type_: {"$ref": f"#/definitions/{type_}"} for type_ in types},
            "definitions": _reachable(types),
        },
        formats={
            "fhir-date": formats.is_calendar_date,
            "fhir-base64": formats.is_base64,
            "fhir-xhtml": narrative.is_allowed,
        },
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


@cache
def elements_of(owner: str) -> Mapping[str, Element]:
    """Return the elements of a definition (`Observation`, `Observation_Component`, `HumanName`) by JSON name."""
    properties = _published()[0][owner]["properties"]
    return {
        name: _element(schema)
        for name, schema in properties.items()
        if not name.startswith("_") and "const" not in schema
    }


def names_of_type(type_: str) -> frozenset[str]:
    """Return the names under which any definition has an element of this type."""
    owners = [name for name in definition_names() if name[0].isupper()]
    return frozenset(name for owner in owners for name, each in elements_of(owner).items() if each.type == type_)


def required_primitives(owner: str) -> tuple[str, ...]:
    """Return the primitive elements that SHALL be present (as a value or with an extension)."""
    return tuple(_published()[1].get(owner, {}).get("required", ()))


def choices_of(owner: str) -> tuple[Choice, ...]:
    """Return every `value[x]` of a definition."""
    found = _published()[1].get(owner, {}).get("choices", {})
    return tuple(Choice(stem, bool(rule["min"]), tuple(rule["names"])) for stem, rule in found.items())


def _element(schema: Mapping[str, Any]) -> Element:
    is_list = schema.get("type") == "array"
    inner = schema["items"] if is_list else schema
    if "$ref" in inner:
        return Element(inner["$ref"].rsplit("/", 1)[1], is_list)
    return Element("code" if "enum" in inner else "string", is_list)


@cache
def _published() -> tuple[dict[str, Any], dict[str, Any], frozenset[str]]:
    definitions = orjson.loads(gzip.decompress((_DATA / "fhir.schema.json.gz").read_bytes()))["definitions"]
    missing = orjson.loads(gzip.decompress((_DATA / "r4-elements.json.gz").read_bytes()))
    listed = definitions.pop("ResourceList")["oneOf"]
    for owner, rules in missing.items():
        for stem, rule in rules.get("choices", {}).items():
            _refer_to_types(definitions[owner]["properties"], stem, rule["names"])
    names = frozenset(each["$ref"].rsplit("/", 1)[1] for each in listed)
    return definitions, missing, names


def _refer_to_types(properties: dict[str, Any], stem: str, names: list[str]) -> None:
    """Replace a copy of a primitive's pattern under `valueDateTime` by a reference to `dateTime`."""
    for name in names:
        kind = name[len(stem)].lower() + name[len(stem) + 1 :]
        if "pattern" in properties[name] or "type" in properties[name]:
            properties[name] = {"$ref": f"#/definitions/{kind}"}


@cache
def _tightened() -> dict[str, Any]:
    definitions: dict[str, Any] = {"ResourceList": _NESTED, "Resource": _NESTED}
    for name, schema in _published()[0].items():
        if name[0].islower():
            definitions[name] = _STRICT_PRIMITIVES.get(name) or {**schema, **_ADDED.get(name, {})}
        else:
            definitions[name] = _tighten(name, schema)
    return definitions


def _tighten(owner: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = {name: _tighten_list(each) for name, each in _with_extensions(schema["properties"]).items()}
    strict = {**schema, "properties": properties, "type": "object", "minProperties": 1}
    rules = [_present(name, properties) for name in required_primitives(owner)]
    exclusions: dict[str, Any] = {}
    for choice in choices_of(owner):
        spelt = {name: [each for each in (name, f"_{name}") if each in properties] for name in choice.names}
        if choice.is_required:
            rules.append({"anyOf": [{"required": [each]} for names in spelt.values() for each in names]})
        for name, names in spelt.items():
            others = [{"required": [each]} for other in spelt if other != name for each in spelt[other]]
            if others:
                exclusions |= {each: {"not": {"anyOf": others}} for each in names}
    if rules:
        strict["allOf"] = rules
    if exclusions:
        strict["dependencies"] = exclusions
    return strict


def _with_extensions(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add the `_x` of canonical elements, which the published schema forgets."""
    found = dict(properties)
    for name, each in properties.items():
        if not name.startswith("_") and "const" not in each and _element(each).type == "canonical":
            extension = {"$ref": "#/definitions/Element"}
            found.setdefault(f"_{name}", {"type": "array", "items": extension} if _element(each).is_list else extension)
    return found


def _tighten_list(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") != "array":
        return schema
    strict = {**schema, "minItems": 1}
    element = _element(schema)
    if element.is_primitive or element.type == "Element":  # a null keeps the place of a value or of its extensions
        strict["items"] = {"anyOf": [schema["items"], {"type": "null"}]}
    return strict


def _present(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    spelt = [each for each in (name, f"_{name}") if each in properties]
    return {"required": spelt} if len(spelt) == 1 else {"anyOf": [{"required": [each]} for each in spelt]}


def _reachable(types: Iterable[str]) -> dict[str, Any]:
    tightened, found, waiting = _tightened(), {}, list(types)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = tightened[name]
            waiting.extend(_references(found[name]))
    return found


def _references(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        own = [node["$ref"].rsplit("/", 1)[1]] if isinstance(node.get("$ref"), str) else []
        return own + [name for value in node.values() for name in _references(value)]
    return [name for value in node for name in _references(value)] if isinstance(node, list) else []
