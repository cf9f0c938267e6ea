"""A calendar year of a person's visits, planned at once.

The plan depends on seed, person and year only, so a later day of the demo adds to the past and changes nothing in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random

from medkarta.devtools.region import diagnoses
from medkarta.devtools.region.checkup_rules import planned_checkup
from medkarta.devtools.region.diagnoses import BY_SPECIALTY, Diagnosis
from medkarta.devtools.region.doctors import Doctor, find_doctor
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.specialties import FOR_CHILDREN_ONLY
from medkarta.devtools.region.timetable import Diary, working_day
from medkarta.devtools.region.visits import Visit

_REPEAT_DAYS = 60
_FOLLOW_UP_SHARE = 0.18
# named persons who see a psychiatrist in even years
_RESTRICTED_DAYS = {"s1": date(2024, 3, 11), "s4": date(2024, 4, 15)}


def _rate(person: Person, age: int) -> float:
    if age < 18:
        base = 6.0 if age < 1 else 3.5 if age < 4 else 2.5 if age < 7 else 1.7
    else:
        base = 1.2 + 0.6 * len(person.chronic) + (0.7 if age > 60 else 0.0)
    return base * person.zeal


def _specialties(person: Person, age: int) -> dict[str, float]:
    """Return how often each specialty is seen; adult and children's doctors never mix."""
    if age < 18:
        return {"paediatrician": 60, "child-dentist": 10, "child-surgeon": 4, "ophthalmologist": 7, "ent": 7,
                "child-neurologist": 4}  # fmt: skip
    has = person.chronic.__contains__
    return {
        "therapist": 30,
        "dentist": 8,
        "ophthalmologist": 6,
        "surgeon": 6,
        "ent": 5,
        "neurologist": 5,
        "gynaecologist": 9 if person.sex == "female" and age < 81 else 0,
        "cardiologist": 8 if has("hypertension") else 2,
        "endocrinologist": 10 if has("diabetes") or has("hypothyroid") else 1,
        "urologist": 5 if person.sex == "male" and age > 44 else 1,
        "dermatologist": 2,
        "psychiatrist": 0.5,
    }


def _choose(person: Person, age: int, rng: Random) -> tuple[str, Diagnosis]:
    """Return a specialty and a diagnosis that suit the person; chronic illness comes first."""
    weights = _specialties(person, age)
    keys = list(weights)
    for specialty in (*rng.choices(keys, list(weights.values()), k=3), keys[0]):
        suits = partial(diagnoses.fits, sex=person.sex, age=age, chronic=person.chronic)
        fitting = [one for one in BY_SPECIALTY[specialty] if suits(one)]
        if fitting:
            return specialty, rng.choices(fitting, [3 if one.chronic else 1 for one in fitting])[0]
    return keys[0], BY_SPECIALTY[keys[0]][0]


def _serves(doctor: Doctor, person: Person, day: date) -> bool:
    return person.is_child_on(day) or doctor.specialty.key not in FOR_CHILDREN_ONLY


