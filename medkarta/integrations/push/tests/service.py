"""A stand-in of a push service and of the browser behind it: it checks who sends and really decrypts."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from medkarta.integrations.push import vapid
from medkarta.integrations.push.port import Subscription

SECRET = bytes(range(16))


@dataclass
class Device:
    """A browser's side. `statuses`: what the service answers to the next messages, then 201."""

    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    drips: bool = False

    def subscription(self, endpoint: str) -> Subscription:
        return Subscription(endpoint, vapid.public_text(self.key), vapid.encode(SECRET))

    def take(self, handler: BaseHTTPRequestHandler) -> int:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.headers.append(dict(handler.headers))
        status = self.statuses.pop(0) if self.statuses else 201
        if status == 201:
            self.messages.append(http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm"))
        return status


def claims_of(header: str) -> dict[str, object]:
    """Check the signature of an Authorization header by the key named in it; return its claims."""
    token, _, public = header.removeprefix("vapid t=").partition(", k=")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), vapid.decode(public))
    return jwt.decode(token, ECKey.import_key(point), algorithms=["ES256"]).claims


@contextmanager
def serving(device: Device, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve one device and give its endpoint."""

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self):
            if device.drips:
                self.connection.settimeout(0.05)
                for _ in range(100):
                    self.wfile.write(b"H")
                    self.wfile.flush()
                    try:
                        self.connection.recv(1)
                    except TimeoutError:
                        continue
            self.send_response(device.take(self))
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.handle_error = lambda *args: None
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}/push/abc"
        finally:
            server.shutdown()
            thread.join(timeout=5)
