"""All vaccinations of a person as a sheet of paper: «Сведения о прививках»."""

from datetime import datetime

from django.utils.translation import gettext as _

from medkarta.core.blocks import Cell, Grid, Run, Section, paragraph
from medkarta.core.scopes import PatientScope
from medkarta.immunizations import queries
from medkarta.patients import queries as patients
from medkarta.printing import actions as printing
from medkarta.printing.sheets import Sheet
from medkarta.ui import format

KIND = "immunizations"


def issue(scope: PatientScope, *, now: datetime) -> printing.Issued:
    """Return the list as a PDF, entered into the register of sheets."""
    done, refused = queries.list_for_sheet(scope)
    sheet = sheet_of(done, refused, patients.get_person(scope))
    return printing.issue(KIND, scope.person_id, scope.person_id, sheet, now=now)


def sheet_of(
    done: tuple[queries.ImmunizationRow, ...], refused: tuple[queries.ImmunizationRow, ...], person: patients.PersonRow
) -> Sheet:
    """Return what is printed: what was done, the newest first, then what was not and why."""
    nothing = paragraph(_("О сделанных прививках на портале записей нет."))
    sections = [Section(_("Сделаны"), (_table(done) if done else nothing,))]
    if refused:
        sections.append(Section(_("Не сделаны"), (_refusals(refused),)))
    return Sheet(
        title=_("Сведения о прививках"),
        kind_title=_("Сведения о прививках"),
        patient=person.full_name,
        born=person.birth_date,
        facts=((_("Всего сделано"), str(len(done))),) if done else (),
        sections=tuple(sections),
        notes=(_("Лист составлен по записям, которые клиники передали на портал. Более ранние есть в их картах."),),
        language=format.language(),
    )


def _table(rows: tuple[queries.ImmunizationRow, ...]) -> Grid:
    body = tuple(_row(_what(row), day_of(row), _dose(row), row.lot, row.place or _("не указано")) for row in rows)
    return Grid((_head(_("Прививка"), _("Дата"), _("Доза"), _("Серия"), _("Учреждение")),), body)


def _refusals(rows: tuple[queries.ImmunizationRow, ...]) -> Grid:
    body = tuple(_row(_what(row), day_of(row), str(row.reason) or _("не указана"), row.place) for row in rows)
    return Grid((_head(_("Прививка"), _("Дата"), _("Причина"), _("Учреждение")),), body)


def day_of(row: queries.ImmunizationRow) -> str:
    """Return the day as exactly as it is known: «12.09.2026», «09.2026», «2026 год», or as it was said."""
    if row.on is None:
        return row.said or _("не указана")
    if row.precision == "year":
        return _("%(year)s год") % {"year": row.on.year}
    return format.figures(row.on)[3:] if row.precision == "month" else format.figures(row.on)


def _what(row: queries.ImmunizationRow) -> str:
    return ", ".join(part for part in (row.name or _("Прививка"), row.vaccine) if part)


def _dose(row: queries.ImmunizationRow) -> str:
    if row.dose_number and row.series_doses:
        return _("%(number)s из %(total)s") % {"number": row.dose_number, "total": row.series_doses}
    return row.dose_number


def _head(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell((Run(text),), is_header=True) for text in texts)


def _row(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell((Run(text),)) for text in texts)
