"""A link is never opened by numbers that are another person's, and no link changes without a trace."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from medkarta.accounts.actions import scope_of_account
from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import SystemScope
from medkarta.patients import actions
from medkarta.patients.models import Person, Representation
from medkarta.patients.tests.factories import NOW, AccountFactory, PatientFactory, PersonFactory

pytestmark = pytest.mark.django_db
ANNA = actions.PersonFacts("Иванова", "Анна", "Сергеевна", date(1988, 4, 17), "female", "90000000182")
PETR = actions.PersonFacts("Иванов", "Пётр", "Дмитриевич", date(2019, 9, 3), "male", "90000000283")
TEEN = actions.PersonFacts("Орлов", "Артём", "Максимович", date(2009, 10, 5), "male", "90000000889")
SOURCE = SystemScope.of("mis")


@pytest.fixture
def account():
    return scope_of_account(AccountFactory().pk)


def test_register_children_with_an_adults_snils_neither_opens_nor_rewrites_his_record(account):
    """A child's СНИЛС that is an adult's would make the adult a minor whose parent opens everything."""
    victim = PersonFactory(snils=ANNA.snils, birth_date=ANNA.birth_date, given_name="Анна", enp="5055110832001010")

    (child_id,) = actions.register_children(account, [replace(PETR, snils=ANNA.snils, enp="5055110832001010")], now=NOW)

    assert child_id != victim.pk
    victim.refresh_from_db()
    assert (victim.given_name, victim.birth_date) == ("Анна", ANNA.birth_date)
    child = Person.objects.get(pk=child_id)
    assert (child.snils, child.enp) == ("", "")
    assert not Representation.objects.filter(person=victim).exists()
    assert AuditEvent.objects.filter(action="patients.refuse_child", person_id=victim.pk, outcome="refused").exists()


def test_register_children_with_a_refused_snils_are_known_again(account):
    PersonFactory(snils=ANNA.snils, birth_date=ANNA.birth_date)
    wrong = replace(PETR, snils=ANNA.snils)

    first = actions.register_children(account, [wrong], now=NOW)

    assert actions.register_children(account, [wrong], now=NOW) == first


@pytest.mark.parametrize("known", [None, date(2019, 9, 4)])
def test_register_children_never_takes_a_person_of_another_or_unknown_birth_date(account, known):
    other = PersonFactory(snils=PETR.snils, birth_date=known, family_name="Иванов", given_name="Пётр", gender="male")

    assert actions.register_children(account, [PETR], now=NOW) != [other.pk]


def test_register_children_takes_a_child_that_is_known_already(account):
    known = PersonFactory(
        snils=PETR.snils, birth_date=PETR.birth_date, family_name="Петров", given_name="Пётр", gender="male"
    )

    assert actions.register_children(account, [PETR], now=NOW) == [known.pk]


def test_register_children_takes_a_correction_of_its_own_child(account):
    first = actions.register_children(account, [PETR], now=NOW)

    corrected = replace(PETR, birth_date=date(2019, 9, 4))

    assert actions.register_children(account, [corrected], now=NOW) == first
    assert Person.objects.get().birth_date == date(2019, 9, 4)


def test_register_children_with_the_parents_own_snils_leaves_his_own_record_alone(account):
    own = actions.register_self(account, ANNA, now=NOW)

    (child_id,) = actions.register_children(account, [replace(PETR, snils=ANNA.snils)], now=NOW)

    assert child_id != own
    assert Representation.objects.get(kind="self").person_id == own
    assert Person.objects.get(pk=own).birth_date == ANNA.birth_date


def test_doubt_children_starts_the_grace_and_writes_it_down_once(account):
    actions.register_children(account, [PETR], now=NOW)

    actions.doubt_children(account)
    actions.doubt_children(account)

    held = Representation.objects.get()
    assert held.status == Representation.Status.NEEDS_CONFIRMATION
    assert AuditEvent.objects.filter(action="patients.doubt_representation", person_id=held.person_id).count() == 1


def test_doubt_children_leaves_other_accounts_and_the_own_record_alone(account):
    actions.register_self(account, ANNA, now=NOW)
    actions.register_children(scope_of_account(AccountFactory().pk), [PETR], now=NOW)

    actions.doubt_children(account)

    assert set(Representation.objects.values_list("status", flat=True)) == {"active"}


def test_a_link_that_comes_back_is_written_down(account):
    actions.register_children(account, [PETR], now=NOW)
    actions.doubt_children(account)

    actions.register_children(account, [PETR], now=NOW)

    assert AuditEvent.objects.filter(action="patients.represent").count() == 2


def test_a_replaced_self_and_an_unlinked_row_are_written_down(account):
    first = actions.register_self(account, ANNA, now=NOW)
    row = PatientFactory(person=Person.objects.get(pk=first), snils="90000000586")

    actions.match_patients(SOURCE, [row.pk])
    actions.register_self(account, replace(ANNA, snils="90000000586"), now=NOW)

    assert AuditEvent.objects.filter(action="patients.unlink", person_id=first, patient_id=row.pk).count() == 1
    assert AuditEvent.objects.filter(action="patients.replace_self", person_id=first).count() == 1


def test_register_self_closes_the_links_of_those_who_listed_his_snils_for_another_child(account):
    """Listed before he first came, he would be open to strangers until he is 18."""
    actions.register_children(account, [replace(PETR, snils=TEEN.snils)], now=NOW)

    own = actions.register_self(scope_of_account(AccountFactory().pk), TEEN, now=NOW)

    held = Representation.objects.get(kind="parent")
    assert (held.person_id, held.status) == (own, Representation.Status.CLOSED)
    assert AuditEvent.objects.filter(action="patients.close_mistaken", person_id=own).count() == 1


def test_register_children_does_not_reopen_a_link_that_its_owner_has_closed(account):
    wrong = replace(PETR, snils=TEEN.snils)
    actions.register_children(account, [wrong], now=NOW)
    own = actions.register_self(scope_of_account(AccountFactory().pk), TEEN, now=NOW)

    actions.register_children(account, [wrong], now=NOW)

    assert Representation.objects.get(kind="parent", person_id=own).status == Representation.Status.CLOSED
    assert Person.objects.get(pk=own).birth_date == TEEN.birth_date


def test_register_self_leaves_the_links_of_his_parents(account):
    actions.register_children(account, [TEEN], now=NOW)

    own = actions.register_self(scope_of_account(AccountFactory().pk), replace(TEEN, family_name="Орлик"), now=NOW)

    held = Representation.objects.get(kind="parent")
    assert (held.person_id, held.status) == (own, Representation.Status.ACTIVE)


def test_register_children_gives_a_true_parent_his_closed_link_back(account):
    actions.register_children(account, [replace(TEEN, birth_date=date(2009, 10, 6))], now=NOW)
    own = actions.register_self(scope_of_account(AccountFactory().pk), TEEN, now=NOW)

    assert actions.register_children(account, [TEEN], now=NOW) == [own]

    assert Representation.objects.get(kind="parent").status == Representation.Status.ACTIVE


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database of SQLite lives in one connection")
def test_register_children_of_two_parents_at_once_is_one_person():
    scopes = [scope_of_account(AccountFactory().pk) for _ in range(4)]
    start = Barrier(len(scopes))

    def sign_in(scope):
        start.wait(10)
        try:
            return actions.register_children(scope, [PETR], now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(scopes)) as pool:
        found = list(pool.map(sign_in, scopes))

    assert found == [found[0]] * len(scopes)
    assert Person.objects.get().given_name == "Пётр"
    assert Representation.objects.count() == len(scopes)
