"""Writes of people: what the provider told of a person and his children, and the matching of hospital rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from medkarta.audit import actions as audit
from medkarta.core.ids import resource_id
from medkarta.core.scopes import AccountScope, Actor, ActorKind, PatientScope, SystemScope, WorkerScope
from medkarta.patients import queries, rules
from medkarta.patients.models import MatchCase, Patient, Person, Representation


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What an identity provider says of a human being. `snils` and `enp` are digits, empty if unknown."""

    family_name: str
    given_name: str
    patronymic: str
    birth_date: date | None
    gender: str
    snils: str
    enp: str = ""


@transaction.atomic
def register_self(scope: AccountScope, facts: PersonFacts, *, now: datetime) -> UUID:
    """Create or refresh the account's own person and the representation of himself. Returns the person's id."""
    known = Representation.objects.select_related("person").filter(
        account_id=scope.account_id, kind=Representation.Kind.SELF
    )
    person = _own_person(known.first(), facts)
    if person is None and facts.snils:
        _close_mistaken_parents(scope, facts, now=now)
    return _register(scope, facts, Representation.Kind.SELF, person, now=now)


def _close_mistaken_parents(scope: AccountScope, facts: PersonFacts, *, now: datetime) -> None:
    """Close the links to this СНИЛС of parents whose child's data contradict its owner's own.

    Somebody may have been listed as a child before he ever came; a true parent gets his link back at his next login.
    """
    person, is_new = _of_snils(facts.snils, now=now)
    if is_new or _compare(facts, person) is rules.Match.SAME:
        return
    held = Representation.objects.select_for_update().filter(person=person, kind=Representation.Kind.PARENT)
    for one in held.exclude(status=Representation.Status.CLOSED):
        one.status, one.closed_at = Representation.Status.CLOSED, now
        one.save(update_fields=["status", "closed_at"])
        audit.record(scope, action="patients.close_mistaken", person_id=person.pk)


def _own_person(known: Representation | None, facts: PersonFacts) -> Person | None:
    """Return the person this account already stands for, unless a СНИЛС has come that is another person's."""
    if known is None or (facts.snils and known.person.snils not in ("", facts.snils)):
        return None
    taken = facts.snils and not known.person.snils and Person.objects.filter(snils=facts.snils).exists()
    return None if taken else known.person


@transaction.atomic
def register_children(scope: AccountScope, children: Iterable[PersonFacts], *, now: datetime) -> list[UUID]:
    """Create or refresh a parent's children as the provider lists them now.

    Returns their ids in the order given; a child listed twice is the same id twice. One that is no longer listed
    needs confirmation and closes after a while.
    """
    registered = []
    for given in children:
        facts = _without_foreign_numbers(scope, given, now=now)
        known = _known_child(scope, facts)
        registered.append(_register(scope, facts, Representation.Kind.PARENT, known, now=now))
    doubt_children(scope, except_for=registered)
    return registered


@transaction.atomic
def doubt_children(scope: AccountScope, *, except_for: Collection[UUID] = ()) -> None:
    """Let the parent's links need confirmation that the provider has not confirmed now; they close after a while.

    Also for a provider that did not tell of children at all: otherwise a parent who has lost his rights keeps the
    link for years by no longer sharing them.
    """
    doubted = Representation.objects.select_for_update().filter(
        account_id=scope.account_id, kind=Representation.Kind.PARENT, status=Representation.Status.ACTIVE
    )
    for held in doubted.exclude(person_id__in=except_for):
        held.status = Representation.Status.NEEDS_CONFIRMATION
        held.save(update_fields=["status"])
        audit.record(scope, action="patients.doubt_representation", person_id=held.person_id)


def _without_foreign_numbers(scope: AccountScope, facts: PersonFacts, *, now: datetime) -> PersonFacts:
    """Return a child's facts without numbers that are another person's: they never open or rewrite that record.

    A person known by the child's СНИЛС is the child only if the birth date is the same and nothing contradicts;
    whom this parent represents already may have been corrected since.
    """
    if not facts.snils:
        return facts
    person, is_new = _of_snils(facts.snils, now=now)
    if is_new:
        return facts
    held = Representation.objects.filter(account_id=scope.account_id, person=person).first()
    if held and held.kind == Representation.Kind.PARENT and held.status != Representation.Status.CLOSED:
        return facts
    is_self = held is not None and held.kind == Representation.Kind.SELF
    is_child = not is_self and person.birth_date is not None and person.birth_date == facts.birth_date
    if is_child and _compare(facts, person) is rules.Match.SAME:
        return facts
    audit.record(scope, action="patients.refuse_child", person_id=person.pk, outcome="refused")
    return replace(facts, snils="", enp="")


