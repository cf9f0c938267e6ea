"""Doctors with working time, for the steps of finding one."""

from datetime import datetime, timedelta
from typing import Any

from medkarta.facilities.models import Facility
from medkarta.facilities.tests.factories import (
    FacilityFactory,
    LocationFactory,
    PractitionerFactory,
    PractitionerRoleFactory,
)
from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.models import Schedule, Slot
from medkarta.scheduling.rules import rights
from medkarta.scheduling.tests.factories import ScheduleFactory, SlotFactory

OPEN = rights.mask_of(rights.COMPETITIVE)
BY_REFERRAL = rights.mask_of(("Doctor", "Registry"))
OPHTHALMOLOGIST, THERAPIST, PAEDIATRICIAN, CARDIOLOGIST, DENTIST = "34", "49", "27", "23", "46"
TITLES = {"34": "Офтальмолог", "49": "Терапевт участковый", "27": "Педиатр", "23": "Кардиолог", "46": "Стоматолог"}


def clinic(name: str = "Поликлиника № 3", **values: Any) -> Facility:
    return FacilityFactory(name=name, **({"serves_adults": True, "latitude": 55.9, "longitude": 37.7} | values))


def doctor(facility: Facility, code: str = OPHTHALMOLOGIST, name: str = "Дорохова Оксана Кирилловна", **values: Any):
    """Return the schedule of a doctor's post; `values` are the schedule's own."""
    role = PractitionerRoleFactory(
        practitioner=PractitionerFactory(full_name=name),
        facility=facility,
        position_name=TITLES.get(code, ""),
        specialty_code=code,
        specialty_name=TITLES.get(code, ""),
        cabinet="214",
    )
    return ScheduleFactory(practitioner_role=role, specialty_code=code, **values)


def room(facility: Facility, service: str = "УЗИ брюшной полости") -> Schedule:
    place = LocationFactory(facility=facility, name="Кабинет УЗИ, 118", is_room=True)
    return ScheduleFactory(location=place, service_name=service)


def times(schedule: Schedule, *starts: datetime, **values: Any) -> list[Slot]:
    """Give a schedule times as the import does: with its post, place, clinic and rights beside them."""
    role = schedule.practitioner_role
    place = {
        "practitioner_role": role,
        "location": schedule.location,
        "facility_id": role.facility_id if role else schedule.location.facility_id,
        "specialty_code": schedule.specialty_code,
        "rights_mask": OPEN,
    }
    return [SlotFactory(schedule=schedule, starts_at=one, **(place | values)) for one in starts]


def days_ahead(days: float) -> datetime:
    return NOW + timedelta(days=days)
