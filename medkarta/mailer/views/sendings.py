"""Sending a thing of a record to an address, and what became of it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medkarta.core.errors import NotFound, Refused
from medkarta.core.http import PatientRequest, SeeOther
from medkarta.integrations.mail import port as mail
from medkarta.mailer import actions, consent, queries, rules
from medkarta.mailer.addresses import ascii_host
from medkarta.mailer.forms import SendForm, keep
from medkarta.mailer.sendable import Thing
from medkarta.ui.render import render
from medkarta.ui.tables import Column, Table

CARRIED = ("to", "address", "way", "days", "password", "is_secret_meant", "is_agreed", "form_key")


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: PatientRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Ask where to and how; a typed address is shown once more before anything is sent to it."""
    thing = queries.get_thing(request.scope, kind, subject_id)
    own = queries.list_addresses(request.scope.account_id)
    if request.method != "POST":
        form = SendForm(initial=_initial(request, own), own=own, is_restricted=thing.is_restricted)
        return _show(request, thing, form)
    form = SendForm(request.POST, own=own, is_restricted=thing.is_restricted)
    if not form.is_valid():
        return _show(request, thing, form, status=422)
    if "fix" in request.POST:
        return _show(request, thing, form)
    address = form.cleaned_data["address"]
    if form.is_typed and request.POST.get("confirmed") != address:
        return _ask_again(request, thing, form, address)
    try:
        sending_id = actions.order_sending(request.scope, _order(form, kind, subject_id), now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, thing, form, status=429 if isinstance(refusal, actions.TooManySendings) else 409)
    return SeeOther(request.scope.url(f"send/sent/{sending_id}/"))


@require_safe
def show_sending(request: PatientRequest, sending_id: UUID) -> HttpResponse:
    """Show what became of a sending, and its passcode or password for the first minutes."""
    now = timezone.now()
    row = queries.get_sending(request.scope, sending_id, now=now)
    context = {
        "scope": request.scope,
        "row": row,
        "title": queries.title_of(request.scope, row) or row.what,
        "secrets": queries.secret_of(request.scope, sending_id, now=now),
        "minutes": rules.SHOW_SECRET.seconds // 60,
    }
    return render(request, "mailer/sending.jinja", context)


@require_POST
def revoke(request: PatientRequest, sending_id: UUID) -> HttpResponse:
    actions.revoke_sending(request.scope, sending_id, now=timezone.now())
    messages.success(request, _("Ссылка отозвана: документ по ней больше не откроется"))
    return SeeOther(request.scope.url(f"send/sent/{sending_id}/"))


@require_safe
def list_sendings(request: PatientRequest) -> HttpResponse:
    table = Table.read(
        request.GET,
        columns=[Column("when", _("Когда"), sortable=False)],
        default="-when",
        path=request.scope.url("send/"),
    )
    table = table.with_total(queries.count_sendings(request.scope))
    rows = queries.list_sendings(request.scope, now=timezone.now(), offset=table.page.offset, limit=table.page.limit)
    return render(request, "mailer/sendings.jinja", {"scope": request.scope, "table": table, "rows": rows})


def _show(request: PatientRequest, thing: Thing, form: SendForm, *, status: int = 200) -> HttpResponse:
    match = request.resolver_match
    assert match is not None
    try:
        actions.check_sendable(request.scope, thing)
    except actions.NotSendable as refusal:
        refused = str(refusal.text)
    else:
        refused = "" if mail.post() is not None else _("На этом портале отправка писем не настроена")
    subject = (match.kwargs["kind"], match.kwargs["subject_id"])
    context = {
        "scope": request.scope,
        "thing": thing,
        "form": form,
        "refused": refused,
        "rows": queries.list_sendings(request.scope, now=timezone.now(), subject=subject),
    }
    return render(request, "mailer/send.jinja", context, status=status)


def _ask_again(request: PatientRequest, thing: Thing, form: SendForm, address: str) -> HttpResponse:
    values = {name: keep(form.cleaned_data[name]) for name in CARRIED if name in form.fields}
    context = {
        "scope": request.scope,
        "thing": thing,
        "address": address,
        "ascii_host": ascii_host(address),
        "values": values,
        "is_file": form.cleaned_data["way"] == "pdf",
    }
    return render(request, "mailer/send_check.jinja", context)


def _order(form: SendForm, kind: str, subject_id: UUID) -> actions.Order:
    values = form.cleaned_data
    return actions.Order(
        kind=kind,
        subject_id=subject_id,
        address=values["address"],
        is_typed=form.is_typed,
        way=values["way"],
        form_key=values["form_key"],
        consent=consent.mark(),
        days=values["days"],
        password=values["password"],
    )


def _initial(request: PatientRequest, own: list[queries.OwnAddress]) -> dict[str, Any]:
    """Return the first answers: a confirmed address and a link; after «Отправить ещё раз» those of that sending."""
    found: dict[str, Any] = {
        "to": own[0].source if own else "other",
        "way": "link",
        "days": rules.USUAL_LINK_DAYS,
        "form_key": str(uuid4()),
    }
    try:
        earlier = queries.get_sending(request.scope, UUID(request.GET.get("again", "")), now=timezone.now())
    except (ValueError, NotFound):
        return found
    if earlier.is_hidden:
        return found
    known = {one.address.lower(): one.source for one in own}
    source = known.get(earlier.address.lower(), "other")
    return {**found, "to": source, "way": earlier.way, "address": earlier.address if source == "other" else ""}
