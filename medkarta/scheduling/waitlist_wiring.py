"""What the waiting list registers with the house: its requests, its letters, its work."""

from medkarta.audit import texts
from medkarta.mailer import texts as letters
from medkarta.outbox import handlers
from medkarta.requests import kinds
from medkarta.scheduling import deliveries, waitlist_words
from medkarta.scheduling.actions import offering, releasing, waitlist, waitlist_steps
from medkarta.scheduling.queries.waitlist import facts_of_entry
from medkarta.scheduling.rules import LIVE_WAITLIST

SWEEP_SECONDS, TIDY_SECONDS = 5, 600


def register() -> None:
    texts.register(waitlist_words.AUDIT)
    kinds.register(
        waitlist_steps.KIND,
        waitlist_words.TITLE,
        [kinds.Status(*one) for one in waitlist_words.STATUSES],
        section=waitlist_words.SECTION,
        cancel=lambda scope, entry_id, now: waitlist.leave(scope, entry_id=entry_id, now=now),
        cancel_from=LIVE_WAITLIST,
    )
    for key, (subject, body, detailed, is_urgent) in waitlist_words.LETTERS.items():
        letters.register(
            key,
            subject=subject,
            body=body,
            detailed=detailed,
            facts=facts_of_entry,
            neutral=("when", "deadline"),
            is_urgent=is_urgent,
        )
    handlers.register(releasing.FREED, deliveries.slot_freed)
    handlers.register(offering.OPENING, deliveries.slots_opening)
    handlers.register(waitlist_steps.SETTLE, deliveries.offers_lost)
    handlers.register("scheduling.sweep", deliveries.sweep, period_seconds=SWEEP_SECONDS)
    handlers.register("scheduling.waitlist_tidy", deliveries.tidy_waitlist, period_seconds=TIDY_SECONDS)
