"""Which room takes which resource."""

from functools import cache
from types import ModuleType

from medkarta.checkups import fhir as checkups
from medkarta.documents import fhir as documents
from medkarta.facilities import fhir as facilities
from medkarta.gateway.preparing import NOBODYS
from medkarta.immunizations import fhir as immunizations
from medkarta.insurance import fhir as insurance
from medkarta.patients import fhir as patients
from medkarta.prescriptions import fhir as prescriptions
from medkarta.referrals import fhir as referrals
from medkarta.results import fhir as results
from medkarta.scheduling import fhir as scheduling
from medkarta.visits import fhir as visits

# Directory first, then people, then what refers to both: the order in which one batch is written.
ROOMS: tuple[ModuleType, ...] = (
    facilities,
    patients,
    insurance,
    scheduling,
    documents,
    prescriptions,
    visits,
    results,
    referrals,
    checkups,
    immunizations,
)


@cache
def rooms_of(type_: str) -> tuple[ModuleType, ...]:
    """Return the rooms that take a type, in the order of the house; nobody's types are only kept."""
    return tuple(room for room in ROOMS if type_ in room.TYPES)


@cache
def rank_of(type_: str) -> tuple[int, int]:
    """Return the place of a type that some room takes in the order of writing."""
    number, room = next((number, room) for number, room in enumerate(ROOMS) if type_ in room.TYPES)
    return number, room.TYPES.index(type_)


def takes(type_: str, *, has_patient: bool) -> bool:
    """Tell whether some room shows such a resource; one that names no patient can be in no record."""
    return bool(rooms_of(type_)) and (has_patient or type_ in NOBODYS)
