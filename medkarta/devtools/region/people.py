"""Residents of the demo region: households with shared addresses, surnames, patronymics and numbers.

Every value is invented. СНИЛС come from 900-100-000 on, ЕНП encode birth date and sex and end in their check digit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from medkarta.core.ids import enp_check_digit, snils_check_digits
from medkarta.devtools.region import words
from medkarta.devtools.region.towns import STREETS, TOWNS, Town

REFERENCE_YEAR = 2026
_TOWN_WEIGHTS = [town.weight for town in TOWNS]
# illness, youngest age, share at that age, growth of the share with each year
_CHRONIC = (
    ("hypertension", 35, 0.10, 0.012),
    ("dyslipidemia", 35, 0.15, 0.008),
    ("diabetes", 40, 0.04, 0.005),
    ("hypothyroid", 25, 0.03, 0.002),
    ("anemia", 3, 0.04, 0.0),
    ("asthma", 5, 0.03, 0.0),
    ("osteoarthritis", 45, 0.10, 0.010),
)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person. `key` begins every id of his record; `adults_clinic` and `children_clinic` are facilities."""

    key: str
    sex: str
    born: date
    family: str
    given: str
    patronymic: str
    snils: str
    enp: str | None
    town: Town
    address: str
    adults_clinic: str
    children_clinic: str
    phone: str
    chronic: frozenset[str]
    parents: tuple[str, ...] = ()
    zeal: float = 1.0

    @property
    def full_name(self) -> str:
        return f"{self.family} {self.given} {self.patronymic}"

    @property
    def of_age_on(self) -> date:
        """The 18th birthday; who was born on 29 February comes of age on 1 March."""
        if (self.born.month, self.born.day) == (2, 29):
            return date(self.born.year + 18, 3, 1)
        return self.born.replace(year=self.born.year + 18)

    def age_on(self, day: date) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def is_child_on(self, day: date) -> bool:
        return self.age_on(day) < 18

    def clinic_on(self, day: date) -> str:
        return self.children_clinic if self.is_child_on(day) else self.adults_clinic

    def audience_on(self, day: date) -> str:
        return "children" if self.is_child_on(day) else "adults"


def snils_of(number: int) -> str:
    """Return an invented СНИЛС of a resident, eleven digits."""
    nine = f"{900_100_000 + number}"
    return nine + snils_check_digits(nine)


def enp_of(born: date, sex: str, serial: int, region: str = "50") -> str:
    """Return an ЕНП: region, nines' complement of shifted month, reversed year and shifted day, serial, check digit."""
    month = born.month + (20 if born.year <= 1950 else 40 if born.year <= 2000 else 0)
    day = born.day + (50 if sex == "female" else 0)
    coded = f"{month:02d}{str(born.year)[::-1]}{day:02d}"
    complement = "".join(str(9 - int(digit)) for digit in coded)
    first = f"{region}{complement}{serial:05d}"
    return first + enp_check_digit(first)


def _birthday(rng: Random, age: int) -> date:
    return date.fromordinal(date(REFERENCE_YEAR - age, 1, 1).toordinal() - rng.randrange(365))


def _chronic(rng: Random, age: int) -> frozenset[str]:
    return frozenset(
        name for name, youngest, share, growth in _CHRONIC
        if rng.random() < (share + growth * (age - youngest) if age >= youngest else 0.0)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Home:
    surname: str
    town: Town
    address: str


def _home(rng: Random) -> _Home:
    town = rng.choices(TOWNS, _TOWN_WEIGHTS)[0]
    street, house, flat = rng.choice(STREETS), rng.randint(1, 60), rng.randint(1, 140)
    return _Home(rng.choice(words.SURNAMES), town, f"{town.name}, {street}, д. {house}, кв. {flat}")


class _Census:
    """Numbers people as they are made."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._count = 0

    def register(
        self, home: _Home, *, sex: str, age: int, father: str | None = None, parents: tuple[Person, ...] = ()
    ) -> Person:
        """Return the next resident. A child takes its patronymic from `father` (a given name)."""
        rng = self._rng
        self._count += 1
        number = self._count
        born = _birthday(rng, age)
        names = [one[0] for one in words.MEN] if sex == "male" else words.WOMEN
        return Person(
            key=f"r{number:05d}",
            sex=sex,
            born=born,
            family=home.surname if sex == "male" else words.feminine(home.surname),
            given=rng.choice(names),
            patronymic=words.patronymic(father or rng.choice(words.MEN)[0], sex),
            snils=snils_of(number),
            enp=enp_of(born, sex, 10000 + number % 90000),
            town=home.town,
            address=home.address,
            adults_clinic=home.town.adults,
            children_clinic=home.town.children,
            phone=f"+7 900 {number // 10000:03d}-{number // 100 % 100:02d}-{number % 100:02d}",
            chronic=_chronic(rng, age),
            parents=tuple(one.key for one in parents),
            zeal=rng.choice((0.5, 0.8, 1.0, 1.0, 1.3, 1.7)),
        )


def _family(rng: Random, census: _Census) -> list[Person]:
    """Return a household: a couple or one parent with children, or adults alone."""
    home = _home(rng)
    kind = rng.random()
    if kind < 0.21:
        mother_age = rng.randint(23, 47)
        mother = census.register(home, sex="female", age=mother_age)
        members = [mother]
        father_name = rng.choice(words.MEN)[0]
        if rng.random() < 0.85:
            father = census.register(home, sex="male", age=mother_age + rng.randint(0, 6))
            members.append(father)
            father_name = father.given
        adults = tuple(members)
        oldest = min(17, mother_age - 20)
        ages = sorted(rng.sample(range(oldest + 1), k=min(oldest + 1, rng.choice((1, 1, 2, 2, 3)))), reverse=True)
        for age in ages:
            sex = rng.choice(("male", "female"))
            members.append(census.register(home, sex=sex, age=age, father=father_name, parents=adults))
        return members
    if kind < 0.44:
        age = rng.randint(60, 86)
        couple = [census.register(home, sex="female", age=age)]
        if rng.random() < 0.5:
            couple.append(census.register(home, sex="male", age=min(92, age + rng.randint(0, 5))))
        return couple
    single = census.register(home, sex=rng.choice(("male", "female")), age=rng.randint(19, 62))
    return [single]


def residents(count: int, seed: int) -> Iterator[tuple[Person, dict[str, Person]]]:
    """Yield each resident with his household by key. Parents come before their children."""
    rng = Random(f"people:{seed}")
    census = _Census(rng)
    made = 0
    while made < count:
        members = _family(rng, census)[: count - made]
        household = {one.key: one for one in members}
        for one in members:
            yield one, household
        made += len(members)
