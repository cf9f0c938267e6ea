"""`medkarta check-signatures`: say what the portal knows of signatures, and have all of them checked again."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from medkarta.core.scopes import WorkerScope
from medkarta.documents import signature_checks, signatures
from medkarta.integrations.signature import port as signature


class Command(BaseCommand):
    help = "Show the list of trusted certificates and the states of signatures; --all checks every one again"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="queue every signature for the worker to check again")

    def handle(self, *args: Any, **options: Any) -> None:
        trust = signature_checks.trusted()
        self.stdout.write(f"trusted certificates: {len(trust.certificates)} in {settings.SIGNATURE_TRUST}")
        self.stdout.write(f"GOST: {'checked' if signature.available('gost') else 'not checked, no engine of OpenSSL'}")
        states: Counter[str] = Counter()
        for state, reason, count in signatures.count_states():
            states[state] += count
            self.stdout.write(f"{state:<10} {reason:<16} {count}")
        self.stdout.write(f"signatures: {states.total()}")
        if options["all"]:
            queued = signatures.queue_all(WorkerScope())
            self.stdout.write(f"queued for the worker: {queued} documents")
