"""The demo region: an invented oblast as FHIR R4 resources, the same for the same day and seed."""

from collections.abc import Iterator
from datetime import date, timedelta

from medkarta.devtools.region import doctors, facilities, history, people, stand_in_records, timetable
from medkarta.devtools.region.shapes import CLINICS, LABORATORY, Item

SEED = 20261125
RESIDENTS = 2000

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
    misplaced = False
    for person, household in people.residents(count, seed):
        clinic = None
        if not misplaced and person.is_child_on(today):
            clinic, misplaced = person.adults_clinic, True  # on purpose: a child attached to an adult clinic
        for resource in history.who(person, household, today, clinic=clinic):
            yield CLINICS, resource
        for resource in history.record(person, today, seed=seed, diary=diary):
            yield CLINICS, resource


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
