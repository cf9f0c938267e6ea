"""Smallest valid rows: a person, his Patient row at a source, an account that may open it, a scope."""

from datetime import UTC, date, datetime
from uuid import uuid4

import factory

from medkarta.accounts.models import Account
from medkarta.core.scopes import Actor, ActorKind, PatientScope, Restricted
from medkarta.patients.models import Patient, Person, Representation

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    provider = "esia"
    subject = factory.Sequence(lambda n: str(1_000_000 + n))
    is_confirmed = True
    created_at = NOW


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    family_name = "Пробная"
    given_name = "Анна"
    patronymic = "Сергеевна"
    birth_date = date(1988, 4, 17)
    gender = "female"
    updated_at = NOW


class PatientFactory(factory.django.DjangoModelFactory):
    """Linked to a fresh person; `unlinked=True` for a row of nobody known."""

    class Meta:
        model = Patient

    class Params:
        unlinked = factory.Trait(person=None, link="unlinked")

    id = factory.LazyFunction(uuid4)
    source = "mis"
    person = factory.SubFactory(PersonFactory)
    link = "linked"
    updated_at = NOW


class RepresentationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Representation

    account = factory.SubFactory(AccountFactory)
    person = factory.SubFactory(PersonFactory)
    kind = "self"
    confirmed_at = NOW


def scope_of(
    patient: Patient,
    *,
    restricted: Restricted = Restricted.HIDDEN,
    key: str = "key",
    account: Account | None = None,
) -> PatientScope:
    """Return the scope of an own record; rows of other sources of the same person are in it too.

    Without an account it names one that no row is kept of: enough for reading.
    """
    account_id = account.pk if account else uuid4()
    return PatientScope(Actor(ActorKind.PERSON, str(account_id)), account_id, patient.person_id, key, True, restricted)
