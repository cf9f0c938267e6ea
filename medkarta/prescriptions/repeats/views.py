"""Pages of asking for a prescription again: the form, one request, its cancelling."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from medkarta.core.errors import Refused
from medkarta.core.http import PatientRequest
from medkarta.prescriptions import queries as prescriptions
from medkarta.prescriptions.repeats import actions, queries, rules, steps, words
from medkarta.prescriptions.repeats.forms import RepeatForm
from medkarta.requests import queries as requests
from medkarta.ui.render import render


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PatientRequest, prescription_id: UUID) -> HttpResponse:
    """Show the form; POST stores one request, however often it comes."""
    request.audit_action = "prescriptions.repeat_form"
    scope = request.scope
    found = prescriptions.get_prescription(scope, prescription_id, today=timezone.localdate())
    if request.method == "POST":
        return _send(request, found, RepeatForm(request.POST))
    latest = queries.find_latest(scope, prescription_id)
    form = RepeatForm(initial={"form_key": str(uuid4())})
    return _show_form(request, found, form, same=latest.href if latest and latest.is_live else "")


def _send(request: PatientRequest, found: prescriptions.PrescriptionPage, form: RepeatForm) -> HttpResponse:
    scope, prescription_id = request.scope, found.row.id
    sent = queries.find_sent(scope, form_key=form.key, prescription_id=prescription_id)
    if sent:
        messages.info(request, _("Этот запрос уже отправлен"))
        return redirect(scope.url(f"prescriptions/repeats/{sent}/"))
    if not form.is_valid():
        return _show_form(request, found, form, status=422)
    try:
        repeat_id = actions.ask(
            scope,
            prescription_id=prescription_id,
            wish=form.cleaned_data["wish"],
            form_key=form.key,
            now=timezone.now(),
        )
    except actions.AlreadyAsked as refusal:
        same = scope.url(f"prescriptions/repeats/{refusal.repeat_id}/")
        return _show_form(request, found, form, same=same, status=409)
    except actions.MayNotAsk as refusal:
        form.add_error(None, str(refusal.text))
        return _show_form(request, found, form, status=403)
    except Refused as refusal:
        form.add_error(None, str(refusal.text))
        form.replace_key()
        return _show_form(request, found, form, status=422)
    messages.success(request, _("Запрос отправлен в клинику. Её ответ появится здесь"))
    return redirect(scope.url(f"prescriptions/repeats/{repeat_id}/"))


def _show_form(
    request: PatientRequest,
    found: prescriptions.PrescriptionPage,
    form: RepeatForm,
    *,
    same: str = "",
    status: int = 200,
) -> HttpResponse:
    why_not = words.why_not(found.can_repeat)
    if not request.scope.may_act:
        why_not = actions.MayNotAsk.text
    elif found.can_repeat is rules.Why.YES and found.facility_id is None:
        why_not = actions.ClinicNotKnown.text
    context = {"scope": request.scope, "found": found, "form": form, "same": same, "why_not": str(why_not)}
    return render(request, "prescriptions/repeats/form.jinja", context, status=status)


@require_safe
def show_repeat(request: PatientRequest, repeat_id: UUID) -> HttpResponse:
    request.audit_action = "prescriptions.repeat"
    return render(request, "prescriptions/repeats/repeat.jinja", _context(request, repeat_id))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_repeat(request: PatientRequest, repeat_id: UUID) -> HttpResponse:
    """Ask once; the button of the page cancels."""
    request.audit_action = "prescriptions.cancel_repeat"
    if request.method == "POST" and "confirm" in request.POST:
        try:
            actions.cancel(request.scope, repeat_id=repeat_id, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.text))
        else:
            messages.success(request, _("Запрос отменён"))
            return redirect(request.scope.url(f"prescriptions/repeats/{repeat_id}/"))
    status = 422 if request.method == "POST" else 200
    return render(request, "prescriptions/repeats/cancel.jinja", _context(request, repeat_id), status=status)


def _context(request: PatientRequest, repeat_id: UUID) -> dict[str, Any]:
    return {
        "scope": request.scope,
        "row": queries.get_repeat(request.scope, repeat_id),
        "asked": requests.find_row_of(request.scope, kind=steps.KIND, target_id=repeat_id),
    }
