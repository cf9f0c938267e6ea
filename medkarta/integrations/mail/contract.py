"""What every way of sending letters offers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class LetterRefused(Exception):
    """The mail server won't take this letter, now or later. The text is a code such as `SMTP 550`, no address."""


class LetterTooBig(LetterRefused):
    """The mail server takes letters, but none of this size."""


class MailUnavailable(Exception):
    """The letter could not be handed over this time, or nobody knows whether it was. The text holds no address."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a letter; `name` is seen by everybody on its way."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one address. `message_id` (`<…@…>`) and `written_at` are the same for every attempt at it."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str
    written_at: datetime
    language: str = "ru"
    unsubscribe_url: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)


class Post(Protocol):
    """Sends letters, each at least once: an attempt that ended in doubt is repeated with the same Message-ID."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises LetterRefused, MailUnavailable."""
        ...
