"""The demo region: an invented oblast as FHIR R4 resources, the same for the same day and seed."""

from collections.abc import Iterator
from datetime import date, timedelta

from medkarta.devtools.region import appointments, doctors, facilities, history, people, stand_in_records, timetable
from medkarta.devtools.region.appointments import Wish
from medkarta.devtools.region.shapes import CLINICS, LABORATORY, Item, Resource, at, day_id, midnight

SEED = 20261125
RESIDENTS = 2000
# on purpose: one child attached to an adult clinic; people who wait for the specialty that has no free time
_MISPLACED_BORN = range(2012, 2020)
_WAITS_EVERY = 40
_ABSENT = next(one for one in doctors.doctors() if one.rid == timetable.ON_LEAVE)

__all__ = ["CLINICS", "LABORATORY", "RESIDENTS", "SEED", "persons", "residents", "resources", "topup"]


def persons(today: date, *, seed: int = SEED) -> Iterator[Item]:
    """Yield clinics, doctors, near times and the whole records of the stand-in's nine persons."""
    for part in (facilities.resources(), doctors.resources(), timetable.schedules(today)):
        for resource in part:
            yield CLINICS, resource
    for resource in timetable.first_slots(today):
        yield CLINICS, resource
    yield from stand_in_records.records(today, seed=seed)


def residents(today: date, count: int = RESIDENTS, *, seed: int = SEED) -> Iterator[Item]:
    """Yield the other doctors' times and the records of `count` residents. Refers to clinics of `persons`."""
    for resource in timetable.other_slots(today):
        yield CLINICS, resource
    diary = timetable.Diary(slice(1, None))
    misplaced, neighbours = False, []
    for place, (person, household) in enumerate(people.residents(count, seed)):
        clinic = None
        if not misplaced and person.born.year in _MISPLACED_BORN:
            clinic, misplaced = person.adults_clinic, True
        for resource in history.who(person, household, today, clinic=clinic):
            yield CLINICS, resource
        for resource in history.record(person, today, seed=seed, diary=diary):
            yield CLINICS, resource
        if not person.is_child_on(timetable.LEAVE_FROM):
            if place % _WAITS_EVERY == 0:
                yield CLINICS, _wish(person, today, place)
            if person.adults_clinic == _ABSENT.facility.key:
                neighbours.append(person.key)
    for resource in _with_absent_doctor(neighbours, today):
        yield CLINICS, resource


def _with_absent_doctor(neighbours: list[str], today: date) -> Iterator[Resource]:
    """Yield a booking for each day of the absent doctor, at the first time; cancelled by the clinic once it is past.

    Nobody else's records use first times, so it meets no other booking of the person.
    """
    for days in range(-20, timetable.HORIZON + 1):
        day = today + timedelta(days=days)
        times = timetable.staff_times(_ABSENT, day)
        if not times or not neighbours or day < timetable.LEAVE_FROM:
            continue
        made = midnight(day - timedelta(days=timetable.HORIZON))
        yield appointments.booking(
            f"absent-{day_id(day)}",
            neighbours[day.toordinal() % len(neighbours)],
            _ABSENT,
            day,
            times[0],
            status="booked" if days >= 0 else "cancelled",
            created=made,
            updated=made if days >= 0 else at(day, times[0]),
            version=1 if days >= 0 else 2,
        )


def _wish(person: people.Person, today: date, place: int) -> Resource:
    since = today - timedelta(days=1 + place % 20)
    until = since + timedelta(days=30)
    wish = Wish(f"{person.key}-wait", person, "endocrinologist", "f01", since, until, today)
    return appointments.waiting(wish)


def resources(today: date, *, residents: int = RESIDENTS, seed: int = SEED) -> Iterator[Item]:
    """Yield the whole region as (source, resource): named persons first, then the residents."""
    yield from persons(today, seed=seed)
    yield from _residents(today, residents, seed=seed)


def topup(today: date, *, residents: int = RESIDENTS, seed: int = SEED, since: date | None = None) -> Iterator[Item]:
    """Yield what is new or changed since a day (yesterday by default); loaded over that day's region it gives today's.

    A resource carries the moment of its last change, so everything older than `since` is left out. What was
    loaded earlier and is older than three years stays where it is.
    """
    start = (since or today - timedelta(days=1)).isoformat()
    for source, resource in resources(today, residents=residents, seed=seed):
        if resource["meta"]["lastUpdated"][:10] >= start:
            yield source, resource


_residents = residents
