"""A client as small as can be: one kept connection, a session's cookie, a form's token, no redirect followed."""

import http.client
import socket
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1"
TOKEN = "c" * 32
SECONDS = 40
Fields = dict[str, str] | list[tuple[str, str]]


class Lost(Exception):
    """No answer came: what the server did, if anything, is unknown. `was_sent`: it may have done it."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__()
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: str


class Browser:
    """One tab of one account."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._headers = {"Cookie": cookie, "Accept": "text/html"}
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Raises Lost."""
        return self._ask("GET", path, None, drop=False)

    def post(self, path: str, fields: Fields, *, drop: bool = False) -> Answer:
        """Send a form. `drop`: hang up at once, as a phone that loses its network. Raises Lost."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        form = urlencode([("csrfmiddlewaretoken", TOKEN), *((name, value) for name, value in pairs if value)])
        return self._ask("POST", path, form, drop=drop)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, form: str | None, *, drop: bool) -> Answer:
        headers = dict(self._headers)
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{HOST}:{self._port}"}
        was_sent = False
        try:
            connection = self._connect()
            was_sent = True
            connection.request(method, path, form, headers)
            if drop:
                raise Lost(was_sent=True)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, answer.headers.get("Location", ""), body)
        except Lost:
            self.close()
            raise
        except (OSError, http.client.HTTPException):
            self.close()
            raise Lost(was_sent=was_sent) from None

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self._port, timeout=SECONDS)
            self._connection.connect()
            with suppress(OSError):
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection
