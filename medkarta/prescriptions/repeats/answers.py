"""The clinic's side of requests: take, call to a visit, refuse, prescribe. Each is one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import StaffScope
from medkarta.patients import queries as patients
from medkarta.prescriptions.models import Prescription, PrescriptionRepeat
from medkarta.prescriptions.repeats import rules, steps, words

Status = PrescriptionRepeat.Status


class NotForThisStatus(Refused):
    text = _("Статус запроса уже другой: это действие сейчас невозможно")


class NoReason(Refused):
    text = _("Выберите причину отказа из списка")


class NoWords(Refused):
    text = _("Напишите причину: её прочитает человек")


class NotThisPersons(Refused):
    text = _("Такого рецепта у этого человека нет")


def take(scope: StaffScope, *, repeat_id: UUID, now: datetime, comment: str = "") -> None:
    """Take a request to work. Raises NotFound (also for another clinic's), NotForThisStatus."""
    _answer(scope, repeat_id, Status.IN_WORK, comment=comment, now=now)


def need_visit(scope: StaffScope, *, repeat_id: UUID, now: datetime, comment: str = "") -> None:
    """Call the person to a visit. Raises NotFound, NotForThisStatus."""
    _answer(scope, repeat_id, Status.VISIT, comment=comment, now=now)


def refuse(scope: StaffScope, *, repeat_id: UUID, reason: str, now: datetime, comment: str = "") -> None:
    """Refuse for one of `rules.REASONS`, with words where it is another one.

    Raises NotFound, NotForThisStatus, NoReason, NoWords.
    """
    if reason not in rules.REASONS:
        raise NoReason
    if reason == rules.NEEDS_WORDS and not comment.strip():
        raise NoWords
    told = " ".join(part for part in (words.reason(reason), comment.strip()) if part)
    _answer(scope, repeat_id, Status.REFUSED, comment=told, reason=reason, now=now)


@transaction.atomic
def prescribe(
    scope: StaffScope, *, repeat_id: UUID, now: datetime, prescription_id: UUID | None = None, comment: str = ""
) -> None:
    """Say that the next prescription is written, and which it is if the portal has it already.

    Raises NotFound, NotForThisStatus, NotThisPersons.
    """
    if prescription_id is not None:
        row = _get(scope, repeat_id)
        if not Prescription.objects.filter(pk=prescription_id, patient_id=row.patient_id, is_withdrawn=False).exists():
            raise NotThisPersons
    _answer(scope, repeat_id, Status.READY, comment=comment, issued_id=prescription_id, now=now)


@transaction.atomic
def read(scope: StaffScope, *, repeat_id: UUID) -> PrescriptionRepeat:
    """Return a request for whoever answers it; that it was read is written down. Raises NotFound."""
    row = _get(scope, repeat_id)
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    audit.record(scope, action="prescriptions.read_repeats", target=row, person_id=person_id, patient_id=row.patient_id)
    return row


@transaction.atomic
def _answer(
    scope: StaffScope,
    repeat_id: UUID,
    status: str,
    *,
    now: datetime,
    comment: str,
    reason: str = "",
    issued_id: UUID | None = None,
) -> None:
    row = _get(scope, repeat_id)
    if row.status not in rules.CLINIC_MOVES[status]:
        raise NotForThisStatus
    row.reason, row.issued_id = reason, issued_id
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    steps.move(scope, row, status, person_id=person_id, comment=comment, now=now)


def _get(scope: StaffScope, repeat_id: UUID) -> PrescriptionRepeat:
    found = PrescriptionRepeat.objects.select_for_update().filter(pk=repeat_id, facility_id=scope.clinic_id)
    row = found.first()
    if row is None:
        raise NotFound
    return row
