"""«Уведомления»: what is told by letters and on devices, where to, and the consent that all of it needs."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from medkarta.accounts import actions as accounts
from medkarta.accounts import queries as account_queries
from medkarta.core.errors import Refused
from medkarta.core.http import PortalRequest, client_address
from medkarta.core.scopes import AccountScope
from medkarta.integrations.mail import port as mail
from medkarta.integrations.push import port as push
from medkarta.mailer import actions as mailer
from medkarta.mailer import queries as mailer_queries
from medkarta.privacy.forms import AddressForm, ChannelsForm
from medkarta.ui.render import render

SETTINGS = "/account/notifications/"
CONSENT = f"{SETTINGS}consent/"
FIELDS = ("mail", "push")


@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: PortalRequest) -> HttpResponse:
    """Show and keep the choice. Without the consent it is kept too, but nothing is sent until it is given."""
    scope = request.account
    if scope is None:
        return _to_login(request)
    if request.method != "POST":
        return _show(request, scope)
    form = ChannelsForm(request.POST, has_mail=mail.post() is not None)
    if not form.is_valid():
        return _show(request, scope, form=form, status=422)
    before = mailer_queries.get_channels(scope)
    chosen = {name: form.cleaned_data.get(name, before.chosen[name]) for name in FIELDS}
    mailer.choose(scope, chosen=chosen, is_detailed=form.cleaned_data.get("is_detailed", before.is_detailed))
    if any(chosen.values()) and not account_queries.has_consent(scope.account_id, "messages"):
        return HttpResponseRedirect(CONSENT)
    messages.success(request, _("Выбор сохранён"))
    return HttpResponseRedirect(SETTINGS)


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: PortalRequest) -> HttpResponse:
    """Ask for the consent to messages on a page of its own."""
    scope = request.account
    if scope is None:
        return _to_login(request)
    if account_queries.has_consent(scope.account_id, "messages"):
        return HttpResponseRedirect(SETTINGS)
    is_agreed = request.POST.get("agree") == "yes"
    if request.method == "POST" and is_agreed:
        accounts.give_consent(scope, kind="messages", now=timezone.now(), address=client_address(request))
        messages.success(request, _("Согласие дано: то, что вы отметили, включено"))
        return HttpResponseRedirect(SETTINGS)
    missing = request.method == "POST"
    context = {"text": account_queries.current_consent_text("messages"), "missing": missing}
    return render(request, "privacy/messages_consent.jinja", context, status=422 if missing else 200)


@require_POST
def withdraw_consent(request: PortalRequest) -> HttpResponse:
    """Withdraw the consent to messages; asks once more unless the form says that it was meant."""
    scope = request.account
    if scope is None:
        return HttpResponseRedirect("/")
    if request.POST.get("sure") != "yes":
        return render(request, "privacy/messages_withdraw.jinja")
    accounts.withdraw_messages(scope, now=timezone.now())
    messages.success(request, _("Согласие отозвано. Писем и сообщений на устройства больше не будет"))
    return HttpResponseRedirect(SETTINGS)


@require_POST
def request_address(request: PortalRequest) -> HttpResponse:
    """Take another address for letters; it counts once its link came back."""
    scope = request.account
    if scope is None:
        return _to_login(request)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _show(request, scope, address_form=form, status=422)
    try:
        mailer.request_address(scope, address=form.cleaned_data["address"], now=timezone.now())
    except Refused as refusal:
        form.add_error("address", str(refusal.text))
        return _show(request, scope, address_form=form, status=422)
    messages.success(request, _("Письмо со ссылкой отправлено. Откройте её в течение двух суток"))
    return HttpResponseRedirect(SETTINGS)


@require_POST
def drop_address(request: PortalRequest) -> HttpResponse:
    if request.account is not None:
        mailer.drop_address(request.account)
        messages.success(request, _("Письма будут приходить на адрес с Госуслуг"))
    return HttpResponseRedirect(SETTINGS)


@require_POST
def keep_device(request: PortalRequest) -> HttpResponse:
    """Keep this browser as a device, as its script asked it."""
    scope = request.account
    if scope is None:
        return _to_login(request)
    try:
        mailer.keep_device(
            scope,
            endpoint=request.POST.get("endpoint", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            device=account_queries.device_words(request.headers.get("User-Agent", "")),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal.text))
    else:
        messages.success(request, _("Это устройство добавлено"))
        if not account_queries.has_consent(scope.account_id, "messages"):
            return HttpResponseRedirect(CONSENT)
    return HttpResponseRedirect(SETTINGS)


@require_POST
def forget_device(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    if request.account is not None:
        mailer.forget_device(request.account, subscription_id=subscription_id)
        messages.success(request, _("Устройство удалено"))
    return HttpResponseRedirect(SETTINGS)


def _show(
    request: PortalRequest,
    scope: AccountScope,
    *,
    form: ChannelsForm | None = None,
    address_form: AddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found, has_mail = mailer_queries.get_channels(scope), mail.post() is not None
    initial = {**{name: sorted(found.chosen[name]) for name in FIELDS}, "is_detailed": found.is_detailed}
    form = form or ChannelsForm(initial=initial, has_mail=has_mail)
    context = {
        "channels": found,
        "form": form,
        "kinds": mailer_queries.kinds_to_choose(),
        "ticked": {name: form[name].value() or [] for name in FIELDS if name in form.fields},
        "address_form": address_form or AddressForm(),
        "has_mail": has_mail,
        "has_consent": account_queries.has_consent(scope.account_id, "messages"),
        "is_any_chosen": any(found.chosen.values()),
        "email": account_queries.contacts(scope).email,
        "public_key": push.public_key(),
    }
    return render(request, "privacy/notifications.jinja", context, status=status)


def _to_login(request: PortalRequest) -> HttpResponse:
    return HttpResponseRedirect(f"/login?{urlencode({'next': SETTINGS})}")
