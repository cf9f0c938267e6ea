import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from medkarta.outbox import actions, handlers, rules, worker
from medkarta.outbox.models import OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(monkeypatch):
    """Handlers of this test only: `good` remembers what it delivered, `bad` always fails."""
    delivered = []

    def fail(**_):
        raise ValueError("secret")

    monkeypatch.setattr(handlers, "_HANDLERS", {})
    handlers.register("good", lambda **given: delivered.append(given))
    handlers.register("bad", fail)
    handlers.register("tick", lambda **given: delivered.append(given), period_seconds=60)
    return delivered


def test_put_the_same_key_counts_once(box):
    for _ in range(2):
        actions.put("good", key="1", number=7)

    assert worker.run_once(now=timezone.now()) == 1
    assert box == [{"key": "1", "number": 7}]
    assert OutboxEvent.objects.get().state == OutboxEvent.State.DONE
    assert worker.run_once(now=timezone.now()) == 0


def test_put_for_later_waits_until_it_is_due(box):
    now = timezone.now()
    actions.put("good", key="1", due_at=now + timedelta(hours=1))

    assert worker.run_once(now=now) == 0
    assert worker.run_once(now=now + timedelta(hours=1)) == 1


def test_claim_hides_a_row_until_its_lease_ends(box):
    now = timezone.now()
    actions.put("good", key="1")
    known = frozenset({"good"})

    assert len(actions.claim(now=now + timedelta(seconds=1), handlers=known)) == 1
    assert actions.claim(now=now + timedelta(seconds=2), handlers=known) == []
    assert len(actions.claim(now=now + actions.LEASE + timedelta(seconds=2), handlers=known)) == 1


def test_claim_leaves_rows_of_unknown_handlers_alone(box):
    actions.put("elsewhere", key="1")

    assert worker.run_once(now=timezone.now()) == 0


def test_fail_puts_off_then_gives_up_and_replay_revives(box):
    actions.put("bad", key="1")
    now = timezone.now()

    for attempt in range(1, rules.MAX_ATTEMPTS + 1):
        assert worker.run_once(now=now) == 1
        event = OutboxEvent.objects.get()
        assert event.attempts == attempt
        now = event.due_at + timedelta(seconds=1)

    assert event.state == OutboxEvent.State.DEAD
    assert event.error == "ValueError"
    assert worker.run_once(now=now) == 0
    assert actions.replay(event.pk, now=now)
    assert not actions.replay(event.pk, now=now)
    assert worker.run_once(now=now) == 1


def test_periodic_work_comes_back_after_its_period(box):
    worker.schedule_periodic()
    worker.schedule_periodic()
    now = timezone.now()

    assert worker.run_once(now=now) == 1
    assert worker.run_once(now=now + timedelta(seconds=30)) == 0
    assert worker.run_once(now=now + timedelta(seconds=90)) == 1
    assert len(box) == 2


def test_periodic_work_that_fails_never_dies(monkeypatch):
    def fail(**_):
        raise ValueError

    monkeypatch.setattr(handlers, "_HANDLERS", {})
    handlers.register("tick", fail, period_seconds=1)
    worker.schedule_periodic()
    OutboxEvent.objects.update(attempts=rules.MAX_ATTEMPTS)

    worker.run_once(now=timezone.now())

    assert OutboxEvent.objects.get().state == OutboxEvent.State.WAITING


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [(1, timedelta(seconds=5)), (2, timedelta(seconds=10)), (13, timedelta(seconds=20480)), (14, timedelta(hours=6))],
)
def test_back_off_doubles_up_to_six_hours(attempts, expected):
    assert rules.back_off(attempts) == expected


def test_run_stops_when_told(box):
    actions.put("good", key="1")
    stop = threading.Event()
    handlers.register("good", lambda **given: stop.set())

    worker.run(stop)

    assert stop.is_set()


def test_run_goes_on_with_what_a_delivery_queued_and_leaves_a_changed_period_alone(box):
    """The rows of periodic work are set at the start, not before each round: an operator's change holds till then."""
    stop = threading.Event()

    def first(**_):
        OutboxEvent.objects.filter(handler="tick").update(period_seconds=5)
        actions.put("second", key="1")

    handlers.register("first", first)
    handlers.register("second", lambda **_: stop.set())
    actions.put("first", key="1")

    worker.run(stop)

    assert stop.is_set()
    assert OutboxEvent.objects.get(handler="tick").period_seconds == 5


def test_run_waits_for_a_database_that_went_away(box, monkeypatch):
    stop = threading.Event()
    calls = []

    def broken(**_):
        calls.append(1)
        stop.set()
        raise worker.DatabaseError

    monkeypatch.setattr(worker, "run_once", broken)
    monkeypatch.setattr(worker, "close_old_connections", lambda: calls.append(2))

    worker.run(stop)

    assert calls == [1, 2]


