"""The demo's letters: kept once, read on this machine only, nothing in them runs."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from medkarta.devtools import mailbox
from medkarta.integrations.mail import port
from medkarta.integrations.mail.port import Attachment, Letter, LetterRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def send(number=1, **changes):
    values = {
        "to": "anna@example.org", "subject": f"Письмо {number}", "text": "Откройте:\nhttp://127.0.0.1:8000/x/?a=1\n",
        "html": "", "message_id": f"<{number}@medkarta.example>", "written_at": datetime(2026, 11, 25, 9, tzinfo=UTC),
    }  # fmt: skip
    mailbox.Mailbox().send(Letter(**{**values, **changes}))


def test_mailbox_takes_letters_where_no_mail_server_is_set(settings):
    settings.MAIL = {**settings.MAIL, "host": ""}

    assert isinstance(port.post(), mailbox.Mailbox)


def test_mailbox_lists_the_newest_first_and_a_repeated_letter_once():
    for number in (1, 2, 1):
        send(number)

    assert [one.subject for one in mailbox.list_letters()] == ["Письмо 2", "Письмо 1"]


def test_mailbox_keeps_two_hundred_letters():
    for number in range(mailbox.KEPT + 1):
        send(number)

    found = mailbox.list_letters()
    assert len(found) == mailbox.KEPT
    assert found[-1].subject == "Письмо 1"


def test_mailbox_refuses_an_address_that_is_none():
    with pytest.raises(LetterRefused):
        send(to="nobody")

    assert mailbox.list_letters() == []


def test_mailbox_pages_show_letters_with_links_to_click():
    send(subject="<script>alert(1)</script>")
    browser = Client()

    html = browser.get("/demo/mailbox/").content.decode()
    letter_id = mailbox.list_letters()[0].id
    letter = browser.get(f"/demo/mailbox/{letter_id}/").content.decode()

    assert f'href="/demo/mailbox/{letter_id}/"' in html
    assert '<a href="http://127.0.0.1:8000/x/?a=1">' in letter
    assert "<script>alert" not in html + letter


def test_mailbox_hands_out_files_as_downloads():
    send(
        attachments=(Attachment("document.pdf", "application/pdf", b"%PDF"), Attachment("a.html", "text/html", b"<b>"))
    )
    letter_id = mailbox.list_letters()[0].id
    browser = Client()

    html = browser.get(f"/demo/mailbox/{letter_id}/").content.decode()
    first, second = (browser.get(f"/demo/mailbox/{letter_id}/files/{number}/") for number in (1, 2))

    assert f'href="/demo/mailbox/{letter_id}/files/1/"' in html
    assert "document.pdf" in html
    assert (first.content, second.content) == (b"%PDF", b"<b>")
    assert first["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert second["Content-Type"] == "application/octet-stream"
    for number in (0, 3):
        assert browser.get(f"/demo/mailbox/{letter_id}/files/{number}/").status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.1").get(f"/demo/mailbox/{letter_id}/files/1/").status_code == 404


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 404), ("", 404)])
def test_mailbox_is_read_on_this_machine_only(address, status):
    send()
    letter_id = mailbox.list_letters()[0].id

    for path in ("/demo/mailbox/", f"/demo/mailbox/{letter_id}/"):
        assert Client(REMOTE_ADDR=address).get(path).status_code == status


@pytest.mark.parametrize("letter_id", ["0" * 32, "x", "..", "%2e%2e"])
def test_mailbox_has_no_other_letters(letter_id):
    send()

    assert Client().get(f"/demo/mailbox/{letter_id}/").status_code == 404
