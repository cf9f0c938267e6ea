"""Sign-in: to the provider and back, the first consent, and the way out."""

import logging
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from medkarta.accounts import actions as accounts
from medkarta.accounts import queries as account_queries
from medkarta.core.errors import NotFound
from medkarta.core.http import PortalRequest, client_address
from medkarta.integrations.esia.port import EsiaError, Kind, refusal
from medkarta.signin import actions, providers
from medkarta.ui.render import render

log = logging.getLogger(__name__)
RETRIED_COOKIE = "medkarta_login_retried"


@require_GET
def login(request: PortalRequest, name: str = "") -> HttpResponse:
    """Send the browser to the provider; with several of them, offer the choice.

    `again=1` asks a signed-in person to prove himself: the provider's own session ends first, so that it can't let
    him in silently. `retry=1` only begins anew.
    """
    next_path = safe_path(request.GET.get("next", ""))
    found = providers.configured()
    wanted = {key: "1" for key in ("again", "retry") if key in request.GET}
    if request.account and not wanted:
        return HttpResponseRedirect(next_path)
    if name and name not in found:
        raise Http404
    if not found:
        return render(request, "signin/unavailable.jinja", status=503)
    if not name and len(found) > 1:
        query = urlencode({"next": next_path, **wanted})
        return render(request, "signin/choice.jinja", {"providers": list(found.values()), "query": query})
    provider = found[name or next(iter(found))]
    if "again" in wanted:
        return HttpResponseRedirect(provider.logout_url(f"{settings.BASE_URL}{_retry_path(provider, next_path)}"))
    return _begin(request, provider, next_path)


def _retry_path(provider: providers.Provider, next_path: str) -> str:
    return f"/login/{provider.name}?{urlencode({'next': next_path, 'retry': '1'})}"


def _begin(request: PortalRequest, provider: providers.Provider, next_path: str) -> HttpResponse:
    browser = request.COOKIES.get(settings.LOGIN_COOKIE, "")
    try:
        begun = actions.begin(provider, next_path=next_path, browser=browser, now=timezone.now())
    except EsiaError as error:
        return _failed(request, provider, error, next_path)
    response = HttpResponseRedirect(begun.url)
    response.set_cookie(settings.LOGIN_COOKIE, begun.browser, max_age=600, **cookie_flags())
    return response


@require_GET
def callback(request: PortalRequest, name: str) -> HttpResponse:
    """Take what the provider sent back with the browser."""
    provider = providers.configured().get(name)
    if provider is None:
        raise Http404
    now = timezone.now()
    state, browser = request.GET.get("state", "")[:64], request.COOKIES.get(settings.LOGIN_COOKIE, "")
    if refused := request.GET.get("error"):
        found = refusal(refused, request.GET.get("error_description", ""))
        return _failed(request, provider, found, _next_path(state, browser))
    try:
        done = actions.finish(
            provider,
            state=state,
            code=request.GET.get("code", ""),
            browser=browser,
            user_agent=request.headers.get("User-Agent", ""),
            address=client_address(request),
            replaces=request.COOKIES.get(settings.SESSION_COOKIE, ""),
            now=now,
        )
    except NotFound:
        return _ended(request, "signin/stale.jinja", status=400)
    except EsiaError as error:
        return _failed(request, provider, error, _next_path(state, browser))
    if not done.token:
        return _ended(request, "signin/unconfirmed.jinja", status=403)
    target = done.next_path if done.has_consent else f"/consent/?{urlencode({'next': done.next_path})}"
    response = HttpResponseRedirect(target)
    response.set_cookie(settings.SESSION_COOKIE, done.token, **cookie_flags())
    response.delete_cookie(settings.LOGIN_COOKIE)
    response.delete_cookie(RETRIED_COOKIE)
    return response


def _next_path(state: str, browser: str) -> str:
    return safe_path(account_queries.next_path_of(state=state, browser=browser)) if "\x00" not in state else "/home/"


