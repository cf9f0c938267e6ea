"""Decisions about asking for a prescription again. Pure.

A patient cannot oblige anybody to prescribe: the doctor decides, and may want to see him first. What is on the red
paper blank (107/у-НП) is prescribed in person only, and its name stays out of letters (domain rules of the portal §5).
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID, uuid5

LIVE = ("new", "in-work", "visit")
CANCELLABLE = LIVE
CLINIC_MOVES: Mapping[str, tuple[str, ...]] = {
    "in-work": ("new", "visit"),
    "visit": ("new", "in-work"),
    "ready": LIVE,
    "refused": LIVE,
}
"""What the clinic's side may do: status -> statuses it starts from."""
REASONS = ("too-early", "replaced", "not-needed", "not-ours", "other")
"""Why a clinic refuses; the last one needs words."""
NEEDS_WORDS = "other"
IN_PERSON_FORMS = frozenset({"107-np"})


class Why(StrEnum):
    """Whether a prescription may be asked for again, and if not, why."""

    YES = "yes"
    STILL_VALID = "still-valid"
    AT_PHARMACY = "at-pharmacy"
    CANCELLED = "cancelled"
    IN_PERSON = "in-person"


def may_repeat(*, status: str, form: str, ends_soon: bool) -> Why:
    """Tell whether a prescription, as it stands today, may be asked for again.

    `ends_soon`: within the days of the warning. One that still can be used has to be used first.
    """
    if form in IN_PERSON_FORMS:
        return Why.IN_PERSON
    if status == "cancelled":
        return Why.CANCELLED
    if status in ("in-service", "deferred"):
        return Why.AT_PHARMACY
    if status in ("issued", "partly-dispensed") and not ends_soon:
        return Why.STILL_VALID
    return Why.YES


def repeat_key(form_key: UUID, *, account_id: UUID, prescription_id: UUID) -> UUID:
    """Return the key of a request: the same form gives it again, another account's or prescription's another one."""
    return uuid5(form_key, f"repeat:{account_id}:{prescription_id}")
