"""The request that is being rendered, for what macros need of it: the CSRF field.

A macro has no template context, so the value travels in a context variable instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from markupsafe import Markup


class _Csrf:
    """The token of one request, masked at most once and only if a form asks for it."""

    __slots__ = ("_request", "_token")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._token = ""

    def token(self) -> str:
        self._token = self._token or get_token(self._request)
        return self._token


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
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(csrf_token())
