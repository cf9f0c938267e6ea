"""Records of the stand-in's persons: three years like anybody's, and hand-tuned things that stay around today.

What is ahead of today (bookings, calls, waiting, referrals, prescriptions) keeps its id and moves on with each
day, so every table has rows on any day; such a resource has today's ordinal as its version.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from medkarta.devtools.region import appointments, diagnoses, history, identity, laboratory, referrals
from medkarta.devtools.region import stand_in_laboratory as outside
from medkarta.devtools.region.appointments import Wish
from medkarta.devtools.region.doctors import doctors
from medkarta.devtools.region.drugs import DRUG
from medkarta.devtools.region.facilities import room_of
from medkarta.devtools.region.instrumental import STUDIES
from medkarta.devtools.region.prescriptions import REASON, VALIDITY, Paper, number_of
from medkarta.devtools.region.prescriptions import resource as prescription
from medkarta.devtools.region.referrals import Order
from medkarta.devtools.region.shapes import CLINICS, LABORATORY, MADE_AT, Item, Resource, at, midnight, ref
from medkarta.devtools.region.stand_in import PERSON, PERSONS, SMIRNOV
from medkarta.devtools.region.stand_in_plan import (
    BOOKINGS,
    CALLS,
    CONSULTATIONS,
    HOSPITALIZATIONS,
    PAPERS,
    STUDY_REFERRALS,
    WAITING,
)
from medkarta.devtools.region.timetable import HORIZON, Diary, staff_times


@dataclass(frozen=True, slots=True)
class _Today:
    """The day around which things are placed."""

    day: date

    @property
    def updated(self) -> str:
        return midnight(self.day)

    @property
    def version(self) -> int:
        return self.day.toordinal()

    def ahead(self, days: int) -> date:
        return self.day + timedelta(days=days)


def _bookings(now: _Today) -> Iterator[Resource]:
    """Yield appointments ahead on the doctors' own first times; one a day for a person at most.

    On a doctor's day off it moves to a day before, so that the nearest one is never further than planned.
    """
    used: set[tuple[str, date]] = set()
    for place, (key, number, days) in enumerate(BOOKINGS):
        doctor = doctors()[number - 1]
        near = (now.ahead(one) for one in (*range(days, 0, -1), *range(days + 1, HORIZON)))
        day = next(one for one in near if staff_times(doctor, one) and (key, one) not in used)
        used.add((key, day))
        yield appointments.booking(
            f"{key}-next{place}",
            key,
            doctor,
            day,
            staff_times(doctor, day)[0],
            status="booked",
            created=at(now.ahead(-4), MADE_AT),
            updated=now.updated,
            version=now.version,
        )


def _order(now: _Today, rid: str, key: str, category: str, code: Resource, number: int, facility: str) -> Order:
    return Order(
        rid=rid,
        person_rid=key,
        category=category,
        code=code,
        status="active",
        authored=at(now.ahead(-6), 11 * 60),
        updated=now.updated,
        requester=doctors()[number - 1],
        facility=facility,
        version=now.version,
    )


def _calls(now: _Today) -> Iterator[Resource]:
    for place, (key, state, number, days, complaint, reason) in enumerate(CALLS):
        facility = doctors()[number - 1].facility.key
        order = _order(now, f"{key}-call{place}", key, "home-call", {"text": "Вызов врача на дом"}, number, facility)
        order = replace(order, authored=at(now.ahead(min(days, 0) - 1), 19 * 60 + 40))
        doctor = doctors()[number - 1] if state in ("assigned", "done") else None
        yield referrals.home_call(order, state, at(now.ahead(days), 13 * 60), complaint, doctor=doctor, reason=reason)


def _waiting(now: _Today) -> Iterator[Resource]:
    for place, (key, specialty, facility, since, until, state) in enumerate(WAITING):
        wish = Wish(
            rid=f"{key}-wait{place}",
            person=PERSON[key],
            specialty=specialty,
            facility=facility,
            since=now.ahead(-since),
            until=now.ahead(until),
            updated_on=now.day,
            state=state,
        )
        yield appointments.waiting(wish)


def _referrals(now: _Today) -> Iterator[Resource]:
    for place, (key, study, number, since, ends) in enumerate(STUDY_REFERRALS):
        code = referrals.study_code(STUDIES[study])
        facility = doctors()[number - 1].facility.key
        order = _order(now, f"{key}-study{place}", key, "study", code, number, facility)
        order = replace(order, authored=at(now.ahead(-since), 11 * 60))
        found = referrals.referral(order, now.ahead(-since), now.ahead(ends), preparation=STUDIES[study].preparation)
        room = room_of(facility, STUDIES[study].name)
        yield found | ({"locationReference": [ref("Location", room.rid, room.name)]} if room else {})
    for place, (key, specialty, number, facility, until) in enumerate(CONSULTATIONS):
        code = referrals.consultation_code(specialty)
        order = _order(now, f"{key}-consult{place}", key, "consultation", code, number, facility)
        until_on = None if until is None else now.ahead(until)
        yield referrals.consultation(order, specialty, now.ahead(-6), until_on)
    for place, (key, state, number, facility, department, illness, until) in enumerate(HOSPITALIZATIONS):
        order = _order(now, f"{key}-hospital{place}", key, "hospitalization", {"text": department}, number, facility)
        order = replace(order, diagnosis=diagnoses.INPATIENT[illness])
        yield referrals.hospitalization(order, state, now.ahead(-6), now.ahead(until), department)


def _papers(now: _Today) -> Iterator[Resource]:
    for place, (key, drug, kind, state, number, ends) in enumerate(PAPERS):
        is_long = kind == "state" and DRUG[drug].days >= 60
        valid_to = now.ahead(ends)
        issued = valid_to - timedelta(days=VALIDITY[kind, is_long])
        if issued >= now.day:
            raise ValueError(f"prescription {place} would be issued in the future")
        yield prescription(
            Paper(
                rid=f"{key}-paper{place:02d}",
                number=number_of(kind, f"{key}:{place}"),
                person_rid=key,
                drug=DRUG[drug],
                kind=kind,
                state=state,
                authored=at(issued, 11 * 60),
                valid_from=issued,
                valid_to=valid_to,
                doctor=doctors()[number - 1],
                diagnosis=REASON[drug],
                updated=now.updated,
                version=now.version,
            )
        )


def _laboratory(today: date) -> Iterator[Resource]:
    """Yield what the outside laboratory knows: its own rows of two persons, and one that contradicts."""
    yield from outside.directory()
    for person, panels in outside.CUSTOMERS:
        yield identity.bare_patient(outside.rid_of(person), person)
        for sample in outside.samples(person, panels, history.window_start(today), today):
            yield from laboratory.report(sample)
    stranger = replace(SMIRNOV, born=date(1985, 6, 25))
    yield identity.bare_patient(outside.STRANGER, stranger)
    for sample in outside.samples(stranger, ("glucose",), date(2026, 3, 1), min(today, date(2026, 6, 1))):
        yield from laboratory.report(replace(sample, rid=f"x-{sample.rid}", patient_rid=outside.STRANGER))


def records(today: date, *, seed: int) -> Iterator[Item]:
    """Yield (source, resource) of all nine persons."""
    diary = Diary(slice(0, 1))
    for person in PERSONS:
        for resource in history.who(person, PERSON, today):
            yield CLINICS, resource
    now = _Today(today)
    for part in (_bookings, _calls, _waiting, _referrals, _papers):
        for resource in part(now):
            yield CLINICS, resource
    for person in PERSONS:
        for resource in history.record(person, today, seed=seed, diary=diary, rich=True):
            yield CLINICS, resource
    for resource in _laboratory(today):
        yield LABORATORY, resource
