"""The sixty invented doctors: who works where, and their FHIR Practitioner and PractitionerRole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from medkarta.core.ids import snils_check_digits
from medkarta.devtools.region import words
from medkarta.devtools.region.facility_data import FACILITIES, Facility
from medkarta.devtools.region.shapes import (
    CABINET,
    HL7,
    POSITION,
    SNILS,
    SPECIALTY,
    Resource,
    concept,
    identifier,
    meta,
    midnight,
    phone,
    ref,
)
from medkarta.devtools.region.specialties import SPECIALTY_OF, Specialty

FIRST_DAY = date(2023, 1, 9)
_SEED = "region-doctors"


@dataclass(frozen=True, slots=True)
class Doctor:
    """One doctor at one clinic. `shift` turns morning and evening days around."""

    number: int
    sex: str
    family: str
    given: str
    patronymic: str
    specialty: Specialty
    facility: Facility
    cabinet: str
    shift: int

    @property
    def rid(self) -> str:
        return f"doc{self.number:02d}"

    @property
    def role_rid(self) -> str:
        return f"role{self.number:02d}"

    @property
    def full_name(self) -> str:
        return f"{self.family} {self.given} {self.patronymic}"

    @property
    def short_name(self) -> str:
        return words.short_name(self.family, self.given, self.patronymic)

    @property
    def snils(self) -> str:
        nine = f"900900{self.number:03d}"
        return nine + snils_check_digits(nine)


@cache
def doctors() -> tuple[Doctor, ...]:
    """Return all doctors, clinic by clinic in the order of the staff lists."""
    rng = Random(_SEED)
    surnames = rng.sample(words.SURNAMES, 60)
    found: list[Doctor] = []
    for facility in FACILITIES:
        for place, key in enumerate(facility.staff.split()):
            number = len(found) + 1
            sex = "male" if rng.random() < 0.35 and key != "gynaecologist" else "female"
            given = rng.choice(words.MEN)[0] if sex == "male" else rng.choice(words.WOMEN)
            surname = surnames[number - 1]
            found.append(
                Doctor(
                    number=number,
                    sex=sex,
                    family=surname if sex == "male" else words.feminine(surname),
                    given=given,
                    patronymic=words.patronymic(rng.choice(words.MEN)[0], sex),
                    specialty=SPECIALTY_OF[key],
                    facility=facility,
                    cabinet=str(100 * (1 + place // 5) + 2 * place + 4),
                    shift=number % 2,
                )
            )
    return tuple(found)


@cache
def _by_place() -> dict[tuple[str, str], tuple[Doctor, ...]]:
    found: dict[tuple[str, str], list[Doctor]] = {}
    for one in doctors():
        found.setdefault((one.facility.key, one.specialty.key), []).append(one)
        for audience in one.facility.audience if one.facility.zone == "Europe/Moscow" else ():
            found.setdefault((audience, one.specialty.key), []).append(one)
    return {place: tuple(them) for place, them in found.items()}


def find_doctor(specialty: str, facility: str, audience: str, rng: Random) -> Doctor | None:
    """Return a doctor of the patient's own clinic, else of any clinic for his age; None if nobody is."""
    places = _by_place()
    own = places.get((facility, specialty)) or places.get((audience, specialty))
    return rng.choice(own) if own else None


def _practitioner(doctor: Doctor) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": doctor.rid,
        "meta": meta(midnight(FIRST_DAY)),
        "identifier": [identifier(SNILS, doctor.snils)],
        "active": True,
        "name": [
            {
                "use": "official",
                "text": doctor.full_name,
                "family": doctor.family,
                "given": [doctor.given, doctor.patronymic],
            }
        ],
        "gender": doctor.sex,
        "qualification": [{"code": concept(SPECIALTY, doctor.specialty.code, doctor.specialty.name)}],
    }


def _role(doctor: Doctor) -> Resource:
    key = doctor.facility.key
    return {
        "resourceType": "PractitionerRole",
        "id": doctor.role_rid,
        "meta": meta(midnight(FIRST_DAY)),
        "extension": [{"url": CABINET, "valueString": doctor.cabinet}],
        "active": True,
        "practitioner": ref("Practitioner", doctor.rid, doctor.full_name),
        "organization": ref("Organization", key, doctor.facility.name),
        "code": [
            concept(POSITION, doctor.specialty.code, doctor.specialty.doctor),
            concept(HL7 + "practitioner-role", "doctor"),
        ],
        "specialty": [concept(SPECIALTY, doctor.specialty.code, doctor.specialty.name)],
        "location": [ref("Location", f"{key}-site", doctor.facility.name)],
        "healthcareService": [ref("HealthcareService", f"{key}-{doctor.specialty.key}")],
        "telecom": [phone(doctor.facility.phone)],
    }


def resources() -> Iterator[Resource]:
    """Yield Practitioner and PractitionerRole of every doctor."""
    for doctor in doctors():
        yield _practitioner(doctor)
    for doctor in doctors():
        yield _role(doctor)
