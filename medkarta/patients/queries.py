"""Reads of people. Everything of a record goes through a PatientScope."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope, SystemScope, WorkerScope
from medkarta.patients.models import MatchCase, Patient, Person, Representation


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: UUID
    family_name: str
    given_name: str
    patronymic: str
    birth_date: date | None
    gender: str
    snils: str

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.family_name, self.given_name, self.patronymic) if part)


def get_person(scope: PatientScope) -> PersonRow:
    """Return the person of this record."""
    found = Person.objects.filter(pk=scope.person_id).values_list(
        "id", "family_name", "given_name", "patronymic", "birth_date", "gender", "snils"
    )
    row = found.first()
    if row is None:
        raise NotFound
    return PersonRow(*row)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One system's row, linked or not."""

    id: UUID
    family_name: str
    given_name: str
    patronymic: str
    birth_date: date | None
    gender: str


def get_row(scope: WorkerScope, patient_id: UUID) -> SourceRow | None:
    """Return a system's row for work on the house itself; no page of a person comes here."""
    found = Patient.objects.filter(pk=patient_id).values_list(
        "id", "family_name", "given_name", "patronymic", "birth_date", "gender"
    )
    row = found.first()
    return SourceRow(*row) if row else None


def list_patient_ids(scope: PatientScope) -> list[UUID]:
    """Return the rows of hospitals' systems that are linked to this person."""
    return list(Patient.objects.filter(person_id=scope.person_id).order_by("id").values_list("id", flat=True))


def list_registered_facility_ids(scope: PatientScope) -> list[UUID]:
    """Return the clinics this person is attached to, as his hospitals' systems say."""
    found = Patient.objects.filter(person_id=scope.person_id, registered_facility_id__isnull=False)
    ids = found.order_by("registered_facility_id").values_list("registered_facility_id", flat=True).distinct()
    return [one for one in ids if one is not None]


def person_ids_of(scope: SystemScope, patient_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Return the linked person of each existing row: row id -> person id or None. Missing rows are absent."""
    found: Iterable[tuple[UUID, UUID | None]] = Patient.objects.filter(pk__in=patient_ids).values_list(
        "pk", "person_id"
    )
    return dict(found)


def names_of_accounts(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the short name of each account's own person: account id -> «Иванова А. С.»."""
    found = Representation.objects.filter(account_id__in=account_ids, kind=Representation.Kind.SELF).values_list(
        "account_id", "person__family_name", "person__given_name", "person__patronymic"
    )
    return {pk: short_name(family, given, patronymic) for pk, family, given, patronymic in found}


def short_name(family: str, given: str, patronymic: str) -> str:
    initials = " ".join(f"{part[0]}." for part in (given, patronymic) if part)
    return f"{family} {initials}".strip()


def count_open_match_cases() -> int:
    return MatchCase.objects.filter(decided_at=None).count()
