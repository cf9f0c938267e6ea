"""A prescription as a sheet of paper."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from medkarta.core.blocks import Section, paragraph
from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.prescriptions import queries, texts
from medkarta.printing import actions as printing
from medkarta.printing.sheets import Code, Sheet
from medkarta.ui import format

KIND = "prescription"
CLOSED = frozenset({"cancelled", "dispensed"})


def issue(scope: PatientScope, prescription_id: UUID, *, now: datetime) -> printing.Issued:
    """Return a prescription as a PDF, entered into the register of sheets. Raises NotFound."""
    found = queries.get_prescription(scope, prescription_id, today=timezone.localdate(now))
    person = patients.get_person(scope)
    return printing.issue(KIND, prescription_id, scope.person_id, sheet_of(found, person), now=now)


def sheet_of(found: queries.PrescriptionPage, person: patients.PersonRow) -> Sheet:
    """Return what is printed. The QR holds the number and the address of the check, and nothing of the drug."""
    row = found.row
    until = _("%(day)s включительно") % {"day": format.figures(row.valid_until)} if row.valid_until else ""
    facts = (
        (_("Номер рецепта"), row.number),
        (_("Действующее вещество"), found.substances if found.substances != row.drug else ""),
        (_("Форма"), found.form),
        (_("Количество"), found.quantity),
        (_("Ещё отпусков по рецепту"), str(found.repeats or "")),
        (_("Выписан"), format.figures(found.authored_at) if found.authored_at else ""),
        (_("Срок действия до"), until),
        (_("Врач"), ", ".join(part for part in (found.doctor, found.post) if part)),
        (_("Учреждение"), row.place),
    )
    how = (*found.dosage, *([found.note] if found.note else ()))
    notes = [texts.status_note(row.status) or str(texts.STATUS[row.status][1])] if row.status in CLOSED else []
    return Sheet(
        title=row.drug or _("Препарат не указан"),
        kind_title=_("Рецепт") if found.kind == "state" else _("Коммерческий рецепт"),
        patient=person.full_name,
        born=person.birth_date,
        dated_at=found.authored_at,
        facts=facts,
        sections=(Section(_("Как принимать"), tuple(paragraph(line) for line in how)),) if how else (),
        notes=(*notes, _("Это сведения о рецепте с портала. Бумажный бланк рецепта лист не заменяет.")),
        language=format.language(),
        code=_code(row.number) if row.number and row.status not in CLOSED else None,
    )


def code_text(number: str) -> str:
    """Return what a QR code for a pharmacy holds: the number and the address of the check, nothing of the person."""
    return f"{number[:100]}\n{settings.BASE_URL}/verify/"


def _code(number: str) -> Code:
    return Code(code_text(number), _("Для аптеки: номер рецепта"))
