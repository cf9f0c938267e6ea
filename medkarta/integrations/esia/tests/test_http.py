"""The bounded client against small servers of this machine."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from medkarta.integrations.esia.errors import EsiaUnavailable
from medkarta.integrations.esia.http import Answer, BoundedClient


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], None], context: ssl.SSLContext | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *args: None  # a client that hangs up is what these tests are about
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join(timeout=5)


def body(data: bytes, status: int = 200, **headers: str):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def ask(url: str, **limits) -> Answer:
    client = BoundedClient(**({"timeout_seconds": 2, "total_seconds": 3} | limits))
    try:
        return client.get_json(url)
    finally:
        client.close()


@pytest.mark.parametrize(
    ("data", "status", "expected"),
    [
        (b'{"a": 1}', 200, Answer(200, {"a": 1})),
        (b'\xef\xbb\xbf{"a": 1}', 200, Answer(200, {"a": 1})),
        (b'{"error": "x"}', 400, Answer(400, {"error": "x"})),
        (b"<html>", 502, Answer(502, None)),
        (b"", 404, Answer(404, None)),
    ],
)
def test_get_json_returns_status_and_body(data, status, expected):
    with serving(body(data, status)) as url:
        answer = ask(url)

    assert (answer.status, answer.body) == (expected.status, expected.body)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a": NaN}',
        b"\xff\xfe",
        b"1" * 5000,
    ],
)
def test_get_json_refuses_a_success_that_is_not_sound_json(data):
    with serving(body(data)) as url, pytest.raises(EsiaUnavailable, match="not JSON"):
        ask(url)


@pytest.mark.parametrize(("length", "accepted"), [(1000, True), (1001, False)])
def test_get_json_cuts_long_answers(length, accepted):
    data = b'"' + b"x" * (length - 2) + b'"'

    with serving(body(data)) as url:
        if accepted:
            assert ask(url, max_bytes=1000).body == "x" * 998
        else:
            with pytest.raises(EsiaUnavailable, match="too long"):
                ask(url, max_bytes=1000)


def test_get_json_does_not_unpack_what_it_did_not_ask_to_be_packed():
    with serving(body(b"\x1f\x8b\x08\x00", Content_Encoding="gzip")) as url, pytest.raises(EsiaUnavailable):
        ask(url)


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308])
def test_get_json_follows_no_redirect_and_needs_a_body(status):
    with serving(body(b"", status, Location="http://127.0.0.1:9/")) as url, pytest.raises(EsiaUnavailable):
        ask(url)


def test_get_json_ends_when_headers_drip():
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            for number in range(200):
                handler.wfile.write(f"X-{number}: 1\r\n".encode())
                handler.wfile.flush()
                handler.rfile.raw._sock.settimeout(0.05)
                with pytest.raises(TimeoutError):
                    handler.rfile.raw._sock.recv(1)
        except (OSError, AssertionError, pytest.fail.Exception):
            return

    began = datetime.now(UTC)
    with serving(drip) as url, pytest.raises(EsiaUnavailable):
        ask(url, total_seconds=0.5)

    assert datetime.now(UTC) - began < timedelta(seconds=3)


def test_get_json_trusts_the_configured_roots_only(tmp_path):
    bundle, context = certificate_for_loopback(tmp_path)

    with serving(body(b"{}"), context) as url:
        assert ask(url, ca_bundle=bundle).status == 200
        with pytest.raises(EsiaUnavailable):
            ask(url)


def certificate_for_loopback(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(minutes=5), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    bundle, private = folder / "root.pem", folder / "key.pem"
    bundle.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, private)
    return bundle, context
