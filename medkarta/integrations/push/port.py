"""Messages to devices for the rest of the product.

`sender().send(Subscription(...), Message(...), now=now)` raises SubscriptionGone, PushRefused, PushUnavailable.
"""

from django.conf import settings

from medkarta.integrations.push import addresses, vapid
from medkarta.integrations.push.contract import Message, PushRefused, PushUnavailable, Subscription, SubscriptionGone
from medkarta.integrations.push.webpush import WebPush

__all__ = [
    "Message",
    "PushRefused",
    "PushUnavailable",
    "Subscription",
    "SubscriptionGone",
    "has_usable_keys",
    "is_acceptable",
    "public_key",
    "sender",
]


def sender() -> WebPush:
    """Return the way messages go in this installation."""
    push = settings.PUSH
    return WebPush(
        key=vapid.private_key(push["key"], push["key_file"]),
        contact=push["contact"],
        proxy=push["proxy"],
        allows_loopback=push["allows_loopback"],
    )


def public_key() -> str:
    """Return our public key, which a browser asks for when it subscribes."""
    push = settings.PUSH
    return vapid.public_text(vapid.private_key(push["key"], push["key_file"]))


def is_acceptable(endpoint: str) -> bool:
    """Tell whether an address that a browser named may be kept."""
    return addresses.is_acceptable(endpoint, allows_loopback=settings.PUSH["allows_loopback"])


def has_usable_keys(p256dh: str, auth: str) -> bool:
    """Tell whether the keys that a browser named can encrypt for it: a point of P-256 and 16 bytes."""
    return vapid.is_point(p256dh) and vapid.is_secret(auth)
