from dataclasses import replace
from datetime import date, timedelta

import pytest

from medkarta.accounts.actions import scope_of_account
from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import SystemScope, WorkerScope
from medkarta.patients import actions, queries
from medkarta.patients.models import MatchCase, Patient, Person, Representation
from medkarta.patients.tests.factories import (
    NOW,
    AccountFactory,
    PatientFactory,
    PersonFactory,
    RepresentationFactory,
    scope_of,
)

pytestmark = pytest.mark.django_db
ANNA = actions.PersonFacts("Иванова", "Анна", "Сергеевна", date(1988, 4, 17), "female", "90000000182")
PETR = actions.PersonFacts("Иванов", "Пётр", "Дмитриевич", date(2019, 9, 3), "male", "90000000283")
SOURCE = SystemScope.of("mis")


@pytest.fixture
def account():
    return scope_of_account(AccountFactory().pk)


def row_of(facts, **changes):
    given = {
        "unlinked": True,
        "family_name": facts.family_name,
        "given_name": facts.given_name,
        "birth_date": facts.birth_date,
        "gender": facts.gender,
        "snils": facts.snils,
    }
    return PatientFactory(**{**given, **changes})


def test_register_self_links_rows_that_carry_the_snils(account):
    row = row_of(ANNA)

    person_id = actions.register_self(account, ANNA, now=NOW)

    row.refresh_from_db()
    assert row.person_id == person_id
    assert row.link == Patient.Link.LINKED


def test_register_self_twice_keeps_one_person_and_one_key(account):
    first = actions.register_self(account, ANNA, now=NOW)
    key = Representation.objects.get().key

    second = actions.register_self(account, replace(ANNA, family_name="Петрова"), now=NOW)

    assert first == second
    assert Representation.objects.get().key == key
    assert Person.objects.get().family_name == "Петрова"


def test_register_self_without_snils_creates_a_person_of_his_own(account):
    nobody = replace(ANNA, snils="")

    first = actions.register_self(account, nobody, now=NOW)
    again = actions.register_self(account, nobody, now=NOW)
    other = actions.register_self(scope_of_account(AccountFactory().pk), nobody, now=NOW)

    assert first == again
    assert other != first


def test_register_self_takes_a_snils_that_comes_later(account):
    first = actions.register_self(account, replace(ANNA, snils=""), now=NOW)

    assert actions.register_self(account, ANNA, now=NOW) == first


def test_register_self_with_another_snils_closes_the_former_record(account):
    actions.register_self(account, ANNA, now=NOW)

    actions.register_self(account, replace(ANNA, snils="90000000586"), now=NOW)

    assert Representation.objects.filter(account_id=account.account_id, kind="self").count() == 1
    assert Representation.objects.get().person.snils == "90000000586"


def test_register_children_listed_twice_counts_once(account):
    first, second = actions.register_children(account, [PETR, PETR], now=NOW)

    assert first == second
    assert Representation.objects.filter(kind="parent").count() == 1


def test_register_children_without_snils_knows_its_own_child_again(account):
    nameless = replace(PETR, snils="")

    first = actions.register_children(account, [nameless], now=NOW)

    assert actions.register_children(account, [nameless], now=NOW) == first


def test_register_children_without_snils_never_takes_another_parents_child(account):
    nameless = replace(PETR, snils="")
    mine = actions.register_children(account, [nameless], now=NOW)

    theirs = actions.register_children(scope_of_account(AccountFactory().pk), [nameless], now=NOW)

    assert mine != theirs


def test_register_children_no_longer_listed_needs_confirmation(account):
    actions.register_children(account, [PETR], now=NOW)

    actions.register_children(account, [], now=NOW)
    assert Representation.objects.get().status == Representation.Status.NEEDS_CONFIRMATION

    actions.register_children(account, [PETR], now=NOW)
    assert Representation.objects.get().status == Representation.Status.ACTIVE


def test_register_children_keeps_a_link_that_a_clinic_suspended(account):
    actions.register_children(account, [PETR], now=NOW)
    Representation.objects.update(status=Representation.Status.SUSPENDED)

    actions.register_children(account, [PETR], now=NOW)

    assert Representation.objects.get().status == Representation.Status.SUSPENDED


def test_child_of_two_parents_is_one_person(account):
    actions.register_children(account, [PETR], now=NOW)
    actions.register_children(scope_of_account(AccountFactory().pk), [PETR], now=NOW)

    keys = set(Representation.objects.values_list("key", flat=True))
    assert Person.objects.count() == 1
    assert len(keys) == 2


