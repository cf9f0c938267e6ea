"""FHIR R4 Patient -> one row per source; matching follows in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from medkarta.core.ids import digits, is_valid_enp, is_valid_snils
from medkarta.core.intake import Incoming, Resource, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import reference_uuid
from medkarta.patients import actions
from medkarta.patients.models import Gender, Patient

TYPES = ("Patient",)


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Upsert the rows and match them. A number with wrong check digits is kept out of matching, never refused."""
    known = {
        row.pk: row
        for row in Patient.objects.select_for_update(of=("self",)).filter(pk__in=[one.id for one in incoming])
    }
    rows = [_row(scope, one, known.get(one.id)) for one in incoming]
    upsert(rows)
    actions.match_patients(scope, [row.pk for row in rows])
    return {}


def _row(scope: SystemScope, one: Incoming, known: Patient | None) -> Patient:
    resource = one.resource
    name = values.human_name(resource)
    snils = digits(values.identifier_value(resource, systems.SNILS))
    enp = digits(values.identifier_value(resource, systems.ENP))
    gender = resource.get("gender", "unknown")
    return Patient(
        id=one.id,
        source=scope.source,
        person=known.person if known else None,
        link=known.link if known else Patient.Link.UNLINKED,
        family_name=name.family[:120],
        given_name=name.given[:120],
        patronymic=name.patronymic[:120],
        birth_date=_birth_date(resource),
        gender=gender if gender in Gender.values else Gender.UNKNOWN,
        snils=snils if is_valid_snils(snils) else "",
        enp=enp if is_valid_enp(enp) else "",
        registered_facility_id=reference_uuid(resource.get("managingOrganization"), "Organization"),
        is_active=resource.get("active", True) is not False and not one.is_withdrawn,
        updated_at=one.received_at,
    )


def _birth_date(resource: Resource) -> date | None:
    """Return a whole birth date; a year or a month alone is not enough to match anybody."""
    found = values.moment(resource.get("birthDate"))
    return found.on if found and found.precision == "day" else None
