"""A report of a study as a sheet of paper: what was measured, the laboratory's own ranges, what was concluded."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.blocks import Block, Cell, Grid, Run, Section, paragraph
from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.printing import actions as printing
from medkarta.printing.sheets import Sheet
from medkarta.results import queries, texts
from medkarta.ui import format

KIND = "report"


def issue(scope: PatientScope, report_id: UUID, *, now: datetime) -> printing.Issued:
    """Return a report as a PDF, entered into the register of sheets. Raises NotFound, also where it says nothing."""
    found = queries.get_report(scope, report_id)
    if not has_words(found):
        raise NotFound
    return printing.issue(KIND, report_id, scope.person_id, sheet_of(found, patients.get_person(scope)), now=now)


def has_words(found: queries.ReportPage) -> bool:
    """Tell whether there is anything to print: a report may be a file and nothing else."""
    return bool(found.values or found.conclusion.strip())


def sheet_of(found: queries.ReportPage, person: patients.PersonRow) -> Sheet:
    """Return what is printed."""
    date = format.figures(found.effective_at) if found.effective_at else ""
    if found.effective_at and not found.is_whole_day:
        date = f"{date}, {format.time_of(found.effective_at)}"
    return Sheet(
        title=found.name or _("Исследование без названия"),
        kind_title=_("Результат исследования"),
        patient=person.full_name,
        dated_at=found.effective_at or found.issued_at,
        born=person.birth_date,
        facts=(
            (_("Дата"), date or _("не указана")),
            (_("Учреждение"), found.place or _("не указано")),
            (_("Врач"), ", ".join(part for part in (found.doctor, found.post.lower()) if part)),
        ),
        sections=tuple(_sections(found)),
        notes=tuple(_notes(found)),
        language=format.language(),
    )


def _sections(found: queries.ReportPage) -> list[Section]:
    lines: tuple[Block, ...] = tuple(paragraph(one.strip()) for one in found.conclusion.splitlines() if one.strip())
    sections = [Section(_("Заключение"), lines)] if lines else []
    if found.values:
        sections.append(Section(_("Показатели"), (_table(found.values),)))
    remarks: tuple[Block, ...] = tuple(paragraph(f"{name}: {text}") for name, text in texts.remarks(found))
    if remarks:
        sections.append(Section(_("Примечания к показателям"), remarks))
    return sections


def _notes(found: queries.ReportPage) -> list[str]:
    missing = _("Показаны не все показатели. Ещё не переданы: %(count)s.") % {"count": found.missing}
    return [
        *([texts.status_text(found.status)] if texts.status_text(found.status) else []),
        *([missing] if found.missing else []),
        _("Это не диагноз и не назначение. Что делать дальше, решает врач."),
    ]


def _table(values: tuple[queries.ValueRow, ...]) -> Grid:
    titles = (_("Показатель"), _("Результат"), _("Единица"), _("Норма"), _("Оценка"))
    head = tuple(Cell((Run(title),), is_header=True) for title in titles)
    return Grid((head,), tuple(_row(one) for one in values))


def _row(row: queries.ValueRow) -> tuple[Cell, ...]:
    has_value = row.measure.has_value
    name = f"— {row.name}" if row.is_part else row.name or _("Показатель без названия")
    others = (
        texts.value_text(row.measure),
        row.measure.unit if has_value else "",
        texts.norm_text(row.measure),
        texts.flag_text(row.assessment.flag) if has_value else "",
    )
    return (Cell((Run(name),), is_header=True), *(Cell((Run(text),)) for text in others))
