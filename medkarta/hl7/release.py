"""The second validator: the models of fhir.resources, which know R4B (4.3.0) but not R4 (4.0.1).

Where the two releases differ the models are not asked, or their objection is not heard; the schema of R4
has already decided there.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel, ValidationError

from medkarta.hl7.issues import Issue, error, join

REDEFINED = frozenset({"Evidence", "EvidenceVariable"})
"""Types that R4B redefined. Those it removed have no model: `model_for` finds none."""

_KNOWN = {
    "missing": ("required", _("Нет обязательного элемента")),
    "extra_forbidden": ("structure", _("Неизвестный элемент: в FHIR R4 его здесь нет")),
}


@cache
def model_for(type_: str) -> type[BaseModel] | None:
    """Return the R4B model of a type; None if R4B has none that fits R4."""
    if type_ in REDEFINED:
        return None
    try:
        found: type[BaseModel] = get_fhir_model_class(type_)
    except ValueError:
        return None
    return found


def model_issues(resource: Mapping[str, Any]) -> list[Issue]:
    """Return the objections of the R4B model to a resource that the R4 schema accepts."""
    model = model_for(resource["resourceType"])
    if model is None:
        return []
    try:
        model.model_validate(resource)
    except ValidationError as refusal:
        return list(_translate(resource["resourceType"], refusal))
    return []


def _translate(root: str, refusal: ValidationError) -> Iterator[Issue]:
    for each in refusal.errors(include_url=False, include_context=False, include_input=False):
        code, text = _KNOWN.get(each["type"], ("value", _("Значение не принято моделью FHIR")))
        yield error(code, join(root, each["loc"]), text)
