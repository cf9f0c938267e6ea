"""Who may send at all, what is told of an attempt that failed, and what a link does when its letter is in doubt."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from medkarta.documents.models import DocumentContent, MedicalDocument
from medkarta.integrations.storage.port import storage
from medkarta.mailer import rules
from medkarta.mailer.models import CodeTry, LinkOpening, Notice, Sending
from medkarta.mailer.rules import TRIES
from medkarta.mailer.tests.factories import PASSCODE, SendingFactory
from medkarta.mailer.tests.sent_things import TITLE, deliver, sender, token_of
from medkarta.outbox import actions as outbox
from medkarta.patients.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
SECRET_ROW = "Запись под особой тайной"


def html_of(answer):
    return answer.content.decode().replace("\xa0", " ")


def page_of(who, sending):
    return html_of(who.browser.get(who.path(f"sent/{sending.pk}/")))


def is_born(who, *, years, days=0):
    """Make the person of a record `years` old `days` ago."""
    today = timezone.localdate()
    born = today.replace(year=today.year - years) - timedelta(days=days)
    Person.objects.filter(pk=who.person_id).update(birth_date=born)


def state_of(sending):
    sending.refresh_from_db()
    return sending.state, sending.reason


@pytest.mark.parametrize("restricted", [False, True])
def test_child_under_15_sends_nothing_of_its_own(mailroom, restricted):
    who = sender(restricted=restricted)
    is_born(who, years=15, days=-1)

    assert "с 15 лет" in html_of(who.browser.get(who.form))
    answer = who.send(is_secret_meant="on")

    assert answer.status_code == 409
    assert "с 15 лет" in html_of(answer)
    assert Sending.objects.count() == 0
    assert "/send/documents/" not in html_of(who.browser.get(f"/p/{who.key}/documents/{who.document_id}/"))


def test_child_of_15_sends_its_own(mailroom):
    who = sender()
    is_born(who, years=15)

    assert f"/send/documents/{who.document_id}/" in html_of(
        who.browser.get(f"/p/{who.key}/documents/{who.document_id}/")
    )
    who.ordered()


def test_first_attempt_that_runs_is_no_failure_yet():
    who = sender()
    sending = SendingFactory(account_id=who.account_id, person_id=who.person_id, state="queued", attempts=1)

    html = page_of(who, sending)

    assert "в очереди" in html
    assert not [one for one in ("не получилось", "не отвечает") if one in html]


@pytest.mark.parametrize("trouble", ["mail", "storage"])
def test_failed_attempt_is_told_without_blame(mailroom, monkeypatch, settings, trouble):
    who = sender()
    sending = who.ordered(way="pdf")
    if trouble == "mail":
        mailroom.replies = ["451 try later"]
    else:
        settings.DATA_DIR = settings.DATA_DIR / "gone"
        (settings.DATA_DIR).write_text("no folder")
        storage.cache_clear()

    deliver()

    assert state_of(sending) == ("queued", "")
    html = page_of(who, sending)
    assert "пока не получилось, попробуем ещё" in html
    assert "почтовый сервер пока" not in html


def lose_file(who):
    storage().delete(DocumentContent.objects.get(owner_id=who.document_id).storage_key)


def test_sending_whose_file_is_lost_fails_at_once_in_words(mailroom):
    who = sender()
    sending = who.ordered(way="pdf")
    lose_file(who)

    deliver()

    assert state_of(sending) == ("failed", "missing")
    assert "файла этого документа на портале больше нет" in page_of(who, sending)
    assert Notice.objects.filter(account_id=who.account_id).count() == 1


def test_link_whose_file_is_lost_says_so(mailroom):
    who = sender()
    passcode = who.secret(who.ordered())
    deliver()
    lose_file(who)

    answer = Client().post(f"/sent/{token_of(mailroom.taken[0])}/", {"code": passcode})

    assert answer.status_code == 410
    assert "файла документа на портале больше нет" in html_of(answer)
    assert LinkOpening.objects.count() == 0


def test_link_of_a_letter_that_may_have_arrived_opens(mailroom):
    mailroom.replies = ["drop"] * TRIES
    who = sender()
    sending = who.ordered()
    passcode = who.secret(sending)
    for _ in range(TRIES):
        deliver()
    assert state_of(sending) == ("failed", "unreachable")

    answer = Client().post(f"/sent/{token_of(mailroom.taken[0])}/", {"code": passcode})

    assert (answer.status_code, answer.content) == (200, who.data)
    html = page_of(who, sending)
    assert "Отозвать ссылку" in html
    assert "открыли: 1 раз" in html


@pytest.mark.parametrize(("reason", "status"), [("broken", 200), ("unreachable", 200), ("refused", 410)])
def test_link_of_a_failed_letter_opens_only_in_doubt(reason, status):
    who = sender()
    sending = SendingFactory(
        account_id=who.account_id,
        person_id=who.person_id,
        subject_id=who.document_id,
        state="failed",
        reason=reason,
    )

    answer = Client().post(f"/sent/{sending.token}/", {"code": PASSCODE})

    assert answer.status_code == status
    if status == 410:
        assert "отправка не удалась" in html_of(answer)
        assert "срок истёк" not in html_of(answer)
    assert ("Отозвать ссылку" in page_of(who, sending)) is (status == 200)


def test_codes_of_one_address_are_bounded_before_they_are_tried():
    who = sender()
    link = SendingFactory(account_id=who.account_id, person_id=who.person_id, subject_id=who.document_id)
    anybody = Client()
    for _ in range(2):
        assert anybody.post("/sent/never-was/", {"code": "wrong"}).status_code == 422
    kept = CodeTry.objects.first()
    assert "127.0.0.1" not in kept.address_hash
    CodeTry.objects.bulk_create(
        CodeTry(address_hash=kept.address_hash, tried_at=kept.tried_at) for _ in range(rules.CODES_AN_HOUR - 3)
    )

    assert anybody.post(f"/sent/{link.token}/", {"code": PASSCODE}).status_code == 200
    answer = anybody.post(f"/sent/{link.token}/", {"code": PASSCODE})

    assert answer.status_code == 429
    assert "Слишком много попыток" in html_of(answer)
    assert Client(REMOTE_ADDR="192.0.2.7").post(f"/sent/{link.token}/", {"code": PASSCODE}).status_code == 200
    CodeTry.objects.update(tried_at=timezone.now() - timedelta(hours=1))
    assert anybody.post(f"/sent/{link.token}/", {"code": PASSCODE}).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("unknown", "unknown", True),
    ],
)
def test_network_of_takes_a_household_for_one(one, other, is_same):
    assert (rules.network_of(one) == rules.network_of(other)) is is_same


def test_codes_that_no_longer_count_are_forgotten():
    from medkarta.mailer import actions

    now = timezone.now()
    CodeTry.objects.create(address_hash="a", tried_at=now - rules.CODES_WINDOW)
    young = CodeTry.objects.create(address_hash="a", tried_at=now - rules.CODES_WINDOW + timedelta(seconds=1))

    actions.tidy(now=now)

    assert list(CodeTry.objects.all()) == [young]


def test_link_of_a_secret_record_can_be_revoked_without_a_fresh_sign_in(settings, mailroom):
    who = sender(restricted=True)
    address = "doctor@example.org"
    sending = who.ordered(to="other", address=address, confirmed=address, is_secret_meant="on")
    assert TITLE in page_of(who, sending)
    settings.RESTRICTED_MINUTES = -1

    for html in (page_of(who, sending), html_of(who.browser.get(who.path()))):
        assert SECRET_ROW in html
        assert "Отозвать ссылку" in html
        assert TITLE not in html
        assert address not in html
        assert "Отправить ещё раз" not in html
    assert who.secret(sending) == ""
    who.browser.post(who.path(f"sent/{sending.pk}/revoke/"))

    sending.refresh_from_db()
    assert sending.revoked_at is not None


def test_title_is_gone_once_the_record_is_secret():
    who = sender(kind="parent")
    is_born(who, years=16)
    sending = SendingFactory(
        account_id=who.account_id, person_id=who.person_id, subject_id=who.document_id, title=TITLE
    )
    assert TITLE in page_of(who, sending)
    assert TITLE not in html_of(who.browser.get(who.path())), "a list asks no room for each of its rows"

    MedicalDocument.objects.filter(pk=who.document_id).update(is_restricted=True)

    html = page_of(who, sending)
    assert TITLE not in html
    assert SECRET_ROW not in html
    assert "Отозвать ссылку" in html


def test_largest_letter_ends_within_the_lease_of_the_queue():
    from medkarta.integrations.mail.smtp import SmtpPost, seconds_for

    usual = SmtpPost(host="", port=25, sender="", helo="").total_seconds
    longest = seconds_for(rules.FILE_BYTES * 78 // 57, usual=usual)

    assert usual + 30 < longest < outbox.LEASE.total_seconds() - 20
