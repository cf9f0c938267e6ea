"""From the change in a room to the letter on a real mail server."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from medkarta.accounts.actions import give_consent, scope_of_account, withdraw_processing
from medkarta.core.scopes import WorkerScope
from medkarta.mailer import actions, texts
from medkarta.mailer.models import ContactPoint, Notice
from medkarta.mailer.queries import Recipient
from medkarta.mailer.tests.factories import ChoiceFactory, ContactPointFactory, NoticeFactory
from medkarta.outbox import handlers, worker
from medkarta.outbox.handlers import OUTSIDE
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.tests.factories import PersonFactory, RepresentationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words", "people")]


@pytest.fixture
def account():
    """An account with letters about appointments switched on."""
    return ChoiceFactory().account_id


def tell(account_id, *, text="test.booked", now=None):
    actions.notify(
        WorkerScope(), account_ids=[account_id], person_id=None, kind="appointments", text=text, params={"id": "7"},
        link="/about/", key="booked:7", now=now or timezone.now(),
    )  # fmt: skip


def deliver():
    """Let the worker try once what waits, whatever its back-off."""
    OutboxEvent.objects.filter(state="waiting").update(due_at=timezone.now())
    return worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=OUTSIDE)


def event():
    return OutboxEvent.objects.get(handler="mailer.letter")


def text_of(message):
    return message.get_body(("plain",)).get_content()


def test_letter_is_neutral_and_leads_to_the_portal(account, mailroom, settings):
    tell(account)

    deliver()

    (found,) = mailroom.taken
    assert (found["To"], found["Subject"]) == ("anna@example.org", "Вы записаны на приём")
    assert "Приём: чт, 26 ноября, 08:40." in text_of(found)
    assert "Петрова" not in str(found.get_body(("plain",))) + found.get_body(("html",)).get_content()
    assert f"{settings.BASE_URL}/notifications/{Notice.objects.get().pk}/" in text_of(found)
    assert f"{settings.BASE_URL}/answer/token/" in text_of(found)
    assert found["List-Unsubscribe"].startswith(f"<{settings.BASE_URL}/mail/stop/")
    assert event().state == "done"


def test_letter_tells_details_to_those_who_asked(account, mailroom):
    ContactPointFactory(account_id=account, is_detailed=True)
    tell(account)

    deliver()

    assert "Петрова А. И." in text_of(mailroom.taken[0])


def test_letter_stays_neutral_where_a_detail_is_kept_back(account, mailroom, words):
    del words["doctor"]
    ContactPointFactory(account_id=account, is_detailed=True)
    tell(account)

    deliver()

    assert "Приём: чт, 26 ноября, 08:40." in text_of(mailroom.taken[0])


def test_letter_goes_to_the_typed_address_once_it_is_confirmed(account, mailroom):
    ContactPointFactory(account_id=account, address="typed@example.org", pending="other@example.org")
    tell(account)

    deliver()

    assert mailroom.taken[0]["To"] == "typed@example.org"


def test_letter_speaks_the_persons_language(account, mailroom, people):
    people[account] = Recipient("anna@example.org", "en", may_message=True)
    tell(account)

    deliver()

    assert mailroom.taken[0]["Content-Language"] == "en"
    assert '<html lang="en">' in mailroom.taken[0].get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "recipient",
    [None, Recipient("anna@example.org", "ru", may_message=False), Recipient("", "ru", may_message=True)],
    ids=["closed account", "no consent", "no address"],
)
def test_letter_is_not_sent_to_somebody_who_may_not_get_it(account, mailroom, people, monkeypatch, recipient):
    monkeypatch.setattr("medkarta.mailer.recipients.find", lambda account_id: recipient)
    tell(account)

    deliver()

    assert mailroom.taken == []
    assert event().state == "done"


def test_letter_is_not_sent_once_it_is_switched_off_or_untrue(account, mailroom, monkeypatch):
    tell(account)
    actions.stop_letters(account)
    deliver()

    other = ChoiceFactory().account_id
    texts.register("test.past", subject="Напоминание", body="Скоро приём.", facts=lambda **params: None)
    actions.notify(
        WorkerScope(), account_ids=[other], person_id=None, kind="appointments", text="test.past", params={},
        link="", key="past", now=timezone.now(),
    )  # fmt: skip
    deliver()

    assert mailroom.taken == []
    assert set(OutboxEvent.objects.values_list("state", flat=True)) == {"done"}


def test_letter_without_a_mail_server_is_left_alone(account, settings, monkeypatch):
    monkeypatch.setattr("medkarta.integrations.mail.port._makers", [])
    settings.MAIL = {**settings.MAIL, "host": ""}
    tell(account)

    deliver()

    assert event().state == "done"


def test_letter_that_fails_at_first_is_sent_later(account, mailroom):
    mailroom.replies = ["451 try later"]
    tell(account)

    deliver()
    assert (event().state, event().attempts, event().error) == ("waiting", 1, "MailUnavailable")
    deliver()

    assert event().state == "done"
    assert len(mailroom.taken) == 1


def test_letter_that_may_have_been_taken_is_sent_again_as_the_same(account, mailroom):
    mailroom.replies = ["drop"]
    tell(account)

    deliver()
    deliver()

    first, second = mailroom.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_letters_of_different_news_differ(account, mailroom):
    tell(account)
    other = ChoiceFactory().account_id
    tell(other)

    deliver()
    deliver()

    assert len({one["Message-ID"] for one in mailroom.taken}) == 2


def test_letter_refused_for_good_dies_and_the_bell_says_so(account, mailroom, caplog):
    mailroom.replies, mailroom.stage = ["550 5.1.1 <anna@example.org>: no such user"] * 2, "RCPT"
    tell(account)

    deliver()
    deliver()

    assert (event().state, event().error, mailroom.tried) == ("dead", "SMTP 550", 1)
    assert Notice.objects.filter(account_id=account, text="mailer.undelivered").count() == 1
    assert ContactPoint.objects.get(account_id=account).refused_at is not None
    assert OutboxEvent.objects.count() == 1, "no letter about a letter"
    assert not [
        record for record in caplog.records if record.name.startswith("medkarta") and "anna" in record.getMessage()
    ]


def test_letter_of_a_slow_server_goes_through(account, mailroom):
    mailroom.replies, mailroom.slow_seconds = ["slow"], 0.2
    tell(account)

    deliver()

    assert event().state == "done"


def test_letter_of_later_news_goes_when_its_time_comes(account, mailroom):
    now = timezone.now()
    actions.notify(
        WorkerScope(), account_ids=[account], person_id=None, kind="appointments", text="test.booked", params={},
        link="", key="later", now=now - timedelta(hours=2), due_at=now - timedelta(hours=1),
    )  # fmt: skip

    worker.run_once(now=timezone.now())
    deliver()

    assert len(mailroom.taken) == 1


@pytest.fixture
def link():
    """The right of a parent with letters switched on to open the record of a child."""
    child = PersonFactory(birth_date=date(2019, 9, 3))
    found = RepresentationFactory(person=child, kind="parent")
    give_consent(scope_of_account(found.account_id), kind="processing", now=timezone.now(), address="")
    ChoiceFactory(account_id=found.account_id)
    return found


def tell_of(link, *, now=None, due_at=None):
    actions.notify(
        WorkerScope(), account_ids=[link.account_id], person_id=link.person_id, kind="appointments",
        text="test.booked", params={"id": "7"}, link="appointments/7/", key="booked:7",
        now=now or timezone.now(), due_at=due_at,
    )  # fmt: skip


@pytest.mark.parametrize("status", ["active", "suspended", "closed"])
def test_letter_about_a_record_goes_only_to_whoever_may_still_open_it(link, mailroom, status):
    tell_of(link)
    link.status, link.closed_at = status, timezone.now() if status == "closed" else None
    link.save()

    deliver()

    assert len(mailroom.taken) == (status == "active")


def test_letter_about_a_record_is_not_sent_without_the_consent_to_enter(link, mailroom):
    tell_of(link)
    withdraw_processing(scope_of_account(link.account_id), now=timezone.now())

    deliver()

    assert mailroom.taken == []


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_bell_forgets_later_news_of_a_record_that_is_closed_by_then(link, status):
    now = timezone.now()
    tell_of(link, now=now - timedelta(hours=2), due_at=now - timedelta(hours=1))
    link.status = status
    link.save()

    worker.run_once(now=timezone.now())

    assert Notice.objects.count() == (status == "active")
    assert OutboxEvent.objects.filter(handler="mailer.letter").count() == (status == "active")


def test_tidy_is_periodic_work_of_the_house():
    NoticeFactory(shown_at=timezone.now() - timedelta(days=366))

    handlers.deliver("mailer.tidy", key="periodic", payload={})

    assert handlers.registered()["mailer.tidy"].period_seconds == 24 * 3600
    assert not Notice.objects.exists()


def quiet_now():
    """Return quiet hours that are on now, whatever the clock says."""
    clock = timezone.localtime().time().replace(microsecond=0)
    start = time((clock.hour - 1) % 24)
    return start, time((clock.hour + 2) % 24)


def test_letter_waits_for_the_morning_unless_it_is_urgent(account, mailroom, settings):
    settings.QUIET_HOURS = quiet_now()
    tell(account)
    deliver()

    assert mailroom.taken == []
    assert (event().state, event().attempts) == ("waiting", 0)
    assert event().due_at > timezone.now()

    other = ChoiceFactory().account_id
    tell(other, text="test.offer")
    worker.run_once(now=timezone.now() + timedelta(seconds=1), lane=OUTSIDE)

    assert [one["Subject"] for one in mailroom.taken] == ["Предложено время"]


def ask(account, address="typed@example.org"):
    scope = scope_of_account(account)
    actions.request_address(scope, address=address, now=timezone.now())


def test_confirm_sends_the_link_to_the_typed_address_without_a_choice(mailroom, settings):
    account = uuid4()
    ask(account)

    deliver()

    (found,) = mailroom.taken
    assert found["To"] == "typed@example.org"
    assert f"{settings.BASE_URL}/mail/confirm/" in text_of(found)
    assert found["List-Unsubscribe"] is None


def test_confirm_is_not_sent_once_the_address_is_dropped(mailroom):
    account = uuid4()
    ask(account)
    actions.drop_address(scope_of_account(account))

    deliver()

    assert mailroom.taken == []


def test_confirm_that_is_refused_for_good_dies(mailroom):
    mailroom.replies, mailroom.stage = ["550 no"], "RCPT"
    ask(uuid4())

    deliver()

    assert OutboxEvent.objects.get(handler="mailer.confirm").state == "dead"
    assert Notice.objects.get().text == "mailer.undelivered"
