"""The worker's side of the queue: claim, deliver, finish or put off."""

import logging
import threading
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from medkarta.outbox import actions, handlers

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5


def schedule_periodic() -> None:
    """Give every periodic handler its row."""
    for handler in handlers.registered().values():
        if handler.period_seconds is not None:
            actions.schedule(handler.name, period_seconds=handler.period_seconds)


def run_once(*, now: datetime) -> int:
    """Deliver what is due. Returns how many rows were tried."""
    rows = actions.claim(now=now, handlers=frozenset(handlers.registered()))
    for row in rows:
        try:
            handlers.deliver(row.handler, key=row.key, payload=row.payload)
        except Exception as error:
            log.exception("outbox: %s failed", row.handler)
            actions.fail(row, error=type(error).__name__, now=timezone.now())
        else:
            actions.finish(row, now=timezone.now())
    return len(rows)


def run(stop: threading.Event) -> None:
    """Work until told to stop. A database that goes away is waited for."""
    is_scheduled = False
    while not stop.is_set():
        try:
            if not is_scheduled:
                schedule_periodic()
                is_scheduled = True
            worked = run_once(now=timezone.now())
        except DatabaseError:
            log.exception("outbox: the database does not answer")
            close_old_connections()
            worked = 0
        if not worked:
            stop.wait(IDLE_SECONDS)
