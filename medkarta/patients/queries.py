"""Reads of people. Everything of a record goes through a PatientScope."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from medkarta.core.compiled import compiled
from medkarta.core.errors import NotFound
from medkarta.core.scopes import FamilyScope, PatientScope, Restricted, StaffScope, SystemScope, WorkerScope
from medkarta.patients import rules
from medkarta.patients.models import MatchCase, Patient, Person, Representation
from medkarta.patients.rules import Identity, contradiction

__all__ = ["Identity", "contradiction"]


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


def find_contradictions(scope: SystemScope, claims: Sequence[tuple[UUID, Identity]]) -> list[str]:
    """Tell of each (row, whom a document names) what proves that it is somebody else; empty if nothing does.

    One statement. A row that is not there contradicts nobody.
    """
    columns = ("snils", "enp", "family_name", "given_name", "birth_date", "gender")
    found = Patient.objects.filter(pk__in={pk for pk, _claim in claims})
    known = {
        pk: Identity(snils or persons or "", enp, *rest)
        for pk, persons, snils, enp, *rest in found.values_list("pk", "person__snils", *columns)
    }
    return [rules.contradiction(claim, known[pk]) if pk in known else "" for pk, claim in claims]


def names_of_accounts(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the short name of each account's own person: account id -> «Иванова А. С.»."""
    found = Representation.objects.filter(account_id__in=account_ids, kind=Representation.Kind.SELF).values_list(
        "account_id", "person__family_name", "person__given_name", "person__patronymic"
    )
    return {pk: short_name(family, given, patronymic) for pk, family, given, patronymic in found}


def list_given_names(scope: FamilyScope) -> dict[UUID, str]:
    """Return how each person of a family is called among the others: person id -> name."""
    people = Person.objects.filter(pk__in=[one.person_id for one in scope.members])
    return given_names(people.values_list("id", "given_name", "birth_date"))


def given_names(people: Iterable[tuple[UUID, str, date | None]]) -> dict[UUID, str]:
    """Return the given name of each person, with the year of birth where two share it."""
    found = list(people)
    shared = Counter(name for _, name, _ in found)
    return {pk: f"{name} ({born.year})" if shared[name] > 1 and born else name for pk, name, born in found}


def short_name(family: str, given: str, patronymic: str) -> str:
    initials = " ".join(f"{part[0]}." for part in (given, patronymic) if part)
    return f"{family} {initials}".strip()


def count_open_match_cases() -> int:
    return MatchCase.objects.filter(decided_at=None).count()


PORTAL = "medkarta"
"""The source of the row that bears what the portal itself makes: bookings, calls, waiting entries."""


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who is booked, called at home or put on a list.

    `patient_id` is the row that bears what is made for him (None until the first time); `holder` is the id that holds
    times for him and that a lock is taken on.
    """

    holder: UUID
    person_id: UUID | None
    patient_id: UUID | None
    patient_ids: tuple[UUID, ...]
    birth_date: date | None
    gender: str
    registered_facility_ids: frozenset[UUID]


def get_client(scope: PatientScope | WorkerScope, *, person_id: UUID | None = None, lock: bool = False) -> Client:
    """Return the person of a record, or the one that a worker names, as a client. One statement, two with a lock.

    `lock` makes every other writer of the same person wait until the transaction ends. Raises NotFound.
    """
    pk = person_of(scope, person_id)
    if lock:
        _locked(person_id=pk)
    told = _rows_of(person_id=pk)
    if not told:
        raise NotFound
    row, patients = told[0][:3], [one[3:] for one in told if one[3] is not None]
    return Client(
        holder=row[0],
        person_id=row[0],
        patient_id=next((pk for pk, source, _clinic in patients if source == PORTAL), None),
        patient_ids=tuple(pk for pk, _source, _clinic in patients),
        birth_date=row[1],
        gender=row[2],
        registered_facility_ids=frozenset(clinic for _pk, _source, clinic in patients if clinic),
    )


@compiled
def _locked(*, person_id: UUID) -> QuerySet[Person, Any]:
    return Person.objects.filter(pk=person_id).select_for_update(no_key=True).values_list("id")


@compiled
def _rows_of(*, person_id: UUID) -> QuerySet[Person, Any]:
    return (
        Person.objects.filter(pk=person_id)
        .order_by("patients__id")
        .values_list(
            "id", "birth_date", "gender", "patients__id", "patients__source", "patients__registered_facility_id"
        )
    )


def person_of(scope: PatientScope | WorkerScope, person_id: UUID | None) -> UUID:
    """Return the person of a record; a worker has to name one."""
    if isinstance(scope, PatientScope):
        return scope.person_id
    if person_id is None:
        raise NotFound
    return person_id


def get_client_of_row(scope: StaffScope | WorkerScope, patient_id: UUID, *, lock: bool = False) -> Client:
    """Return whom a system's row is about, for a clinic's side: his person, or the row alone. Raises NotFound."""
    found = Patient.objects.filter(pk=patient_id)
    row = (found.select_for_update(no_key=True) if lock else found).first()
    if row is None:
        raise NotFound
    if row.person_id:
        return get_client(WorkerScope(scope.actor), person_id=row.person_id, lock=lock)
    clinics = frozenset([row.registered_facility_id] if row.registered_facility_id else [])
    return Client(row.pk, None, row.pk, (row.pk,), row.birth_date, row.gender, clinics)


def find_rows(scope: StaffScope, *, number: str, birth_date: date) -> list[SourceRow]:
    """Find whom a clinic's desk means: a СНИЛС or an ЕНП (digits) together with the day of birth."""
    column = "snils" if len(number) == 11 else "enp"
    found = Patient.objects.filter(birth_date=birth_date, is_active=True, **{column: number}).order_by("id")
    return [
        SourceRow(*one)
        for one in found.values_list("id", "family_name", "given_name", "patronymic", "birth_date", "gender")
    ]


def list_account_ids(person_id: UUID, *, today: date, is_restricted: bool) -> list[UUID]:
    """Return the accounts to tell what happened in a person's record, his own first. One statement.

    They are those that may open it today; of what is under special secrecy, only those that may learn of it at all.
    """
    found = Representation.objects.filter(person_id=person_id).exclude(status=Representation.Status.CLOSED)
    rows = found.select_related("person").only(
        "account_id", "kind", "status", "confirmed_at", "person__birth_date", "person__full_capacity_on"
    )
    told = [one for one in rows if _may_open(one, today=today) and (not is_restricted or _may_learn(one, today=today))]
    return [one.account_id for one in sorted(told, key=_own_first)]


def _may_open(one: Representation, *, today: date) -> bool:
    return rules.may_open(
        kind=one.kind,
        status=one.status,
        birth_date=one.person.birth_date,
        full_capacity_on=one.person.full_capacity_on,
        minor15_access=settings.MINOR15_PARENT_ACCESS,
        confirmed_on=timezone.localdate(one.confirmed_at),
        grace_days=settings.CHILD_GRACE_DAYS,
        today=today,
    )


def _may_learn(one: Representation, *, today: date) -> bool:
    """Tell whether records under special secrecy are more than hidden, for whoever proves himself."""
    mode = rules.restricted_mode(
        kind=one.kind,
        birth_date=one.person.birth_date,
        is_fresh=False,
        minor15_restricted=settings.MINOR15_PARENT_RESTRICTED,
        today=today,
    )
    return mode is not Restricted.HIDDEN


def _own_first(one: Representation) -> tuple[bool, str]:
    return one.kind != Representation.Kind.SELF, str(one.account_id)
