"""The demo's mailbox in the browser of this machine."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from medkarta.devtools import mailbox
from medkarta.devtools.guard import is_on_loopback
from medkarta.ui.render import render


@require_safe
def mailbox_list(request: HttpRequest) -> HttpResponse:
    _refuse_others(request)
    return render(request, "devtools/mailbox.jinja", {"letters": mailbox.list_letters()})


@require_safe
def mailbox_letter(request: HttpRequest, letter_id: str) -> HttpResponse:
    _refuse_others(request)
    letter = mailbox.find(letter_id)
    if letter is None:
        raise Http404
    return render(request, "devtools/letter.jinja", {"letter": letter})


@require_safe
def mailbox_file(request: HttpRequest, letter_id: str, number: int) -> HttpResponse:
    """Return a file of a letter as a download."""
    _refuse_others(request)
    found = mailbox.find_file(letter_id, number)
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, found[0]) or "attachment"
    return response


def _refuse_others(request: HttpRequest) -> None:
    """Letters hold links that act without a login: nobody but this machine reads them."""
    if not is_on_loopback(str(request.META.get("REMOTE_ADDR", ""))):
        raise Http404
