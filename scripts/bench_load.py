"""A load generator for `bench.py`: `bench_load.py PORT CONNECTIONS SECONDS < requests.json`.

Keep-alive sockets and one epoll loop; every connection sends its next request when it has the whole answer.
Writes one JSON object: answers, seconds, latencies p50 and p99 in ms, and the number of answers other than 200.
"""

import json
import random
import select
import socket
import sys
import time
from dataclasses import dataclass, field

ANSWER_BYTES = 262_144


@dataclass(slots=True)
class Connection:
    """One socket and the answer that it waits for."""

    socket: socket.socket
    sent_at: float = 0.0
    missing: int = 0  # bytes of the body still to come; 0 before the head has come
    head: bytes = b""


@dataclass(slots=True)
class Tally:
    latencies: list[float] = field(default_factory=list)
    failed: int = 0


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    requests = [_request(path, cookie, port) for path, cookie in json.load(sys.stdin)]
    tally = Tally()
    started = time.perf_counter()
    _run(port, connections, requests, started + seconds, tally)
    took = time.perf_counter() - started
    ordered = sorted(tally.latencies) or [0.0]
    print(
        json.dumps(
            {
                "answers": len(tally.latencies),
                "seconds": took,
                "p50": ordered[len(ordered) // 2] * 1000,
                "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
                "failed": tally.failed,
            }
        )
    )


def _request(path: str, cookie: str, port: int) -> bytes:
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: {cookie}", "Accept: text/html", "", "")
    return "\r\n".join(lines).encode()


def _run(port: int, count: int, requests: list[bytes], until: float, tally: Tally) -> None:
    poll = select.epoll()
    open_ones = {}
    for _ in range(count):
        one = Connection(socket.create_connection(("127.0.0.1", port)))
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(one.socket, select.EPOLLIN)
        open_ones[one.socket.fileno()] = one
        _send(one, requests)
    while open_ones and time.perf_counter() < until + 10:
        for number, _event in poll.poll(10):
            one = open_ones[number]
            if not _is_complete(one, tally):
                continue
            now = time.perf_counter()
            tally.latencies.append(now - one.sent_at)
            if now < until:
                _send(one, requests)
            else:
                poll.unregister(number)
                one.socket.close()
                del open_ones[number]


def _send(one: Connection, requests: list[bytes]) -> None:
    one.sent_at = time.perf_counter()
    one.socket.sendall(random.choice(requests))


def _is_complete(one: Connection, tally: Tally) -> bool:
    """Read what has come; tell whether the answer is whole. An answer without a length ends the run."""
    data = one.socket.recv(ANSWER_BYTES)
    if not data:
        raise SystemExit("the server has closed a connection")
    if one.missing:
        one.missing -= len(data)
        return one.missing == 0
    one.head += data
    head, end, body = one.head.partition(b"\r\n\r\n")
    if not end:
        return False
    one.head = b""
    tally.failed += not head.startswith(b"HTTP/1.1 200")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    one.missing = int(length) - len(body)
    return one.missing == 0


if __name__ == "__main__":
    main()
