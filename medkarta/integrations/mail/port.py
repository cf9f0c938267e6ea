"""Letters for the rest of the product: `post().send(Letter(...))`. Raises LetterRefused, MailUnavailable."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings

from medkarta.integrations.mail.contract import Attachment, Letter, LetterRefused, LetterTooBig, MailUnavailable, Post
from medkarta.integrations.mail.message import build
from medkarta.integrations.mail.smtp import SmtpPost

__all__ = [
    "Attachment",
    "Letter",
    "LetterRefused",
    "LetterTooBig",
    "MailUnavailable",
    "Post",
    "build",
    "post",
    "register",
]

TIMEOUT_SECONDS = 15.0
"""How long each answer of a mail server is waited for."""

_makers: list[Callable[[], Post]] = []


def register(make: Callable[[], Post]) -> None:
    """Set what takes letters where no mail server is configured, as `devtools` does in the demo."""
    _makers[:] = [make]


def post() -> Post | None:
    """Return the way letters go in this installation; None where there is none."""
    mail = settings.MAIL
    if not mail["host"]:
        return _makers[0]() if _makers else None
    return SmtpPost(
        host=mail["host"],
        port=mail["port"],
        sender=mail["sender"],
        helo=urlsplit(settings.BASE_URL).hostname or "localhost",
        security=mail["security"],
        user=mail["user"],
        password=mail["password"],
        timeout_seconds=mail.get("timeout_seconds", TIMEOUT_SECONDS),
    )
