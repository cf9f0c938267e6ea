"""Pages of the waiting list: the form, one entry with its offers, both answers, leaving."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medkarta.core.errors import NotFound, Refused
from medkarta.core.http import PatientRequest, SeeOther
from medkarta.core.scopes import PatientScope
from medkarta.requests import queries as requests
from medkarta.scheduling import queries, refusals, refusals_waitlist, waitlist_choices, waitlist_told
from medkarta.scheduling.actions import waitlist as actions
from medkarta.scheduling.actions import waitlist_steps
from medkarta.scheduling.addresses import Wish, read_uuid
from medkarta.scheduling.queries import booking, finding
from medkarta.scheduling.queries import waitlist as reads
from medkarta.scheduling.waitlist_form import THIS_DOCTOR, EntryForm
from medkarta.ui.render import render

HOME = "appointments/waitlist/"


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: PatientRequest) -> HttpResponse:
    """Show the form, or put the person on the list."""
    request.audit_action = "scheduling.waitlist_form"
    scope, now = request.scope, timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    wish, swaps = Wish.read(given), read_uuid(given.get("swap", ""))
    if swaps is not None:
        wish = booking.wish_to_move(scope, swaps).but(move=swaps)
    try:
        seeker = finding.seeker_of(scope, wish, now=now)
        choices = waitlist_choices.of(request, seeker, wish, now=now)
    except Refused as refusal:
        return _closed(request, refusal)
    form = _form(request, wish, choices, now=now)
    if request.method == "POST" and form.is_valid():
        answer = _join(request, form, wish, swaps, now=now)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "title": seeker.directory.titles.get(wish.specialty, ""),
        "old": queries.get_appointment(scope, swaps, now=now) if swaps else None,
        "fields": [*wish.but(move=None, day=None, slot=None).pairs, *([("swap", str(swaps))] if swaps else [])],
        "back_href": scope.url(f"appointments/{swaps}/") if swaps else wish.url(scope, "times/"),
    }
    return render(request, "scheduling/waitlist_form.jinja", context, status=422 if form.errors else 200)


def _form(request: PatientRequest, wish: Wish, choices: Any, *, now: datetime) -> EntryForm:
    today = timezone.localdate(now)
    if request.method == "POST":
        return EntryForm(request.POST, choices=choices, today=today)
    initial = {
        "doctor": THIS_DOCTOR,
        "clinics": [str(one) for one in choices.first(wish.facility)],
        "weekdays": [str(number) for number in range(7)],
        "last_day": choices.last_day(today).isoformat(),
        "form_key": str(uuid4()),
    }
    return EntryForm(initial=initial, choices=choices, today=today)


def _join(
    request: PatientRequest, form: EntryForm, wish: Wish, swaps: UUID | None, *, now: datetime
) -> HttpResponse | None:
    """Put the person on the list and lead to his entry; None when the form has to say what is wrong."""
    scope = request.scope
    others = waitlist_choices.scopes_of(request, form.cleaned_data.get("together", ()), now=now)
    try:
        joined = actions.join(scope, form=form.draft(wish, swaps), form_key=form.key, now=now, others=others)
    except refusals_waitlist.AlreadyWaiting as refusal:
        other = next((one for one in others if one.person_id == refusal.person_id), None)
        if other is None:
            return _already(request, refusal)
        form.refuse_together(other.key)
        return None
    except refusals_waitlist.FormIsUsedUp as refusal:
        form.renew_key()
        form.add_error(None, str(refusal.text))
        return None
    except refusals.BookingRefused as refusal:
        return _closed(request, refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal.text))
        return None
    if joined.is_new:
        messages.success(request, _("Заявка принята. Сообщим, когда появится подходящее время"))
    return SeeOther(scope.url(f"{HOME}{joined.id}/"))


def _already(request: PatientRequest, refusal: refusals_waitlist.AlreadyWaiting) -> HttpResponse:
    messages.warning(request, str(refusal.text))
    return SeeOther(request.scope.url(f"{HOME}{refusal.entry_id}/"))


def _closed(request: PatientRequest, refusal: Refused) -> HttpResponse:
    """Say why there is no list for this, with a way on: a page to whoever looks, a no to whoever sent the form."""
    known = refusal.appointment_id if isinstance(refusal, refusals.BookingRefused) else None
    context = {
        "refusal": refusal.text,
        "existing": booking.find_appointment(request.scope, known, now=timezone.now()) if known else None,
        "book_href": request.scope.url("appointments/book/"),
        "new_href": request.scope.url(f"{HOME}new/"),
    }
    return render(request, "scheduling/waitlist_closed.jinja", context, status=409 if request.method == "POST" else 200)


@require_safe
def show(request: PatientRequest, entry_id: UUID) -> HttpResponse:
    return _show(request, entry_id)


def _show(request: PatientRequest, entry_id: UUID, *, refusal: Refused | None = None) -> HttpResponse:
    scope, now = request.scope, timezone.now()
    request.audit_action = "scheduling.waitlist_entry"
    found = queries.get_waitlist_entry(scope, entry_id, now=now)
    waiting = reads.find_waiting(scope, entry_id, now=now)
    known = refusal.appointment_id if isinstance(refusal, refusals.BookingRefused) else None
    context: dict[str, Any] = {
        "found": found,
        "row": found.row,
        "waiting": waiting,
        "asked": requests.find_row_of(scope, kind=waitlist_steps.KIND, target_id=entry_id) if waiting else None,
        "told": waitlist_told,
        "now": now,
        "may_act": scope.may_act,
        "refusal": refusal.text if refusal else "",
        "existing": booking.find_appointment(scope, known, now=now) if known else None,
        "list_href": scope.url("appointments/"),
        "visit_href": scope.url("appointments/{}/"),
    }
    return render(request, "scheduling/waitlist_entry.jinja", context, status=409 if refusal else 200)


@require_POST
def accept(request: PatientRequest, entry_id: UUID, offer_id: UUID) -> HttpResponse:
    scope = request.scope
    _check_pair(scope, entry_id, offer_id)
    try:
        booked = actions.accept(scope, offer_id=offer_id, now=timezone.now())
    except Refused as refusal:
        return _show(request, entry_id, refusal=refusal)
    request.audit_action = "scheduling.waitlist_entry"
    is_moved = booked.moved_from is not None
    return SeeOther(scope.url(f"appointments/{booked.pk}/?done={'moved' if is_moved else 'booked'}"))


@require_POST
def decline(request: PatientRequest, entry_id: UUID, offer_id: UUID) -> HttpResponse:
    scope = request.scope
    _check_pair(scope, entry_id, offer_id)
    try:
        actions.decline(scope, offer_id=offer_id, now=timezone.now())
    except Refused as refusal:
        return _show(request, entry_id, refusal=refusal)
    request.audit_action = "scheduling.waitlist_entry"
    messages.info(request, _("Время достанется следующему. Ваше место в очереди сохранено"))
    return SeeOther(scope.url(f"{HOME}{entry_id}/"))


def _check_pair(scope: PatientScope, entry_id: UUID, offer_id: UUID) -> None:
    if not reads.has_offer(scope, entry_id, offer_id):
        raise NotFound


@require_POST
def keep(request: PatientRequest, entry_id: UUID) -> HttpResponse:
    """Answer «ещё нужно?» with yes."""
    request.audit_action = "scheduling.waitlist_entry"
    try:
        actions.still_needed(request.scope, entry_id=entry_id, now=timezone.now())
    except Refused as refusal:
        return _show(request, entry_id, refusal=refusal)
    messages.success(request, _("Хорошо, будем предлагать время дальше"))
    return SeeOther(request.scope.url(f"{HOME}{entry_id}/"))


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PatientRequest, entry_id: UUID) -> HttpResponse:
    """Ask once (GET), then take the person off the list (POST)."""
    scope, now = request.scope, timezone.now()
    request.audit_action = "scheduling.waitlist_entry"
    found = queries.get_waitlist_entry(scope, entry_id, now=now)
    here = scope.url(f"{HOME}{entry_id}/")
    context: dict[str, Any] = {"row": found.row, "back_href": here, "refusal": ""}
    if request.method != "POST":
        return render(request, "scheduling/waitlist_leave.jinja", context)
    try:
        actions.leave(scope, entry_id=entry_id, now=now)
    except Refused as refusal:
        context["refusal"] = refusal.text
        return render(request, "scheduling/waitlist_leave.jinja", context, status=409)
    messages.success(request, _("Заявка отменена"))
    return SeeOther(here)
