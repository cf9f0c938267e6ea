"""Letters against a real SMTP server on loopback."""

import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread
from time import monotonic, sleep

import pytest
from aiosmtpd.smtp import AuthResult

from medkarta.integrations.mail import smtp
from medkarta.integrations.mail.port import Attachment, Letter, LetterRefused, LetterTooBig, MailUnavailable
from medkarta.integrations.mail.smtp import SmtpPost
from medkarta.integrations.mail.tests.server import Mailroom, serving
from medkarta.integrations.tests.certificates import certificate


def letter(**changes):
    values = {
        "to": "anna@example.org",
        "subject": "Вы записаны на приём — «Медкарта»",
        "text": "Здравствуйте!\n\nПриём: чт, 26 ноября.\n",
        "html": "<p>Здравствуйте!</p>",
        "message_id": "<0123456789@medkarta.example>",
        "written_at": datetime(2026, 11, 25, 9, tzinfo=UTC),
    }
    return Letter(**{**values, **changes})


def post(port, **changes):
    values = {"sender": "Медкарта <no-reply@medkarta.example>", "helo": "portal.example", "timeout_seconds": 2}
    return SmtpPost(host="127.0.0.1", port=port, **{**values, **changes})


def test_send_hands_over_a_letter_that_mail_programs_understand():
    room = Mailroom()
    with serving(room) as port:
        post(port).send(letter(unsubscribe_url="https://portal.example/stop/x/"))

    (found,) = room.taken
    assert found["From"] == "Медкарта <no-reply@medkarta.example>"
    assert found["To"] == "anna@example.org"
    assert found["Subject"] == "Вы записаны на приём — «Медкарта»"
    assert found["Message-ID"] == "<0123456789@medkarta.example>"
    assert found["Date"].datetime == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["List-Unsubscribe"] == "<https://portal.example/stop/x/>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found.get_body(("plain",)).get_content().splitlines() == ["Здравствуйте!", "", "Приём: чт, 26 ноября."]
    assert "<p>Здравствуйте!</p>" in found.get_body(("html",)).get_content()


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        ("499 later", MailUnavailable, "SMTP 499"),
        ("500 never", LetterRefused, "SMTP 500"),
        ("599 never", LetterRefused, "SMTP 599"),
        ("450 greylisted", MailUnavailable, "SMTP 450"),
    ],
)
def test_send_tells_later_from_never(stage, reply, error, text):
    room = Mailroom([reply], stage=stage)
    with serving(room) as port, pytest.raises(error) as caught:
        post(port).send(letter())

    assert str(caught.value) == text
    assert caught.value.__suppress_context__, "the server's words hold the address"
    assert room.taken == []


def test_send_carries_files_beside_the_text():
    room, data = Mailroom(), bytes(range(256)) * 300
    with serving(room) as port:
        post(port).send(letter(attachments=(Attachment("document.pdf", "application/pdf", data),)))

    (found,) = room.taken
    (file,) = found.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("document.pdf", "application/pdf")
    assert file.get_content() == data
    assert found.get_body(("plain",)).get_content().startswith("Здравствуйте!")
    assert "<p>Здравствуйте!</p>" in found.get_body(("html",)).get_content()
    assert found["Message-ID"] == "<0123456789@medkarta.example>"


def test_send_of_what_is_too_big_for_the_server_says_so():
    with serving(Mailroom(), data_size_limit=20_000) as port:  # told with EHLO, so the size is refused at MAIL
        with pytest.raises(LetterTooBig, match="SMTP 552"):
            post(port).send(letter(attachments=(Attachment("document.pdf", "application/pdf", bytes(30_000)),)))
        post(port).send(letter())


def test_send_of_what_is_too_big_after_all_says_so():
    with serving(Mailroom(["552 too much"])) as port, pytest.raises(LetterTooBig):
        post(port).send(letter())


def test_send_to_a_full_box_is_refused_for_the_receiver():
    with serving(Mailroom(["552 full"], stage="RCPT")) as port, pytest.raises(LetterRefused) as refused:
        post(port).send(letter())

    assert refused.type is LetterRefused


def test_send_from_a_sender_that_is_not_liked_waits():
    room = Mailroom()
    room.handle_MAIL = refuse_sender
    with serving(room) as port, pytest.raises(MailUnavailable, match="SMTPSenderRefused 550"):
        post(port).send(letter())


async def refuse_sender(server, session, envelope, address, options):
    return "550 not you"


def test_send_again_after_a_cut_line_gives_the_same_message():
    room = Mailroom(["drop"])
    with serving(room) as port:
        with pytest.raises(MailUnavailable):
            post(port).send(letter())
        post(port).send(letter())

    assert [one["Message-ID"] for one in room.taken] == ["<0123456789@medkarta.example>"] * 2


