"""Misbehaviour on order: the next answers of an endpoint are refusals, slow, huge, or carry a wrong token."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from medkarta.devtools.standin.web import Response, redirect

MAX_SLOW_SECONDS = 60.0
HUGE_BYTES = 50 * 1024 * 1024

FLAWS = (
    "issuer",
    "audience",
    "alg-none",
    "alg-hs256",
    "tampered",
    "foreign-key",
    "expired",
    "future",
    "not-a-person",
    "other-person",
    "two-segments",
    "state",
    "token-type",
    "no-id-token",
    "nonce",
)
KINDS = ("error", "status", "slow", "drip", "html", "huge", "redirect", "flaw", "elements", "duplicate")


@dataclass(frozen=True)
class Fault:
    """`endpoint` ac | te | rs (or a part of it: rs/docs, rs/kids …) | oidc/…; `times` left; `value` by kind:

    error: ESIA's code · status: a number · slow, drip: seconds · redirect: address · flaw: one of FLAWS ·
    elements: address of an element to hand out · html, huge, duplicate: unused.
    """

    endpoint: str
    kind: str
    value: str = ""
    times: int = 1


class Faults:
    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Fault] = []

    def order(self, given: Mapping[str, Any]) -> None:
        """Add a fault. Raises ValueError when it makes no sense."""
        fault = Fault(
            str(given.get("endpoint", "")), str(given.get("kind", "")), str(given.get("value", "")),
            int(given.get("times", 1)),
        )  # fmt: skip
        if not fault.endpoint or fault.kind not in KINDS or fault.times < 1:
            raise ValueError(f"endpoint, kind ({', '.join(KINDS)}) and times are needed")
        if fault.kind == "flaw" and fault.value not in FLAWS:
            raise ValueError(f"flaw is one of {', '.join(FLAWS)}")
        if fault.kind in {"slow", "drip"}:
            float(fault.value)
        if fault.kind == "status" and not 200 <= int(fault.value) <= 599:
            raise ValueError("status is between 200 and 599")
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, endpoint: str) -> Fault | None:
        """Return the next fault of an endpoint (`rs` also covers `rs/docs`) and count it down."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if endpoint == fault.endpoint or endpoint.startswith(f"{fault.endpoint}/"):
                    left = replace(fault, times=fault.times - 1)
                    self._waiting[place : place + 1] = [left] if left.times else []
                    return fault
        return None


def spoiled_answer(fault: Fault) -> Response | None:
    """Return the whole answer that a fault stands for; None where the endpoint itself has to act on it.

    `slow` waits and then lets the endpoint answer.
    """
    if fault.kind == "slow":
        time.sleep(min(float(fault.value), MAX_SLOW_SECONDS))
        return None
    json_type = {"Content-Type": "application/json"}
    if fault.kind == "status":
        return Response(int(fault.value), b"", json_type)
    if fault.kind == "html":
        return Response(200, b"<!doctype html><title>503</title>", {"Content-Type": "text/html"})
    if fault.kind == "huge":
        return Response(200, _huge(), json_type)
    if fault.kind == "drip":
        return Response(200, _drip(float(fault.value)), json_type)
    if fault.kind == "redirect":
        return redirect(fault.value)
    return None


def _huge() -> Iterator[bytes]:
    yield b'{"elements": ["'
    chunk = b"x" * (64 * 1024)
    for _ in range(HUGE_BYTES // len(chunk)):
        yield chunk
    yield b'"]}'


def _drip(seconds: float) -> Iterator[bytes]:
    ends = time.monotonic() + min(seconds, MAX_SLOW_SECONDS)
    yield b"{"
    while time.monotonic() < ends:
        time.sleep(0.1)
        yield b" "
    yield b"}"
