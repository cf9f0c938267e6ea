"""A load generator for `bench_booking.py`: `bench_posts.py PORT SECONDS RATE < requests.json`.

`requests.json`: for each connection the requests it sends in order, as [method, path, form, cookie]. RATE 0: each
connection sends its next request when it has the whole answer (closed loop). Otherwise requests start at that rate,
all connections together, and a latency counts from when its request was due, though it may have had to wait.
Writes one JSON object: answers by status, seconds, latencies p50, p95 and p99 in ms, and how many were never sent.
"""

import json
import select
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

TOKEN = "c" * 32


@dataclass(slots=True)
class Connection:
    """One socket with what it has still to send. `missing`: bytes of the answer to come, -1 before its head."""

    socket: socket.socket
    requests: list[bytes]
    since: float = 0.0
    buffer: bytes = b""
    missing: int = -1
    status: str = ""


@dataclass(slots=True)
class Tally:
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


def main() -> None:
    port, seconds, rate = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    given = json.load(sys.stdin)
    lines = [[_request(one, port) for one in reversed(each)] for each in given]
    idle = []
    for each in lines:
        one = Connection(socket.create_connection(("127.0.0.1", port)), each)
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        idle.append(one)
    tally = Tally()
    started = time.perf_counter()
    _run(idle, started, seconds, rate, tally)
    took = time.perf_counter() - started
    ordered = sorted(tally.latencies) or [0.0]
    places = {name: ordered[min(len(ordered) - 1, len(ordered) * part // 100)] * 1000 for name, part in PARTS.items()}
    print(json.dumps({"statuses": tally.statuses, "seconds": took, "left": sum(map(len, lines)), **places}))


PARTS = {"p50": 50, "p95": 95, "p99": 99}


def _request(one: tuple[str, str, dict[str, str], str], port: int) -> bytes:
    method, path, form, cookie = one
    body = "&".join(f"{name}={value}" for name, value in {"csrfmiddlewaretoken": TOKEN, **form}.items() if value)
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: {cookie}", "Accept: text/html"]
    if method == "POST":
        lines += [f"Origin: http://127.0.0.1:{port}", "Content-Type: application/x-www-form-urlencoded"]
        lines += [f"Content-Length: {len(body)}", "", body]
        return "\r\n".join(lines).encode()
    return "\r\n".join([*lines, "", ""]).encode()


def _run(idle: list[Connection], started: float, seconds: float, rate: float, tally: Tally) -> None:
    poll, busy, due = select.epoll(), {}, started
    until = started + seconds
    while True:
        now = time.perf_counter()
        while idle and now < until and (not rate or due <= now):
            one = idle.pop()
            if not one.requests:
                one.socket.close()
                continue
            one.since = due if rate else time.perf_counter()
            due += 1 / rate if rate else 0
            one.socket.sendall(one.requests.pop())
            busy[one.socket.fileno()] = one
            poll.register(one.socket, select.EPOLLIN)
        if not busy and (now >= until or not idle):
            return
        wait = max(0.0, min(due - now, 0.05)) if rate and idle and now < until else 1.0
        for number, _event in poll.poll(wait):
            one = busy[number]
            if _is_complete(one):
                tally.statuses[one.status] += 1
                tally.latencies.append(time.perf_counter() - one.since)
                poll.unregister(number)
                del busy[number]
                idle.insert(0, one)


def _is_complete(one: Connection) -> bool:
    data = one.socket.recv(262_144)
    if not data:
        raise SystemExit("the server has closed a connection")
    if one.missing < 0:
        one.buffer += data
        head, end, body = one.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        one.status = head.split(b" ", 2)[1].decode()
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        one.missing, one.buffer = int(length or 0) - len(body), b""
    else:
        one.missing -= len(data)
    if one.missing > 0:
        return False
    one.missing = -1
    return True


if __name__ == "__main__":
    main()