def test_put_many_counts_a_known_key_once_in_one_statement(box, django_assert_num_queries):
    now = timezone.now()
    actions.put("good", key="1", number=7)
    deliveries = [actions.Delivery("good", key, {"number": 8}) for key in ("1", "2")]
    later = actions.Delivery("good", "3", {"number": 9}, due_at=now + timedelta(hours=1))

    with django_assert_num_queries(1):
        actions.put_many([*deliveries, later])

    worker.run_once(now=timezone.now())
    assert sorted((one["key"], one["number"]) for one in box) == [("1", 7), ("2", 8)]
    assert OutboxEvent.objects.get(key="3").due_at == later.due_at


def test_run_once_gives_up_at_once_what_no_retry_can_cure(box):
    def lose(**_):
        raise handlers.GiveUp("gone")

    handlers.register("lost", lose)
    actions.put("lost", key="1")

    assert worker.run_once(now=timezone.now()) == 1

    event = OutboxEvent.objects.get()
    assert (event.state, event.attempts, event.error, event.locked_until) == (OutboxEvent.State.DEAD, 1, "gone", None)
    assert actions.replay(event.pk, now=timezone.now())
    assert worker.run_once(now=timezone.now()) == 1, "tried again once the cause is gone"


def test_run_once_puts_off_what_is_too_early_without_counting_an_attempt(box):
    now = timezone.now()
    until = now + timedelta(hours=9)

    def wait(**_):
        raise handlers.PutOff(until)

    handlers.register("early", wait)
    actions.put("early", key="1", due_at=now)

    assert worker.run_once(now=now) == 1

    event = OutboxEvent.objects.get()
    assert (event.state, event.attempts, event.error) == (OutboxEvent.State.WAITING, 0, "")
    assert worker.run_once(now=until - timedelta(seconds=1)) == 0
    assert worker.run_once(now=until) == 1


def test_run_once_takes_the_rows_of_its_lane_only_and_one_at_a_time_from_outside(box):
    handlers.register("post", lambda **given: box.append(given), lane=handlers.OUTSIDE)
    for key in ("1", "2"):
        actions.put("post", key=key)
    now = timezone.now()

    assert worker.run_once(now=now) == 0
    assert worker.run_once(now=now, lane=handlers.OUTSIDE) == 1, "a slow server may not outlast the lease of a second"
    assert worker.run_once(now=now, lane=handlers.OUTSIDE) == 1
    assert {one["key"] for one in box} == {"1", "2"}


def test_run_outside_leaves_the_periodic_work_to_the_house(box):
    stop = threading.Event()
    handlers.register("post", lambda **_: stop.set(), lane=handlers.OUTSIDE)
    actions.put("post", key="1")

    worker.run(stop, handlers.OUTSIDE)

    assert stop.is_set()
    assert not OutboxEvent.objects.filter(handler="tick").exists()


def test_put_many_queues_each_key_once_by_one_statement(box, django_assert_num_queries):
    later = timezone.now() + timedelta(hours=1)
    deliveries = [
        actions.Delivery("good", "1", {"number": 7}), actions.Delivery("good", "2", {}, later),
        actions.Delivery("good", "1", {"number": 8}), actions.Delivery("tick", "1", {}),
    ]  # fmt: skip

    with django_assert_num_queries(1):
        actions.put_many(deliveries)
    actions.put_many(deliveries)

    found = OutboxEvent.objects.order_by("handler", "key").values_list("handler", "key", "payload")
    assert list(found) == [("good", "1", {"number": 7}), ("good", "2", {}), ("tick", "1", {})]
    assert OutboxEvent.objects.get(key="2").due_at == later


def test_give_up_kills_at_once_and_says_why(box):
    def give_up(**_):
        raise handlers.GiveUp("SMTP 550")

    handlers.register("hopeless", give_up)
    actions.put("hopeless", key="1")

    assert worker.run_once(now=timezone.now()) == 1

    event = OutboxEvent.objects.get()
    assert (event.state, event.attempts, event.error, event.locked_until) == ("dead", 1, "SMTP 550", None)
    assert actions.replay(event.pk, now=timezone.now())


def test_put_off_waits_without_counting_an_attempt(box):
    until = timezone.now() + timedelta(hours=8)

    def put_off(**_):
        raise handlers.PutOff(until)

    handlers.register("early", put_off)
    actions.put("early", key="1")

    worker.run_once(now=timezone.now())

    event = OutboxEvent.objects.get()
    assert (event.state, event.attempts, event.due_at, event.locked_until) == ("waiting", 0, until, None)


def test_run_once_works_in_its_lane_only(box):
    handlers.register("far", lambda **given: box.append("far"), lane=handlers.OUTSIDE)
    actions.put("far", key="1")
    actions.put("far", key="2")
    actions.put("good", key="1")

    assert worker.run_once(now=timezone.now()) == 1
    assert worker.run_once(now=timezone.now(), lane=handlers.OUTSIDE) == 1, "one at a time, within the lease"
    assert box == [{"key": "1"}, "far"]


def test_run_in_the_lane_outside_leaves_periodic_work_to_the_house(box):
    stop = threading.Event()
    handlers.register("far", lambda **given: stop.set(), lane=handlers.OUTSIDE)
    actions.put("far", key="1")

    worker.run(stop, handlers.OUTSIDE)

    assert not OutboxEvent.objects.filter(key="periodic").exists()
