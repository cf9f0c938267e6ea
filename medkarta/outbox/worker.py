"""The worker's side of the queue: claim, deliver, finish or put off."""

import logging
import threading
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from medkarta.outbox import actions, handlers

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
CLAIMED = {handlers.HOUSE: 20, handlers.PROMPT: 20, handlers.OUTSIDE: 1, handlers.BULK: 5}
"""Rows of one claim: the work on all of them has to end within the lease, however slow a foreign server is."""


def schedule_periodic() -> None:
    """Give every periodic handler its row."""
    for handler in handlers.registered().values():
        if handler.period_seconds is not None:
            actions.schedule(handler.name, period_seconds=handler.period_seconds)


def run_once(*, now: datetime, lane: str = handlers.HOUSE) -> int:
    """Deliver what is due in a lane. Returns how many rows were tried."""
    known = frozenset(one.name for one in handlers.registered().values() if one.lane == lane)
    rows = actions.claim(now=now, handlers=known, limit=CLAIMED[lane])
    for row in rows:
        try:
            handlers.deliver(row.handler, key=row.key, payload=row.payload)
        except handlers.PutOff as early:
            actions.put_off(row, until=early.until)
        except handlers.GiveUp as lost:
            log.warning("outbox: %s is given up: %s", row.handler, lost.reason)
            actions.give_up(row, reason=lost.reason)
        except Exception as error:
            log.exception("outbox: %s failed", row.handler)
            actions.fail(row, error=type(error).__name__, now=timezone.now())
        else:
            actions.finish(row, now=timezone.now())
    return len(rows)


def run(stop: threading.Event, lane: str = handlers.HOUSE) -> None:
    """Work in one lane until told to stop. A database that goes away is waited for."""
    is_scheduled = lane != handlers.HOUSE
    while not stop.is_set():
        try:
            if not is_scheduled:
                schedule_periodic()
                is_scheduled = True
            worked = run_once(now=timezone.now(), lane=lane)
        except DatabaseError:
            log.exception("outbox: the database does not answer")
            close_old_connections()
            worked = 0
        if not worked:
            stop.wait(IDLE_SECONDS)
