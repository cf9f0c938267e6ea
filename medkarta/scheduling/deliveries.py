"""What the worker does for booking: rows of the outbox in, one call each."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from medkarta.outbox import handlers
from medkarta.scheduling.actions import offer_ends, offering, releasing, waitlist_steps

SWEEP_SECONDS, TIDY_SECONDS = 5, 600


def register() -> None:
    """A freed time has two seconds: what offers it runs behind nothing that takes long."""
    handlers.register(releasing.FREED, slot_freed, lane=handlers.PROMPT)
    handlers.register(waitlist_steps.SETTLE, offers_lost, lane=handlers.PROMPT)
    handlers.register("scheduling.sweep", sweep, period_seconds=SWEEP_SECONDS, lane=handlers.PROMPT)
    handlers.register(offering.OPENING, slots_opening)
    handlers.register("scheduling.waitlist_tidy", tidy_waitlist, period_seconds=TIDY_SECONDS)


def slot_freed(*, key: str, slot_id: str) -> None:
    """Let the waiting list have a time first."""
    offering.offer_slot(UUID(slot_id), now=timezone.now())


def slots_opening(*, key: str, facility_id: str, opens_at: str) -> None:
    """Let the waiting list have what opens to everybody in a moment."""
    offering.offer_opening(UUID(facility_id), datetime.fromisoformat(opens_at), now=timezone.now())


def offers_lost(*, key: str, slot_id: str) -> None:
    """Tell the others that a time which several were asked about is taken."""
    offer_ends.end_offers(UUID(slot_id), now=timezone.now())


def sweep(*, key: str) -> None:
    """Pass on what nobody answered, and take up what a killed worker left."""
    offering.sweep(now=timezone.now())


def tidy_waitlist(*, key: str) -> None:
    """End entries whose last day has passed; lift those whose term has."""
    offer_ends.tidy(now=timezone.now())
