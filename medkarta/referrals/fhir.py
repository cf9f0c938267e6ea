"""FHIR R4 ServiceRequest -> a referral; home calls belong to another room.

A request without a category of ours is one for a study. A missing optional thing stays empty, an over-long text is
cut; nothing of a valid resource is an error.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.intake import Incoming, Resource, upsert
from medkarta.core.scopes import SystemScope
from medkarta.hl7 import systems, values
from medkarta.hl7.references import display_of, first_uuid
from medkarta.referrals import entries, rules
from medkarta.referrals.models import Referral
from medkarta.search import actions as search

TYPES = ("ServiceRequest",)
KEPT = ("booked_appointment",)

_REFERRAL_KIND = "urn:oid:1.2.643.5.1.13.13.11.1009"
_KINDS = {"1": "hospitalization", "2": "hospitalization", "3": "hospitalization", "6": "consultation"}
_YEARS = range(1901, 2500)
_PRACTITIONERS = ("PractitionerRole", "Practitioner")


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Write the referrals; return the reasons for those refused."""
    refused: dict[UUID, str] = {}
    rows: dict[UUID, Referral] = {}
    others: list[UUID] = []
    for one in incoming:
        if one.type not in TYPES:
            continue
        category = category_of(one.resource)
        if category is None:
            others.append(one.id)
        elif one.patient_id is None:
            refused[one.id] = _("Не указан пациент")
        else:
            rows[one.id] = _referral(one, one.patient_id, category)
    if others:
        Referral.objects.filter(pk__in=others).delete()
        search.drop(entries.KIND, others)
    upsert(rows.values(), keep=KEPT)
    entries.enter(rows.values())
    return refused


def category_of(resource: Resource) -> str | None:
    """Return what a ServiceRequest asks for; None for a home call.

    Understands our own categories and the federal dictionary of kinds of referrals (.1009).
    """
    found = values.all_codings(resource.get("category"))
    own = {each.code for each in found if each.system == systems.REQUEST_CATEGORY}
    if "home-call" in own:
        return None
    known = [code for code in Referral.Category.values if code in own]
    known += [_KINDS[each.code] for each in found if each.system == _REFERRAL_KIND and each.code in _KINDS]
    return known[0] if known else "study"


def _referral(one: Incoming, patient_id: UUID, category: str) -> Referral:
    found = one.resource
    performers, places = found.get("performer", ()), found.get("locationReference", ())
    requester = [found["requester"]] if "requester" in found else []
    valid = values.period(found.get("occurrencePeriod"))
    is_hospital = category == "hospitalization"
    details = ", ".join(filter(None, map(values.text_of, found.get("orderDetail", ()))))
    return Referral(
        id=one.id,
        patient_id=patient_id,
        is_restricted=one.is_restricted,
        is_withdrawn=one.is_withdrawn,
        category=category,
        status=found.get("status", "unknown"),
        hospitalization_status=_hospitalization_status(found) if is_hospital else "",
        number=_number(found),
        what=(values.text_of(found.get("code")) or details)[:500],
        department=(details or values.text_of(found.get("code")))[:255] if is_hospital else "",
        valid_from=_known(valid.start.on) if valid.start else None,
        valid_until=_known(valid.end.on) if valid.end else None,
        planned_on=_known(values.day(found.get("occurrenceDateTime"))),
        issued_at=_known_moment(values.instant(found.get("authoredOn"))),
        facility_id=first_uuid(performers, "Organization"),
        facility_name=display_of(performers, "Organization", "HealthcareService")[:255],
        location_id=first_uuid(places, "Location"),
        location_name=display_of(places, "Location")[:255],
        practitioner_id=first_uuid(requester, "Practitioner"),
        practitioner_role_id=first_uuid(requester, "PractitionerRole"),
        practitioner_name=display_of(requester, *_PRACTITIONERS)[:255],
        reason=_reason(found)[:1000],
        instructions=found.get("patientInstruction", ""),
        comment="\n".join(each["text"] for each in found.get("note", ()) if each.get("text")),
        specialty_code=_specialty(found)[:32],
    )


def _specialty(found: Resource) -> str:
    """Return the code of the specialty that somebody is referred to: of the performer, else of what is asked for."""
    performer = values.code_in(found.get("performerType"), systems.SPECIALTY)
    return performer or values.code_in(found.get("code"), systems.SPECIALTY)


def _hospitalization_status(found: Resource) -> str:
    stated = values.extension(found, systems.HOSPITALIZATION_STATUS)
    if stated in Referral.Hospitalization.values:
        return str(stated)
    return rules.HOSPITALIZATION_OF_STATUS.get(found.get("status", ""), "new")


def _number(found: Resource) -> str:
    numbers = [each.get("value", "") for each in found.get("identifier", ())]
    numbers.append(found.get("requisition", {}).get("value", ""))
    return next(filter(None, numbers), "")[:64]


def _reason(found: Resource) -> str:
    """Return the reasons in words, each diagnosis with its ICD-10 code behind it."""
    reasons = []
    for concept in found.get("reasonCode", ()):
        text, code = values.text_of(concept), values.code_in(concept, systems.ICD10)
        reasons.append(f"{text} ({code})" if code and code != text else text)
    reasons += [each.get("display", "") for each in found.get("reasonReference", ())]
    return "; ".join(filter(None, reasons))


def _known(day: date | None) -> date | None:
    """Return a day; None for what stands for "unknown" in some systems, such as 1900-01-01."""
    return day if day and day.year in _YEARS else None


def _known_moment(at: datetime | None) -> datetime | None:
    return at if at and at.year in _YEARS else None
