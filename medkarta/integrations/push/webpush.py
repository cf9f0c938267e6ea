"""One message to one device: encrypted for it (RFC 8291), sent to its push service (RFC 8030)."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import http_ece  # type: ignore[import-untyped]
import httpx2
from cryptography.hazmat.primitives.asymmetric import ec

from medkarta.integrations.deadline import deadline
from medkarta.integrations.push import addresses, vapid
from medkarta.integrations.push.contract import Message, PushRefused, PushUnavailable, Subscription, SubscriptionGone

GONE = (404, 410)
LATER = (408, 425, 429)


@dataclass(frozen=True)
class WebPush:
    """`resolve` turns a host into addresses; the message goes to the address that was checked and to no other.

    `proxy`: address of an outgoing proxy, which then resolves the name itself. Redirects are never followed.
    """

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    contact: str
    proxy: str = ""
    allows_loopback: bool = False
    timeout_seconds: float = 10.0
    total_seconds: float = 20.0
    resolve: Callable[[str], Sequence[str]] = addresses.resolve
    tls: ssl.SSLContext | None = None

    def send(self, subscription: Subscription, message: Message, *, now: datetime) -> None:
        """Hand a message to the push service. Raises SubscriptionGone, PushRefused, PushUnavailable."""
        endpoint = subscription.endpoint
        if not addresses.is_acceptable(endpoint, allows_loopback=self.allows_loopback):
            raise PushRefused("unusable address")
        body = self._encrypted(subscription, message.data)
        parts = urlsplit(endpoint)
        headers = {
            "Host": parts.netloc,
            "Authorization": vapid.authorization(
                self.key, audience=f"{parts.scheme}://{parts.netloc}", contact=self.contact, now=now
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl_seconds),
            "Topic": message.topic,
            "Urgency": "high" if message.is_urgent else "normal",
        }
        _judge(self._post(endpoint, body, headers))

    def _post(self, endpoint: str, body: bytes, headers: dict[str, str]) -> int:
        """Send to the checked address under the host's own name; only the status of the answer is read."""
        host = urlsplit(endpoint).hostname or ""
        url = httpx2.URL(endpoint)
        if not self.proxy:
            url = url.copy_with(host=self._checked(host))
        try:
            with (
                deadline(self.total_seconds) as trace,
                httpx2.Client(
                    verify=self.tls or True,
                    proxy=self.proxy or None,
                    trust_env=False,
                    follow_redirects=False,
                    timeout=self.timeout_seconds,
                ) as client,
                client.stream(
                    "POST", url, content=body, headers=headers, extensions={"sni_hostname": host, "trace": trace}
                ) as response,
            ):
                return response.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise PushUnavailable(type(error).__name__) from None

    def _checked(self, host: str) -> str:
        try:
            found = self.resolve(host)
        except OSError as error:
            raise PushUnavailable(type(error).__name__) from None
        if not found:
            raise PushUnavailable("no address")
        for one in found:
            if not addresses.is_public(one) and not (self.allows_loopback and addresses.is_loopback(one)):
                raise PushRefused("unusable address")
        return found[0]

    def _encrypted(self, subscription: Subscription, data: bytes) -> bytes:
        try:
            sealed: bytes = http_ece.encrypt(
                data,
                private_key=ec.generate_private_key(ec.SECP256R1()),
                dh=vapid.decode(subscription.p256dh),
                auth_secret=vapid.decode(subscription.auth),
                version="aes128gcm",
            )
        except (ValueError, http_ece.ECEException):
            raise PushRefused("unusable keys") from None
        return sealed


def _judge(status: int) -> None:
    if status in GONE:
        raise SubscriptionGone
    if status >= 500 or status in LATER:
        raise PushUnavailable(f"HTTP {status}")
    if not 200 <= status < 300:
        raise PushRefused(f"HTTP {status}")
