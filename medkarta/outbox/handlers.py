"""Who delivers what: rooms register their handlers from `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Deliver = Callable[..., None]
HOUSE, OUTSIDE, PROMPT, BULK = "house", "outside", "prompt", "bulk"


class GiveUp(Exception):
    """Raised by a handler for what no retry can cure. `reason` is kept with the dead row: no content, no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PutOff(Exception):
    """Raised by a handler for what is right but too early. It costs no attempt."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too early")
        self.until = until


@dataclass(frozen=True, slots=True)
class Handler:
    """`deliver` takes the payload as named arguments and `key`; `period_seconds` makes it periodic work.

    `lane`: whatever waits for somebody else's server runs in the lane `OUTSIDE`, so that it holds up nobody here;
    what somebody waits for by the second runs in `PROMPT`, so that long work of the house does not hold it up; what may
    come by the thousand and takes a while each, such as the check of a signature, runs in `BULK`.
    """

    name: str
    deliver: Deliver
    period_seconds: int | None = None
    lane: str = HOUSE


_HANDLERS: dict[str, Handler] = {}


def register(name: str, deliver: Deliver, *, period_seconds: int | None = None, lane: str = HOUSE) -> None:
    _HANDLERS[name] = Handler(name, deliver, period_seconds, lane)


def registered() -> dict[str, Handler]:
    return dict(_HANDLERS)


def deliver(name: str, *, key: str, payload: dict[str, Any]) -> None:
    """Run one handler. Raises KeyError for an unknown one, and whatever the handler raises."""
    _HANDLERS[name].deliver(key=key, **payload)
