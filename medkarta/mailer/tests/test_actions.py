from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from medkarta.accounts.actions import scope_of_account
from medkarta.core.scopes import WorkerScope
from medkarta.mailer import actions, queries
from medkarta.mailer.models import Notice
from medkarta.mailer.tests.factories import NOW, ChoiceFactory, NoticeFactory
from medkarta.outbox.models import OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words")]


def tell(account_ids, **changes):
    values = {
        "person_id": None, "kind": "appointments", "text": "test.booked", "params": {"id": "7"},
        "link": "/about/", "key": "booked:7", "now": NOW,
    }  # fmt: skip
    actions.notify(WorkerScope(), account_ids=account_ids, **{**values, **changes})


def queued():
    return sorted(OutboxEvent.objects.values_list("handler", flat=True))


def test_notify_rings_the_bell_of_each_account_once():
    mine, theirs = uuid4(), uuid4()

    for _ in range(2):
        tell([mine, theirs, mine])

    assert Notice.objects.count() == 2
    row = queries.list_notices(scope_of_account(mine), now=NOW)[0]
    assert (row.subject, row.link, row.is_new) == ("Вы записаны на приём", "/about/", True)
    assert queued() == []


def test_notify_queues_one_delivery_for_each_channel_that_was_switched_on():
    mine = uuid4()
    ChoiceFactory(account_id=mine, channel="mail")
    ChoiceFactory(account_id=mine, channel="push")
    ChoiceFactory(account_id=mine, channel="mail", kind="requests")
    ChoiceFactory(channel="mail")

    for _ in range(2):
        tell([mine, uuid4()])

    assert queued() == ["mailer.letter", "mailer.push"]
    event = OutboxEvent.objects.first()
    assert event.payload == {"notice_id": event.key}


def test_notify_for_the_bell_only_queues_nothing():
    mine = uuid4()
    ChoiceFactory(account_id=mine)

    tell([mine], kind="")

    assert (Notice.objects.count(), queued()) == (1, [])


def test_notify_for_later_is_told_when_its_time_comes():
    mine = uuid4()
    later = NOW + timedelta(hours=1)
    tell([mine], due_at=later)
    ChoiceFactory(account_id=mine)
    scope = scope_of_account(mine)

    assert queries.list_notices(scope, now=later - timedelta(seconds=1)) == []
    assert len(queries.list_notices(scope, now=later)) == 1
    assert queued() == ["mailer.due"]
    assert OutboxEvent.objects.get().due_at == later

    actions.spread(Notice.objects.get().pk, now=later)

    assert queued() == ["mailer.due", "mailer.letter"]


@pytest.mark.parametrize("due", [timedelta(0), timedelta(seconds=-1)])
def test_notify_with_a_time_that_has_come_tells_at_once(due):
    mine = uuid4()
    ChoiceFactory(account_id=mine)

    tell([mine], due_at=NOW + due)

    assert queued() == ["mailer.letter"]
    assert Notice.objects.get().shown_at == NOW


def test_notify_takes_three_statements_for_everything(django_assert_max_num_queries):
    accounts = [uuid4() for _ in range(5)]
    ChoiceFactory(account_id=accounts[0])
    news = [actions.News(accounts, None, "appointments", "test.booked", key=f"k{number}") for number in range(4)]

    with transaction.atomic(), django_assert_max_num_queries(3):
        actions.notify_all(WorkerScope(), news, now=NOW)

    assert Notice.objects.count() == 20
    assert len(queued()) == 4


@pytest.mark.parametrize(
    ("changes", "error"), [({"text": "test.unknown"}, KeyError), ({"kind": "weather"}, ValueError)]
)
def test_notify_refuses_what_nobody_knows(changes, error):
    with pytest.raises(error):
        tell([uuid4()], **changes)

    assert not Notice.objects.exists()


def test_notify_that_is_rolled_back_tells_nobody():
    mine = uuid4()
    ChoiceFactory(account_id=mine)

    with transaction.atomic():
        tell([mine])
        transaction.set_rollback(True)

    assert (Notice.objects.count(), queued()) == (0, [])


def test_withdraw_takes_back_what_nobody_was_told():
    told = NoticeFactory(key="reminder:7", shown_at=NOW)
    NoticeFactory(key="reminder:7", shown_at=NOW + timedelta(seconds=1))
    other = NoticeFactory(key="reminder:8", shown_at=NOW + timedelta(seconds=1))

    assert actions.withdraw(WorkerScope(), keys=["reminder:7"], now=NOW) == 1
    assert set(Notice.objects.values_list("pk", flat=True)) == {told.pk, other.pk}


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(hours=-1)])
def test_notify_anew_for_another_time_is_told_then_and_only_then(shift):
    mine = ChoiceFactory().account_id
    first, second = NOW + timedelta(hours=2), NOW + timedelta(hours=2) + shift
    tell([mine], due_at=first)
    actions.withdraw(WorkerScope(), keys=["booked:7"], now=NOW)

    tell([mine], due_at=second)

    pk = Notice.objects.get().pk
    assert set(OutboxEvent.objects.values_list("due_at", flat=True)) == {first, second}
    for moment in sorted([first, second]):
        actions.spread(pk, now=moment)
        assert queued().count("mailer.letter") == (moment >= second)


def test_spread_of_a_notice_taken_back_queues_nothing():
    actions.spread(uuid4(), now=NOW)

    assert queued() == []


def test_mark_read_touches_only_the_own_notices():
    mine, theirs = NoticeFactory(), NoticeFactory()
    scope = scope_of_account(mine.account_id)

    actions.mark_read(scope, notice_id=theirs.pk, now=NOW)
    actions.mark_read(scope, notice_id=mine.pk, now=NOW)

    assert Notice.objects.get(pk=mine.pk).read_at == NOW
    assert Notice.objects.get(pk=theirs.pk).read_at is None


def test_mark_all_read_leaves_what_is_not_told_yet():
    mine = NoticeFactory()
    later = NoticeFactory(account_id=mine.account_id, shown_at=NOW + timedelta(hours=1))
    NoticeFactory()

    assert actions.mark_all_read(scope_of_account(mine.account_id), now=NOW) == 1
    assert Notice.objects.get(pk=later.pk).read_at is None


def test_tidy_forgets_after_a_year():
    NoticeFactory(shown_at=NOW - timedelta(days=365, seconds=1))
    kept = NoticeFactory(shown_at=NOW - timedelta(days=365))

    assert actions.tidy(now=NOW) == 1
    assert Notice.objects.get() == kept
