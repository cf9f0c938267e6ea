"""Words and pictures of a trend for people."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from medkarta.results import chart, texts
from medkarta.results.measures import Measure
from medkarta.results.trends import Point, Trend
from medkarta.ui import format

_SIZES = (("mk-only-w", 520.0, 300.0), ("mk-only-n", 350.0, 260.0))


def charts_of(trend: Trend) -> list[tuple[str, chart.Chart]]:
    """Return the pictures of a trend, each with the class of where it is shown: in a wide place, on a phone."""
    data = trend.data
    return [(css, chart.draw(data, width=width, height=height)) for css, width, height in _SIZES] if data else []


def span(trend: Trend) -> str:
    """Say over how long the values go: «за 6 лет», «за 2026 год»; empty for one value."""
    days = [timezone.localdate(one.at) for one in trend.points if one.at]
    if len(days) < 2:
        return ""
    first, last = min(days), max(days)
    if first.year == last.year:
        return _("за %(year)s год") % {"year": first.year}
    years = last.year - first.year + 1
    return _("за %(years)s") % {"years": format.counted(years, _("год"), _("года"), _("лет"))}


def summary(trend: Trend) -> str:
    """Say in one sentence what the picture shows, for whoever does not see it."""
    data = trend.data
    if not data:
        return ""
    first, last = data[0], data[-1]
    told = {
        "name": trend.name,
        "first": _value(first.value, trend.unit),
        "first_day": format.figures(first.at),
        "last": _value(last.value, trend.unit),
        "last_day": format.figures(last.at),
    }
    if len(data) == 1:
        return _("%(name)s: %(last)s %(last_day)s.") % told
    lowest = _value(min(one.value for one in data), trend.unit)
    highest = _value(max(one.value for one in data), trend.unit)
    extremes = _("Наименьшее значение %(lowest)s, наибольшее %(highest)s.") % {"lowest": lowest, "highest": highest}
    return f"{_('%(name)s: с %(first)s %(first_day)s до %(last)s %(last_day)s.') % told} {extremes}"


def legend(trend: Trend) -> str:
    """Say what the colours mean; the norm is told where all laboratories have the same."""
    norms = {texts.norm_text(one.measure) for one in trend.points if one.measure.norm.is_usable}
    if not norms:
        return _("Лаборатории не указали норму.")
    if len(norms) == 1:
        told = {"norm": norms.pop(), "unit": trend.unit}
        return _("Зелёная полоса — норма, %(norm)s %(unit)s. Ромб — вне нормы.") % told
    return _("Зелёная полоса — норма той лаборатории, что делала анализ, поэтому она меняется. Ромб — вне нормы.")


def was_text(point: Point) -> str:
    """Write what was sent before it was converted: «193 мг/дл»; empty where nothing was."""
    return _written(point.was) if point.was else ""


def tick_text(value: Decimal) -> str:
    """Write a number of the axis without the zeros that say nothing."""
    plain = format_plain(value)
    return format.number(Decimal(plain))


def format_plain(value: Decimal) -> str:
    """Return a number without an exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def mark_text(moment: date) -> str:
    return str(moment.year)


def _value(value: Decimal, unit: str) -> str:
    return f"{format.number(value)}{format.NBSP}{unit}".strip()


def _written(measure: Measure) -> str:
    return f"{texts.value_text(measure)}{format.NBSP}{measure.unit}".strip()
