"""The nine persons of the ESIA stand-in. All are invented; the numbers have right check digits."""

from datetime import date

from medkarta.devtools.region.people import Person
from medkarta.devtools.region.towns import TOWN

_IVANOV_HOME = "Мытищи, ул. Лесная, д. 14, кв. 27"


def _person(
    key: str,
    name: str,
    sex: str,
    born: date,
    snils: str,
    enp: str | None,
    *,
    town: str = "Мытищи",
    address: str = _IVANOV_HOME,
    chronic: tuple[str, ...] = (),
    parents: tuple[str, ...] = (),
    zeal: float = 1.0,
) -> Person:
    family, given, patronymic = name.split()
    place = TOWN[town]
    return Person(
        key=key,
        sex=sex,
        born=born,
        family=family,
        given=given,
        patronymic=patronymic,
        snils=snils,
        enp=enp,
        town=place,
        address=address,
        adults_clinic=place.adults,
        children_clinic=place.children,
        phone=f"+7 900 000-90-0{key[1:]}",
        chronic=frozenset(chronic),
        parents=parents,
        zeal=zeal,
    )


ANNA = _person(
    "s1", "Иванова Анна Сергеевна", "female", date(1988, 4, 17), "90000000182", "5055110832001010",
    chronic=("anemia", "hypothyroid", "asthma"), zeal=2.2,
)  # fmt: skip
PYOTR = _person(
    "s2", "Иванов Пётр Дмитриевич", "male", date(2019, 9, 3), "90000000283", "5090089796001025",
    parents=("s1", "s9"), zeal=1.6,
)  # fmt: skip
MARIA = _person(
    "s3", "Иванова Мария Дмитриевна", "female", date(2012, 2, 11), "90000000384", "5097789738001032",
    parents=("s1", "s9"), zeal=1.6,
)  # fmt: skip
SMIRNOV = _person(
    "s4", "Смирнов Олег Викторович", "male", date(1958, 6, 25), "90000000485", "5053140874001042",
    address="Мытищи, ул. Садовая, д. 3, кв. 8", zeal=4.0,
    chronic=("hypertension", "dyslipidemia", "diabetes", "osteoarthritis"),
)  # fmt: skip
KUZNETSOVA = _person(
    "s5", "Кузнецова Ольга Павловна", "female", date(1996, 11, 8), "90000000586", "5048300841001057",
    town="Королёв", address="Королёв, ул. Парковая, д. 21, кв. 60",
)  # fmt: skip
LEBEDEV = _person(
    "s6", "Лебедев Никита Андреевич", "male", date(1979, 1, 30), "90000000687", "5058020869001063",
    town="Балашиха", address="Балашиха, ул. Новая, д. 5, кв. 112", chronic=("hypertension",),
)  # fmt: skip
FROLOVA = _person(
    "s7", "Фролова Дарья Ильинична", "female", date(1991, 8, 19), "90000000788", None,
    town="Пушкино", address="Пушкино, ул. Речная, д. 9, кв. 4",
)  # fmt: skip
ORLOV = _person(
    "s8", "Орлов Артём Максимович", "male", date(2009, 10, 5), "90000000889", "5089099794001086",
    address="Мытищи, ул. Школьная, д. 30, кв. 71", zeal=1.3,
)  # fmt: skip
DMITRY = _person(
    "s9", "Иванов Дмитрий Олегович", "male", date(1986, 12, 2), "90000000990", "5047310897001092", zeal=0.7,
)  # fmt: skip

# parents first
PERSONS = (ANNA, DMITRY, PYOTR, MARIA, SMIRNOV, KUZNETSOVA, LEBEDEV, FROLOVA, ORLOV)
PERSON = {person.key: person for person in PERSONS}
# the year in which nothing is passed yet, although it is due
NO_CHECKUP_THIS_YEAR = frozenset({"s5", "s6"})
