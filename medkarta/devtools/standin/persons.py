"""The stand-in's persons, all invented, with right check digits, and their file, which is read when it changes."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

FILE = "persons.json"
FIRST_FREE_OID = 1_000_900_001


@dataclass(frozen=True)
class Person:
    """One account. `gender` is ESIA's M or F, `snils` formatted, `policy` the ЕНП or "", `children` their oids.

    `trusted`: the account is confirmed. `policy_shared`: ESIA knows the policy. `has_account`: the person can sign in;
    without it he is only somebody's child.
    """

    oid: str
    family_name: str
    given_name: str
    middle_name: str
    gender: str
    born: date
    snils: str
    policy: str = ""
    policy_shared: bool = True
    trusted: bool = True
    email: str = ""
    mobile: str = ""
    address: str = ""
    children: tuple[str, ...] = ()
    note: str = ""
    has_account: bool = True

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.family_name, self.given_name, self.middle_name) if part)


def _row(number: int, names: str, gender: str, born: str, snils: str, policy: str, **more: Any) -> Person:
    family, given, middle = names.split(" ")
    login = f"resident{number:02}"
    return Person(
        oid=str(1_000_100_000 + number),
        family_name=family,
        given_name=given,
        middle_name=middle,
        gender=gender,
        born=date.fromisoformat(born),
        snils=snils,
        policy=policy,
        email=f"{login}@example.org",
        mobile=f"+7(900)000{number:04}",
        **more,
    )


_HOME = "Московская обл., г. Подольск, ул. Садовая, д. 12, кв. 45"

SEED: tuple[Person, ...] = (
    _row(
        1,
        "Иванова Анна Сергеевна",
        "F",
        "1988-04-17",
        "900-000-001 82",
        "5055110832001010",
        address=_HOME,
        children=("1000100002", "1000100003"),
        note="двое детей",
    ),
    _row(
        9,
        "Иванов Дмитрий Олегович",
        "M",
        "1986-12-02",
        "900-000-009 90",
        "5047310897001092",
        address=_HOME,
        children=("1000100002", "1000100003"),
        note="второй родитель",
    ),
    _row(
        4,
        "Смирнов Олег Викторович",
        "M",
        "1958-06-25",
        "900-000-004 85",
        "5053140874001042",
        address="Московская обл., г. Коломна, ул. Лесная, д. 3, кв. 8",
        note="много записей",
    ),
    _row(
        5,
        "Кузнецова Ольга Павловна",
        "F",
        "1996-11-08",
        "900-000-005 86",
        "5048300841001057",
        address="Московская обл., г. Химки, ул. Парковая, д. 21, кв. 102",
        note="пора на диспансеризацию",
    ),
    _row(
        6,
        "Лебедев Никита Андреевич",
        "M",
        "1979-01-30",
        "900-000-006 87",
        "5058020869001063",
        address="Московская обл., г. Серпухов, ул. Речная, д. 5, кв. 17",
        trusted=False,
        note="учётная запись не подтверждена",
    ),
    _row(
        7,
        "Фролова Дарья Ильинична",
        "F",
        "1991-08-19",
        "900-000-007 88",
        "5051800830001079",
        policy_shared=False,
        address="Московская обл., г. Мытищи, ул. Школьная, д. 9, кв. 60",
        note="полис не указан",
    ),
    _row(
        8,
        "Орлов Артём Максимович",
        "M",
        "2009-10-05",
        "900-000-008 89",
        "5089099794001086",
        address="Московская обл., г. Балашиха, ул. Новая, д. 14, кв. 31",
        note="17 лет",
    ),
    _row(
        3,
        "Иванова Мария Дмитриевна",
        "F",
        "2012-02-11",
        "900-000-003 84",
        "5097789738001032",
        address=_HOME,
        note="дочь Анны и Дмитрия",
    ),
    _row(
        2,
        "Иванов Пётр Дмитриевич",
        "M",
        "2019-09-03",
        "900-000-002 83",
        "5090089796001025",
        address=_HOME,
        note="сын Анны и Дмитрия",
    ),
)


class Register:
    """The persons of one data folder, in the order of the file."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._lock = Lock()
        self._stamp = (0, 0)
        self._persons: dict[str, Person] = {}

    def all(self) -> tuple[Person, ...]:
        with self._lock:
            about = self._path.stat()
            stamp = (about.st_mtime_ns, about.st_ino)
            if stamp != self._stamp:
                self._persons = {person.oid: person for person in read_persons(self._path)}
                self._stamp = stamp
            return tuple(self._persons.values())

    def accounts(self) -> tuple[Person, ...]:
        return tuple(person for person in self.all() if person.has_account)

    def get(self, oid: str) -> Person | None:
        return next((person for person in self.all() if person.oid == oid), None)

    def children_of(self, person: Person) -> tuple[Person, ...]:
        return tuple(child for oid in person.children if (child := self.get(oid)))


def seed_persons(data_dir: Path) -> None:
    """Write the seed persons where there is no file yet."""
    if not (data_dir / FILE).exists():
        _write(data_dir / FILE, SEED)


def add_person(data_dir: Path, person: Person) -> None:
    """Add a person, or replace the one with the same oid. The running stand-in sees him at the next request."""
    seed_persons(data_dir)
    path = data_dir / FILE
    with open(data_dir / ".persons-lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = {known.oid: known for known in read_persons(path)}
        kept[person.oid] = person
        _write(path, kept.values())


def free_oid(data_dir: Path) -> str:
    """Return an account number that no person has."""
    seed_persons(data_dir)
    taken = {person.oid for person in read_persons(data_dir / FILE)}
    return next(str(number) for number in range(FIRST_FREE_OID, FIRST_FREE_OID + 10**6) if str(number) not in taken)


def free_snils(data_dir: Path) -> str:
    """Return an invented СНИЛС (900-1xx-xxx, a range that is not issued) that no person has, formatted."""
    seed_persons(data_dir)
    taken = {person.snils for person in read_persons(data_dir / FILE)}
    return next(snils for number in range(900_100_001, 901_000_000) if (snils := format_snils(number)) not in taken)


def format_snils(number: int) -> str:
    """Return «XXX-XXX-XXX YY» with the check sum of the nine digits (weights 9…1, modulo 101, 100 as 00)."""
    digits = f"{number:09}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {total % 101 % 100:02}"


def read_persons(path: Path) -> tuple[Person, ...]:
    """Return the persons of a file. Raises ValueError or TypeError when it is not such a file."""
    known = {one.name for one in fields(Person)}
    found = []
    for row in json.loads(path.read_text(encoding="utf-8"))["persons"]:
        values = {name: value for name, value in row.items() if name in known}
        values |= {"born": date.fromisoformat(row["born"]), "children": tuple(row.get("children", ()))}
        found.append(Person(**values))
    return tuple(found)


def _write(path: Path, persons: Iterable[Person]) -> None:
    """Replace the file in one step, so that a reader sees the old or the new one, never a part."""
    rows = [asdict(person) | {"born": person.born.isoformat()} for person in persons]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".persons-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"persons": rows}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, path)
