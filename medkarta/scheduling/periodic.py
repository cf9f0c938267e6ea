"""What the clock does for working time: makes times, opens reserved ones, goes on with absences."""

from uuid import UUID

from django.utils import timezone

from medkarta.core.scopes import WorkerScope
from medkarta.outbox import handlers
from medkarta.scheduling.actions import absences, timetables

MAKE_SECONDS, OPEN_SECONDS, SWEEP_SECONDS = 6 * 3600, 300, 30


def register() -> None:
    handlers.register("scheduling.make_slots", make_slots, period_seconds=MAKE_SECONDS)
    handlers.register("scheduling.open_reserved", open_reserved, period_seconds=OPEN_SECONDS)
    handlers.register("scheduling.absence_sweep", sweep, period_seconds=SWEEP_SECONDS)
    handlers.register(absences.PLACE, place_absence)


def make_slots(*, key: str) -> None:
    """Make the times of all published hours up to the horizon."""
    timetables.make_all(WorkerScope(), now=timezone.now())


def open_reserved(*, key: str) -> None:
    """Open tomorrow's reserved times that nobody has booked, on the evening before."""
    timetables.open_reserved(now=timezone.now())


def place_absence(*, key: str, absence_id: str) -> None:
    """Ask everybody whom an absence has hit, or tell that it was taken back."""
    absences.place_people(UUID(absence_id), now=timezone.now())


def sweep(*, key: str) -> None:
    """Take up what was left of absences, and hand unanswered questions to the desk."""
    absences.sweep(now=timezone.now())
