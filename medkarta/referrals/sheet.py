"""A referral as a sheet of paper."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.blocks import Section, paragraph
from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.printing import actions as printing
from medkarta.printing.sheets import Sheet
from medkarta.referrals import queries
from medkarta.ui import format

KIND = "referral"


def issue(scope: PatientScope, referral_id: UUID, *, now: datetime) -> printing.Issued:
    """Return a referral as a PDF, entered into the register of sheets. Raises NotFound."""
    found = queries.get_referral(scope, referral_id, now=now)
    return printing.issue(KIND, referral_id, scope.person_id, sheet_of(found, patients.get_person(scope)), now=now)


def sheet_of(found: queries.Detail, person: patients.PersonRow) -> Sheet:
    """Return what is printed: where to go, until when, by what, how to prepare."""
    row = found.row
    facts = (
        (_("Номер направления"), row.number),
        (_("Вид"), found.category),
        (_("Что назначено"), row.what if row.what != row.title else ""),
        (_("Срок действия"), _term(found)),
        (_("Назначено на"), _day(found.planned_on)),
        (_("Куда"), ", ".join(part for part in (row.facility, row.address) if part)),
        (_("Телефон"), found.phone),
        (_("Кто направил"), found.sender),
        (_("Основание"), found.reason),
        (_("Комментарий"), found.comment),
        (_("Выписано"), _day(found.issued_on)),
        (_("Статус"), "" if row.is_open else row.state.text),
    )
    lines = [line.strip() for line in found.instructions.splitlines() if line.strip()]
    return Sheet(
        title=row.title,
        kind_title=_("Направление"),
        patient=person.full_name,
        born=person.birth_date,
        facts=facts,
        sections=(Section(_("Как подготовиться"), tuple(paragraph(line) for line in lines)),) if lines else (),
        language=format.language(),
    )


def _term(found: queries.Detail) -> str:
    until, since = found.row.valid_until, found.valid_from
    if until and since:
        return _("с %(since)s по %(until)s") % {"since": _day(since), "until": _day(until)}
    return _("по %(until)s включительно") % {"until": _day(until)} if until else ""


def _day(value: date | None) -> str:
    return format.figures(value) if value else ""