def _failed(request: PortalRequest, provider: providers.Provider, error: EsiaError, next_path: str) -> HttpResponse:
    """Show a human sentence and a way on. What can be cured by starting again is started again, once."""
    action = provider.action_of(error)
    log.log(logging.ERROR if action.alarm else logging.INFO, "sign-in failed: %s (%s)", error, action.kind)
    again = _retry_path(provider, next_path)
    if action.kind is Kind.RESTART_ONCE and RETRIED_COOKIE not in request.COOKIES:
        response = HttpResponseRedirect(again)
        response.set_cookie(RETRIED_COOKIE, "1", max_age=120, **cookie_flags())
        return response
    if action.kind is Kind.UNCONFIRMED:
        return _ended(request, "signin/unconfirmed.jinja", status=403)
    status = {Kind.UNAVAILABLE: 503, Kind.CONFIG_ALARM: 503, Kind.BUG_ALARM: 502}.get(action.kind, 400)
    return _ended(request, "signin/failed.jinja", {"action": action, "again": again}, status=status)


def _ended(
    request: PortalRequest, template: str, context: dict[str, object] | None = None, *, status: int
) -> HttpResponse:
    """Render the end of a failed sign-in. Its links lead to the start, never to an address that holds a code."""
    return render(request, template, {"request_full_path": "/", **(context or {})}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: PortalRequest) -> HttpResponse:
    """Ask for the consent to processing, apart from everything else; read the person only after it."""
    next_path = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    visitor = request.visitor
    if visitor is None:
        return HttpResponseRedirect(f"/login?{urlencode({'next': next_path})}")
    if visitor.has_consent:
        return HttpResponseRedirect(next_path)
    if request.method != "POST":
        context = {"text": account_queries.current_consent_text("processing"), "next_path": next_path, "missing": False}
        return render(request, "signin/consent.jinja", context)
    if request.POST.get("agree") != "yes":
        context = {"text": account_queries.current_consent_text("processing"), "next_path": next_path, "missing": True}
        return render(request, "signin/consent.jinja", context, status=422)
    return _consented(request, next_path)


def _consented(request: PortalRequest, next_path: str) -> HttpResponse:
    now = timezone.now()
    visitor, account = request.visitor, request.account
    assert visitor is not None
    assert account is not None
    provider = providers.of_realm(visitor.provider)
    tokens = actions.sealed(visitor.session_id, session_token=request.COOKIES.get(settings.SESSION_COOKIE, ""))
    accounts.give_consent(account, kind="processing", now=now, address=client_address(request))
    if provider is None or tokens is None:
        return HttpResponseRedirect(f"/login?{urlencode({'next': next_path, 'retry': '1'})}")
    try:
        is_confirmed = actions.read_person(provider, tokens, account, now=now)
    except EsiaError as error:
        return _failed(request, provider, error, next_path)
    accounts.keep_sealed_tokens(visitor.session_id, "")
    if not is_confirmed:
        return _ended(request, "signin/unconfirmed.jinja", status=403)
    return HttpResponseRedirect(next_path)


@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: PortalRequest) -> HttpResponseBase:
    """End the own session first, then the provider's."""
    visitor = request.visitor
    if request.method != "POST":
        return render(request, "signin/logout.jinja") if visitor else HttpResponseRedirect("/")
    target = "/"
    if visitor is not None and request.account is not None:
        accounts.revoke_session(request.account, session_id=visitor.session_id, now=timezone.now())
        provider = providers.of_realm(visitor.provider)
        target = provider.logout_url(f"{settings.BASE_URL}/") if provider else "/"
    response = HttpResponseRedirect(target or "/")
    response.delete_cookie(settings.SESSION_COOKIE)
    response["Clear-Site-Data"] = '"cache"'
    return response


def safe_path(path: str) -> str:
    """Return a path of this site, or the way to the record shown last."""
    return path if path and account_queries.is_safe_path(path) and not path.startswith("/login") else "/home/"


def cookie_flags() -> dict[str, Any]:
    return {"secure": settings.IS_HTTPS, "httponly": True, "samesite": "Lax", "path": "/"}
