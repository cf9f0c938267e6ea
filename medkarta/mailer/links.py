"""Signed links that work without a login: for one purpose, until one moment, with ids and nothing else.

Opening one changes nothing (programs that scan mail open links); the page behind it asks, and its POST acts.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.core import signing
from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import NotFound, Refused

_SALT = "medkarta.mailer.links."


class Expired(Refused):
    text = _("Срок действия ссылки истёк. Войдите на портал: там видно, что можно сделать сейчас")


def make(purpose: str, payload: Mapping[str, str], expires_at: datetime) -> str:
    """Return a token for an address. `payload` holds ids only: anybody with the link can read it."""
    return signing.dumps([int(expires_at.timestamp()), dict(payload)], salt=_SALT + purpose)


def read(token: str, purpose: str, *, now: datetime) -> dict[str, str]:
    """Return the payload of a token made for this purpose.

    Raises NotFound for a forged, spoiled or another purpose's token, Expired from `expires_at` on.
    """
    try:
        ends, payload = signing.loads(token, salt=_SALT + purpose)
    except (signing.BadSignature, ValueError):
        raise NotFound from None
    if now >= datetime.fromtimestamp(ends, tz=UTC):
        raise Expired
    return dict(payload)