def test_match_patients_links_what_arrives_after_the_person():
    person = PersonFactory(snils=ANNA.snils, birth_date=ANNA.birth_date)
    row = row_of(ANNA)

    actions.match_patients(SOURCE, [row.pk])

    row.refresh_from_db()
    assert row.person == person


def test_match_patients_sends_a_contradiction_to_the_manual_queue():
    PersonFactory(snils=ANNA.snils, birth_date=ANNA.birth_date)
    row = row_of(ANNA, birth_date=date(1988, 4, 18))

    actions.match_patients(SOURCE, [row.pk])

    row.refresh_from_db()
    assert row.person is None
    assert row.link == Patient.Link.DOUBTFUL
    assert MatchCase.objects.get().reason == "birth-date"
    assert queries.count_open_match_cases() == 1


def test_match_patients_uses_a_confirmed_enp_only_without_a_snils():
    person = PersonFactory(enp="5055110832001010", birth_date=ANNA.birth_date)
    by_enp = row_of(ANNA, snils="", enp="5055110832001010")
    other = row_of(ANNA, snils="90000000586", enp="5055110832001010")

    actions.match_patients(SOURCE, [by_enp.pk, other.pk])

    by_enp.refresh_from_db()
    other.refresh_from_db()
    assert by_enp.person == person
    assert other.person is None


def test_match_patients_of_nobody_known_stays_unlinked():
    row = row_of(ANNA)

    actions.match_patients(SOURCE, [row.pk])

    row.refresh_from_db()
    assert row.link == Patient.Link.UNLINKED


def test_match_patients_lets_go_of_a_row_whose_snils_has_changed():
    person = PersonFactory(snils=ANNA.snils)
    row = row_of(ANNA, unlinked=False, person=person, link="linked", snils="90000000586")

    actions.match_patients(SOURCE, [row.pk])

    row.refresh_from_db()
    assert row.person is None


def test_match_patients_keeps_a_right_link():
    person = PersonFactory(snils=ANNA.snils, birth_date=ANNA.birth_date)
    row = row_of(ANNA, unlinked=False, person=person, link="linked")

    actions.match_patients(SOURCE, [row.pk])

    row.refresh_from_db()
    assert row.person == person


@pytest.mark.parametrize(("day", "closed"), [(date(2037, 9, 2), 0), (date(2037, 9, 3), 1)])
def test_close_ended_closes_at_18_and_writes_it_down(account, day, closed):
    actions.register_children(account, [PETR], now=NOW)
    AuditEvent.objects.all().delete()

    assert actions.close_ended(WorkerScope(), today=day, now=NOW) == closed
    assert actions.close_ended(WorkerScope(), today=day, now=NOW) == 0
    assert AuditEvent.objects.filter(action="patients.end_representation").count() == closed


def test_link_for_demo_is_explicit_and_audited():
    row = row_of(ANNA, snils="")

    actions.link_for_demo(row.pk, replace(ANNA, snils="90010000100"), now=NOW)
    actions.link_for_demo(row.pk, replace(ANNA, snils="90010000100"), now=NOW)

    row.refresh_from_db()
    assert row.person.snils == "90010000100"
    assert AuditEvent.objects.filter(action="patients.demo_link", patient_id=row.pk).count() == 2


def test_get_person_of_a_scope():
    patient = PatientFactory()

    assert queries.get_person(scope_of(patient)).full_name == "Пробная Анна Сергеевна"


def test_get_person_that_is_gone_is_not_found():
    scope = scope_of(PatientFactory())
    Patient.objects.all().delete()
    Person.objects.all().delete()

    with pytest.raises(queries.NotFound):
        queries.get_person(scope)


def test_list_registered_facility_ids_gathers_all_sources_once():
    patient = PatientFactory(registered_facility_id=PersonFactory().pk)
    PatientFactory(person=patient.person, source="lab", registered_facility_id=patient.registered_facility_id)
    PatientFactory(person=patient.person, source="other")

    assert queries.list_registered_facility_ids(scope_of(patient)) == [patient.registered_facility_id]


def test_names_for_the_access_log():
    held = RepresentationFactory()

    assert queries.names_of_accounts([held.account_id]) == {held.account_id: "Пробная А. С."}


def test_grace_is_counted_from_the_last_confirmation(account):
    actions.register_children(account, [PETR], now=NOW)
    actions.register_children(account, [PETR], now=NOW + timedelta(days=5))

    assert Representation.objects.get().confirmed_at == NOW + timedelta(days=5)
