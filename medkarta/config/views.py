"""Addresses of the house itself: deep entry, sections without a key, looks of the pages, health."""

from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from medkarta.accounts import actions as accounts
from medkarta.accounts import rules
from medkarta.config import readiness
from medkarta.config.access import preferences_of
from medkarta.config.sections import ENTRIES, KEYLESS
from medkarta.core.http import PortalRequest
from medkarta.ui.preferences import change, dump
from medkarta.ui.render import render

YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def keyless(request: PortalRequest, section: str) -> HttpResponse:
    """Lead `/appointments/` to the same section of the person shown last."""
    return _to_section(request, KEYLESS[section])


@require_safe
def enter(request: PortalRequest, section: str) -> HttpResponse:
    """Deep entry from a regional portal: through the login to the section asked for, or to `next`."""
    if section not in ENTRIES:
        raise Http404
    wanted = request.GET.get("next", "")
    if wanted and rules.is_safe_path(wanted):
        return HttpResponseRedirect(wanted)
    return _to_section(request, ENTRIES[section])


def _to_section(request: PortalRequest, path: str) -> HttpResponse:
    visitor = request.visitor
    if visitor is None:
        return HttpResponseRedirect(f"/login?{urlencode({'next': request.get_full_path()})}")
    if not visitor.has_consent:
        return HttpResponseRedirect(f"/consent/?{urlencode({'next': request.get_full_path()})}")
    if visitor.shown_last is None:
        return render(request, "signin/no_record.jinja")
    return HttpResponseRedirect(f"/p/{visitor.shown_last.key}/{path}")


@require_POST
def preferences(request: PortalRequest) -> HttpResponse:
    """Change theme, low vision or language; kept on the account, and in a cookie for the pages before the login."""
    changed = change(preferences_of(request, request.visitor), request.POST)
    back = request.POST.get("next", "/")
    response = HttpResponseRedirect(back if rules.is_safe_path(back) else "/")
    response.set_cookie(
        settings.PREFERENCES_COOKIE, dump(changed), max_age=YEAR_SECONDS, samesite="Lax", secure=settings.IS_HTTPS
    )
    if request.account is not None:
        accounts.keep_preferences(request.account.account_id, {"view": dump(changed)})
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that the process answers; touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Tell 200 only when the database answers and, in the demo, the stand-in and its persons are there."""
    try:
        connection.ensure_connection()
        missing = readiness.missing()
    except DatabaseError:
        missing = ["database"]
    text = "ready\n" if not missing else "not ready: " + ", ".join(missing) + "\n"
    response = HttpResponse(text, status=200 if not missing else 503, content_type="text/plain")
    response._has_been_logged = True  # type: ignore[attr-defined]  # waiting is no failure to log
    return response
