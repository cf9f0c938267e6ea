"""The one way in: session -> account -> scope of the record in the address, and the audit row that each page leaves."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from medkarta.accounts import actions as accounts
from medkarta.accounts import rules as account_rules
from medkarta.audit import actions as audit
from medkarta.config.visitor import Visitor, find_visitor
from medkarta.core.errors import NotFound
from medkarta.integrations.storage.port import StorageUnavailable
from medkarta.ui.preferences import Preferences, parse

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class AccessMiddleware:
    """Sets `request.visitor`, `request.account` and, under `/p/<key>/`, `request.scope`.

    A page of a record: an anonymous visitor goes to `/login` and comes back; without the consent he goes to
    `/consent/`; a key that is not his is a 404 and an audit row. Each answered page leaves one audit row before
    the answer goes out; if that can't be written, the answer is a 500.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        now = timezone.now()
        token = request.COOKIES.get(settings.SESSION_COOKIE, "")
        visitor = find_visitor(token, now=now) if token else None
        request.visitor = visitor
        request.account = visitor.account if visitor else None
        request.scope = None
        request.preferences = preferences_of(request, visitor)
        with translation.override(request.preferences.language):
            response = self.get_response(request)
            if request.scope is not None:
                self._leave_trace(request, response)
        if visitor and now - visitor.seen_at >= account_rules.SEEN_EVERY:
            accounts.touch_session(visitor.session_id, now=now)
        return response

    def process_view(
        self, request: Any, view: object, arguments: tuple[Any, ...], names: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith("p/<str:key>/"):
            return None
        return self._enter(request, names.pop("key"), now=timezone.now())

    def _enter(self, request: Any, key: str, *, now: datetime) -> HttpResponse | None:
        visitor: Visitor | None = request.visitor
        if visitor is None:
            return HttpResponseRedirect(f"/login?{urlencode({'next': request.get_full_path()})}")
        if not visitor.has_consent:
            return HttpResponseRedirect(f"/consent/?{urlencode({'next': request.get_full_path()})}")
        member = visitor.member(key)
        if member is None:
            audit.record(visitor.account, action="access.foreign_key", outcome="refused")
            raise Http404
        request.scope = visitor.scope(member, now=now)
        if member.key != visitor.last_person_key and request.method == "GET":
            accounts.keep_last_person(visitor.account_id, member.key)
        return None

    def process_exception(self, request: Any, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, NotFound):
            from medkarta.config.errors import error_page

            return error_page(request, 404)
        if isinstance(exception, StorageUnavailable):
            from medkarta.config.errors import error_page

            log.error("the storage of files is unavailable: %s", exception)
            return error_page(request, 503)
        if isinstance(exception, PermissionDenied) and request.account is not None:
            audit.record(request.account, action="access.denied", outcome="refused")
        return None

    def _leave_trace(self, request: Any, response: HttpResponseBase) -> None:
        match = request.resolver_match
        action = getattr(request, "audit_action", f"{match.app_name}.read")
        outcome = "ok" if response.status_code < 400 else "refused" if response.status_code < 500 else "failed"
        try:
            audit.record_read(request.scope, action=action, outcome=outcome)
        except BaseException:
            response.close()  # an answer that leaves no trace doesn't leave; a file it holds is let go
            raise


def preferences_of(request: Any, visitor: Visitor | None) -> Preferences:
    """Return how this visitor wants pages: kept on the account, in a cookie for an anonymous one."""
    if visitor and visitor.preferences:
        return parse(str(visitor.preferences.get("view", "")))
    return parse(request.COOKIES.get(settings.PREFERENCES_COOKIE, ""))
