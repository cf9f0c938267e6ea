"""«Кто смотрел мою карту»: who, what, when, in words."""

from uuid import UUID, uuid4

import pytest

from medkarta.audit import actions as audit
from medkarta.core.scopes import AccountScope, Actor, ActorKind, Restricted, SystemScope, WorkerScope
from medkarta.patients.tests.factories import (
    AccountFactory,
    PatientFactory,
    PersonFactory,
    RepresentationFactory,
    scope_of,
)
from medkarta.privacy import queries, rules
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("details", "count"),
    [
        ({}, 0),
        ({"read": {}}, 0),
        ({"read": {"Visit": ["1", "2"], "Condition": ["3"]}}, 3),
        ({"changed": {"Visit": 4, "note": "x"}}, 4),
        ({"target": "1"}, 0),
    ],
)
def test_count_of_tells_how_many_records_a_row_speaks_of(details, count):
    assert rules.count_of(details) == count


def who_of(scope):
    return [(row.who, row.result) for row in queries.list_log(scope, offset=0, limit=20)[0]]


def test_list_log_names_everybody_in_words():
    patient = PatientFactory()
    scope = scope_of(patient, restricted=Restricted.SHOWN)
    other = RepresentationFactory(person=PersonFactory(family_name="Иванов", given_name="Дмитрий", patronymic="О"))
    actors = [
        scope,
        AccountScope(Actor(ActorKind.PERSON, str(other.account_id)), other.account_id),
        AccountScope(Actor(ActorKind.PERSON, str(uuid4())), uuid4()),
        SystemScope.of("gp3"),
        WorkerScope(),
        AccountScope(Actor(ActorKind.PERSON, ""), UUID(int=0)),
    ]
    for actor in actors:
        audit.record(actor, action="visits.read", person_id=patient.person_id)

    assert [who for who, _result in who_of(scope)] == [
        "Посетитель портала без входа",
        "Портал, автоматически",
        "Система медицинской организации «gp3»",
        "Другой пользователь портала",
        "Иванов Д. О.",
        "Вы",
    ]


def test_list_log_hides_the_clinic_from_whom_secrecy_binds():
    patient = PatientFactory()
    audit.record(SystemScope.of("psychiatry"), action="visits.read", person_id=patient.person_id)

    assert who_of(scope_of(patient, restricted=Restricted.HIDDEN)) == [("Система медицинской организации", "")]


def test_list_log_says_what_was_refused_or_failed():
    patient = PatientFactory()
    scope = scope_of(patient)
    for outcome in ("ok", "refused", "failed"):
        audit.record(scope, action="visits.read", outcome=outcome)

    assert [result for _who, result in who_of(scope)] == ["не удалось", "отказано", ""]


def test_list_log_is_of_this_record_only_and_in_pages():
    mine, theirs = PatientFactory(), PatientFactory()
    for _ in range(3):
        audit.record(scope_of(mine), action="visits.read")
    audit.record(scope_of(theirs), action="visits.read")

    rows, total = queries.list_log(scope_of(mine), offset=2, limit=2)

    assert (len(rows), total) == (1, 3)


def test_list_log_costs_four_statements_for_any_number_of_actors(django_assert_num_queries):
    patient = PatientFactory()
    for _ in range(10):
        account = AccountFactory()
        audit.record(
            AccountScope(Actor(ActorKind.PERSON, str(account.pk)), account.pk),
            action="visits.read",
            person_id=patient.person_id,
        )
    scope = scope_of(patient)

    with django_assert_num_queries(4):
        assert len(queries.list_log(scope, offset=0, limit=20)[0]) == 10


def test_access_log_page_shows_the_visit_of_the_log_itself_next_time():
    account, _person, key = resident()
    browser = signed_in(account)
    browser.get(f"/p/{key}/access-log/")

    html = browser.get(f"/p/{key}/access-log/").content.decode()

    assert "просмотр журнала доступа" in html
    assert "Вы" in html


def test_account_page_of_nobody_leads_to_the_login(client):
    assert client.get("/account/")["Location"] == "/login?next=%2Faccount%2F"
    assert client.post("/account/withdraw-consent/", {"sure": "yes"})["Location"] == "/"
    assert client.post("/account/sign-out-everywhere/")["Location"] == "/"
