"""What a message may be, and how often. Pure."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid5

KINDS = ("problem", "complaint", "question")
TEXT_MIN, TEXT_MAX = 10, 4000
HOURLY_LIMIT = 10
WINDOW = timedelta(hours=1)
ANSWER_DAYS = 30
PAGE_LIMIT = 500
_RECORD = re.compile(r"^/p/[^/]+/")


def due_on(sent_on: date, *, is_signed_in: bool) -> date | None:
    """Return the day until which an answer is promised; None for somebody who did not sign in.

    Source: Federal law 59-ФЗ of 02.05.2006, article 12: 30 days from registration. Since 30.03.2025 (547-ФЗ) an
    electronic appeal is one only from an identified person.
    """
    return sent_on + timedelta(days=ANSWER_DAYS) if is_signed_in else None


def is_over_limit(sent_in_window: int) -> bool:
    """Tell whether one more message in the last hour would be too many."""
    return sent_in_window >= HOURLY_LIMIT


def page_of(text: str) -> str:
    """Return the path of this site that a message was sent from; "" for anything else.

    The query and the key of a record are taken off: `/p/<key>/results/?q=…` becomes `/p/results/`.
    """
    if not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return ""
    try:
        path = urlsplit(text).path
    except ValueError:
        return ""
    if path.startswith("/p/") and path.count("/") > 3:
        path = _RECORD.sub("/p/", path)
    return path[:PAGE_LIMIT] if not path.startswith("//") else ""


def message_key(form_key: UUID, *, sender: str, kind: str, category: str, email: str, text: str) -> UUID:
    """Return the key of a message: equal only for the same form with the same content from the same sender."""
    return uuid5(form_key, "\x1f".join((sender, kind, category, email, text)))
