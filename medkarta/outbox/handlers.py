"""Who delivers what: rooms register their handlers from `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Deliver = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Handler:
    """`deliver` takes the payload as named arguments and `key`; `period_seconds` makes it periodic work."""

    name: str
    deliver: Deliver
    period_seconds: int | None = None


_HANDLERS: dict[str, Handler] = {}


def register(name: str, deliver: Deliver, *, period_seconds: int | None = None) -> None:
    _HANDLERS[name] = Handler(name, deliver, period_seconds)


def registered() -> dict[str, Handler]:
    return dict(_HANDLERS)


def deliver(name: str, *, key: str, payload: dict[str, Any]) -> None:
    """Run one handler. Raises KeyError for an unknown one, and whatever the handler raises."""
    _HANDLERS[name].deliver(key=key, **payload)
