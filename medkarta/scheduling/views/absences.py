"""What to do with a visit that the doctor is away for: move it to the time that is kept, choose another, or cancel."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest, SeeOther
from medkarta.scheduling import queries, refusals
from medkarta.scheduling.actions import absence_cases
from medkarta.scheduling.addresses import read_uuid
from medkarta.scheduling.queries import absences
from medkarta.ui.render import render


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PatientRequest, appointment_id: UUID) -> HttpResponse:
    """Ask (GET), then move or cancel (POST). A visit that nothing is asked about any more leads to its own page."""
    scope, now = request.scope, timezone.now()
    request.audit_action = "scheduling.absence_question"
    here = scope.url(f"appointments/{queries.get_appointment(scope, appointment_id, now=now).row.id}/")
    refusal: refusals.BookingRefused | None = None
    if request.method == "POST":
        try:
            return SeeOther(_act(request, appointment_id))
        except NotFound:
            return SeeOther(here)
        except refusals.BookingRefused as found:
            refusal = found
    try:
        question = absences.get_question(scope, appointment_id, now=now)
    except NotFound:
        return SeeOther(here)
    context = {
        "question": question,
        "row": question.found.row,
        "proposed": question.proposed,
        "refusal": refusal.text if refusal else "",
        "back_href": here,
    }
    return render(request, "scheduling/absence.jinja", context, status=409 if refusal else 200)


def _act(request: PatientRequest, appointment_id: UUID) -> str:
    """Do what was pressed; return where to go. Raises NotFound, refusals.BookingRefused."""
    scope, now = request.scope, timezone.now()
    if request.POST.get("do") == "cancel":
        absence_cases.decline(scope, appointment_id=appointment_id, now=now)
        return scope.url(f"appointments/{appointment_id}/?done=cancelled")
    slot_id = read_uuid(request.POST.get("slot", ""))
    if slot_id is None:
        raise NotFound
    moved = absence_cases.accept(scope, appointment_id=appointment_id, slot_id=slot_id, now=now)
    return scope.url(f"appointments/{moved.pk}/?done=moved")
