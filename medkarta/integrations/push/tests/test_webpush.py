"""Messages to devices against a stand-in that decrypts them."""

import socket
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from medkarta.integrations.push.port import Message, PushRefused, PushUnavailable, Subscription, SubscriptionGone
from medkarta.integrations.push.tests.service import Device, claims_of, serving
from medkarta.integrations.push.webpush import WebPush
from medkarta.integrations.tests.certificates import certificate

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
MESSAGE = Message("Новое уведомление".encode(), topic="0123456789abcdef0123456789abcdef", ttl_seconds=3600)


def web_push(**changes):
    values = {"key": KEY, "contact": "mailto:a@example.org", "allows_loopback": True, "timeout_seconds": 2}
    return WebPush(**{**values, **changes})


def test_send_encrypts_for_the_device_and_says_who_we_are():
    device = Device()
    with serving(device) as endpoint:
        web_push().send(device.subscription(endpoint), MESSAGE, now=NOW)

    assert device.messages == ["Новое уведомление".encode()]
    headers = device.headers[0]
    assert (headers["TTL"], headers["Topic"], headers["Urgency"]) == ("3600", MESSAGE.topic, "normal")
    assert headers["Content-Encoding"] == "aes128gcm"
    claims = claims_of(headers["Authorization"])
    assert claims == {
        "aud": endpoint.removesuffix("/push/abc"),
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": "mailto:a@example.org",
    }


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, SubscriptionGone), (410, SubscriptionGone), (400, PushRefused), (403, PushRefused), (413, PushRefused),
        (301, PushRefused), (307, PushRefused), (408, PushUnavailable), (429, PushUnavailable), (500, PushUnavailable),
    ],
)  # fmt: skip
def test_send_tells_gone_from_later_from_never(status, error):
    device = Device([status])
    with serving(device) as endpoint, pytest.raises(error):
        web_push().send(device.subscription(endpoint), MESSAGE, now=NOW)

    assert len(device.headers) == 1, "a redirect is not followed"


@pytest.mark.parametrize("status", [200, 202, 204])
def test_send_takes_every_success(status):
    device = Device([status])
    with serving(device) as endpoint:
        web_push().send(device.subscription(endpoint), MESSAGE, now=NOW)

    assert len(device.headers) == 1, "sent once, and not again for an odd success"


def test_send_ends_an_answer_that_drips():
    device = Device(drips=True)
    started = monotonic()
    with serving(device) as endpoint, pytest.raises(PushUnavailable):
        web_push(total_seconds=0.4).send(device.subscription(endpoint), MESSAGE, now=NOW)

    assert monotonic() - started < 3


def test_send_to_nobody_listening_is_for_later():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(PushUnavailable):
        web_push().send(Device().subscription(f"http://127.0.0.1:{port}/x"), MESSAGE, now=NOW)


def test_send_goes_to_the_address_that_was_checked_under_the_hosts_name(tmp_path):
    server, client = certificate(tmp_path, "push.example")
    device, asked = Device([202]), []

    def resolve(host):
        asked.append(host)
        return ["127.0.0.1"]

    with serving(device, server) as endpoint:
        named = endpoint.replace("127.0.0.1", "push.example")  # its port is none of a push service: past that check
        status = web_push(resolve=resolve, tls=client)._post(
            named, b"", {"Host": "push.example", "Content-Length": "0"}
        )

    assert (asked, status) == (["push.example"], 202)
    assert device.headers[0]["Host"] == "push.example"


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["10.1.2.3"], ["172.16.0.1"], ["192.168.0.1"], ["169.254.169.254"], ["100.64.0.1"], ["0.0.0.0"],
        ["::1"], ["fd00::1"], ["fe80::1%eth0"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"], ["224.0.0.1"],
        ["93.184.216.34", "10.0.0.1"], ["nonsense"],
    ],
)  # fmt: skip
def test_send_refuses_a_host_that_leads_into_a_network_of_our_own(found):
    sender = web_push(allows_loopback=False, resolve=lambda host: found)

    with pytest.raises(PushRefused, match="unusable address"):
        sender.send(Device().subscription("https://push.example/x"), MESSAGE, now=NOW)


@pytest.mark.parametrize("found", [[], OSError("no such host")])
def test_send_to_a_host_that_is_not_found_is_for_later(found):
    def resolve(host):
        if isinstance(found, OSError):
            raise found
        return found

    with pytest.raises(PushUnavailable):
        web_push(resolve=resolve).send(Device().subscription("https://push.example/x"), MESSAGE, now=NOW)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x", "https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://localhost/x",
        "https://push.example:8443/x", "https://a@push.example/x", "ftp://push.example/x", "https:///x", "x", "",
        "https://push.example:x/", "https://пример.рф/x", "https://push.example/#x", "https://2130706433/x",
        "https://push.example/" + "x" * 1000,
    ],
)  # fmt: skip
def test_send_refuses_an_address_that_is_no_push_services(endpoint):
    def resolve(host):
        raise AssertionError("it is not even looked up")

    with pytest.raises(PushRefused):
        web_push(allows_loopback=False, resolve=resolve).send(Device().subscription(endpoint), MESSAGE, now=NOW)


@pytest.mark.parametrize(("p256dh", "auth"), [("", ""), ("AAAA", "AAAA"), ("!", "!"), ("ж", "ж")])
def test_send_refuses_keys_that_are_none(p256dh, auth):
    with pytest.raises(PushRefused, match="unusable keys"):
        web_push().send(Subscription("https://push.example/x", p256dh, auth), MESSAGE, now=NOW)
