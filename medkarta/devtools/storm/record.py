"""What a storm writes down: each call before it is sent and its answer after, faults, one JSON line each."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any


class Recorder:
    """Appends to one file; any number of threads and processes may, since a line goes out by one write."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._numbers = count(1)

    def sent(self, op: str, **facts: Any) -> str:
        """Write that a call is about to be made. Returns its id."""
        call = f"{os.getpid()}-{next(self._numbers)}"
        self._write({"call": call, "at": time.time(), "op": op, **facts})
        return call

    def answered(self, call: str, outcome: str, **facts: Any) -> None:
        """Write how it ended: `ok`, `refused`, `missing`, `failed`, or `lost` when nobody can know."""
        self._write({"of": call, "end": time.time(), "outcome": outcome, **facts})

    def fault(self, kind: str, *, at: float, back: float) -> None:
        """Write from when to when something was away."""
        self._write({"fault": kind, "at": at, "back": back})

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, (json.dumps(line, separators=(",", ":")) + "\n").encode())


@dataclass(slots=True)
class Call:
    """One call with its answer. `end` is infinite and `outcome` is `lost` while no answer is known."""

    id: str
    op: str
    at: float
    facts: dict[str, Any]
    end: float = float("inf")
    outcome: str = "lost"
    answer: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return what was written with the call or its answer; None for what was not."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.answer.get(name, self.facts.get(name))


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    at: float
    back: float


def read(lines: Iterable[str]) -> tuple[list[Call], list[Fault]]:
    """Return calls in the order they were sent, and faults."""
    calls: dict[str, Call] = {}
    faults = []
    for text in lines:
        line = json.loads(text)
        if "fault" in line:
            faults.append(Fault(line["fault"], line["at"], line["back"]))
        elif "call" in line:
            facts = {name: value for name, value in line.items() if name not in ("call", "at", "op")}
            calls[line["call"]] = Call(line["call"], line["op"], line["at"], facts)
        elif line["of"] in calls:
            one = calls[line["of"]]
            one.end, one.outcome = line["end"], line["outcome"]
            one.answer = {name: value for name, value in line.items() if name not in ("of", "end", "outcome")}
    return sorted(calls.values(), key=lambda one: one.at), faults
