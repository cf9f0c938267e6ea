"""Appointments: booked ones on a time of the doctor's grid, past ones as they ended, waitlist entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from medkarta.devtools.region.doctors import Doctor
from medkarta.devtools.region.facility_data import FACILITY
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import (
    CABINET,
    HL7,
    MADE_AT,
    NO_SECURITY,
    SPECIALTY,
    Resource,
    at,
    concept,
    meta,
    midnight,
    ref,
)
from medkarta.devtools.region.specialties import SPECIALTY_OF
from medkarta.devtools.region.timetable import slot_rid
from medkarta.devtools.region.visits import Visit

_ENDED = {"cancelled": ("pat", "Больше не нужно"), "rejected": ("prov", "Приём в этой клинике не ведётся")}
_CANCELLED_BY = (("pat", "Отменена пациентом"), ("pat", "Отменена пациентом"), ("prov", "Врач отсутствует"))


def _participants(person_rid: str, doctor: Doctor) -> list[Resource]:
    facility = doctor.facility
    return [
        {"actor": ref("Patient", person_rid), "status": "accepted"},
        {"actor": ref("PractitionerRole", doctor.role_rid, doctor.full_name), "status": "accepted"},
        {"actor": ref("Location", f"{facility.key}-site", facility.name), "status": "accepted"},
    ]


def booking(
    rid: str,
    person_rid: str,
    doctor: Doctor,
    day: date,
    minute: int,
    *,
    status: str,
    created: str,
    updated: str,
    version: int,
    instruction: str = "Возьмите паспорт и полис ОМС",
    security: tuple[tuple[str, str], ...] = NO_SECURITY,
) -> Resource:
    """Return an Appointment; a booked one refers to its Slot."""
    specialty, zone = doctor.specialty, doctor.facility.utc_offset
    found: Resource = {
        "resourceType": "Appointment",
        "id": rid,
        "meta": meta(updated, version, security),
        "extension": [{"url": CABINET, "valueString": doctor.cabinet}],
        "status": status,
        "serviceType": [{"text": f"Приём {specialty.genitive}"}],
        "specialty": [concept(SPECIALTY, specialty.code, specialty.name)],
        "description": f"Приём {specialty.genitive}",
        "start": at(day, minute, zone),
        "end": at(day, minute + specialty.minutes, zone),
        "minutesDuration": specialty.minutes,
        "created": created,
        "participant": _participants(person_rid, doctor),
        "patientInstruction": instruction,
    }
    if status == "booked":
        found["slot"] = [ref("Slot", slot_rid(doctor, day, minute))]
    if status == "cancelled":
        code, text = _CANCELLED_BY[day.toordinal() % len(_CANCELLED_BY)]
        found["cancelationReason"] = concept(HL7 + "appointment-cancellation-reason", code, text)
    return found


def of_visit(visit: Visit, today: date) -> Iterator[Resource]:
    """Yield the appointment of a visit once it was made: booked until its day is over, then as it ended.

    A cancelled one was cancelled the day before.
    """
    if visit.booked_days is None:
        return
    made_on = visit.day - timedelta(days=visit.booked_days)
    if made_on > today:
        return
    is_cancelled = visit.outcome == "cancelled" and visit.day - timedelta(days=1) < today
    if visit.day < today or is_cancelled:
        ended = at(visit.day - timedelta(days=1), 18 * 60) if is_cancelled else visit.ended
        status, updated, version = visit.outcome, max(ended, midnight(made_on)), 2
    else:
        status, updated, version = "booked", midnight(made_on), 1
    yield booking(
        visit.rid,
        visit.person.key,
        visit.doctor,
        visit.day,
        visit.minute,
        status=status,
        created=at(made_on, MADE_AT),
        updated=updated,
        version=version,
        security=visit.security,
        instruction="Приходите натощак" if visit.kind == "checkup" else "Возьмите паспорт и полис ОМС",
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """An entry of the waiting list. `state`: created, offered (a time two days ahead), cancelled or rejected."""

    rid: str
    person: Person
    specialty: str
    facility: str
    since: date
    until: date
    updated_on: date
    state: str = "created"


def waiting(wish: Wish) -> Resource:
    """Return a waiting list entry: a wish for a specialty at a clinic between two days."""
    one, facility = SPECIALTY_OF[wish.specialty], FACILITY[wish.facility]
    found: Resource = {
        "resourceType": "Appointment",
        "id": wish.rid,
        "meta": meta(midnight(wish.updated_on), wish.updated_on.toordinal()),
        "status": "cancelled" if wish.state in _ENDED else "waitlist",
        "serviceType": [{"text": f"Приём {one.genitive}"}],
        "specialty": [concept(SPECIALTY, one.code, one.name)],
        "description": f"Приём {one.genitive}",
        "priority": 4,
        "created": at(wish.since, MADE_AT),
        "comment": "Удобно в будни после 14:00",
        "participant": [
            {"actor": ref("Patient", wish.person.key), "status": "accepted"},
            {"actor": ref("Location", f"{facility.key}-site", facility.name), "status": "tentative"},
        ],
        "requestedPeriod": [{"start": wish.since.isoformat(), "end": wish.until.isoformat()}],
    }
    if wish.state == "offered":
        day = wish.updated_on + timedelta(days=2)
        found["start"], found["end"] = at(day, 16 * 60), at(day, 16 * 60 + one.minutes)
    if wish.state in _ENDED:
        code, text = _ENDED[wish.state]
        found["cancelationReason"] = concept(HL7 + "appointment-cancellation-reason", code, text)
    return found
