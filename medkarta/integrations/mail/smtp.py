"""Letters through an SMTP server (RFC 5321): plain, STARTTLS, or TLS from the first byte."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from threading import Timer
from typing import TYPE_CHECKING

from medkarta.integrations.mail.contract import Letter, LetterRefused, LetterTooBig, MailUnavailable
from medkarta.integrations.mail.message import build

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

TOO_BIG = 552
"""RFC 1870, RFC 5321: the size announced with MAIL, or that of the text, is more than the server or the box takes."""


BYTES_A_SECOND = 400_000
"""What a letter's size adds to its time: one of 14 MB (a file of 10 MB in base64) gets 96 s in all, so that a line of
1.2 Mbit/s carries it, and the queue's lease of two minutes is not over while the file is made and sent."""
PIECE_BYTES = 64 * 1024


def size_of(letter: Letter) -> int:
    """Return how many bytes the files of a letter take on the wire: base64 in lines of 76 signs and CRLF."""
    return sum(len(one.data) for one in letter.attachments) * 78 // 57


def seconds_for(size: int, *, usual: float) -> float:
    """Return how long the whole conversation about a letter of `size` bytes may take."""
    return usual + size / BYTES_A_SECOND


class _Pieces(smtplib.SMTP):
    """Sends a letter piece by piece: a socket's timeout is for all of one `sendall`, and would cut off a long one."""

    def send(self, s: "ReadableBuffer | str") -> None:
        whole = s if isinstance(s, str) else bytes(s)
        for start in range(0, len(whole), PIECE_BYTES):
            super().send(whole[start : start + PIECE_BYTES])


class _TlsPieces(_Pieces, smtplib.SMTP_SSL):
    pass


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """`security`: "" plain, "tls" STARTTLS, "ssl" TLS at once. `helo`: the name that this host gives of itself.

    `timeout_seconds` for each answer and each piece, `total_seconds` for a whole letter, more for a large one
    (`seconds_for`): a queue's lease is longer than that.
    """

    host: str
    port: int
    sender: str
    helo: str
    security: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    timeout_seconds: float = 15.0
    total_seconds: float = 60.0
    tls: ssl.SSLContext | None = None

    def send(self, letter: Letter) -> None:
        """Hand a letter to the server.

        Refused for good is only what the server says of this receiver or this text (5xx after RCPT or DATA, or a
        size that it does not take); a login or a sender that it does not like is ours to put right, and the letter
        waits. Raises LetterRefused, LetterTooBig, MailUnavailable.
        """
        try:
            message = build(letter, sender=self.sender)
        except (ValueError, MessageError):
            raise LetterRefused("unusable address") from None
        try:
            with self._connected(size_of(letter)) as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            raise _verdict(min(code for code, _ in refused.recipients.values())) from None
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as refused:
            if refused.smtp_code == TOO_BIG:
                raise LetterTooBig(f"SMTP {TOO_BIG}") from None
            if isinstance(refused, smtplib.SMTPDataError):
                raise _verdict(refused.smtp_code) from None
            raise MailUnavailable(f"{type(refused).__name__} {refused.smtp_code}") from None
        except smtplib.SMTPNotSupportedError:
            raise LetterRefused("unusable address") from None
        except smtplib.SMTPResponseException as refused:
            raise MailUnavailable(f"{type(refused).__name__} {refused.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(type(error).__name__) from None

    @contextmanager
    def _connected(self, size: int) -> Iterator[smtplib.SMTP]:
        context = (self.tls or ssl.create_default_context()) if self.security else None
        server: smtplib.SMTP
        if self.security == "ssl":
            server = _TlsPieces(local_hostname=self.helo, timeout=self.timeout_seconds, context=context)
        else:
            server = _Pieces(local_hostname=self.helo, timeout=self.timeout_seconds)
        server._host = self.host  # type: ignore[attr-defined]  # the name that TLS checks; else only set with connect
        timer = Timer(seconds_for(size, usual=self.total_seconds), _cut, (server,))
        timer.daemon = True
        timer.start()
        try:
            server.connect(self.host, self.port)
            _keep_short(server)
            if self.security == "tls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # what the server says of a goodbye changes nothing: it has the letter
        finally:
            timer.cancel()
            server.close()


def _keep_short(server: smtplib.SMTP) -> None:
    """Let little wait inside the system: the last answer's timeout starts when the last piece is only on its way."""
    if server.sock is not None:
        server.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * PIECE_BYTES)


def _cut(server: smtplib.SMTP) -> None:
    """End a conversation that takes too long, also with a server that drips a line at a time."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _verdict(code: int) -> LetterRefused | MailUnavailable:
    return LetterRefused(f"SMTP {code}") if 500 <= code < 600 else MailUnavailable(f"SMTP {code}")
