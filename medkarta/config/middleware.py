"""Request id and the headers that every answer carries."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from medkarta.config.errors import error_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Give each request a short random id, shown on error pages and in the log beside the failure."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class FormOriginMiddleware(CsrfViewMiddleware):
    """Django's check of forms, for pages that send no referrer.

    A browser that keeps `Referrer-Policy: no-referrer` names the origin of a form as `null`, also on its own site. What
    the browser says of the two sites then stands in `Sec-Fetch-Site`, which no page can set. One that does not say
    it is left to the token, whose cookie only our own origin can set.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META["HTTP_ORIGIN"] == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        verified: bool = super()._origin_verified(request)  # type: ignore[misc]  # the stubs leave it out
        return verified


class PrivacyHeadersMiddleware:
    """Nothing of a page stays in a cache unless the view said otherwise; nothing foreign loads, no sensor runs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy: str = settings.CONTENT_SECURITY_POLICY

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)  # a download keeps its sandbox
        if isinstance(response, HttpResponse) and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self), payment=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class BodyLimitMiddleware:
    """A form is small; a body beyond the limit is refused before any of it is read.

    Django's own limit leaves the files of a form out: anybody could fill the disk through any address, since
    the check of forms reads them before it knows who sends.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return error_page(request, 413)
        return self.get_response(request)


class NulMiddleware:
    """No address of a person holds a NUL, and no column of PostgreSQL can: such a request is a bad one everywhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.get_response(request)
