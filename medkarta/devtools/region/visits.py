"""Visits: a calendar year of a person planned at once, and the FHIR Encounter and Condition of each visit.

The plan depends on seed, person and year only, so a later day of the demo adds to the past and changes nothing in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from medkarta.devtools.region import diagnoses
from medkarta.devtools.region.checkup_rules import planned_checkup
from medkarta.devtools.region.diagnoses import BY_SPECIALTY, Diagnosis
from medkarta.devtools.region.doctors import Doctor, find_doctor
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import (
    HL7,
    ICD10,
    NO_SECURITY,
    RESTRICTED,
    SPECIALTY,
    V3,
    Resource,
    at,
    coding,
    concept,
    meta,
    ref,
)
from medkarta.devtools.region.timetable import Diary, working_day

# named persons who see a psychiatrist in even years
_RESTRICTED_DAYS = {"s1": date(2024, 3, 11), "s4": date(2024, 4, 15)}
_CLASS_TEXT = {"AMB": "Амбулаторно", "HH": "На дому", "IMP": "Стационар"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A planned or past visit. `kind`: visit, home, stay or checkup; `outcome`: fulfilled, noshow or cancelled.

    `booked_days` is how long before the day it was booked, None for a visit without an appointment.
    """

    person: Person
    rid: str
    day: date
    minute: int
    doctor: Doctor
    diagnosis: Diagnosis
    kind: str = "visit"
    is_primary: bool = True
    booked_days: int | None = None
    outcome: str = "fulfilled"
    nights: int = 0
    programme: str | None = None

    @property
    def last_day(self) -> date:
        return self.day + timedelta(days=self.nights)

    @property
    def is_restricted(self) -> bool:
        return self.doctor.specialty.key == "psychiatrist"

    @property
    def security(self) -> tuple[tuple[str, str], ...]:
        return RESTRICTED if self.is_restricted else NO_SECURITY

    @property
    def ended(self) -> str:
        """The moment at which the visit and what was written at it are complete."""
        if self.nights:
            return at(self.last_day, 12 * 60)
        return at(self.day, self.minute + self.doctor.specialty.minutes, self.doctor.facility.utc_offset)

    @property
    def service(self) -> str:
        genitive = self.doctor.specialty.genitive
        if self.kind == "stay":
            return "Лечение в стационаре"
        if self.kind == "home":
            return f"Посещение {genitive} на дому"
        if self.kind == "checkup":
            return "Профилактический медицинский осмотр" if self.programme != "ДВ4" else "Диспансеризация, первый этап"
        return f"Приём {genitive} {'первичный' if self.is_primary else 'повторный'}"


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


class YearPlan:
    """Puts the visits of one person into one calendar year, one a day at most."""

    def __init__(self, person: Person, year: int, seed: int, diary: Diary) -> None:
        self._person, self._year, self._diary = person, year, diary
        self._rng = Random(f"visits:{seed}:{person.key}:{year}")
        self._days: set[date] = set()
        self._found: list[Visit] = []

    def _free_day(self, doctor: Doctor, wish: date) -> date | None:
        day = working_day(doctor, wish)
        if day in self._days or day.year != self._year or day < self._person.born + timedelta(days=21):
            return None
        return day

    def _add(self, doctor: Doctor, wish: date, diagnosis: Diagnosis, kind: str = "visit", **more: object) -> None:
        day = self._free_day(doctor, wish)
        if day is None:
            return
        minute = self._diary.claim(doctor, day, self._rng.randrange(8))
        if minute is None:
            return
        self._days.add(day)
        rid = f"{self._person.key}-{self._year % 100:02d}{len(self._found):02d}"
        self._found.append(Visit(self._person, rid, day, minute, doctor, diagnosis, kind, **more))  # type: ignore[arg-type]

    def _wish(self) -> date:
        return date(self._year, 1, 9) + timedelta(days=self._rng.randrange(352))

    def _ordinary(self) -> None:
        person, rng = self._person, self._rng
        rate = _rate(person, max(0, self._year - person.born.year))
        for _ in range(int(rate * rng.uniform(0.5, 1.5) + rng.random())):
            wish = self._wish()
            if wish < person.born:
                continue
            age = person.age_on(wish)
            specialty, diagnosis = _choose(person, age, rng)
            doctor = find_doctor(specialty, person.clinic_on(wish), person.audience_on(wish), rng)
            if doctor is None or person.is_child_on(wish) != person.is_child_on(working_day(doctor, wish)):
                continue
            at_home = specialty in ("therapist", "paediatrician") and rng.random() < (0.15 if 6 < age < 65 else 0.25)
            booked = rng.randint(1, 12) if not at_home and rng.random() < 0.8 else None
            outcome = "fulfilled"
            if booked is not None and rng.random() < 0.12:
                outcome = rng.choice(("noshow", "cancelled"))
            is_primary = not any(one.doctor.specialty.key == specialty for one in self._found[-2:])
            self._add(doctor, wish, diagnosis, "home" if at_home else "visit",
                      is_primary=is_primary, booked_days=booked, outcome=outcome)  # fmt: skip

    def _checkup(self) -> None:
        person = self._person
        found = planned_checkup(person, self._year, self._rng)
        if found is None:
            return
        programme, day = found
        child = person.is_child_on(day)
        doctor = find_doctor("paediatrician" if child else "therapist", person.clinic_on(day), "", self._rng)
        if doctor is None or person.is_child_on(working_day(doctor, day)) != child:
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
        return sorted(self._found, key=lambda one: one.day)


