"""`medkarta worker`: delivers the outbox and does the periodic work until told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from medkarta.outbox import handlers, worker


class Command(BaseCommand):
    help = "Deliver the outbox and do the periodic work"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        lanes = (handlers.OUTSIDE, handlers.PROMPT, handlers.BULK)
        others = [threading.Thread(target=_work, args=(stop, lane), name=lane) for lane in lanes]
        for one in others:
            one.start()
        _work(stop, handlers.HOUSE)
        for one in others:
            one.join()


def _work(stop: threading.Event, lane: str) -> None:
    """Work in a lane; when it ends, for whatever reason, the others end too."""
    try:
        worker.run(stop, lane)
    finally:
        stop.set()
        connections.close_all()
