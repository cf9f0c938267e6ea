"""`medkarta worker`: delivers the outbox and does the periodic work until told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from medkarta.outbox import worker


class Command(BaseCommand):
    help = "Deliver the outbox and do the periodic work"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker.run(stop)
