"""What an account chooses: kinds and channels, the address of its letters, its devices."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import AccountScope
from medkarta.integrations.push import port as push
from medkarta.mailer import rules
from medkarta.mailer.addresses import AddressUnusable, read_address
from medkarta.mailer.models import Channel, Choice, ContactPoint, Kind, Notice, PushSubscription, Sending
from medkarta.outbox import actions as outbox

__all__ = [
    "AddressUnusable",
    "DeviceUnusable",
    "TooManyLetters",
    "choose",
    "confirm_address",
    "drop_address",
    "forget_account",
    "forget_channels",
    "forget_device",
    "keep_device",
    "request_address",
    "stop_letters",
]
CONFIRM = "mailer.confirm"


class TooManyLetters(Refused):
    text = _("Сегодня мы уже отправили на новые адреса {count} писем. Попробуйте завтра")


class DeviceUnusable(Refused):
    text = _("Этот браузер не дал адреса для уведомлений. Обновите страницу и попробуйте ещё раз")


@transaction.atomic
def choose(scope: AccountScope, *, chosen: Mapping[str, Collection[str]], is_detailed: bool) -> None:
    """Keep which kinds go through which channel; what is not named is switched off. Unknown ones are left out."""
    _point(scope, is_detailed=is_detailed)  # its lock lets a double click choose twice, one after the other
    Choice.objects.filter(account_id=scope.account_id).delete()
    Choice.objects.bulk_create(
        Choice(account_id=scope.account_id, channel=channel, kind=kind)
        for channel in Channel.values
        for kind in Kind.values
        if kind in chosen.get(channel, ())
    )
    counts = {channel: len(set(kinds)) for channel, kinds in chosen.items()}
    audit.record(scope, action="mailer.choose", details={"kinds": counts, "detailed": is_detailed})


@transaction.atomic
def request_address(scope: AccountScope, *, address: str, now: datetime) -> None:
    """Remember a typed address and queue the letter with its link; the one used so far stays until it is confirmed.

    Raises AddressUnusable, TooManyLetters; nothing is written then.
    """
    wanted = read_address(address)
    point = _point(scope)
    today = timezone.localdate(now)
    count = point.asked_count if point.asked_on == today else 0
    if count >= rules.ASK_A_DAY:
        raise TooManyLetters(count=count)
    point.pending, point.asked_on, point.asked_count = wanted, today, count + 1
    point.save(update_fields=["pending", "asked_on", "asked_count"])
    key = f"{point.pk}:{today.isoformat()}:{point.asked_count}"
    outbox.put_many([outbox.Delivery(CONFIRM, key, {"point_id": str(point.pk)})])
    audit.record(scope, action="mailer.request_address", target=point)


@transaction.atomic
def confirm_address(*, point_id: UUID, address_hash: str) -> None:
    """Take a typed address into use: its link came back. Once more is no error.

    Raises NotFound where another address was typed since, or the account is gone.
    """
    point = ContactPoint.objects.select_for_update().filter(pk=point_id).first()
    if (
        not address_hash
        or point is None
        or address_hash not in {rules.address_hash(point.pending), rules.address_hash(point.address)}
    ):
        raise NotFound
    if address_hash == rules.address_hash(point.pending):
        point.address, point.pending, point.refused_at = point.pending, "", None
        point.save(update_fields=["address", "pending", "refused_at"])


@transaction.atomic
def drop_address(scope: AccountScope) -> None:
    """Forget the typed address: letters go to the provider's again."""
    ContactPoint.objects.filter(account_id=scope.account_id).update(address="", pending="", refused_at=None)
    audit.record(scope, action="mailer.drop_address")


@transaction.atomic
def keep_device(
    scope: AccountScope, *, endpoint: str, p256dh: str, auth: str, device: str, now: datetime
) -> PushSubscription:
    """Keep a device that wants messages; one that another account had on it is its no more. Raises DeviceUnusable."""
    if not push.is_acceptable(endpoint) or not push.has_usable_keys(p256dh, auth):
        raise DeviceUnusable
    kept, _created = PushSubscription.objects.update_or_create(
        endpoint_hash=rules.endpoint_hash(endpoint),
        defaults={
            "account_id": scope.account_id, "endpoint": endpoint, "p256dh": p256dh, "auth": auth,
            "device": device[:120], "created_at": now,
        },
    )  # fmt: skip
    found = PushSubscription.objects.filter(account_id=scope.account_id).order_by("-created_at", "-id")
    surplus = list(found.values_list("pk", flat=True)[rules.DEVICES :])
    PushSubscription.objects.filter(pk__in=surplus).delete()
    audit.record(scope, action="mailer.keep_device", target=kept)
    return kept


@transaction.atomic
def forget_device(scope: AccountScope, *, subscription_id: UUID) -> None:
    """Send nothing to a device any more. Raises NotFound for another account's."""
    gone, _ = PushSubscription.objects.filter(pk=subscription_id, account_id=scope.account_id).delete()
    if not gone:
        raise NotFound
    audit.record(scope, action="mailer.forget_device", target=subscription_id)


def stop_letters(account_id: UUID) -> None:
    """Switch all letters of an account off: the link in each of them asks for that."""
    Choice.objects.filter(account_id=account_id, channel=Channel.MAIL).delete()


def forget_channels(account_id: UUID) -> None:
    """Forget choices, typed addresses and devices: the consent to messages was withdrawn. The bell stays."""
    for model in (Choice, ContactPoint, PushSubscription):
        model.objects.filter(account_id=account_id).delete()


def forget_account(account_id: UUID) -> None:
    """Forget all that an account was told and has sent, and its channels. Links in its letters open nothing more."""
    forget_channels(account_id)
    Notice.objects.filter(account_id=account_id).delete()
    Sending.objects.filter(account_id=account_id).delete()


def _point(scope: AccountScope, **values: object) -> ContactPoint:
    point, _created = ContactPoint.objects.select_for_update().update_or_create(
        account_id=scope.account_id, defaults=values
    )
    return point
