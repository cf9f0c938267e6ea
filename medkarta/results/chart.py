"""Where everything of a trend stands on its picture. Pure geometry, in the units of an SVG's own box.

Each point carries the range of the laboratory that measured it: the band changes where the laboratories do.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal

LEFT, RIGHT, TOP, BOTTOM = 52.0, 14.0, 24.0, 34.0
MOST_LABELS = 8
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_MOST_TICKS = 6
_REACH = 2
_NEAR = 44.0
_NEAR_LABEL = 34.0
_MOST_POWER = 18
_MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Datum:
    """A value at a moment (aware), with its own limits, either of which may be open."""

    at: datetime
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    is_out: bool


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    is_out: bool
    label: Decimal | None


@dataclass(frozen=True, slots=True)
class Band:
    """A piece of the norm under one point, from the half way before it to the half way after it."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    value: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """A year (or a month of the only year) under the axis."""

    at: float
    moment: datetime


@dataclass(frozen=True, slots=True)
class Chart:
    width: float
    height: float
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    dots: tuple[Dot, ...]

    @property
    def line(self) -> str:
        """The points of the line, as an SVG polyline wants them."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)

    @property
    def right(self) -> float:
        return self.width - RIGHT

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM


def is_drawn(value: Decimal) -> bool:
    """Tell whether a number is one that a picture can show, from 10^-18 to 10^18 and of at most twenty digits.

    The steps of the axis are counted in decimals of 28 digits; a laboratory's typing error may have more.
    """
    return len(value.as_tuple().digits) <= _MOST_DIGITS and (not value or abs(value.adjusted()) <= _MOST_POWER)


def limit(value: Decimal | None) -> Decimal | None:
    """Return a limit as near as a picture can show it; one beyond all values stays there."""
    if value is None or value.adjusted() > _MOST_POWER:
        return value
    return Decimal(0) if value.adjusted() < -_MOST_POWER else Context(prec=_MOST_DIGITS).plus(value)


def draw(data: Sequence[Datum], *, width: float, height: float) -> Chart:
    """Return the picture of values, oldest first. Raises ValueError for none."""
    if not data:
        raise ValueError("nothing to draw")
    low, high, step = _scale(data)
    inner = height - TOP - BOTTOM

    def y_of(value: Decimal) -> float:
        return round(TOP + inner * float((high - value) / (high - low)), 1)

    xs = _places(data, LEFT + 18, width - RIGHT - 18)
    ticks = tuple(Tick(y_of(value), value) for value in _steps(low, high, step))
    labelled = _labelled(data, xs)
    dots = tuple(
        Dot(x, y_of(one.value), one.is_out, one.value if number in labelled else None)
        for number, (x, one) in enumerate(zip(xs, data, strict=True))
    )
    edges = [LEFT, *((before + after) / 2 for before, after in itertools.pairwise(xs)), width - RIGHT]
    pieces = enumerate(itertools.pairwise(edges))
    bands = tuple(
        _band(data[number], left, right, y_of, low, high)
        for number, (left, right) in pieces
        if data[number].low is not None or data[number].high is not None
    )
    return Chart(width, height, ticks, tuple(_marks(data, xs)), bands, dots)


def _band(one: Datum, left: float, right: float, y_of: Callable[[Decimal], float], low: Decimal, high: Decimal) -> Band:
    """Return the norm of one point, cut to what the axis shows; an open side reaches the edge."""
    top = y_of(high if one.high is None else min(max(one.high, low), high))
    bottom = y_of(low if one.low is None else max(min(one.low, high), low))
    return Band(round(left, 1), top, round(right - left, 1), round(max(bottom - top, 0.0), 1))


def _scale(data: Sequence[Datum]) -> tuple[Decimal, Decimal, Decimal]:
    """Return the ends of the axis and its step (1, 2 or 5 of a power of ten), wide enough for values and limits.

    A limit far from all values stays outside, so that it does not flatten the line; its band reaches the edge.
    """
    values = [one.value for one in data]
    bottom, top = min(values), max(values)
    reach = _REACH * (top - bottom or abs(top) / 2 or Decimal(1))
    limits = [limit for one in data for limit in (one.low, one.high) if limit is not None]
    shown = [*values, *(one for one in limits if bottom - reach <= one <= top + reach)]
    least, most = min(shown), max(shown)
    span = most - least or abs(most) or Decimal(1)
    power = Decimal(1).scaleb((span / _MOST_TICKS).adjusted())
    step = next(power * one for one in _STEPS if power * one * _MOST_TICKS >= span)
    low, high = least // step * step, -(-most // step) * step
    if low > least:  # the integer division of decimals cuts towards zero
        low -= step
    if high < most:
        high += step
    if low == bottom and bottom != 0:  # a value on the edge would have no place for its label
        low -= step
    if high == top:
        high += step
    return (max(low, Decimal(0)) if least >= 0 else low), high, step


def _steps(low: Decimal, high: Decimal, step: Decimal) -> Iterator[Decimal]:
    value = low
    while value <= high:
        yield value
        value += step


def _places(data: Sequence[Datum], left: float, right: float) -> list[float]:
    """Return where each moment stands; those of one moment only are spread evenly."""
    first, last = data[0].at, data[-1].at
    span = (last - first).total_seconds()
    if len(data) == 1:
        return [round((left + right) / 2, 1)]
    if not span:
        return [round(left + (right - left) * number / (len(data) - 1), 1) for number in range(len(data))]
    return [round(left + (right - left) * (one.at - first).total_seconds() / span, 1) for one in data]


def _labelled(data: Sequence[Datum], xs: Sequence[float]) -> set[int]:
    """Return the numbers of the points that are written out: all of a few, else the ends and the extremes.

    What would stand on another label is left out; the last value comes first.
    """
    order = sorted(range(len(data)), key=lambda number: data[number].value)
    few = range(len(data) - 1, -1, -1) if len(data) <= MOST_LABELS else (len(data) - 1, 0, order[0], order[-1])
    found: set[int] = set()
    for number in few:
        if all(abs(xs[number] - xs[other]) >= _NEAR_LABEL for other in found):
            found.add(number)
    return found


def _marks(data: Sequence[Datum], xs: Sequence[float]) -> Iterator[Mark]:
    """Yield the first point of each year, those too near to the one before left out."""
    year, last = None, -100.0
    for one, x in zip(data, xs, strict=True):
        if one.at.year != year and x - last >= _NEAR:
            yield Mark(x, one.at)
            last = x
        year = one.at.year
