"""FHIR R4 Coverage -> a policy as a hospital's system knows it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from medkarta.core.intake import Incoming, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.insurance.models import Coverage

TYPES = ("Coverage",)


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Upsert the rows. A coverage never matches anybody."""
    upsert(_row(one, one.patient_id) for one in incoming if one.patient_id)
    return {}


def _row(one: Incoming, patient_id: UUID) -> Coverage:
    resource = one.resource
    period = values.period(resource.get("period"))
    payor = (resource.get("payor") or [{}])[0]
    number = values.identifier_value(resource, systems.ENP) or resource.get("subscriberId", "")
    return Coverage(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        number=number[:40],
        kind_name=values.text_of(resource.get("type"))[:255],
        insurer_name=(payor.get("display") or "")[:255],
        status=resource.get("status", "")[:20],
        starts_on=period.start.on if period.start else None,
        ends_on=period.end.on if period.end else None,
    )
