from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import RequestFactory as HttpRequestFactory

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import AccountFactory, PatientFactory, scope_of
from medkarta.requests import queries
from medkarta.requests.tests.factories import (
    CANCELLED_KIND,
    KIND,
    NOW,
    PRIVATE_KIND,
    RequestEventFactory,
    RequestFactory,
)
from medkarta.ui.environment import environment
from medkarta.ui.rendering import rendering
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db

COLUMNS = (Column("created", "Дата"), Column("number", "Заявление"), Column("changed", "Статус"))


@pytest.fixture
def scope():
    return replace(scope_of(PatientFactory()), account_id=AccountFactory().pk)


def numbers(scope):
    return {row.number for row in queries.list_requests(scope)}


def test_list_requests_has_the_person_and_nobody_else(scope):
    own = RequestFactory(person_id=scope.person_id)
    RequestFactory(person=PatientFactory().person)
    RequestFactory()

    assert numbers(scope) == {own.number}
    assert queries.count_requests(scope).matching == 1
    assert scope.reads.by_kind == {"Task": [str(own.pk)]}


def test_list_requests_has_the_accounts_own_ones_in_the_own_record_only(scope):
    about_nobody = RequestFactory(account_id=scope.account_id)

    assert numbers(scope) == {about_nobody.number}
    assert numbers(replace(scope, is_self=False)) == set()


def test_list_requests_keeps_a_private_kind_from_the_other_parent(scope):
    child = replace(scope, is_self=False)
    mine = RequestFactory(person_id=child.person_id, account_id=scope.account_id, kind=PRIVATE_KIND)
    RequestFactory(person_id=child.person_id, account=AccountFactory(), kind=PRIVATE_KIND)
    theirs = RequestFactory(person_id=child.person_id, account=AccountFactory())

    assert numbers(child) == {mine.number, theirs.number}


@pytest.mark.parametrize("restricted", [Restricted.HIDDEN, Restricted.LOCKED, Restricted.SHOWN])
def test_requests_under_special_secrecy_are_there_only_for_whoever_sees_such_records(scope, restricted):
    at = replace(scope, restricted=restricted)
    target_id = uuid4()
    secret = RequestFactory(person_id=at.person_id, account_id=at.account_id, target_id=target_id, is_restricted=True)
    usual = RequestFactory(person_id=at.person_id)
    is_shown = restricted is Restricted.SHOWN

    assert numbers(at) == ({secret.number, usual.number} if is_shown else {usual.number})
    assert queries.count_requests(at).at_all == (2 if is_shown else 1)
    assert (queries.find_row_of(at, kind=KIND, target_id=target_id) is not None) is is_shown
    if is_shown:
        assert queries.get_request_row(at, secret.pk).number == secret.number
    else:
        with pytest.raises(NotFound):
            queries.get_request_row(at, secret.pk)


def test_list_requests_keeps_another_persons_request_out_of_the_own_record(scope):
    RequestFactory(person=PatientFactory().person, account_id=scope.account_id)

    assert numbers(scope) == set()


def test_list_requests_shows_history_newest_first_in_two_statements(scope, django_assert_num_queries):
    target = uuid4()
    for _ in range(3):
        request = RequestFactory(person_id=scope.person_id, status="done", target_id=target)
        RequestEventFactory(request=request)
        RequestEventFactory(request=request, status="done", at=NOW + timedelta(hours=1), actor_kind="staff")

    with django_assert_num_queries(2):
        rows = queries.list_requests(scope)

    assert [step.title for step in rows[0].steps] == ["Готово", "Новое"]
    assert [step.by_person for step in rows[0].steps] == [False, True]
    assert rows[0].section == f"things/{target}/"


