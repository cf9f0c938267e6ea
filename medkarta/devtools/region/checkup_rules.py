"""Which check-up a person passes in a year, and when.

Source: order of the Ministry of Health No. 404n of 27.04.2021 (adults: every third year at 18-39, yearly from 40,
a preventive examination in other years); children by the ages at which several specialists are seen (No. 211n).
"""

from datetime import date, timedelta
from random import Random

from medkarta.devtools.region.people import Person
from medkarta.devtools.region.stand_in import NO_CHECKUP_THIS_YEAR, PERSON

CHILD_AGES = frozenset({1, 3, 6, 7, 10, 13, 14, 15, 16, 17})
PROGRAMMES = {
    "ДВ4": "404н Диспансеризация",
    "ОПВ": "404н Профилактические медицинские осмотры",
    "ПН1": "211н Профилактический осмотр несовершеннолетних",
}
_NOTHING_PASSED_FROM = 2026


def is_dispanserization_year(age: int) -> bool:
    """Tell whether an adult who reaches `age` in the year is due for dispanserization."""
    return age >= 40 or age % 3 == 0


def planned_checkup(person: Person, year: int, rng: Random) -> tuple[str, date] | None:
    """Return the programme and the day wished for, or None if nothing is passed that year.

    The day keeps to one side of the 18th birthday: a child is seen in a children's clinic, an adult in another.
    """
    age = year - person.born.year
    day = date(year, 1, 20) + timedelta(days=rng.randrange(330))
    luck = rng.random()
    if person.key in NO_CHECKUP_THIS_YEAR and year >= _NOTHING_PASSED_FROM:
        return None
    faithful = person.key in PERSON
    if person.is_child_on(day):
        return ("ПН1", day) if age in CHILD_AGES and (faithful or luck < 0.8) and day >= person.born else None
    if age <= 18:
        return None
    if is_dispanserization_year(age):
        return ("ДВ4", day) if faithful or luck < 0.6 else None
    return ("ОПВ", day) if faithful or luck < 0.3 else None
