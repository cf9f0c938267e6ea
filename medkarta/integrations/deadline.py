"""An end for a whole HTTP exchange: read timeouts alone don't end an answer that drips one byte at a time."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from typing import Any


@contextmanager
def deadline(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Give a trace hook for httpx2 that learns the connection's socket; when the time is over it is shut down."""
    sockets: list[socket.socket] = []

    def learn(event: str, info: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            sockets.append(info["return_value"].get_extra_info("socket"))

    def cut() -> None:
        for connection in sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # a socket that TLS has taken over, or one that is closed already

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield learn
    finally:
        timer.cancel()