def test_list_requests_pages_and_sorts(scope):
    for day in range(3):
        RequestFactory(person_id=scope.person_id, created_at=NOW + timedelta(days=day))

    page = queries.list_requests(scope, order=queries.SORTS["created"], offset=1, limit=1)

    assert [row.created_at for row in page] == [NOW + timedelta(days=1)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (queries.Filters(), {"1", "2", "3", "4"}),
        (queries.Filters(state="open"), {"1", "4"}),
        (queries.Filters(state="closed"), {"2", "3"}),
        (queries.Filters(kind=PRIVATE_KIND), {"3"}),
        (queries.Filters(kind=PRIVATE_KIND, state="open"), set()),
        (queries.Filters(kind="nothing"), set()),
    ],
)
def test_list_requests_is_narrowed_as_it_is_counted(scope, filters, expected):
    for number, kind, status in (("1", KIND, "new"), ("2", KIND, "done"), ("3", PRIVATE_KIND, "cancelled")):
        RequestFactory(number=number, kind=kind, status=status, person_id=scope.person_id, account_id=scope.account_id)
    RequestFactory(number="4", kind="gone", status="odd", person_id=scope.person_id)

    assert {row.number for row in queries.list_requests(scope, filters)} == expected
    totals = queries.count_requests(scope, filters)
    assert (totals.matching, totals.at_all) == (len(expected), 4)
    assert [code for code, _title in totals.kinds] == ["gone", KIND, PRIVATE_KIND]


def test_get_request_row_of_another_person_is_missing(scope):
    theirs = RequestFactory(person=PatientFactory().person)

    with pytest.raises(NotFound):
        queries.get_request_row(scope, theirs.pk)


def test_find_row_of_finds_the_request_of_a_row_in_this_record_only(scope):
    target = uuid4()
    event = RequestEventFactory(request=RequestFactory(person_id=scope.person_id, target_id=target))

    row = queries.find_row_of(scope, kind=KIND, target_id=target)

    assert (row.id, [step.title for step in row.steps]) == (event.request_id, ["Новое"])
    assert queries.find_row_of(scope_of(PatientFactory()), kind=KIND, target_id=target) is None


@pytest.mark.parametrize(
    ("kind", "status", "target", "may_act", "can"),
    [
        (CANCELLED_KIND, "new", True, True, True),
        (CANCELLED_KIND, "done", True, True, False),
        (CANCELLED_KIND, "new", False, True, False),
        (CANCELLED_KIND, "new", True, False, False),
        (KIND, "new", True, True, False),
    ],
)
def test_request_row_can_be_cancelled_where_its_kind_says_so(scope, kind, status, target, may_act, can):
    RequestFactory(kind=kind, status=status, person_id=scope.person_id, target_id=uuid4() if target else None)

    rows = queries.list_requests(replace(scope, may_act=may_act))

    assert [row.can_cancel for row in rows] == [can]


def render(scope, rows):
    table = Table.read({}, columns=COLUMNS, default="-created", path="/p/key/requests/").with_total(len(rows))
    source = (
        "{% from 'requests/_list.jinja' import request_list, steps %}{{ request_list(table, rows, scope) }}"
        "{% for row in rows %}{{ steps(row) }}{% endfor %}"
    )
    with rendering(HttpRequestFactory().get("/")):
        return environment().from_string(source).render(table=table, rows=rows, scope=scope)


def test_list_template_names_status_and_number(scope):
    event = RequestEventFactory(request=RequestFactory(person_id=scope.person_id), comment="Приняли <b>в работу</b>")

    html = render(scope, queries.list_requests(scope))

    assert event.request.number in html
    assert f'href="/p/key/requests/{event.request.pk}/"' in html
    assert "Новое" in html
    assert "Приняли &lt;b&gt;в работу&lt;/b&gt;" in html


@pytest.mark.parametrize(("status", "shown"), [("new", True), ("done", False)])
def test_list_template_shows_the_term_while_somebody_waits(scope, status, shown):
    RequestFactory(person_id=scope.person_id, status=status, due_on=NOW.date())

    assert ("ответ до" in render(scope, queries.list_requests(scope))) is shown


def test_list_template_says_what_to_do_when_there_is_nothing(scope):
    html = render(scope, [])

    assert "Заявлений пока нет" in html
    assert 'href="/feedback/"' in html
