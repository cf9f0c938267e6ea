"""The form of messages and the page with the number."""

from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PortalRequest, client_address
from medkarta.feedback import actions, queries, rules
from medkarta.feedback.forms import FeedbackForm
from medkarta.ui.render import render

SALT = "medkarta.feedback.done"
TOKEN_SECONDS = 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: PortalRequest) -> HttpResponse:
    is_signed_in = request.account is not None
    if request.method != "POST":
        return _show(request, FeedbackForm(initial=_initial(request), is_signed_in=is_signed_in))
    form = FeedbackForm(request.POST, is_signed_in=is_signed_in)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        sent = actions.send_message(request.account, form.draft(), address=client_address(request), now=timezone.now())
    except actions.TooManyMessages as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, form, status=429)
    return redirect(f"/feedback/done/{signing.dumps([sent.kind, str(sent.id)], salt=SALT)}/")


@require_safe
def done(request: PortalRequest, token: str) -> HttpResponse:
    try:
        kind, message_id = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        raise NotFound from None
    sent = queries.get_sent(kind, UUID(message_id))
    return render(request, "feedback/done.jinja", {"sent": sent, "is_signed_in": request.account is not None})


def _show(request: PortalRequest, form: FeedbackForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "is_signed_in": request.account is not None, "answer_days": rules.ANSWER_DAYS}
    return render(request, "feedback/write.jinja", context, status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    return {
        "kind": kind if kind in rules.KINDS else "",
        "page": rules.page_of(request.GET.get("from", "")),
        "form_key": str(uuid4()),
    }
