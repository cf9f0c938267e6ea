"""Pages of calling a doctor home: red flags, the form, one call, its cancelling."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from medkarta.core.errors import Refused
from medkarta.core.http import PatientRequest
from medkarta.requests import queries as requests
from medkarta.scheduling import queries
from medkarta.scheduling.actions import home_visits as actions
from medkarta.scheduling.home_visit_form import CallForm, FlagsForm
from medkarta.scheduling.queries import home_visit_rules, home_visits
from medkarta.scheduling.rows import HomeVisitRow
from medkarta.scheduling.rules import home_visits as rules
from medkarta.ui.render import render

NEW = "appointments/home-visits/new/"
STEP_SECONDS = 12 * 60 * 60


class _Caller:
    """Who calls now: the person, his clinics, the calls that wait already, and the days that are left."""

    def __init__(self, request: PatientRequest, now: datetime) -> None:
        self.now = now
        self.found = home_visits.get_caller(request.scope, now=now)
        zone = self.found.clinics[0].zone if self.found.clinics else None
        self.today = timezone.localdate(now, zone)  # as the clinic's clock says
        days = self.found.days
        self.live: list[HomeVisitRow] = []
        if zone and days:
            start, end = home_visits.day_bounds(days[0], zone)[0], home_visits.day_bounds(days[-1], zone)[1]
            self.live = home_visits.list_live(request.scope, start=start, end=end, now=now)
        taken = {one.starts_at.astimezone(one.zone).date() for one in self.live if one.starts_at}
        self.days: list[date] = [day for day in days if day not in taken]
        self.flags = home_visit_rules.list_red_flags(sex=self.found.client.gender, months=self.found.months)

    def context(self) -> dict[str, Any]:
        clinic = self.found.clinics[0] if self.found.is_registered and len(self.found.clinics) == 1 else None
        return {
            "clinic": clinic,
            "hours": self._hours(clinic) if clinic else "",
            "is_today_over": self.today not in self.found.days,
            "live": self.live,
            "is_registered": self.found.is_registered,
        }

    def _hours(self, clinic: home_visits.CallClinic) -> str:
        cutoff = clinic.rules.cutoff_on(self.today)
        if cutoff == rules.OFF:
            return _("Вызов получит эта клиника.")
        if cutoff == rules.CLOSED:
            return _("Сегодня врачи этой клиники на дом не выезжают.")
        if self.today in clinic.days:
            return _("Вызовы на сегодня клиника принимает до %(time)s.") % {"time": cutoff}
        return _("На сегодня клиника вызовы уже не принимает: только до %(time)s.") % {"time": cutoff}


@require_http_methods(["GET", "HEAD", "POST"])
def call_doctor(request: PatientRequest) -> HttpResponse:
    """Show the red flags first, then the form; a call is stored by the second step only."""
    request.audit_action = "scheduling.home_visit_form"
    if not request.scope.may_act:
        return _closed(request, {"reason": actions.MayNotCall.text}, status=403 if request.method == "POST" else 200)
    caller = _Caller(request, timezone.now())
    if "form_key" in request.POST:
        return _send(request, caller)
    if not caller.days:
        return _closed(request, caller.context(), status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        if _is_passed(request, request.GET.get("step", "")):
            return _show_form(request, caller, _form(request, caller))
        return _show_flags(request, caller, FlagsForm(flags=caller.flags))
    flags = FlagsForm(request.POST, flags=caller.flags)
    if not flags.is_valid():
        return _show_flags(request, caller, flags, status=422)
    if flags.stops:
        return _stop(request)
    return redirect(f"{request.scope.url(NEW)}?step={_signer(request).sign('ok')}")


def _send(request: PatientRequest, caller: _Caller) -> HttpResponse:
    form, flags = _form(request, caller), FlagsForm(request.POST, flags=caller.flags)
    sent = home_visits.find_sent(request.scope, form_key=form.key)
    if sent:
        text = _("Этот вызов уже отправлен. Чтобы что-то изменить, отмените его и вызовите врача снова")
        messages.info(request, text)
        return redirect(request.scope.url(f"appointments/home-visits/{sent}/"))
    if not caller.days and not caller.live:
        return _closed(request, caller.context(), status=409)
    if flags.is_valid():
        if flags.stops:
            return _stop(request)
        form.replace("step", _signer(request).sign("ok"))
    elif not _is_passed(request, request.POST.get("step", "")):
        form.add_error(None, _("С начала прошло много времени. Ещё раз отметьте, нет ли опасных признаков"))
        return _show_form(request, caller, form, flags=flags, status=422)
    if form.is_valid():
        form.check_half(caller.now)
    if not form.is_valid():
        return _show_form(request, caller, form, status=422)
    try:
        call_id = actions.request_home_visit(request.scope, form=form.draft(), form_key=form.key, now=caller.now)
    except actions.NeedsAmbulance:
        return _stop(request)
    except actions.AlreadyCalled as refusal:
        messages.warning(request, _("На этот день врач уже вызван: вот этот вызов. Второй мы не отправили"))
        return redirect(request.scope.url(f"appointments/home-visits/{refusal.call_id}/"))
    except Refused as refusal:
        form.add_error(None, str(refusal.text))
        form.replace("form_key", str(uuid4()))
        return _show_form(request, caller, form, status=422)
    messages.success(request, _("Вызов отправлен в клинику. Её ответ появится здесь"))
    return redirect(request.scope.url(f"appointments/home-visits/{call_id}/"))


def _form(request: PatientRequest, caller: _Caller) -> CallForm:
    """Return the form: filled in as it was sent, or with what the identity provider told of the account."""
    if request.method == "POST":
        is_free = request.POST.get("on", "") in [day.isoformat() for day in caller.days]
        days = caller.days if is_free else caller.found.days  # a taken day leads to the call that took it
        return CallForm(request.POST, caller=caller.found, days=days, today=caller.today)
    known = home_visits.get_contacts(request.scope)
    initial = {
        "on": caller.days[0].isoformat(),
        "half": rules.ANY,
        "address": known.address,
        "flat": known.flat,
        "phone": known.phone,
        "form_key": str(uuid4()),
        "step": request.GET.get("step", ""),
    }
    return CallForm(initial=initial, caller=caller.found, days=caller.days, today=caller.today)


def _signer(request: PatientRequest) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"medkarta.home-visit.{request.scope.key}")


def _is_passed(request: PatientRequest, token: str) -> bool:
    """Tell whether a token says that the red flags of this record were answered not long ago."""
    try:
        _signer(request).unsign(token, max_age=STEP_SECONDS)
    except signing.BadSignature:
        return False
    return True


def _show_flags(request: PatientRequest, caller: _Caller, form: FlagsForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "list_href": request.scope.url("appointments/"), **caller.context()}
    return render(request, "scheduling/home_visit_flags.jinja", context, status=status)


def _show_form(
    request: PatientRequest, caller: _Caller, form: CallForm, *, flags: FlagsForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "flags": flags,
        "action": request.scope.url(NEW),
        "book_href": request.scope.url("appointments/book/"),
        **caller.context(),
    }
    return render(request, "scheduling/home_visit_form.jinja", context, status=status)


def _stop(request: PatientRequest) -> HttpResponse:
    """Answer that an ambulance is needed. Nothing of what was ticked or typed is kept."""
    return render(request, "scheduling/home_visit_stop.jinja", {"back_href": request.scope.url(NEW)})


def _closed(request: PatientRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    shown = {"reason": "", "live": [], "clinic": None, "list_href": request.scope.url("appointments/"), **context}
    return render(request, "scheduling/home_visit_closed.jinja", shown, status=status)


@require_safe
def show_home_visit(request: PatientRequest, request_id: UUID) -> HttpResponse:
    request.audit_action = "scheduling.home_visit"
    return render(request, "scheduling/home_visit.jinja", _context(request, request_id))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_home_visit(request: PatientRequest, request_id: UUID) -> HttpResponse:
    """Ask once; the button of the page cancels."""
    request.audit_action = "scheduling.cancel_home_visit"
    is_sure = request.method == "POST" and "confirm" in request.POST
    if is_sure:
        try:
            actions.cancel_home_visit(request.scope, call_id=request_id, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.text))
        else:
            messages.success(request, _("Вызов отменён"))
            return redirect(request.scope.url(f"appointments/home-visits/{request_id}/"))
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/home_visit_cancel.jinja", _context(request, request_id), status=status)


def _context(request: PatientRequest, request_id: UUID) -> dict[str, Any]:
    found = queries.get_home_visit(request.scope, request_id, now=timezone.now())
    return {
        "found": found,
        "row": found.row,
        "call": home_visits.get_call(request.scope, request_id),
        "asked": requests.find_row_of(request.scope, kind=actions.KIND, target_id=request_id),
        "list_href": request.scope.url("appointments/"),
        "again_href": request.scope.url(NEW),
    }
