"""What the queue does for this room by the clock."""

from django.utils import timezone

from medkarta.printing import actions


def tidy(*, key: str) -> None:
    actions.tidy(now=timezone.now())