def is_past(visit: Visit, today: date) -> bool:
    return visit.last_day < today


def encounter(visit: Visit) -> Resource:
    """Return the Encounter of a visit that took place."""
    doctor = visit.doctor
    code = {"home": "HH", "stay": "IMP"}.get(visit.kind, "AMB")
    found: Resource = {
        "resourceType": "Encounter",
        "id": visit.rid,
        "meta": meta(visit.ended, security=visit.security),
        "status": "finished",
        "class": coding(V3 + "ActCode", code, _CLASS_TEXT[code]),
        "type": [{"text": visit.service}],
        "serviceType": {
            "coding": [coding(SPECIALTY, doctor.specialty.code, doctor.specialty.name)],
            "text": visit.service,
        },
        "subject": ref("Patient", visit.person.key),
        "participant": [
            {
                "type": [
                    {"coding": [coding(V3 + "ParticipationType", "ATND")], "text": doctor.specialty.doctor},
                ],
                "individual": ref("Practitioner", doctor.rid, doctor.full_name),
            }
        ],
        "period": {"start": at(visit.day, visit.minute, doctor.facility.utc_offset), "end": visit.ended},
        "diagnosis": [
            {
                "condition": ref("Condition", f"{visit.rid}-dx"),
                "use": concept(HL7 + "diagnosis-role", "DD" if visit.kind == "stay" else "CC"),
                "rank": 1,
            }
        ],
        "serviceProvider": ref("Organization", doctor.facility.key, doctor.facility.name),
    }
    if visit.booked_days is not None:
        found["appointment"] = [ref("Appointment", visit.rid)]
    return found


def condition(visit: Visit) -> Resource:
    """Return the diagnosis written down at a visit."""
    lasting = visit.diagnosis.chronic is not None
    return {
        "resourceType": "Condition",
        "id": f"{visit.rid}-dx",
        "meta": meta(visit.ended, security=visit.security),
        "clinicalStatus": concept(HL7 + "condition-clinical", "active" if lasting else "resolved"),
        "verificationStatus": concept(HL7 + "condition-ver-status", "confirmed"),
        "category": [concept(HL7 + "condition-category", "encounter-diagnosis")],
        "code": concept(ICD10, visit.diagnosis.code, visit.diagnosis.text),
        "subject": ref("Patient", visit.person.key),
        "encounter": ref("Encounter", visit.rid),
        "recordedDate": visit.day.isoformat(),
        "recorder": ref("Practitioner", visit.doctor.rid, visit.doctor.full_name),
    }


def planned(person: Person, years: range, seed: int, diary: Diary) -> Iterator[Visit]:
    """Yield the visits of some calendar years in order."""
    for year in years:
        if year >= person.born.year:
            yield from YearPlan(person, year, seed, diary).visits()
