"""What somebody opens who got a link: by a passcode, without an account."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from medkarta.core.errors import Refused
from medkarta.core.http import client_address
from medkarta.mailer import actions
from medkarta.mailer.forms import CodeForm
from medkarta.mailer.letters import FILE_NAME
from medkarta.ui.render import render


@require_http_methods(["GET", "HEAD", "POST"])
def open_sent(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the passcode; only a POST with it opens, so that programs that scan mail open nothing.

    Until then the page is the same for every address, also for one that never was.
    """
    if request.method != "POST":
        return _page(request, CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        data = actions.open_link(
            token=token, code=form.cleaned_data["code"], address=client_address(request), now=timezone.now()
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.text))
        return _page(request, form, status=_status_of(refusal))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'  # a viewer would run scripts of a PDF here
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _unseen(response)


def _status_of(refusal: Refused) -> int:
    if isinstance(refusal, actions.TooManyCodes):
        return 429
    return 410 if isinstance(refusal, actions.LinkOver) else 422


def _page(request: HttpRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    return _unseen(render(request, "mailer/sent.jinja", {"form": form}, status=status))


def _unseen(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
