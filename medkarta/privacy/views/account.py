"""«Кто смотрел мою карту», and the account: sessions, consents, sign-out everywhere."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from medkarta.accounts import actions as accounts
from medkarta.accounts import queries as account_queries
from medkarta.core.http import PatientRequest, PortalRequest
from medkarta.core.scopes import AccountScope
from medkarta.privacy import queries
from medkarta.scheduling.actions import feeds
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table


def log_columns() -> tuple[Column, ...]:
    return (
        Column("at", _("Когда"), sortable=False),
        Column("who", _("Кто"), sortable=False),
        Column("what", _("Что"), sortable=False),
        Column("result", _("Итог"), sortable=False),
    )


@require_safe
def access_log(request: PatientRequest) -> HttpResponse:
    table = Table.read(request.GET, columns=log_columns(), default="at", path=request.path)
    rows, total = queries.list_log(request.scope, offset=table.page.offset, limit=table.page.limit)
    return render(request, "privacy/access_log.jinja", {"table": table.with_total(total), "rows": rows})


@require_safe
def account(request: PortalRequest) -> HttpResponse:
    scope = request.account
    if scope is None:
        return HttpResponseRedirect(f"/login?{urlencode({'next': request.path})}")
    now = timezone.now()
    idle_since = now - timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    context = {
        "sessions": account_queries.list_sessions(scope, now=now, idle_since=idle_since),
        "this_session": request.visitor.session_id,
        "consents": account_queries.list_consents(scope),
        "contacts": account_queries.contacts(scope),
    }
    return render(request, "privacy/account.jinja", context)


@require_POST
def revoke_session(request: PortalRequest, session_id: UUID) -> HttpResponse:
    scope = request.account
    if scope is not None:
        accounts.revoke_session(scope, session_id=session_id, now=timezone.now())
        messages.success(request, _("Сеанс закончен"))
    return HttpResponseRedirect("/account/")


@require_POST
def sign_out_everywhere(request: PortalRequest) -> HttpResponse:
    scope = request.account
    if scope is not None:
        accounts.revoke_all_sessions(scope, now=timezone.now())
        messages.success(request, _("Вы вышли на всех устройствах"))
    return _signed_out()


@require_POST
def withdraw_consent(request: PortalRequest) -> HttpResponse:
    """Withdraw the consent to processing; asks once more unless the form says that it was meant."""
    scope: AccountScope | None = request.account
    if scope is None:
        return HttpResponseRedirect("/")
    if request.POST.get("sure") != "yes":
        return render(request, "privacy/withdraw.jinja")
    feeds.revoke_all_feeds(scope, now=timezone.now())
    accounts.withdraw_processing(scope, now=timezone.now())
    messages.success(request, _("Согласие отозвано, вход закрыт. Войти снова можно, дав новое согласие"))
    return _signed_out()


def _signed_out() -> HttpResponse:
    response = HttpResponseRedirect("/")
    response.delete_cookie(settings.SESSION_COOKIE)
    return response
