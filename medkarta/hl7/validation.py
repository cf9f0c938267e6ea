"""Is this a valid R4 resource? Both validators, the nested resources, and what neither of them checks.

1. The tightened R4 schema (`schema`): structure, types, codes, required elements, choices, calendar, narrative.
2. The models of fhir.resources (R4B), for the types and elements where R4B and R4 agree (`release`).
3. Contained resources, and references to them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import jsontext, references, release, schema
from medkarta.hl7.issues import Issue, error, join, type_of
from medkarta.hl7.structure import structure_issues

MAX_ISSUES = 50

Resource = Mapping[str, Any]


def validate(resource: Any, *, with_models: bool = True) -> tuple[Issue, ...]:
    """Return what is wrong with one resource, at most MAX_ISSUES; empty if it is valid R4.

    Texts and paths hold names of elements, never their values. The models take most of the time and refuse nothing
    that the tightened schema lets through (a test mutates resources to watch that), so a caller may leave them out.
    """
    found = _structure(resource)
    if not found:
        found = [*_nested(resource), *_contained_references(resource)]
    if not found and with_models:
        found = release.model_issues(resource)
    return tuple(found[:MAX_ISSUES])


def _structure(resource: Any) -> list[Issue]:
    if not isinstance(resource, dict):
        return [error("structure", "Resource", _("Ресурс FHIR должен быть объектом JSON"))]
    type_ = resource.get("resourceType")
    if not isinstance(type_, str):
        return [error("required", "Resource.resourceType", _("Не указан тип ресурса (resourceType)"))]
    if type_ not in schema.resource_types():
        path = join(type_of(resource), ["resourceType"])
        return [error("not-supported", path, _("Такого типа ресурса в FHIR R4 нет"))]
    validator = schema.validator_for(type_)
    return [] if validator.is_valid(resource) else structure_issues(validator, resource)


def _nested(resource: Resource) -> Iterator[Issue]:
    """Check the resources inside a resource: contained ones, and the content of a Bundle or of Parameters."""
    root = type_of(resource)
    for place, inner in _inner_resources(resource):
        path = join(root, place)
        yield from (issue.under(path) for issue in _structure(inner) or _nested(inner))
        if place[0] == "contained" and isinstance(inner, dict) and "contained" in inner:
            yield error("invariant", f"{path}.contained", _("Вложенный ресурс не может содержать другие ресурсы"))


def _inner_resources(resource: Resource) -> Iterator[tuple[list[str | int], Any]]:
    for number, inner in enumerate(resource.get("contained", ())):
        yield ["contained", number], inner
    if resource["resourceType"] == "Bundle":
        for number, entry in enumerate(resource.get("entry", ())):
            if "resource" in entry:
                yield ["entry", number, "resource"], entry["resource"]
            if "outcome" in entry.get("response", ()):
                yield ["entry", number, "response", "outcome"], entry["response"]["outcome"]
    elif resource["resourceType"] == "Parameters":
        yield from _parameter_resources(resource.get("parameter", ()), ["parameter"])


def _parameter_resources(parameters: Any, place: list[str | int]) -> Iterator[tuple[list[str | int], Any]]:
    for number, parameter in enumerate(parameters):
        if "resource" in parameter:
            yield [*place, number, "resource"], parameter["resource"]
        yield from _parameter_resources(parameter.get("part", ()), [*place, number, "part"])


def _contained_references(resource: Resource) -> list[Issue]:
    """Check ref-1: a reference to a contained resource (`#x`) has one to point at."""
    if resource["resourceType"] in {"Bundle", "Parameters"} or not any(
        target.kind == "contained" for target in references.walk(resource)
    ):
        return []
    known = {f"#{each.get('id')}" for each in resource.get("contained", ())} | {"#"}
    return [
        error(
            "invariant", join(resource["resourceType"], steps), _("Ссылка указывает на вложенный ресурс, которого нет")
        )
        for steps, value in jsontext.nodes(resource)
        if isinstance(value, str) and value.startswith("#") and value not in known and steps[-1] == "reference"
    ]
