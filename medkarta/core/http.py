"""The request as our middleware completes it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django_htmx.middleware import HtmxDetails

from medkarta.core.scopes import AccountScope, PatientScope


class PortalRequest(HttpRequest):
    """Any page: `account` is None for an anonymous visitor."""

    account: AccountScope | None
    visitor: Any  # config.visitor.Visitor of a signed-in one, else None
    audit_action: str  # set by a view whose read deserves its own name in the access log
    htmx: HtmxDetails
    request_id: str


class PatientRequest(PortalRequest):
    """A page under `/p/<key>/`: the scope is the only way to the record."""

    scope: PatientScope
    account: AccountScope


class SeeOther(HttpResponseRedirect):
    """After a form was taken: its answer is at another address, so that reloading sends nothing again."""

    status_code = 303


def client_address(request: HttpRequest) -> str:
    """Return the visitor's network address; behind a proxy the one that the proxy saw, the last hop it names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:45]
    return str(request.META.get("REMOTE_ADDR", ""))
