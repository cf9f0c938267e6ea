"""Where a measured value stands against the range that the laboratory gave. Pure, exact decimals, no medicine.

Nothing here knows a range of its own: without the laboratory's there is no flag.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class Flag(StrEnum):
    """How a value stands; the words for people are in `texts`."""

    HIGH = "high"
    LOW = "low"
    VERY_HIGH = "very-high"
    VERY_LOW = "very-low"
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    DETECTED = "detected"
    NOT_DETECTED = "not-detected"
    RESISTANT = "resistant"
    SUSCEPTIBLE = "susceptible"
    INTERMEDIATE = "intermediate"
    UNKNOWN = "unknown"


OUT_OF_RANGE = frozenset({Flag.HIGH, Flag.LOW, Flag.VERY_HIGH, Flag.VERY_LOW, Flag.ABNORMAL})
"""Flags that count as «вне нормы»."""

FLAG_OF_INTERPRETATION: dict[str, Flag] = {
    "H": Flag.HIGH,
    "HU": Flag.HIGH,
    ">": Flag.HIGH,
    "HX": Flag.HIGH,
    "HH": Flag.VERY_HIGH,
    "L": Flag.LOW,
    "LU": Flag.LOW,
    "<": Flag.LOW,
    "LX": Flag.LOW,
    "LL": Flag.VERY_LOW,
    "N": Flag.NORMAL,
    "A": Flag.ABNORMAL,
    "AA": Flag.ABNORMAL,
    "POS": Flag.POSITIVE,
    "NEG": Flag.NEGATIVE,
    "DET": Flag.DETECTED,
    "ND": Flag.NOT_DETECTED,
    "R": Flag.RESISTANT,
    "S": Flag.SUSCEPTIBLE,
    "I": Flag.INTERMEDIATE,
}
"""Codes of HL7 v3 ObservationInterpretation that have one plain meaning; others give no flag."""

_ABOVE = frozenset({Flag.HIGH, Flag.VERY_HIGH})
_BELOW = frozenset({Flag.LOW, Flag.VERY_LOW})


@dataclass(frozen=True, slots=True)
class Range:
    """The laboratory's limits in the unit of the value; either may be open, both belong to the norm."""

    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_usable(self) -> bool:
        """Tell whether anything can be compared with it."""
        if self.low is None and self.high is None:
            return False
        return self.low is None or self.high is None or self.low <= self.high


@dataclass(frozen=True, slots=True)
class Assessment:
    """The flag to show. `contradicted`: what the range says where the laboratory's own word says otherwise."""

    flag: Flag
    is_from_laboratory: bool = False
    contradicted: Flag | None = None

    @property
    def is_out(self) -> bool:
        return self.flag in OUT_OF_RANGE


def decimal_of(text: str) -> Decimal | None:
    """Return the exact number that a text spells with a point, or None; infinities are no numbers."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def compare(value: Decimal, norm: Range, *, comparator: str = "") -> Flag:
    """Return where a value stands; `UNKNOWN` without limits or where the comparator leaves it open.

    Limits belong to the norm. `comparator` is FHIR's: with `<` the true value lies below the number,
    so «< 0,5» is low against «от 0,5» and normal against «до 0,5», but open against «0,1–3».
    """
    if not norm.is_usable:
        return Flag.UNKNOWN
    if comparator in ("<", "<="):
        return _compare_below(value, norm, reaches=comparator == "<=")
    if comparator in (">", ">="):
        return _compare_above(value, norm, reaches=comparator == ">=")
    if norm.low is not None and value < norm.low:
        return Flag.LOW
    if norm.high is not None and value > norm.high:
        return Flag.HIGH
    return Flag.NORMAL


def compare_words(value: str, norm: str) -> Flag:
    """Return `NORMAL` for a result in words that repeats the norm in words; otherwise nobody but a doctor can tell."""
    same = value.strip().casefold() == norm.strip().casefold()
    return Flag.NORMAL if value.strip() and same else Flag.UNKNOWN


def assess(computed: Flag, interpretation: str = "") -> Assessment:
    """Return the flag to show: the laboratory's word if it gave one, else what the range says.

    Where the two contradict each other, the laboratory's word stands and the contradiction is told.
    """
    stated = FLAG_OF_INTERPRETATION.get(interpretation.upper())
    if stated is None:
        return Assessment(computed)
    is_at_odds = computed is not Flag.UNKNOWN and not _agree(stated, computed)
    return Assessment(stated, is_from_laboratory=True, contradicted=computed if is_at_odds else None)


def _compare_below(value: Decimal, norm: Range, *, reaches: bool) -> Flag:
    if norm.low is not None and (value < norm.low or (value == norm.low and not reaches)):
        return Flag.LOW
    if norm.low is None and norm.high is not None and value <= norm.high:
        return Flag.NORMAL
    return Flag.UNKNOWN


def _compare_above(value: Decimal, norm: Range, *, reaches: bool) -> Flag:
    if norm.high is not None and (value > norm.high or (value == norm.high and not reaches)):
        return Flag.HIGH
    if norm.high is None and norm.low is not None and value >= norm.low:
        return Flag.NORMAL
    return Flag.UNKNOWN


def _agree(stated: Flag, computed: Flag) -> bool:
    if stated in _ABOVE:
        return computed is Flag.HIGH
    if stated in _BELOW:
        return computed is Flag.LOW
    if stated is Flag.ABNORMAL:
        return computed is not Flag.NORMAL
    if stated is Flag.NORMAL:
        return computed is Flag.NORMAL
    return True
