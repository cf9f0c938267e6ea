"""«Приду / не приду» by the link of a reminder: no sign-in, no medical detail, and a GET changes nothing."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from medkarta.core.errors import NotFound, Refused
from medkarta.core.http import SeeOther
from medkarta.mailer import links
from medkarta.scheduling.actions import answering
from medkarta.scheduling.queries import booking as reads
from medkarta.scheduling.queries.facts import ANSWER
from medkarta.ui.render import render


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        appointment_id = UUID(links.read(token, ANSWER, now=now)["appointment"])
    except links.Expired as expired:
        return render(request, "scheduling/answer.jinja", {"asked": None, "refusal": expired.text}, status=410)
    except (KeyError, ValueError):
        raise NotFound from None
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            answering.answer(appointment_id, coming=request.POST.get("coming") == "yes", now=now)
        except Refused as found:
            refusal = found
        else:
            return SeeOther(f"{request.path}?done=1")
    asked = reads.get_asked(appointment_id)
    context = {
        "asked": asked,
        "refusal": refusal.text if refusal else "",
        "is_done": "done" in request.GET and request.method == "GET",
        "is_over": now >= asked.starts_at,
    }
    return render(request, "scheduling/answer.jinja", context, status=409 if refusal else 200)
