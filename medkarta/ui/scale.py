"""Places on a bar in per cent, for the drawings of a laboratory range and of a due window. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

_MARGIN = 20.0
_EDGE = 3.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A value on its scale: `low` and `width` of the normal part, `value` of the mark; all in per cent."""

    low: float
    width: float
    value: float
    is_out: bool

    @classmethod
    def of(cls, value: Decimal, low: Decimal | None, high: Decimal | None) -> Self | None:
        """Return the drawing of a value against its limits (either may be open); None without any limit.

        The normal part takes the middle of the bar (or reaches its open end); a value far outside stays at the edge.
        Limits belong to the norm: a value equal to one is inside.
        """
        if low is None and high is None:
            return None
        if low is not None and high is not None and high <= low:
            return None
        is_out = (low is not None and value < low) or (high is not None and value > high)
        start = 0.0 if low is None else _MARGIN if high is not None else 100 - _MARGIN * 3
        end = 100.0 if high is None else 100 - _MARGIN if low is not None else 100 - _MARGIN * 1.5
        bottom, top = cls._ends(low, high)
        place = cls._place(float((value - bottom) / (top - bottom)), start, end)
        return cls(start, round(end - start, 1), round(min(max(place, _EDGE), 100 - _EDGE), 1), is_out)

    @staticmethod
    def _place(share: float, start: float, end: float) -> float:
        """Return per cent for a share of the normal part; beyond it ever denser, so that twice as far still shows."""
        if share > 1:
            return end + (100 - end) * (1 - 1 / share)
        if share < 0:
            return start * (1 - share) ** -1
        return start + (end - start) * share

    @staticmethod
    def _ends(low: Decimal | None, high: Decimal | None) -> tuple[Decimal, Decimal]:
        if low is None:
            assert high is not None
            return min(Decimal(0), high - 1), high
        if high is None:
            return low, low * 3 if low > 0 else low + 1
        return low, high


@dataclass(frozen=True, slots=True)
class Window:
    """A window of dates on a bar: its `start` and `width` and the place of `today`; all in per cent."""

    start: float
    width: float
    today: float
    is_late: bool

    @classmethod
    def of(cls, first: date, last: date, today: date) -> Self:
        """Return the drawing of the window `first`..`last` (both belong to it) with `today` marked.

        The bar spans the window, or reaches to today when today is outside.
        """
        begin, end = min(first, today), max(last, today)
        days = max((end - begin).days, 1)
        start = 100 * (first - begin).days / days
        width = 100 * (last - first).days / days
        place = 100 * (today - begin).days / days
        return cls(round(start, 1), round(width, 1), round(min(max(place, 1), 99), 1), today > last)