def test_send_waits_no_longer_than_its_timeout():
    started = monotonic()
    with serving(Mailroom(["slow"], slow_seconds=1.5)) as port, pytest.raises(MailUnavailable):
        post(port, timeout_seconds=0.3).send(letter())

    assert monotonic() - started < 1.4


def test_send_to_a_slow_server_goes_through_within_the_timeout():
    room = Mailroom(["slow"], slow_seconds=0.2)
    with serving(room) as port:
        post(port).send(letter())

    assert len(room.taken) == 1


def test_send_ends_a_conversation_that_drips():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip():
            line, _ = listening.accept()
            with line:
                for _ in range(100):
                    try:
                        line.sendall(b"220-and\r\n")
                    except OSError:
                        return
                    line.settimeout(0.05)
                    try:
                        if line.recv(1) == b"":
                            return
                    except TimeoutError:
                        continue

        thread = Thread(target=drip)
        thread.start()
        started = monotonic()
        with pytest.raises(MailUnavailable):
            post(listening.getsockname()[1], total_seconds=0.4).send(letter())
        thread.join()

    assert monotonic() - started < 3


def slow_reader(listening, *, piece, pause):
    """Take one letter as a slow line does: a piece, a pause."""
    line, _ = listening.accept()
    with line, suppress(ConnectionError):
        line.sendall(b"220 slow\r\n")
        for answer in (b"250 slow\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
            line.recv(1000)
            line.sendall(answer)
        tail = b""
        while not tail.endswith(b"\r\n.\r\n"):
            got = line.recv(piece)
            if not got:
                return
            tail = (tail + got)[-5:]
            sleep(pause)
        line.sendall(b"250 OK\r\n")
        line.recv(1000)
        line.sendall(b"221 bye\r\n")


def sent_over_a_slow_line(**limits):
    file = Attachment("document.pdf", "application/pdf", bytes(8_000_000))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        thread = Thread(target=slow_reader, args=[listening], kwargs={"piece": 65536, "pause": 0.01})
        thread.start()
        try:
            post(listening.getsockname()[1], **limits).send(letter(attachments=(file,)))
        finally:
            thread.join()


def test_send_of_a_large_file_over_a_slow_line_goes_through():
    started = monotonic()

    sent_over_a_slow_line(timeout_seconds=0.4, total_seconds=1)

    assert monotonic() - started > 1, "else the line was not slow"


def test_send_of_a_large_file_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(smtp, "BYTES_A_SECOND", 50_000_000)

    with pytest.raises(MailUnavailable):
        sent_over_a_slow_line(timeout_seconds=5, total_seconds=0.5)


def test_send_to_nobody_listening_is_for_later():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(MailUnavailable):
        post(port).send(letter())


@pytest.mark.parametrize(
    "to", ["", "anna", "a b@example.org", "anna@example.org\nBcc: x@example.org", "анна@example.org"]
)
def test_send_to_an_address_that_is_none_is_refused(to):
    room = Mailroom()
    with serving(room) as port, pytest.raises(LetterRefused, match="unusable address"):
        post(port).send(letter(to=to))

    assert room.taken == []


def test_send_to_a_cyrillic_domain_uses_its_ascii_name():
    room = Mailroom()
    with serving(room) as port:
        post(port).send(letter(to="anna@пример.рф"))

    assert room.taken[0]["To"] == "anna@xn--e1afmkfd.xn--p1ai"


def test_send_over_starttls_checks_the_name_and_logs_in(tmp_path):
    server, client = certificate(tmp_path, "127.0.0.1")
    seen = []

    def check(_server, _session, _envelope, _mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    room = Mailroom()
    options = {"tls_context": server, "require_starttls": True, "authenticator": check, "auth_required": True}
    with serving(room, **options) as port:
        secured = {"security": "tls", "user": "portal", "tls": client}
        post(port, password="right", **secured).send(letter())
        with pytest.raises(MailUnavailable, match="535"):
            post(port, password="wrong", **secured).send(letter())
        with pytest.raises(MailUnavailable, match="SSL"):
            post(port, password="right", **{**secured, "tls": ssl.create_default_context()}).send(letter())

    assert len(room.taken) == 1
    assert seen[0] == (b"portal", b"right")


def test_send_over_tls_from_the_first_byte(tmp_path):
    server, client = certificate(tmp_path, "127.0.0.1")
    room = Mailroom()
    with serving(room, ssl_context=server) as port:
        post(port, security="ssl", tls=client).send(letter())

    assert len(room.taken) == 1


def test_send_without_tls_where_it_is_asked_for_sends_nothing():
    room = Mailroom()
    with serving(room) as port, pytest.raises((MailUnavailable, LetterRefused)):
        post(port, security="tls").send(letter())

    assert room.taken == []
