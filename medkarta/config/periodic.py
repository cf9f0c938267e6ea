"""Periodic work of the house, one row of the outbox each."""

from django.utils import timezone

from medkarta.accounts import actions as accounts
from medkarta.audit import sealing
from medkarta.core.scopes import WorkerScope
from medkarta.outbox import handlers
from medkarta.patients import actions as patients

HOUR = 3600


def register() -> None:
    """Seal the access log each second; each hour close what has ended by itself."""
    handlers.register("audit.seal", sealing.seal_all, period_seconds=1)
    handlers.register("accounts.tidy", _tidy, period_seconds=HOUR)
    handlers.register("patients.close_ended", _close_ended, period_seconds=HOUR)


def _tidy(*, key: str) -> None:
    accounts.tidy(WorkerScope(), now=timezone.now())


def _close_ended(*, key: str) -> None:
    patients.close_ended(WorkerScope(), today=timezone.localdate(), now=timezone.now())
