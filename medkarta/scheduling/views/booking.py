"""Steps after a time was chosen: hold, look, confirm; and moving or cancelling what is booked.

Choosing a time is a POST, since it takes a hold; a GET never holds, books or frees anything.
"""

from uuid import UUID, uuid5

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medkarta.core.errors import NotFound
from medkarta.core.http import PatientRequest, SeeOther
from medkarta.core.ids import NAMESPACE
from medkarta.patients import queries as patients
from medkarta.scheduling import queries, refusals, ways, zones
from medkarta.scheduling.actions import booking, holds, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.addresses import Wish, read_uuid
from medkarta.scheduling.queries import booking as reads
from medkarta.scheduling.queries import slots
from medkarta.scheduling.rules import rights
from medkarta.ui.render import render


@require_POST
def hold(request: PatientRequest) -> HttpResponse:
    wish = Wish.read(request.POST)
    try:
        holds.hold(request.scope, order=_order(wish), now=timezone.now())
    except refusals.BookingRefused as refusal:
        return _refused(request, wish, refusal)
    return SeeOther(wish.url(request.scope, "confirm/"))


@require_POST
def extend(request: PatientRequest) -> HttpResponse:
    wish = Wish.read(request.POST)
    try:
        holds.extend(request.scope, slot_id=_order(wish).slot_id, now=timezone.now())
    except refusals.BookingRefused as refusal:
        return _refused(request, wish, refusal)
    return SeeOther(wish.url(request.scope, "confirm/"))


@require_POST
def release(request: PatientRequest) -> HttpResponse:
    wish = Wish.read(request.POST)
    holds.release(request.scope)
    return SeeOther(wish.but(slot=None).url(request.scope, "times/"))


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PatientRequest) -> HttpResponse:
    return _confirm(request) if request.method == "POST" else _look(request)


def _confirm(request: PatientRequest) -> HttpResponse:
    wish = Wish.read(request.POST)
    try:
        order = _order(wish, key=request.POST.get("key", ""))
        booked = booking.book(request.scope, order, now=timezone.now())
    except refusals.BookingRefused as refusal:
        return _refused(request, wish, refusal)
    request.audit_action = "scheduling.detail"
    return SeeOther(request.scope.url(f"appointments/{booked.pk}/?done={'moved' if wish.move else 'booked'}"))


def _look(request: PatientRequest) -> HttpResponse:
    scope, now, wish = request.scope, timezone.now(), Wish.read(request.GET)
    slot = slots.get_slot(_order(wish).slot_id)
    if slot.appointment is not None and reads.is_own(scope, slot.appointment):
        return SeeOther(scope.url(f"appointments/{slot.appointment}/?done=booked"))
    is_mine = slot.held_by == scope.person_id and slot.held_until is not None and slot.held_until > now
    if not is_mine and not slot.can_be_held(by=scope.person_id, now=now):
        return _refused(request, wish, refusals.TimeTaken("SLOT_WITHDRAWN" if slot.is_withdrawn else ""))
    context = {
        "slot": slot,
        "person": patients.get_person(scope),
        "held": holds.held_of(slot, now=now) if is_mine else None,
        "seconds": int((slot.held_until - now).total_seconds()) if is_mine and slot.held_until else 0,
        "zone_words": zones.other_time_words(slot.starts_at, slot.zone),
        "fields": wish.pairs,
        "key": uuid5(NAMESPACE, f"{scope.person_id}|{slot.id}|{slot.held_since}"),
        "old": queries.get_appointment(scope, wish.move, now=now) if wish.move else None,
        "book_href": scope.url("appointments/book/"),
        "back_href": wish.but(slot=None).url(scope, "times/"),
        "reminders": reads.list_reminders(slot, now=now),
        "settings_href": "/account/notifications/",
    }
    request.audit_action = "scheduling.book"
    return render(request, "scheduling/booking_confirm.jinja", context)


@require_safe
def move(request: PatientRequest, appointment_id: UUID) -> HttpResponse:
    """Go to the times of the same doctor, with the appointment that moves in the address."""
    request.audit_action = "scheduling.detail"
    wish = reads.wish_to_move(request.scope, appointment_id)
    return SeeOther(wish.url(request.scope, "times/"))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: PatientRequest, appointment_id: UUID) -> HttpResponse:
    """Ask once (GET), then cancel (POST)."""
    scope, now = request.scope, timezone.now()
    request.audit_action = "scheduling.detail"
    found = queries.get_appointment(scope, appointment_id, now=now)
    here = scope.url(f"appointments/{appointment_id}/")
    if request.method != "POST":
        return render(request, "scheduling/booking_cancel.jinja", {"row": found.row, "back_href": here})
    try:
        releasing.cancel(scope, appointment_id=appointment_id, now=now)
    except refusals.BookingRefused as refusal:
        context = {"row": found.row, "back_href": here, "refusal": refusal.text}
        return render(request, "scheduling/booking_cancel.jinja", context, status=409)
    return SeeOther(f"{here}?done=cancelled")


def _order(wish: Wish, *, key: str = "") -> Order:
    """Return what is asked for. Raises NotFound without a time."""
    if wish.slot is None:
        raise NotFound
    return Order(
        slot_id=wish.slot,
        key=read_uuid(key),
        grant_kind=wish.grant_kind,
        grant_ref=wish.grant_ref,
        move_of=wish.move,
    )


def _mask(wish: Wish) -> int:
    return rights.mask_for("Internet", has_grant=wish.grant_ref is not None)


def _refused(request: PatientRequest, wish: Wish, refusal: refusals.BookingRefused) -> HttpResponse:
    """Say what stands in the way, with the nearest other times at once or a way on."""
    scope, now = request.scope, timezone.now()
    slot = slots.get_slot(wish.slot) if wish.slot else None
    others = []
    if slot is not None and isinstance(refusal, (refusals.TimeTaken, refusals.HoldIsOver)):
        others = slots.list_alternatives(slot, by=scope.person_id, mask=_mask(wish), now=now)
    known = refusal.appointment_id
    context = {
        "refusal": refusal,
        "slot": slot,
        "others": others,
        "existing": reads.find_appointment(scope, known, now=now) if known else None,
        "ways": ways.on(scope, wish, refusal),
        "hold_href": scope.url("appointments/book/hold/"),
        "fields": wish.but(slot=None, day=None).pairs,
        "times_href": wish.but(slot=None).url(scope, "times/"),
    }
    request.audit_action = "scheduling.book"
    return render(request, "scheduling/booking_refused.jinja", context, status=409)
