"""What a push service is told, and what it may answer."""

from dataclasses import dataclass, field


class SubscriptionGone(Exception):
    """The device has taken its subscription back: forget it."""


class PushRefused(Exception):
    """The push service won't take this message, now or later. The text is a code, no address."""


class PushUnavailable(Exception):
    """The message could not be handed over this time. The text holds no address."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser takes messages, and the keys for them, as it names them (base64url)."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a device gets. A later message of a `topic` replaces one that still waits at the push service."""

    data: bytes = field(repr=False)
    topic: str
    ttl_seconds: int
    is_urgent: bool = False
