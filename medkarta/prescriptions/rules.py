"""How a prescription stands on a day, and which drugs a search means. Pure."""

import re
from datetime import date

from rapidfuzz.distance import OSA

from medkarta.core.text import folded

EXPIRED = "expired"
CAN_EXPIRE = frozenset({"issued", "partly-dispensed"})
"""Statuses that end with the last day. What a pharmacy has taken in (in service, deferred) lives on."""

STATUS_OF_FHIR: dict[str, str] = {
    "active": "issued",
    "on-hold": "deferred",
    "completed": "dispensed",
    "cancelled": "cancelled",
    "stopped": "cancelled",
    "entered-in-error": "cancelled",
    "draft": "draft",
}
"""FHIR R4 MedicationRequest.status -> ours; `unknown` and anything else is unknown."""

_REFINED = frozenset({"issued", "in-service", "deferred", "partly-dispensed", "dispensed"})
_FINAL = frozenset({"cancelled", "draft"})
_NOT_AN_ORDER = frozenset({"proposal", "plan", "option"})
_WORD = re.compile(r"[^\W_]+")
_SHORT, _LONG = 4, 7
_MOST_WORDS = 8


def status_of(fhir_status: str, *, intent: str, refined: str = "") -> str:
    """Return the stored status. `refined`: code of `urn:medkarta:prescription-status`, empty if absent.

    A proposal or a plan is no prescription yet. What the source refined stands, unless the order was
    cancelled or is only a draft.
    """
    if intent in _NOT_AN_ORDER:
        return "draft"
    found = STATUS_OF_FHIR.get(fhir_status, "unknown")
    return refined if refined in _REFINED and found not in _FINAL else found


def shown_status(status: str, *, valid_until: date | None, today: date) -> str:
    """Return the status for a day: `expired` after the last day, which itself still counts.

    Source: order of the Ministry of Health of Russia No. 1094n of 24.11.2021 (terms of validity).
    """
    is_over = valid_until is not None and valid_until < today
    return EXPIRED if is_over and status in CAN_EXPIRE else status


def days_left(status: str, *, valid_until: date | None, today: date, soon_days: int) -> int | None:
    """Return how many days after today a prescription is valid, if that is soon; 0 on its last day.

    None when it does not end within `soon_days`, has ended, has no known end, or no longer waits for the pharmacy.
    """
    if valid_until is None or status not in CAN_EXPIRE:
        return None
    left = (valid_until - today).days
    return left if 0 <= left <= soon_days else None


def is_meant(query: str, drug: str) -> bool:
    """Tell whether a drug is meant by what a person typed, a slip of the finger forgiven.

    Every word has to be there: as a part of a word, or as the beginning of one with one typo (two from seven
    letters on; a swap of neighbours is one). Words below four letters and numbers are taken as they are.
    """
    words = _WORD.findall(folded(drug))
    return all(any(_is_like(wanted, word) for word in words) for wanted in _WORD.findall(folded(query))[:_MOST_WORDS])


def _is_like(wanted: str, word: str) -> bool:
    if wanted in word:
        return True
    if len(wanted) < _SHORT or not wanted.isalpha():
        return False
    allowed = 2 if len(wanted) >= _LONG else 1
    lengths = range(max(1, len(wanted) - allowed), len(wanted) + allowed + 1)
    return any(OSA.distance(wanted, word[:length], score_cutoff=allowed) <= allowed for length in lengths)
