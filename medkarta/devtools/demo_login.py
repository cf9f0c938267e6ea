"""Gives an imported patient an invented account at the stand-in; a child comes under an invented parent."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from medkarta.core.ids import digits
from medkarta.core.scopes import WorkerScope
from medkarta.devtools.standin.persons import Person, add_person, free_oid, free_snils
from medkarta.patients import actions as patients
from medkarta.patients import queries as patient_queries
from medkarta.patients.rules import ADULT_FROM, age_on
from medkarta.resources import queries as resources

_INVENTED_BIRTH = date(1980, 1, 1)


class NoSuchPatient(Exception):
    """No imported patient, or more than one, answers to what was typed."""


@dataclass(frozen=True, slots=True)
class Made:
    """Which button to press at the stand-in, and whose record is then on the stack."""

    login_name: str
    child_name: str = ""


def folder() -> Path:
    return Path(settings.DATA_DIR) / "demo"


def add(asked: str, *, now: datetime) -> Made:
    """Link the patient to an invented person and add him to the stand-in. Raises NoSuchPatient."""
    row = patient_queries.get_row(WorkerScope(), _find(asked))
    if row is None:
        raise NoSuchPatient(f"the patient {asked} is stored but has no row yet")
    person = Person(
        oid=free_oid(folder()),
        family_name=row.family_name or "Пациент",
        given_name=row.given_name or "Демонстрационный",
        middle_name=row.patronymic,
        gender="F" if row.gender == "female" else "M",
        born=row.birth_date or _INVENTED_BIRTH,
        snils=free_snils(folder()),
        email="demo@example.org",
        note="demo-login",
    )
    patients.link_for_demo(row.id, _facts(person, row.gender), now=now)
    add_person(folder(), person)
    if age_on(person.born, timezone.localdate(now)) >= ADULT_FROM:
        return Made(person.full_name)
    parent = _parent_of(person)
    add_person(folder(), parent)
    return Made(parent.full_name, person.full_name)


def _find(asked: str) -> UUID:
    found = resources.find_patients(asked)
    if not found:
        raise NoSuchPatient(f"no imported patient has the id {asked}")
    if len(found) > 1:
        ids = ", ".join(str(one) for one in found)
        raise NoSuchPatient(f"several systems have a patient {asked}; give one of our ids: {ids}")
    return found[0]


def _facts(person: Person, gender: str) -> patients.PersonFacts:
    return patients.PersonFacts(
        family_name=person.family_name,
        given_name=person.given_name,
        patronymic=person.middle_name,
        birth_date=person.born,
        gender=gender,
        snils=digits(person.snils),
    )


def _parent_of(child: Person) -> Person:
    return Person(
        oid=free_oid(folder()),
        family_name=child.family_name,
        given_name="Родитель",
        middle_name="Демонстрационный",
        gender="F",
        born=date(child.born.year - 30, 1, 1),
        snils=free_snils(folder()),
        email="demo@example.org",
        children=(child.oid,),
        note="demo-login",
    )
