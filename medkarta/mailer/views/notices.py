"""The bell's page, the links of letters, and the script that shows messages on a device."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medkarta.core.http import PortalRequest
from medkarta.mailer import actions, links, queries
from medkarta.mailer.letters import CONFIRM, STOP
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table

SCRIPT = Path(__file__).parent.parent / "static/mailer/sw.js"
LIST = "/notifications/"


@require_safe
def list_notices(request: PortalRequest) -> HttpResponse:
    """Show what the bell has told, the newest first. Looking does not mark anything as read."""
    scope = request.account
    if scope is None:
        return _to_login(request)
    now = timezone.now()
    columns = (
        Column("when", _("Когда"), sortable=False),
        Column("what", _("Что"), sortable=False),
        Column("who", _("Чья карта"), sortable=False),
        Column("state", _("Прочитано"), sortable=False, hidden=True),
    )
    table = Table.read(request.GET, columns=columns, default="when", path=request.path)
    table = table.with_total(queries.count_notices(scope, now=now))
    context = {
        "table": table,
        "rows": queries.list_notices(scope, now=now, offset=table.page.offset, limit=table.page.limit),
        "names": {one.person_id: f"{one.given_name} {one.family_name}" for one in request.visitor.members},
        "has_new": bool(request.visitor.unread),
    }
    return render(request, "mailer/list.jinja", context)


@require_POST
def read_all(request: PortalRequest) -> HttpResponse:
    if request.account is not None:
        actions.mark_all_read(request.account, now=timezone.now())
        messages.success(request, _("Все уведомления отмечены прочитанными"))
    return HttpResponseRedirect(LIST)


@require_safe
def open_notice(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Lead to what a notice is about, under this account's own key of the record. Letters link here."""
    scope = request.account
    if scope is None:
        return _to_login(request)
    now = timezone.now()
    notice = queries.get_notice(scope, notice_id, now=now)
    actions.mark_read(scope, notice_id=notice_id, now=now)
    if notice.person_id is None:
        return HttpResponseRedirect(notice.link or LIST)
    member = next((one for one in request.visitor.members if one.person_id == notice.person_id), None)
    if member is None:
        messages.error(request, _("Карта этого человека вам больше не открыта"))
        return HttpResponseRedirect(LIST)
    return HttpResponseRedirect(f"/p/{member.key}/{notice.link}")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a typed address by the link of its letter, on any device. GET only asks."""
    try:
        payload = links.read(token, CONFIRM, now=timezone.now())
    except links.Expired as refusal:
        return render(request, "mailer/expired.jinja", {"text": refusal.text}, status=410)
    if request.method != "POST":
        return render(request, "mailer/confirm.jinja", {"is_done": False})
    actions.confirm_address(point_id=UUID(payload["point"]), address_hash=payload["hash"])
    return render(request, "mailer/confirm.jinja", {"is_done": True})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters(request: HttpRequest, token: str) -> HttpResponse:
    """Switch letters off by the link that each of them has; mail programs post here themselves (RFC 8058)."""
    try:
        payload = links.read(token, STOP, now=timezone.now())
    except links.Expired as refusal:
        return render(request, "mailer/expired.jinja", {"text": refusal.text}, status=410)
    if request.method != "POST":
        return render(request, "mailer/stop.jinja", {"is_done": False})
    actions.stop_letters(UUID(payload["account"]))
    return render(request, "mailer/stop.jinja", {"is_done": True})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the script at the root of the site: only from there may it speak for all pages."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def _to_login(request: PortalRequest) -> HttpResponse:
    return HttpResponseRedirect(f"/login?{urlencode({'next': request.path})}")
