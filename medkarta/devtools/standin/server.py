"""The stand-in's HTTP server: one thread per request, loopback only, silent about addresses (they hold codes)."""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from medkarta.devtools.standin.app import application
from medkarta.devtools.standin.world import World


class NotLoopback(Exception):
    """The stand-in was asked to serve others than this machine, or a production portal."""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Bind without asking the name service for this machine's name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        host, port = self.socket.getsockname()[:2]
        self.server_address = (host, port)
        self.server_name, self.server_port = "localhost", port
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class QuietHandler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def refuse_off_loopback(host: str, base_url: str) -> None:
    """Raise NotLoopback unless everything stays on this machine and the portal is not in production mode."""
    if os.environ.get("MEDKARTA_MODE") == "production":
        raise NotLoopback("the stand-in doesn't run in production mode")
    for name in (host, urlsplit(base_url).hostname or ""):
        if name != "localhost" and not _is_loopback(name):
            raise NotLoopback(f"the stand-in serves this machine only, not {name or 'everybody'}")


def make_server(world: World, host: str, port: int) -> Server:
    """Return a bound server; the caller runs `serve_forever`. Raises NotLoopback, OSError."""
    refuse_off_loopback(host, world.options.base_url)
    server = Server((host, port), QuietHandler)
    server.set_app(application(world))
    return server


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Serve from a thread for the time of a block. For tests."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
