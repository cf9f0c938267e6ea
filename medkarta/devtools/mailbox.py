"""The demo's mail server and mailbox in one: letters are kept in the data folder and read at `/demo/mailbox/`."""

import hashlib
import os
import re
import time
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from medkarta.integrations.mail.port import Letter, LetterRefused, build

KEPT = 200
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as its reader sees it.

    `lines`: of its text, each as (text, whether it is a link) in order; `files`: the names of what is attached.
    """

    id: str
    sender: str
    to: str
    subject: str
    sent_at: datetime | None
    lines: tuple[tuple[tuple[str, bool], ...], ...] = ()
    files: tuple[str, ...] = ()


def folder() -> Path:
    return Path(settings.DATA_DIR) / "demo" / "mailbox"


class Mailbox:
    """Takes every letter. One that comes again (the same Message-ID) is kept once, as mail programs do."""

    def send(self, letter: Letter) -> None:
        try:
            message = build(letter, sender=settings.MAIL["sender"])
        except (ValueError, MessageError):
            raise LetterRefused("unusable address") from None
        digest = hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if find(digest) is not None:
            return
        partial = folder() / f".{digest}.{os.getpid()}"
        partial.write_bytes(message.as_bytes(policy=policy.SMTP))
        partial.replace(folder() / f"{time.time_ns():020d}-{digest}.eml")
        for old in _files()[KEPT:]:
            old.unlink(missing_ok=True)


def list_letters() -> list[Received]:
    """Return what has come, the newest first, without their texts."""
    return [_read(path) for path in _files()]


def find(letter_id: str) -> Received | None:
    """Return one letter with its text."""
    found = _path(letter_id)
    return _read(found, with_text=True) if found else None


def find_file(letter_id: str, number: int) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a file of a letter, counted from 1."""
    found = _path(letter_id)
    files = list(_message(found).iter_attachments()) if found else []
    if not 0 < number <= len(files):
        return None
    file = files[number - 1]
    return file.get_filename() or "", bytes(file.get_payload(decode=True) or b"")


def _path(letter_id: str) -> Path | None:
    return next(folder().glob(f"*-{letter_id}.eml"), None) if re.fullmatch(r"[0-9a-f]{32}", letter_id) else None


def _message(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _files() -> list[Path]:
    return sorted(folder().glob("*.eml"), reverse=True)


def _read(path: Path, *, with_text: bool = False) -> Received:
    message = _message(path)
    body = message.get_body(("plain",)) if with_text else None
    return Received(
        id=path.stem.rpartition("-")[2],
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=message["Date"].datetime if message["Date"] else None,
        lines=tuple(map(parts_of, body.get_content().splitlines())) if body is not None else (),
        files=tuple(one.get_filename() or "" for one in message.iter_attachments()) if with_text else (),
    )


def parts_of(text: str) -> tuple[tuple[str, bool], ...]:
    """Split a line into plain pieces and links."""
    found: list[tuple[str, bool]] = []
    end = 0
    for link in LINK.finditer(text):
        found += [(text[end : link.start()], False), (link.group(), True)]
        end = link.end()
    return tuple(part for part in [*found, (text[end:], False)] if part[0])