def _of_snils(snils: str, *, now: datetime) -> tuple[Person, bool]:
    """Return the locked person of a СНИЛС, made here if there was none: of two who come at once one waits."""
    return Person.objects.select_for_update().get_or_create(snils=snils, defaults={"updated_at": now})


def _known_child(scope: AccountScope, facts: PersonFacts) -> Person | None:
    """Return this account's child without a СНИЛС who carries the same name and birth date."""
    if facts.snils or facts.birth_date is None:
        return None
    known = Representation.objects.select_related("person").filter(
        account_id=scope.account_id,
        kind=Representation.Kind.PARENT,
        person__birth_date=facts.birth_date,
        person__family_name=facts.family_name,
        person__given_name=facts.given_name,
        person__patronymic=facts.patronymic,
    )
    found = known.order_by("id").first()
    return found.person if found else None


def _register(scope: AccountScope, facts: PersonFacts, kind: str, known: Person | None, *, now: datetime) -> UUID:
    if known is None and facts.snils:
        known = Person.objects.select_for_update().filter(snils=facts.snils).first()
    person = known or Person()
    person.family_name, person.given_name, person.patronymic = facts.family_name, facts.given_name, facts.patronymic
    person.birth_date = facts.birth_date or person.birth_date
    person.gender = facts.gender
    person.snils = facts.snils or person.snils
    person.enp = facts.enp or person.enp
    person.updated_at = now
    person.save()
    held = Representation.objects.filter(account_id=scope.account_id, person=person).first()
    if held is None:
        Representation.objects.create(account_id=scope.account_id, person=person, kind=kind, confirmed_at=now)
        audit.record(scope, action="patients.represent", person_id=person.pk, details={"kind": kind})
    elif held.status != Representation.Status.SUSPENDED:
        if held.status != Representation.Status.ACTIVE or held.kind != kind:
            audit.record(scope, action="patients.represent", person_id=person.pk, details={"kind": kind})
        held.kind, held.status, held.confirmed_at, held.closed_at = kind, Representation.Status.ACTIVE, now, None
        held.save(update_fields=["kind", "status", "confirmed_at", "closed_at"])
    _close_other_selves(scope, kind, person)
    link_person(scope, person.pk)
    return person.pk


def _close_other_selves(scope: AccountScope, kind: str, person: Person) -> None:
    """An account is one human being: if the provider now says another СНИЛС, the former record closes."""
    if kind == Representation.Kind.SELF:
        for former in Representation.objects.filter(account_id=scope.account_id, kind=kind).exclude(person=person):
            audit.record(scope, action="patients.replace_self", person_id=former.person_id)
            former.delete()


def link_person(scope: AccountScope, person_id: UUID) -> None:
    """Link to a person the hospital rows that carry his СНИЛС or his confirmed ЕНП."""
    person = Person.objects.get(pk=person_id)
    wanted = Q(pk__in=())
    if person.snils:
        wanted |= Q(snils=person.snils)
    if person.enp:
        wanted |= Q(enp=person.enp, snils="")
    rows = Patient.objects.select_for_update(of=("self",)).filter(wanted, link=Patient.Link.UNLINKED)
    _link(scope, list(rows), {row.pk: person for row in rows})


def match_patients(scope: SystemScope, patient_ids: Collection[UUID]) -> None:
    """Link rows that have just arrived to the persons who are known; a doubtful one goes to the manual queue."""
    rows = list(Patient.objects.filter(pk__in=patient_ids).exclude(snils="", enp=""))
    by_snils = {one.snils: one for one in Person.objects.filter(snils__in={row.snils for row in rows if row.snils})}
    wanted_enps = {row.enp for row in rows if row.enp and not row.snils}
    by_enp = {one.enp: one for one in Person.objects.filter(enp__in=wanted_enps)} if wanted_enps else {}
    named = ((row.pk, by_snils.get(row.snils) if row.snils else by_enp.get(row.enp)) for row in rows)
    found = {pk: person for pk, person in named if person is not None}
    _unlink_changed(scope, rows, found)
    _link(scope, [row for row in rows if row.pk in found and row.link == Patient.Link.UNLINKED], found)


