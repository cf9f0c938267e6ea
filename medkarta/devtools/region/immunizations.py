"""Vaccinations done: a child's course by age, boosters of adults, yearly influenza; FHIR Immunization."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from medkarta.devtools.region.days import working_day_from
from medkarta.devtools.region.doctors import Doctor, find_doctor
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import ICD10, UCUM, V3, Resource, at, concept, meta, ref
from medkarta.devtools.region.stand_in import PERSON
from medkarta.devtools.region.vaccines import ADULT_DT, ADULT_MEASLES, CHILD_DOSES, DISEASE, DT, FLU_VACCINE

SERIES_TEXT = {"V": "Вакцинация", "RV": "Ревакцинация"}
_ROUTES = {"внутримышечно": "IM", "подкожно": "SQ", "внутрикожно": "IDINJ", "перорально": "PO"}
_DT_AGES = (26, 36, 46, 56, 66, 76)
_FLU_YEARS = 3
_WHOLE_COURSE_FROM = 2005
# a named child whose next doses are still ahead, so that something is recommended
_LAGGARDS = {"s2": frozenset({"dt5"}), "s3": frozenset({"dt6"})}


@dataclass(frozen=True, slots=True)
class Shot:
    """One vaccination of a person on a day."""

    key: str
    day: date
    product: str
    antigens: tuple[str, ...]
    series: str
    number: int
    route: str = "внутримышечно"
    volume: float = 0.5
    is_refused: bool = False


def _child_course(person: Person, rng: Random) -> Iterator[Shot]:
    """Yield the doses in order, those of one age on one day; some children are late, some refuse one vaccine."""
    delay = rng.choice((0, 0, 3, 7, 14, 40))
    refused = rng.choice(("HIB", "PCV", "MMR")) if rng.random() < 0.04 and person.parents else None
    last: dict[str, date] = {}
    shift = {one.age_days: delay + rng.randrange(10) for one in CHILD_DOSES}
    for dose in CHILD_DOSES:
        if dose.line == refused or dose.key in _LAGGARDS.get(person.key, ()):
            continue
        late = 0 if dose.age_days < 10 else shift[dose.age_days]
        day = person.born + timedelta(days=dose.age_days + late)
        if dose.line in last:
            day = max(day, last[dose.line] + timedelta(days=dose.min_gap))
        if dose.age_days >= 10:
            day = working_day_from(day)
        last[dose.line] = day
        yield Shot(dose.key, day, dose.product, dose.antigens, dose.series, dose.number, dose.route, dose.volume)
    if refused == "MMR":
        yield Shot("mmr1-refused", working_day_from(person.born + timedelta(days=370)), CHILD_DOSES[15].product,
                   CHILD_DOSES[15].antigens, "V", 1, "подкожно", is_refused=True)  # fmt: skip


def _adult_boosters(person: Person, rng: Random) -> Iterator[Shot]:
    """Yield a booster against diphtheria and tetanus every ten years, and measles for some who had no course."""
    faithful = rng.random() < 0.75 or person.key in PERSON
    for number, age in enumerate(_DT_AGES, start=4):
        day = person.born + timedelta(days=round(365.25 * age) + rng.randrange(300))
        if faithful and day.year >= 2006:
            yield Shot(f"dt{number + 3}", working_day_from(day), ADULT_DT, DT, "RV", number)
    if rng.random() < 0.3 and person.born.year < _WHOLE_COURSE_FROM:
        day = working_day_from(person.born + timedelta(days=round(365.25 * rng.randint(20, 30))))
        if day.year >= 2008:
            yield Shot("measles-v", day, ADULT_MEASLES, ("MEASLES",), "V", 1, "подкожно")
            again = working_day_from(day + timedelta(days=92 + rng.randrange(60)))
            yield Shot("measles-rv", again, ADULT_MEASLES, ("MEASLES",), "RV", 1, "подкожно")


def _influenza(person: Person, today: date, rng: Random) -> Iterator[Shot]:
    """Yield an autumn vaccination of some years, from one year of age; the number restarts each season."""
    habit = rng.random()
    for year in range(2020, 2040):
        day = working_day_from(date(year, 9, 8) + timedelta(days=rng.randrange(70)))
        wants = rng.random() < habit
        if wants and today.year - _FLU_YEARS <= year and person.age_on(day) >= 1:
            yield Shot(f"flu{year}", day, FLU_VACCINE, ("INFLUENZA",), "V", 1)


def shots(person: Person, today: date) -> list[Shot]:
    """Return what was done before `today`, earliest first. Children born since 2005 have their whole course."""
    rng = Random(f"shots:{person.key}")
    found = list(_child_course(person, rng)) if person.born.year >= _WHOLE_COURSE_FROM else []
    found += _adult_boosters(person, rng)
    found += _influenza(person, today, rng)
    return sorted((one for one in found if one.day < today), key=lambda one: one.day)


def _protocol(shot: Shot) -> list[Resource]:
    return [
        {
            "series": SERIES_TEXT[shot.series],
            "targetDisease": [concept(ICD10, DISEASE[one][1], DISEASE[one][0]) for one in shot.antigens],
            "doseNumberPositiveInt": shot.number,
        }
    ]


def _resource(person: Person, shot: Shot, doctor: Doctor) -> Resource:
    moment = at(shot.day, 10 * 60)
    lot = Random(f"lot:{shot.product}:{shot.day.year}:{shot.day.month // 4}")
    found: Resource = {
        "resourceType": "Immunization",
        "id": f"{person.key}-{shot.key}",
        "meta": meta(moment),
        "status": "not-done" if shot.is_refused else "completed",
        "vaccineCode": {"text": shot.product},
        "patient": ref("Patient", person.key),
        "occurrenceDateTime": shot.day.isoformat(),
        "primarySource": True,
        "performer": [
            {"actor": ref("Practitioner", doctor.rid, doctor.full_name)},
            {"actor": ref("Organization", doctor.facility.key, doctor.facility.name)},
        ],
        "protocolApplied": _protocol(shot),
    }
    if shot.is_refused:
        found["statusReason"] = concept(V3 + "ActReason", "PATOBJ", "Отказ законного представителя")
    else:
        found["lotNumber"] = f"{lot.choice('АВКНП')}{lot.randrange(10**4):04d}"
        found["expirationDate"] = (shot.day + timedelta(days=lot.randint(120, 500))).isoformat()
        found["route"] = concept(V3 + "RouteOfAdministration", _ROUTES[shot.route], shot.route)
        found["doseQuantity"] = {"value": shot.volume, "unit": "мл", "system": UCUM, "code": "mL"}
    return found


def resources(person: Person, today: date) -> Iterator[Resource]:
    """Yield the person's vaccinations."""
    for shot in shots(person, today):
        child = person.is_child_on(shot.day)
        rng = Random(f"shots-by:{person.key}:{shot.key}")
        doctor = find_doctor("paediatrician" if child else "therapist", person.clinic_on(shot.day), "", rng)
        if doctor is not None:
            yield _resource(person, shot, doctor)
