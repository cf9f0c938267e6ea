"""Values as a file for a spreadsheet: semicolons, a comma in numbers, a mark of UTF-8; no cell is ever a formula."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from medkarta.results import rules, texts, trend_texts
from medkarta.results.measures import Measure
from medkarta.results.queries import ReportPage
from medkarta.results.trends import Trend
from medkarta.ui import format

BOM = "\ufeff"
_NUMBER = re.compile(r"-?\d+(,\d+)?", re.ASCII)
_DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def cell(text: str) -> str:
    """Return a text as a cell: what a spreadsheet could take for a formula gets an apostrophe before it.

    Line breaks, tabs and control characters become spaces. Numbers, negative ones too, stay numbers.
    """
    flat = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return f"'{flat}" if flat.startswith(_DANGEROUS) and not _NUMBER.fullmatch(flat) else flat


def csv_of(table: Table) -> bytes:
    """Return a table in UTF-8 with its mark."""
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerows([cell(one) for one in row] for row in (table.head, *table.rows))
    return (BOM + target.getvalue()).encode()


def report_table(page: ReportPage) -> Table:
    """Return the values of a report in its order."""
    head = (_("Показатель"), *_value_heads(), _("Дата"), _("Учреждение"))
    day = format.figures(page.effective_at, missing="")
    rows = ((row.name, *_value_cells(row.measure, row.assessment), day, page.place) for row in page.values)
    return Table(head, tuple(rows))


def trend_table(trend: Trend) -> Table:
    """Return a trend, the newest first, with what was sent where it was converted."""
    head = (_("Дата"), _("Показатель"), *_value_heads(), _("Учреждение"), _("Прислано"))
    rows = (
        (
            format.figures(one.at, missing=""),
            trend.name,
            *_value_cells(one.measure, one.assessment),
            one.place,
            trend_texts.was_text(one),
        )
        for one in trend.points
    )
    return Table(head, tuple(rows))


def _value_heads() -> Sequence[str]:
    return _("Результат"), _("Единица"), _("Норма"), _("Оценка")


def _value_cells(measure: Measure, assessment: rules.Assessment) -> Sequence[str]:
    if measure.kind == "number" and not measure.comparator:
        value = measure.number.replace(".", ",")  # the digits as sent, in a form that sums up
    else:
        value = texts.value_text(measure)
    has_norm = measure.norm_low or measure.norm_high or measure.norm_text
    return (
        value,
        measure.unit,
        texts.norm_text(measure) if has_norm else "",
        texts.flag_text(assessment.flag) if measure.has_value else "",
    )
