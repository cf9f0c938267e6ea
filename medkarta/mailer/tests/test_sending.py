"""From the form of a person to what arrives at a real mail server, and is opened from there."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone

from medkarta.audit.models import AuditEvent
from medkarta.documents.models import DocumentContent, MedicalDocument
from medkarta.integrations.storage.port import storage
from medkarta.mailer import rules
from medkarta.mailer.models import LinkOpening, Notice, Sending
from medkarta.mailer.protection import protect
from medkarta.mailer.rules import TRIES
from medkarta.mailer.tests.sent_things import OWN, TITLE, deliver, files_of, sender, text_of, token_of
from medkarta.outbox.models import OutboxEvent
from medkarta.patients.models import Person, Representation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def state_of(sending):
    sending.refresh_from_db()
    return sending.state, sending.reason


def page_of(who, sending):
    return who.browser.get(who.path(f"sent/{sending.pk}/")).content.decode()


def test_file_arrives_and_opens_with_its_password_only(mailroom):
    who = sender()
    sending = who.ordered(way="pdf")
    assert "в очереди" in page_of(who, sending)
    password = who.secret(sending)

    deliver()

    (message,) = mailroom.taken
    assert (message["To"], message["Subject"]) == (OWN, "Документ из Медкарты")
    (file,) = files_of(message)
    assert (file.get_filename(), file.get_content_type()) == ("document.pdf", "application/pdf")
    data = file.get_content()
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(data))
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(data), password=password.replace("-", ""))
    with pikepdf.open(BytesIO(data), password=password) as opened:
        assert opened.encryption.R == 6
        assert opened.encryption.stream_method is pikepdf.models.EncryptionMethod.aesv3
        assert str(opened.docinfo["/Title"]) == "proba"
    assert b"proba" not in data
    assert state_of(sending) == ("accepted", "")
    assert "принято почтовым сервером" in page_of(who, sending)


def test_file_opens_with_the_password_that_the_person_chose_and_the_page_does_not_show_it(mailroom):
    who = sender()
    sending = who.ordered(way="pdf", password="Vetka-7-snega")
    html = page_of(who, sending)

    deliver()

    assert "Vetka-7-snega" not in html
    assert "который вы придумали" in html
    with pikepdf.open(BytesIO(files_of(mailroom.taken[0])[0].get_content()), password="Vetka-7-snega") as opened:
        assert len(opened.pages) == 1


def test_link_arrives_and_opens_with_its_passcode(mailroom):
    who = sender()
    sending = who.ordered(way="link", days="1")
    passcode = who.secret(sending)
    deliver()
    (message,) = mailroom.taken
    path, stranger = f"/sent/{token_of(message)}/", Client()
    assert files_of(message) == []

    assert stranger.get(path).status_code == 200
    assert LinkOpening.objects.count() == 0, "programs that scan mail open nothing"
    answer = stranger.post(path, {"code": f" {passcode.upper().replace('-', ' ')} "})

    assert answer.content == who.data
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "noindex" in answer["X-Robots-Tag"]
    stranger.post(path, {"code": passcode})
    html = page_of(who, sending)
    assert "открыли: 2 раза" in html.replace("\xa0", " ")
    opened = AuditEvent.objects.filter(action="mailer.open_link", outcome="ok").first()
    assert (opened.actor_kind, opened.actor_ref, opened.person_id) == ("link", str(sending.pk), who.person_id)
    assert opened.details["read"]["DocumentReference"]
    log = who.browser.get(f"/p/{who.key}/access-log/").content.decode()
    assert "Тот, кому отправили ссылку" in log
    assert "документ открыт по ссылке из письма" in log


@pytest.mark.parametrize("way", ["link", "pdf"])
def test_letter_names_nobody_and_nothing_and_holds_no_secret(mailroom, way):
    who = sender()
    sending = who.ordered(way=way)
    secret = who.secret(sending)

    deliver()

    whole = mailroom.taken[0].as_string() + text_of(mailroom.taken[0])
    whole += mailroom.taken[0].get_body(("html",)).get_content()
    assert secret
    for word in (secret, secret.replace("-", ""), TITLE, "кардиолог", "Пробная", "Сергеевна", who.key):
        assert word not in whole
    assert str(who.document_id) not in whole


def test_queue_holds_ids_only(mailroom):
    who = sender()
    sending = who.ordered(way="pdf", password="Vetka-7-snega")

    for event in OutboxEvent.objects.all():
        assert event.payload == {"sending_id": str(sending.pk)}
    assert "Vetka" not in str(Sending.objects.values_list().get())


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_sending_that_the_server_refuses_is_told_and_not_tried_again(mailroom, stage):
    mailroom.replies, mailroom.stage = ["550 5.1.1 <anna@example.org>: no such user"] * 3, stage
    who = sender()
    sending = who.ordered()

    deliver()
    deliver()

    assert state_of(sending) == ("failed", "refused")
    assert mailroom.tried == 1
    html = page_of(who, sending)
    assert "не удалось: почтовый сервер не принял письмо" in html
    assert "Отправить ещё раз" in html
    assert Notice.objects.get(account_id=who.account_id).link == f"send/sent/{sending.pk}/"


def test_sending_too_big_for_the_server_offers_a_link(mailroom):
    mailroom.replies = ["552 message size exceeds fixed maximum message size"]
    who = sender()
    sending = who.ordered(way="pdf")

    deliver()

    assert state_of(sending) == ("failed", "too-big")
    assert "отправьте ссылку" in page_of(who, sending)


@pytest.mark.parametrize("trouble", ["drop", "slow", "451 try later"])
def test_sending_in_doubt_is_tried_again_as_the_same_letter(mailroom, settings, trouble):
    settings.MAIL = {**settings.MAIL, "timeout_seconds": 0.5}
    mailroom.replies, mailroom.slow_seconds = [trouble], 1.5
    who = sender()
    sending = who.ordered(way="link")

    deliver()
    assert (state_of(sending), sending.attempts) == (("queued", ""), 1)
    assert "пока не получилось, попробуем ещё" in page_of(who, sending)
    deliver()

    assert state_of(sending) == ("accepted", "")
    assert len({one["Message-ID"] for one in mailroom.taken}) == 1
    assert len({token_of(one) for one in mailroom.taken}) == 1


def test_sending_that_is_always_dropped_after_its_data_fails_in_the_end(mailroom):
    mailroom.replies = ["drop"] * (TRIES + 1)
    who = sender()
    sending = who.ordered()

    for _ in range(TRIES - 1):
        deliver()
    assert state_of(sending) == ("queued", "")
    deliver()

    assert state_of(sending) == ("failed", "unreachable")
    assert "могло и дойти" in page_of(who, sending)
    deliver()
    assert len(mailroom.taken) == TRIES
    assert len({one["Message-ID"] for one in mailroom.taken}) == 1


def test_sending_to_nobody_listening_waits(settings):
    settings.MAIL = {**settings.MAIL, "host": "127.0.0.1", "port": 1, "sender": "Медкарта <a@medkarta.example>"}
    sending = sender().ordered()

    deliver()

    assert state_of(sending) == ("queued", "")


def end_representation(who):
    Representation.objects.filter(key=who.key).update(status="suspended")


def withdraw(who):
    MedicalDocument.objects.filter(pk=who.document_id).update(is_withdrawn=True)


def restrict(who):
    MedicalDocument.objects.filter(pk=who.document_id).update(is_restricted=True)


def close_consent(who):
    from medkarta.accounts.models import Consent

    Consent.objects.filter(account_id=who.account_id).update(withdrawn_at=timezone.now())


@pytest.mark.parametrize("change", [end_representation, withdraw, restrict, close_consent])
@pytest.mark.parametrize("way", ["link", "pdf"])
def test_sending_is_not_sent_once_the_sender_may_not_see_it(mailroom, way, change):
    who = sender()
    sending = who.ordered(way=way)
    change(who)

    deliver()

    assert mailroom.taken == []
    assert state_of(sending) == ("failed", "access")


@pytest.mark.parametrize("change", [end_representation, withdraw, restrict, close_consent])
def test_link_does_not_open_once_the_sender_may_not_see_it(mailroom, change):
    who = sender()
    passcode = who.secret(who.ordered())
    deliver()
    change(who)

    answer = Client().post(f"/sent/{token_of(mailroom.taken[0])}/", {"code": passcode})

    assert answer.status_code == 410
    assert "больше не доступен отправителю" in answer.content.decode()


def test_sending_whose_file_is_no_pdf_says_so(mailroom):
    who = sender(data=b"%PDF-1.4 this is none")
    sending = who.ordered(way="pdf")

    deliver()

    assert state_of(sending) == ("failed", "unusable")
    assert mailroom.taken == []


def test_revoked_before_its_letter_left_is_not_sent(mailroom):
    who = sender()
    sending = who.ordered()
    who.browser.post(who.path(f"sent/{sending.pk}/revoke/"))

    deliver()

    assert state_of(sending) == ("failed", "revoked")
    assert mailroom.taken == []
    assert Notice.objects.count() == 0, "he knows"


def test_closing_the_account_closes_its_links(mailroom):
    from medkarta.accounts.actions import scope_of_account, withdraw_processing

    who = sender()
    passcode = who.secret(who.ordered())
    deliver()
    withdraw_processing(scope_of_account(who.account_id), now=timezone.now())

    answer = Client().post(f"/sent/{token_of(mailroom.taken[0])}/", {"code": passcode})

    assert answer.status_code == 422
    assert Sending.objects.count() == 0


def test_delivery_is_written_down(mailroom):
    who = sender()
    who.ordered(to="other", address="doctor@example.org", confirmed="doctor@example.org")

    deliver()

    asked, sent = AuditEvent.objects.filter(action__in=["mailer.send", "mailer.deliver"]).order_by("pk")
    assert asked.details["typed"] is True
    assert asked.details["consent"].startswith("1:")
    assert (sent.actor_kind, sent.person_id, sent.outcome) == ("worker", who.person_id, "ok")
    assert "example.org" not in f"{asked.details}{sent.details}"


def test_secrets_are_forgotten_once_sent_and_shown(mailroom):
    from medkarta.outbox import worker

    who = sender()
    sending = who.ordered(way="pdf")
    now = timezone.now()
    OutboxEvent.objects.filter(handler="mailer.forget_secret").update(due_at=now)
    Sending.objects.update(created_at=now - timedelta(minutes=11))

    worker.run_once(now=now)
    assert Sending.objects.get().sealed, "its letter still waits"
    deliver()
    OutboxEvent.objects.filter(handler="mailer.forget_secret").update(due_at=now)
    worker.run_once(now=now)

    assert Sending.objects.get().sealed == ""
    assert who.secret(sending) == ""
    assert "портал больше не знает" in page_of(who, sending)


@pytest.mark.parametrize("way", ["link", "pdf"])
def test_secret_record_goes_where_its_owner_sent_it(mailroom, way):
    who = sender(restricted=True)
    sending = who.ordered(way=way, is_secret_meant="on")
    secret = who.secret(sending)

    deliver()

    (message,) = mailroom.taken
    assert state_of(sending) == ("accepted", "")
    if way == "link":
        assert Client().post(f"/sent/{token_of(message)}/", {"code": secret}).content == who.data
    else:
        assert pikepdf.open(BytesIO(files_of(message)[0].get_content()), password=secret).pages


def test_parent_sends_what_is_a_childs(mailroom):
    who = sender(kind="parent")
    Person.objects.filter(pk=who.person_id).update(birth_date=timezone.localdate() - timedelta(days=3000))
    passcode = who.secret(who.ordered())

    deliver()

    assert Client().post(f"/sent/{token_of(mailroom.taken[0])}/", {"code": passcode}).status_code == 200


@pytest.mark.parametrize(("spare", "outcome"), [(0, ("accepted", "")), (-1, ("failed", "too-big"))])
def test_file_larger_than_letters_carry_is_not_sent(mailroom, monkeypatch, spare, outcome):
    who = sender()
    sending = who.ordered(way="pdf", password="Vetka-7-snega")
    size = len(protect(who.data, password="Vetka-7-snega"))
    monkeypatch.setattr(rules, "FILE_BYTES", size + spare)

    deliver()

    assert state_of(sending) == outcome


def test_text_of_a_document_goes_as_a_sheet(mailroom):
    who = sender()
    key = storage().put("Осмотр терапевта: здоров.".encode())
    DocumentContent.objects.filter(owner_id=who.document_id).update(content_type="text/plain", storage_key=key)
    password = who.secret(who.ordered(way="pdf"))

    deliver()

    with pikepdf.open(BytesIO(files_of(mailroom.taken[0])[0].get_content()), password=password) as opened:
        assert opened.Root.Lang


def test_sending_whose_worker_was_ended_again_and_again_fails_in_the_end(mailroom):
    who = sender()
    sending = who.ordered()
    Sending.objects.update(attempts=TRIES)

    deliver()

    assert state_of(sending) == ("failed", "broken")
    assert mailroom.taken == []


def test_sending_after_the_portals_key_has_changed_fails_with_a_word(mailroom, settings):
    who = sender()
    sending = who.ordered()
    settings.SECRET_KEY = "another" * 9

    deliver()

    assert state_of(sending) == ("failed", "broken")
