"""What the worker does for the mailer."""

from uuid import UUID

from django.utils import timezone

from medkarta.mailer import actions


def due(*, key: str, notice_id: str) -> None:
    """The time of a notice has come: queue its letter and its push."""
    actions.spread(UUID(notice_id), now=timezone.now())


def tidy(*, key: str) -> None:
    actions.tidy(now=timezone.now())
