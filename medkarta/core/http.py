"""The request as our middleware completes it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from medkarta.core.scopes import AccountScope, PatientScope


class PortalRequest(HttpRequest):
    """Any page: `account` is None for an anonymous visitor."""

    account: AccountScope | None
    htmx: HtmxDetails
    request_id: str


class PatientRequest(PortalRequest):
    """A page under `/p/<key>/`: the scope is the only way to the record."""

    scope: PatientScope
    account: AccountScope
