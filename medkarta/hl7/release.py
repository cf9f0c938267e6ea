"""The second validator: the models of fhir.resources, which know R4B (4.3.0) but not R4 (4.0.1).

Where the two releases differ the models are not asked, or their objection is not heard; the schema of R4
has already decided there. A comparison of every element of both found: no model for the types that R4B removed
(MedicinalProduct…, EffectEvidenceSynthesis, RiskEvidenceSynthesis, Substance…), two types redefined (below), the
choice of a Meta (`valueMeta`, `fixedMeta`, …) removed, `_value…` of an Extension unknown; lists, required elements
and the other choices are the same.
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
        if each["type"] == "missing":
            yield error("required", join(root, each["loc"]), _("Нет обязательного элемента"))
        elif each["type"] != "extra_forbidden":  # which elements there are is decided by R4: R4B lost `valueMeta`
            yield error("value", join(root, each["loc"]), _("Значение не принято моделью FHIR"))
