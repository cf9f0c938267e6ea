from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from medkarta.core.scopes import AccountScope, Actor, ActorKind
from medkarta.feedback import actions, queries, rules
from medkarta.feedback.models import Complaint, ProblemReport
from medkarta.feedback.tests.factories import draft_of
from medkarta.patients.tests.factories import AccountFactory
from medkarta.requests import kinds
from medkarta.requests.models import Request

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def account_scope():
    account = AccountFactory()
    return AccountScope(Actor(ActorKind.PERSON, str(account.pk)), account.pk)


def send(scope=None, *, address="192.0.2.1", now=NOW, **values):
    return actions.send_message(scope, draft_of(**values), address=address, now=now)


@pytest.mark.parametrize(
    ("kind", "model"), [("problem", ProblemReport), ("question", ProblemReport), ("complaint", Complaint)]
)
def test_send_message_writes_the_row_and_its_request(kind, model):
    sent = send(kind=kind)

    row = model.objects.get()
    request = Request.objects.get()
    assert (row.text, row.email, row.page, row.account_id) == (
        "Не открывается раздел",
        "anna@example.ru",
        "/p/results/",
        None,
    )
    assert (request.kind, request.target_id, request.number, request.title) == (kind, row.pk, sent.number, "portal")
    assert kinds.get(kind).is_private


def test_send_message_promises_a_term_to_signed_in_people_only():
    assert send(account_scope()).due_on == Request.objects.get().due_on == date(2026, 12, 25)
    assert send().due_on is None
    assert Request.objects.filter(due_on=None).count() == 1


def test_send_message_counts_the_term_from_the_local_day():
    assert send(account_scope(), now=datetime(2026, 11, 25, 21, 30, tzinfo=UTC)).due_on == date(2026, 12, 26)


def test_send_message_twice_is_one():
    draft = draft_of()

    first = actions.send_message(None, draft, address="192.0.2.1", now=NOW)
    second = actions.send_message(None, draft, address="192.0.2.1", now=NOW + timedelta(seconds=1))

    assert first == second
    assert Request.objects.count() == 1


def test_send_message_of_the_same_form_with_another_text_is_another():
    form_key = draft_of().form_key

    send(form_key=form_key)
    send(form_key=form_key, text="Исправленный текст")

    assert Request.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database of SQLite lives in one connection")
def test_send_message_from_two_clicks_at_once_is_one():
    draft, start = draft_of(), Barrier(2)

    def click(_number):
        start.wait(10)
        try:
            return actions.send_message(None, draft, address="192.0.2.1", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(click, range(2))

    assert first == second
    assert Request.objects.count() == 1


def test_send_message_stops_at_the_limit_of_one_sender():
    for number in range(rules.HOURLY_LIMIT):
        send(text=f"Сообщение номер {number}", kind="complaint" if number % 2 else "problem")

    with pytest.raises(actions.TooManyMessages):
        send()
    send(address="192.0.2.2")
    send(account_scope())
    send(now=NOW + rules.WINDOW)

    assert Request.objects.count() == rules.HOURLY_LIMIT + 3


def test_send_message_again_is_no_new_one_at_the_limit():
    drafts = [draft_of(text=f"Сообщение номер {number}") for number in range(rules.HOURLY_LIMIT)]
    for draft in drafts:
        sent = actions.send_message(None, draft, address="192.0.2.1", now=NOW)

    assert actions.send_message(None, drafts[-1], address="192.0.2.1", now=NOW) == sent


def test_send_message_keeps_no_network_address():
    send(address="192.0.2.77")

    row = ProblemReport.objects.get()
    assert "192.0.2" not in row.sender_hash
    assert queries.count_since(row.sender_hash, NOW - rules.WINDOW) == 1