class YearPlan:
    """Puts the visits of one person into one calendar year, one a day at most."""

    def __init__(self, person: Person, year: int, seed: int, diary: Diary) -> None:
        self._person, self._year, self._diary = person, year, diary
        self._rng = Random(f"visits:{seed}:{person.key}:{year}")
        self._days: set[date] = set()
        self._found: list[Visit] = []

    def _free_day(self, doctor: Doctor, wish: date) -> date | None:
        """Return a day of that year on which the doctor works and that suits the person's age, or None."""
        day, person = working_day(doctor, wish), self._person
        is_taken = day in self._days or day.year != self._year
        if is_taken or wish < person.born + timedelta(days=21):
            return None
        return day if person.audience_on(day) in doctor.facility.audience and _serves(doctor, person, day) else None

    def _add(
        self,
        doctor: Doctor,
        wish: date,
        diagnosis: Diagnosis,
        kind: str = "visit",
        *,
        booked_days: int | None = None,
        outcome: str = "fulfilled",
        nights: int = 0,
        programme: str | None = None,
    ) -> None:
        """Put a visit on the day wished for or soon after it, if the doctor has a time left."""
        day = self._free_day(doctor, wish)
        minute = None if day is None else self._diary.claim(doctor, day, self._rng.randrange(8))
        if day is None or minute is None:
            return
        self._days.add(day)
        rid = f"{self._person.key}-{self._year % 100:02d}{len(self._found):02d}"
        self._found.append(
            Visit(
                self._person,
                rid,
                day,
                minute,
                doctor,
                diagnosis,
                kind,
                booked_days=booked_days,
                outcome=outcome,
                nights=nights,
                programme=programme,
            )
        )

    def _wish(self) -> date:
        return date(self._year, 1, 9) + timedelta(days=self._rng.randrange(352))

    def _ordinary(self) -> None:
        person, rng = self._person, self._rng
        rate = _rate(person, max(0, self._year - person.born.year))
        for _ in range(int(rate * rng.uniform(0.4, 1.4) + rng.random())):
            wish = self._wish()
            if wish < person.born:
                continue
            age = person.age_on(wish)
            specialty, diagnosis = _choose(person, age, rng)
            doctor = find_doctor(specialty, person.clinic_on(wish), person.audience_on(wish), rng)
            if doctor is None:
                continue
            at_home = specialty in ("therapist", "paediatrician") and rng.random() < (0.15 if 6 < age < 65 else 0.25)
            booked = rng.randint(1, 12) if not at_home and rng.random() < 0.8 else None
            outcome = "fulfilled"
            if booked is not None and rng.random() < 0.12:
                outcome = rng.choice(("noshow", "cancelled"))
            kind = "home" if at_home else "visit"
            self._add(doctor, wish, diagnosis, kind, booked_days=booked, outcome=outcome)
            if outcome == "fulfilled" and rng.random() < _FOLLOW_UP_SHARE:
                again = wish + timedelta(days=rng.randint(7, 14))
                self._add(doctor, again, diagnosis, booked_days=rng.randint(2, 6))

    def _checkup(self) -> None:
        person = self._person
        found = planned_checkup(person, self._year, self._rng)
        if found is None:
            return
        programme, day = found
        child = person.is_child_on(day)
        doctor = find_doctor("paediatrician" if child else "therapist", person.clinic_on(day), "", self._rng)
        if doctor is None:
            return
        diagnosis = diagnoses.CHILD_CHECKUP if child else diagnoses.CHECKUP
        self._add(doctor, day, diagnosis, "checkup", booked_days=7, programme=programme)

    def _stay(self) -> None:
        person, rng = self._person, self._rng
        day = self._wish()
        chance = 0.02 + 0.025 * len(person.chronic) + (0.15 if person.zeal > 3 else 0.0)
        if rng.random() > chance or person.age_on(day) < 18:
            return
        suits = partial(diagnoses.fits, sex=person.sex, age=person.age_on(day), chronic=person.chronic)
        diagnosis = rng.choice([one for one in diagnoses.INPATIENT if suits(one)])
        specialty = "surgeon" if diagnosis.code.startswith("K80") else "therapist"
        doctor = find_doctor(specialty, "f06", "adults", rng)
        if doctor is not None:
            self._add(doctor, day, diagnosis, "stay", nights=rng.randint(5, 11))

    def _restricted(self) -> None:
        if self._person.key not in _RESTRICTED_DAYS or self._year % 2:
            return
        doctor = find_doctor("psychiatrist", "f11", "adults", self._rng)
        if doctor is not None:
            self._add(
                doctor,
                _RESTRICTED_DAYS[self._person.key].replace(year=self._year),
                BY_SPECIALTY["psychiatrist"][0],
                booked_days=6,
            )

    def visits(self) -> list[Visit]:
        """Return the year's visits, earliest first."""
        self._checkup()
        self._restricted()
        self._stay()
        self._ordinary()
        return list(_with_repeats(sorted(self._found, key=lambda one: one.day)))


def _with_repeats(found: list[Visit]) -> Iterator[Visit]:
    """Yield visits in order; one to the same specialty for the same diagnosis within 60 days is a repeated one."""
    last: dict[tuple[str, str], date] = {}
    for one in found:
        key = one.doctor.specialty.key, one.diagnosis.code
        is_repeat = key in last and (one.day - last[key]).days <= _REPEAT_DAYS
        if one.outcome == "fulfilled":
            last[key] = one.day
        yield replace(one, is_primary=not is_repeat)


def planned(person: Person, years: range, seed: int, diary: Diary) -> Iterator[Visit]:
    """Yield the visits of some calendar years in order."""
    for year in years:
        if year >= person.born.year:
            yield from YearPlan(person, year, seed, diary).visits()
