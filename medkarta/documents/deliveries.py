"""What the worker does for documents."""

from uuid import UUID

from django.utils import timezone

from medkarta.core.scopes import WorkerScope
from medkarta.documents import signature_checks, signatures
from medkarta.outbox import handlers

RECHECK_SECONDS = 60


def register() -> None:
    handlers.register(signatures.CHECK, check_signatures, lane=handlers.BULK)
    handlers.register(signatures.RECHECK, recheck_signatures, period_seconds=RECHECK_SECONDS)


def check_signatures(*, key: str, document_id: str) -> None:
    """Say of each signature of a document whether it holds."""
    signature_checks.check(WorkerScope(), UUID(document_id), now=timezone.now())


def recheck_signatures(*, key: str) -> None:
    """Check again what was checked by another list of trusted certificates than today's."""
    version = signature_checks.trusted().version
    signatures.queue_outdated(WorkerScope(), version=version)
