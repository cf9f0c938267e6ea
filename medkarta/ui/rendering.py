"""The request that is being rendered, for what macros need of it: the CSRF field.

A macro has no template context, so the value travels in a context variable instead.
"""

import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from markupsafe import Markup

_LETTERS = string.ascii_letters + string.digits
_PLACES = {letter: place for place, letter in enumerate(_LETTERS)}


class _Csrf:
    """The token of one request, masked at most once and only if a form asks for it."""

    __slots__ = ("_request", "_token")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._token = ""

    def token(self) -> str:
        if not self._token:
            kept = self._request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
            is_known = bool(kept) and self._request.META.get("CSRF_COOKIE") == kept
            self._token = masked(kept) if is_known else get_token(self._request)
        return self._token


def masked(secret: str) -> str:
    """Return a secret as Django's check of forms takes it: never the same text twice, so compression tells nothing.

    Does what `get_token` does for a browser that has the cookie, but asks the system for randomness once and doesn't
    send the cookie again with every page. `secret`: letters and digits.
    """
    number, mask = secrets.randbelow(len(_LETTERS) ** len(secret)), []
    for _ in secret:
        number, place = divmod(number, len(_LETTERS))
        mask.append(place)
    hidden = [_LETTERS[(_PLACES[letter] + place) % len(_LETTERS)] for letter, place in zip(secret, mask, strict=True)]
    return "".join([_LETTERS[place] for place in mask] + hidden)


_current: ContextVar[_Csrf] = ContextVar("medkarta_rendered_request")


@contextmanager
def rendering(request: HttpRequest) -> Iterator[None]:
    """Make `request` the one that the globals of this module speak of."""
    csrf: _Csrf | None = getattr(request, "_medkarta_csrf", None)
    if csrf is None:
        csrf = _Csrf(request)
        request._medkarta_csrf = csrf  # type: ignore[attr-defined]
    before = _current.set(csrf)
    try:
        yield
    finally:
        _current.reset(before)


def csrf_token() -> str:
    """Return the CSRF token of the request being rendered; the same text at every call."""
    return _current.get().token()


def csrf_input() -> Markup:
    """Return the hidden CSRF field; every form with method POST needs one."""
    return Markup(f'<input type="hidden" name="csrfmiddlewaretoken" value="{csrf_token()}">')  # noqa: S704
