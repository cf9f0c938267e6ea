"""From the change in a room to a device behind a push service that decrypts."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from medkarta.accounts.actions import scope_of_account
from medkarta.core.errors import NotFound
from medkarta.core.scopes import WorkerScope
from medkarta.integrations.push import vapid
from medkarta.integrations.push.tests.service import SECRET, Device, serving
from medkarta.mailer import actions, queries
from medkarta.mailer.models import Notice, PushSubscription
from medkarta.mailer.queries import Recipient
from medkarta.mailer.tests.factories import NOW, ChoiceFactory, NoticeFactory, PushSubscriptionFactory
from medkarta.outbox import worker
from medkarta.outbox.handlers import HOUSE, OUTSIDE
from medkarta.outbox.models import OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words", "people")]


@pytest.fixture(autouse=True)
def _loopback(settings, tmp_path):
    settings.PUSH = {**settings.PUSH, "allows_loopback": True, "key_file": tmp_path / "vapid-key"}
    vapid.private_key.cache_clear()


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def endpoint(device):
    with serving(device) as found:
        yield found


@pytest.fixture
def account(device, endpoint):
    """An account whose device is subscribed."""
    account_id = ChoiceFactory(channel="push").account_id
    subscribe(account_id, endpoint, device)
    return account_id


def subscribe(account_id, endpoint, device):
    keys = device.subscription(endpoint)
    return actions.keep_device(
        scope_of_account(account_id), endpoint=endpoint, p256dh=keys.p256dh, auth=keys.auth, device="Chrome", now=NOW
    )


def tell(account_id, text="test.booked"):
    actions.notify(
        WorkerScope(), account_ids=[account_id], person_id=None, kind="appointments", text=text, params={},
        link="/about/", key="booked:7", now=timezone.now(),
    )  # fmt: skip


def deliver():
    OutboxEvent.objects.filter(state="waiting").update(due_at=timezone.now())
    for lane in (HOUSE, OUTSIDE):
        worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=lane)


def test_device_gets_news_without_a_word_of_what_it_is_about(account, device):
    tell(account)

    deliver()

    (data,) = device.messages
    assert json.loads(data) == {"id": str(Notice.objects.get().pk), "title": "Медкарта", "text": "Новое уведомление"}
    assert device.headers[0]["Topic"] == Notice.objects.get().pk.hex
    assert device.headers[0]["Urgency"] == "normal"


def test_device_hears_urgent_news_as_urgent(account, device):
    tell(account, "test.offer")

    deliver()

    assert device.headers[0]["Urgency"] == "high"


@pytest.mark.parametrize("status", [404, 410])
def test_device_that_is_gone_is_forgotten(account, device, status):
    device.statuses = [status]
    tell(account)

    deliver()

    assert not PushSubscription.objects.exists()
    assert OutboxEvent.objects.get(handler="mailer.device").state == "done"


def test_device_whose_service_fails_gets_it_later(account, device):
    device.statuses = [503]
    tell(account)

    deliver()
    assert OutboxEvent.objects.get(handler="mailer.device").state == "waiting"
    deliver()

    assert len(device.messages) == 1


def test_device_whose_service_refuses_is_given_up_and_kept(account, device):
    device.statuses = [403]
    tell(account)

    deliver()

    event = OutboxEvent.objects.get(handler="mailer.device")
    assert (event.state, event.error) == ("dead", "HTTP 403")
    assert PushSubscription.objects.count() == 1


def test_device_is_left_alone_once_the_notice_is_read(account, device):
    tell(account)
    actions.mark_all_read(scope_of_account(account), now=timezone.now() + timedelta(seconds=1))

    deliver()

    assert device.messages == []


@pytest.mark.parametrize("change", ["no consent", "switched off", "device dropped", "device of another"])
def test_device_is_left_alone_once_it_is_not_wanted(account, device, people, change):
    tell(account)
    worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=HOUSE)
    if change == "no consent":
        people[account] = Recipient("", "ru", may_message=False)
    elif change == "switched off":
        actions.choose(scope_of_account(account), chosen={}, is_detailed=False)
    elif change == "device dropped":
        actions.forget_channels(account)
    else:
        PushSubscription.objects.update(account_id=uuid4())

    worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=OUTSIDE)

    assert device.messages == []
    assert OutboxEvent.objects.get(handler="mailer.device").state == "done"


def test_device_queue_is_empty_for_somebody_without_devices():
    account = ChoiceFactory(channel="push").account_id
    tell(account)

    deliver()

    assert list(OutboxEvent.objects.values_list("handler", "state")) == [("mailer.push", "done")]


def test_device_queue_knows_nothing_of_a_notice_that_is_gone(account):
    tell(account)
    Notice.objects.all().delete()

    deliver()

    assert list(OutboxEvent.objects.values_list("handler", "state")) == [("mailer.push", "done")]


def test_keep_device_again_renews_its_keys_and_moves_it_to_the_account_that_asks(account, device, endpoint):
    other, renewed = uuid4(), Device()

    subscribe(other, endpoint, renewed)

    kept = PushSubscription.objects.get()
    assert kept.account_id == other
    assert kept.p256dh == renewed.subscription(endpoint).p256dh


def test_keep_device_keeps_the_ten_newest():
    account, device = uuid4(), Device()
    for number in range(10):
        PushSubscriptionFactory(account_id=account, created_at=NOW - timedelta(days=number + 1))
    oldest = PushSubscription.objects.order_by("created_at").first()

    subscribe(account, "https://push.example/new", device)

    assert PushSubscription.objects.filter(account_id=account).count() == 10
    assert not PushSubscription.objects.filter(pk=oldest.pk).exists()


@pytest.mark.parametrize(
    "changes",
    [{"endpoint": "https://10.0.0.1/x"}, {"endpoint": ""}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": ""}],
)
def test_keep_device_refuses_what_no_browser_names(changes, device):
    keys = device.subscription("https://push.example/x")
    values = {"endpoint": keys.endpoint, "p256dh": keys.p256dh, "auth": vapid.encode(SECRET), **changes}

    with pytest.raises(actions.DeviceUnusable):
        actions.keep_device(scope_of_account(uuid4()), device="", now=NOW, **values)

    assert not PushSubscription.objects.exists()


def test_forget_device_of_another_account_is_missing():
    theirs = PushSubscriptionFactory()

    with pytest.raises(NotFound):
        actions.forget_device(scope_of_account(uuid4()), subscription_id=theirs.pk)

    actions.forget_device(scope_of_account(theirs.account_id), subscription_id=theirs.pk)
    assert not PushSubscription.objects.exists()


def test_forget_account_leaves_nothing_of_it_and_all_of_others():
    mine, theirs = NoticeFactory(), NoticeFactory()
    for one in (mine, theirs):
        ChoiceFactory(account_id=one.account_id)
        PushSubscriptionFactory(account_id=one.account_id)

    actions.forget_account(mine.account_id)

    assert list(Notice.objects.all()) == [theirs]
    assert PushSubscription.objects.get().account_id == theirs.account_id
    assert queries.get_channels(scope_of_account(theirs.account_id)).chosen["mail"] == {"appointments"}
