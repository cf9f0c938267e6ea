"""Working hours of doctors and rooms: the grid of times, Schedule and Slot.

The grid is a pure function of doctor and day. Every third time is kept for the clinic's own people and
published as taken; records put their appointments there, so that a free time never turns back from taken.
The other times are free when published and fill up as the day comes nearer.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from medkarta.devtools.region.days import days_with_working, is_holiday, is_working
from medkarta.devtools.region.doctors import Doctor, doctors
from medkarta.devtools.region.facilities import ROOMS, Room
from medkarta.devtools.region.facility_data import FACILITY
from medkarta.devtools.region.shapes import (
    BOOKING_RIGHT,
    SPECIALTY,
    Resource,
    at,
    code_extension,
    concept,
    day_id,
    meta,
    midnight,
    ref,
)

HORIZON = 15
STAFF_EVERY = 3
ON_LEAVE = "doc20"
LEAVE_FROM = date(2026, 1, 12)
WITHOUT_SCHEDULE = "doc60"
FULLY_BOOKED = frozenset({"endocrinologist"})
OPEN_RIGHTS = ("Internet", "Infomat", "CallCenter", "Registry")
REFERRAL_RIGHTS = ("Doctor", "DoctorOtherLpu", "Registry")
FIRST_LOADED = frozenset({1, 2, 4, 5, 6, 7, 9, 12, 13, 16, 17, 19, 59})
FIRST_WORKING_DAYS = 6
_PER_DAY = 14


@lru_cache(maxsize=200_000)
def grid(number: int, minutes: int, shift: int, ordinal: int) -> tuple[int, ...]:
    """Return the starts of a day's visits in minutes of the day; empty on a day off."""
    day = date.fromordinal(ordinal)
    if is_holiday(day) or day.weekday() == 6 or (day.weekday() == 5 and (ordinal // 7 + number) % 4):
        return ()
    if day.weekday() == 5:
        start = 9 * 60
    else:
        start = 8 * 60 if (ordinal + shift) % 2 else 14 * 60
    count = min(_PER_DAY, (6 if day.weekday() < 5 else 4) * 60 // minutes)
    return tuple(start + minutes * place for place in range(count))


def grid_of(doctor: Doctor, day: date) -> tuple[int, ...]:
    return grid(doctor.number, doctor.specialty.minutes, doctor.shift, day.toordinal())


def staff_times(doctor: Doctor, day: date) -> tuple[int, ...]:
    return grid_of(doctor, day)[::STAFF_EVERY]


def slot_rid(doctor: Doctor, day: date, minute: int) -> str:
    return f"slot{doctor.number:02d}-{day_id(day)}-{minute:04d}"


class Diary:
    """Hands out the clinic's own times so that nobody gets a time twice.

    `places` narrows the times of a day: records of named persons and of residents never compete.
    """

    def __init__(self, places: slice) -> None:
        self._places = places
        self._taken: set[tuple[int, int, int]] = set()

    def claim(self, doctor: Doctor, day: date, wish: int) -> int | None:
        """Return the minute of a time of that day, the `wish`-th or the next one that is left, or None."""
        times = staff_times(doctor, day)[self._places]
        for step in range(len(times)):
            minute = times[(wish + step) % len(times)]
            key = (doctor.number, day.toordinal(), minute)
            if key not in self._taken:
                self._taken.add(key)
                return minute
        return None


def working_day(doctor: Doctor, day: date) -> date:
    """Return that day, or the first day after it on which the doctor works."""
    while not grid_of(doctor, day):
        day += timedelta(days=1)
    return day


def _schedule(doctor: Doctor, today: date) -> Resource:
    found: Resource = {
        "resourceType": "Schedule",
        "id": f"sch{doctor.number:02d}",
        "meta": meta(midnight(today), version=today.toordinal()),
        "active": doctor.rid != WITHOUT_SCHEDULE,
        "serviceType": [{"text": f"Приём {doctor.specialty.genitive}"}],
        "specialty": [concept(SPECIALTY, doctor.specialty.code, doctor.specialty.name)],
        "actor": [
            ref("PractitionerRole", doctor.role_rid, doctor.full_name),
            ref("Location", f"{doctor.facility.key}-site", doctor.facility.name),
        ],
        "planningHorizon": {"start": today.isoformat(), "end": (today + timedelta(days=HORIZON)).isoformat()},
    }
    if doctor.rid == WITHOUT_SCHEDULE:
        found["comment"] = "Расписание не составлено: врач принимает в выездном отделении до конца месяца"
    elif doctor.rid == ON_LEAVE:
        found["comment"] = "Врач на больничном; записанным пациентам предложат другое время"
    return found


def _filled_from(share: float) -> int:
    """Return how many days ahead a time is taken: 7 % stay free three days ahead, 45 % at the horizon."""
    if share < 0.07:
        return 0
    return min(HORIZON, 3 + int((share - 0.07) / 0.38 * (HORIZON - 3))) if share < 0.45 else HORIZON + 1


def _status(doctor: Doctor, place: int, share: float, lead: int) -> tuple[str, int]:
    """Return the status of a time and the days ahead at which it became so."""
    if doctor.rid == ON_LEAVE:
        return "busy-unavailable", HORIZON
    if place % STAFF_EVERY == 0 or doctor.specialty.key in FULLY_BOOKED:
        return "busy", HORIZON
    filled = _filled_from(share)
    if lead <= filled:
        return "busy", min(filled, HORIZON)
    return "free", HORIZON


def _slots(doctor: Doctor, today: date, leads: range) -> Iterator[Resource]:
    zone = doctor.facility.utc_offset
    rights = [
        code_extension(BOOKING_RIGHT, right) for right in (OPEN_RIGHTS if doctor.specialty.is_open else REFERRAL_RIGHTS)
    ]
    for lead in leads:
        day = today + timedelta(days=lead)
        rng = Random(f"slots:{doctor.number}:{day}")
        for place, minute in enumerate(grid_of(doctor, day)):
            status, since = _status(doctor, place, rng.random(), lead)
            found: Resource = {
                "resourceType": "Slot",
                "id": slot_rid(doctor, day, minute),
                "meta": meta(midnight(day - timedelta(days=since)), version=1 + HORIZON - since),
                "serviceType": [{"text": f"Приём {doctor.specialty.genitive}"}],
                "specialty": [concept(SPECIALTY, doctor.specialty.code, doctor.specialty.name)],
                "schedule": ref("Schedule", f"sch{doctor.number:02d}"),
                "status": status,
                "start": at(day, minute, zone),
                "end": at(day, minute + doctor.specialty.minutes, zone),
            }
            if place % STAFF_EVERY:
                found["extension"] = rights
            yield found


def _room_resources(room: Room, today: date) -> Iterator[Resource]:
    yield {
        "resourceType": "Schedule",
        "id": f"sch-{room.rid}",
        "meta": meta(midnight(today), version=today.toordinal()),
        "active": True,
        "serviceType": [{"text": room.service}],
        "actor": [
            ref("Location", room.rid, room.name),
            ref("HealthcareService", _room_service(room)),
        ],
        "planningHorizon": {"start": today.isoformat(), "end": (today + timedelta(days=HORIZON)).isoformat()},
    }
    rights = [code_extension(BOOKING_RIGHT, right) for right in REFERRAL_RIGHTS]
    for lead in range(HORIZON + 1):
        day = today + timedelta(days=lead)
        if not is_working(day):
            continue
        rng = Random(f"slots:{room.rid}:{day}")
        for place in range(12):
            filled = _filled_from(rng.random())
            since = min(filled, HORIZON) if lead <= filled else HORIZON
            minute = 8 * 60 + room.minutes * place
            yield {
                "resourceType": "Slot",
                "id": f"slot-{room.rid}-{day_id(day)}-{minute:04d}",
                "meta": meta(midnight(day - timedelta(days=since)), version=1 + HORIZON - since),
                "extension": rights,
                "serviceType": [{"text": room.service}],
                "schedule": ref("Schedule", f"sch-{room.rid}"),
                "status": "busy" if lead <= filled else "free",
                "start": at(day, minute),
                "end": at(day, minute + room.minutes),
            }


def _room_service(room: Room) -> str:
    return f"{room.facility}-{FACILITY[room.facility].staff.split()[0]}"


def schedules(today: date) -> Iterator[Resource]:
    """Yield the schedule of every doctor."""
    for doctor in doctors():
        yield _schedule(doctor, today)


def _near_days(today: date) -> int:
    return min(HORIZON + 1, days_with_working(today, FIRST_WORKING_DAYS))


def first_slots(today: date) -> Iterator[Resource]:
    """Yield the next six working days of the doctors that named persons go to."""
    near = _near_days(today)
    for doctor in doctors():
        if doctor.number in FIRST_LOADED:
            yield from _slots(doctor, today, range(near))


def other_slots(today: date) -> Iterator[Resource]:
    """Yield what `first_slots` leaves out, up to the horizon, and the times of rooms."""
    near = _near_days(today)
    for doctor in doctors():
        if doctor.rid != WITHOUT_SCHEDULE:
            first = near if doctor.number in FIRST_LOADED else 0
            yield from _slots(doctor, today, range(first, HORIZON + 1))
    for room in ROOMS:
        yield from _room_resources(room, today)