def _unlink_changed(scope: SystemScope, rows: Iterable[Patient], found: dict[UUID, Person]) -> None:
    """A newer version of a row may name another person, or contradict its own: then it is no longer his."""
    for row in rows:
        if row.link != Patient.Link.LINKED:
            continue
        person = found.get(row.pk)
        if person is None or person.pk != row.person_id or _compare(row, person) is not rules.Match.SAME:
            audit.record(scope, action="patients.unlink", person_id=row.person_id, patient_id=row.pk)
            row.person, row.link = None, Patient.Link.UNLINKED
            row.save(update_fields=["person", "link"])


def _link(scope: AccountScope | SystemScope, rows: Iterable[Patient], persons: dict[UUID, Person]) -> None:
    for row in rows:
        person = persons[row.pk]
        verdict = _compare(row, person)
        if verdict is rules.Match.SAME:
            row.person, row.link = person, Patient.Link.LINKED
        else:
            row.link = Patient.Link.DOUBTFUL
            MatchCase.objects.get_or_create(
                patient=row, defaults={"candidate": person, "reason": verdict.value, "created_at": row.updated_at}
            )
        row.save(update_fields=["person", "link"])


def _compare(row: Patient | PersonFacts, person: Person) -> rules.Match:
    return rules.compare(
        birth_date=row.birth_date,
        gender=row.gender,
        family_name=row.family_name,
        given_name=row.given_name,
        person_birth_date=person.birth_date,
        person_gender=person.gender,
        person_family_name=person.family_name,
        person_given_name=person.given_name,
    )


@transaction.atomic
def close_ended(scope: WorkerScope, *, today: date, now: datetime) -> int:
    """Close the representations that have ended by themselves: children who are 18 by now. Returns how many."""
    minors = Representation.objects.select_related("person").filter(
        kind=Representation.Kind.PARENT, person__birth_date__lte=date(today.year - rules.ADULT_FROM, 12, 31)
    )
    ended = [
        one
        for one in minors.exclude(status=Representation.Status.CLOSED)
        if one.person.birth_date and today >= rules.eighteen_on(one.person.birth_date)
    ]
    for one in ended:
        one.status, one.closed_at = Representation.Status.CLOSED, now
        one.save(update_fields=["status", "closed_at"])
        audit.record(scope, action="patients.end_representation", person_id=one.person_id)
    return len(ended)


@transaction.atomic
def link_for_demo(patient_id: UUID, facts: PersonFacts, *, now: datetime) -> None:
    """Give an unlinked row an invented person, so that a demo login can open it. Explicit and audited.

    Raises Patient.DoesNotExist.
    """
    row = Patient.objects.select_for_update().get(pk=patient_id)
    person, _created = Person.objects.get_or_create(
        snils=facts.snils,
        defaults={
            "family_name": facts.family_name,
            "given_name": facts.given_name,
            "patronymic": facts.patronymic,
            "birth_date": facts.birth_date,
            "gender": facts.gender,
            "updated_at": now,
        },
    )
    row.person, row.link = person, Patient.Link.LINKED
    row.save(update_fields=["person", "link"])
    audit.record(
        WorkerScope(Actor(ActorKind.WORKER, "demo")),
        action="patients.demo_link",
        person_id=person.pk,
        patient_id=row.pk,
    )


def portal_patient(scope: PatientScope | WorkerScope, *, now: datetime, person_id: UUID | None = None) -> UUID:
    """Return the row that bears what the portal itself makes for the person of the record; the first call adds it."""
    person = Person.objects.get(pk=queries.person_of(scope, person_id))
    row = Patient(
        id=resource_id(queries.PORTAL, "Patient", str(person.pk)),
        source=queries.PORTAL,
        person=person,
        link=Patient.Link.LINKED,
        family_name=person.family_name,
        given_name=person.given_name,
        patronymic=person.patronymic,
        birth_date=person.birth_date,
        gender=person.gender,
        updated_at=now,
    )
    Patient.objects.bulk_create([row], ignore_conflicts=True)
    return row.pk
