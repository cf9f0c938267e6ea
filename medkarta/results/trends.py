"""One analyte over years and laboratories: every value that the table of units brings onto one axis."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.results import chart, conversions, rules
from medkarta.results.chart import Datum
from medkarta.results.measures import Measure
from medkarta.results.models import Observation, ResultLink
from medkarta.results.queries import visible_reports
from medkarta.ui.format import NBSP, language

MOST = 500
_UNIT = re.compile(r"\d\s*[^\W\d_]*\s*/\s*[^\W\d_]|%")
"""What looks like a unit after a figure: «110 мг/дл», «4 %»."""
_LEFT_OUT = ("cancelled", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a trend in the trend's unit. `was`: the measure as sent, where it was converted."""

    id: UUID
    at: datetime | None
    measure: Measure
    was: Measure | None
    assessment: rules.Assessment
    place: str
    report_id: UUID | None


@dataclass(frozen=True, slots=True)
class Other:
    """Values of the same analyte in a unit that the table can't convert: one of them, for a link to their own page."""

    id: UUID
    unit: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Values of one analyte in one unit, the newest first. `asked_id` is that of the value that was asked for."""

    asked_id: UUID
    name: str
    unit: str
    points: tuple[Point, ...]
    others: tuple[Other, ...]

    @property
    def data(self) -> list[Datum]:
        """What can be drawn, oldest first: exact numbers of some measure whose day is known."""
        found = []
        for one in reversed(self.points):
            value = rules.decimal_of(one.measure.number)
            if one.at is not None and value is not None and chart.is_drawn(value) and not one.measure.comparator:
                norm = one.measure.norm
                limits = (chart.limit(norm.low), chart.limit(norm.high)) if norm.is_usable else (None, None)
                found.append(Datum(one.at, value, *limits, one.assessment.is_out))
        return found


def get_trend(scope: PatientScope, observation_id: UUID) -> Trend:
    """Return the trend that a value stands in. Four or five statements. Raises NotFound, also for no number."""
    asked = _numbers(scope).filter(pk=observation_id).first()
    if asked is None or not Measure.of_json(asked.measure).number:
        raise NotFound
    analyte = conversions.analyte_of(asked.code, asked.code_system)
    rows = list(_family(scope, asked, analyte).order_by("-effective_at", "-id")[:MOST])
    wanted = _axis(analyte, _unit(Measure.of_json(asked.measure)), rows)
    names = _names(rows, wanted)
    points: list[Point] = []
    others: dict[str, Other] = {}
    for row in rows:
        measure = Measure.of_json(row.measure)
        by = conversions.factor(analyte, _unit(measure), wanted)
        if not measure.number:
            continue
        if by is None:
            others.setdefault(measure.unit, Other(row.pk, measure.unit))
            continue
        points.append(_point(row, measure, by, names))
    scope.reads.add("Observation", [one.id for one in points])
    return Trend(asked.pk, asked.name, names, _with_places(scope, points), tuple(others.values()))


def _unit(measure: Measure) -> str:
    return conversions.unit_of(code=measure.unit_code, words=measure.unit)


def _numbers(scope: PatientScope) -> QuerySet[Observation]:
    return Observation.objects.for_scope(scope).exclude(status__in=_LEFT_OUT)


def _family(scope: PatientScope, asked: Observation, analyte: conversions.Analyte | None) -> QuerySet[Observation]:
    """Return the values of the same analyte: by the codes of the table, else by the code, else by the name."""
    found = _numbers(scope)
    if analyte is not None:
        return found.filter(code__in=analyte.codes, code_system=asked.code_system)
    if asked.code:
        return found.filter(code=asked.code, code_system=asked.code_system)
    return found.filter(code="", name=asked.name)


def _axis(analyte: conversions.Analyte | None, own: str, rows: Sequence[Observation]) -> str:
    """Return the unit of the axis: that of the table for an analyte it knows, else the newest that can be met."""
    if analyte is not None and conversions.factor(analyte, own, analyte.unit) is not None:
        return analyte.unit
    units = (_unit(Measure.of_json(row.measure)) for row in rows)
    return next((unit for unit in units if conversions.factor(analyte, own, unit) is not None), own)


def _names(rows: Sequence[Observation], wanted: str) -> str:
    """Return how the unit of the axis is written: as the newest value in it is, else as the table has it."""
    for row in rows:
        measure = Measure.of_json(row.measure)
        if _unit(measure) == wanted and measure.unit:
            return measure.unit
    return conversions.table().names.get(wanted, {}).get(language(), wanted)


def _point(row: Observation, measure: Measure, by: Decimal, unit: str) -> Point:
    if by == 1:
        return Point(row.pk, row.effective_at, measure, None, measure.assess(), "", None)
    low, high = _converted(measure.norm_low, by), _converted(measure.norm_high, by)
    shown = replace(
        measure,
        number=_converted(measure.number, by),
        norm_low=low,
        norm_high=high,
        norm_text="" if low or high else _norm_as_sent(measure),
        unit=unit,
    )
    return Point(row.pk, row.effective_at, shown, measure, measure.assess(), "", None)


def _norm_as_sent(measure: Measure) -> str:
    """Return the words of a norm with the unit that their figures are in: nobody can convert words."""
    text = measure.norm_text
    is_bare = any(one.isdigit() for one in text) and measure.unit not in text and not _UNIT.search(text)
    return f"{text}{NBSP}{measure.unit}" if is_bare else text


def _converted(text: str, by: Decimal) -> str:
    number = rules.decimal_of(text) if text else None
    return "" if number is None else format(conversions.convert(number, by), "f")


def _with_places(scope: PatientScope, points: list[Point]) -> tuple[Point, ...]:
    """Tell of each value which report it stands in, and where that was made."""
    owners: dict[UUID, UUID] = {}
    links = ResultLink.objects.filter(observation_id__in=[one.id for one in points])
    for value_id, owner_id in links.order_by("-position").values_list("observation_id", "owner_id"):
        owners[value_id] = owner_id
    groups = ResultLink.objects.filter(observation_id__in=set(owners.values()))
    parents = dict(groups.values_list("observation_id", "owner_id"))
    reports = {value_id: parents.get(owner_id, owner_id) for value_id, owner_id in owners.items()}
    found = visible_reports(scope).filter(pk__in=set(reports.values())).values_list("pk", "place")
    places = dict(found)
    return tuple(
        replace(one, place=places.get(reports[one.id], ""), report_id=reports[one.id])
        if reports.get(one.id) in places
        else one
        for one in points
    )
