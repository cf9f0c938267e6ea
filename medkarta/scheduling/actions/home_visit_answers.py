"""The clinic's side of home calls: accept, assign, complete, reject. Each is one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import StaffScope
from medkarta.patients import queries as patients
from medkarta.scheduling.actions import home_visit_steps
from medkarta.scheduling.models import HomeVisitRequest
from medkarta.scheduling.rules import home_visits as rules
from medkarta.ui import format


class NotForThisStatus(Refused):
    text = gettext_lazy("Статус вызова уже другой: это действие сейчас невозможно")


class WrongTime(Refused):
    text = gettext_lazy("Время прихода врача должно быть впереди, а конец позже начала")


def accept(scope: StaffScope, *, call_id: UUID, now: datetime, comment: str = "") -> None:
    """Take a call to the clinic. Raises NotFound (also for another clinic's), NotForThisStatus."""
    _answer(scope, call_id, HomeVisitRequest.Status.ACCEPTED, {}, comment=comment, now=now)


def assign(
    scope: StaffScope, *, call_id: UUID, doctor: str, now: datetime, starts_at: datetime, ends_at: datetime
) -> None:
    """Name the doctor and from when until when he is expected; may be repeated with another.

    Raises NotFound, NotForThisStatus, WrongTime.
    """
    if not now < ends_at or not starts_at < ends_at:
        raise WrongTime
    values = {
        "practitioner_name": doctor[:255],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "has_time": True,
        "has_end": True,
    }
    when = _("%(when)s, до %(end)s") % {
        "when": format.when(starts_at, tz=starts_at.tzinfo),
        "end": format.time_of(ends_at, tz=starts_at.tzinfo),
    }
    comment = ": ".join(part for part in (doctor, when) if part)
    _answer(scope, call_id, HomeVisitRequest.Status.ASSIGNED, values, comment=comment, now=now)


def complete(scope: StaffScope, *, call_id: UUID, now: datetime, comment: str = "") -> None:
    """Note that the doctor has been there. Raises NotFound, NotForThisStatus."""
    _answer(scope, call_id, HomeVisitRequest.Status.DONE, {}, comment=comment, now=now)


def reject(scope: StaffScope, *, call_id: UUID, reason: str, now: datetime) -> None:
    """Refuse a call with the reason that the person reads. Raises NotFound, NotForThisStatus."""
    _answer(scope, call_id, HomeVisitRequest.Status.REJECTED, {"reason": reason[:1000]}, comment=reason, now=now)


@transaction.atomic
def read(scope: StaffScope, *, call_id: UUID) -> HomeVisitRequest:
    """Return a call with its address for whoever goes there; that it was read is written down. Raises NotFound."""
    row = _get(scope, call_id)
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    audit.record(
        scope, action="scheduling.read_home_visits", target=row, person_id=person_id, patient_id=row.patient_id
    )
    return row


def _get(scope: StaffScope, call_id: UUID) -> HomeVisitRequest:
    """Return the locked row of a call of this clinic. Raises NotFound."""
    found = HomeVisitRequest.objects.filter(pk=call_id, facility_id=scope.clinic_id, is_own=True)
    row = found.select_for_update().first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def _answer(
    scope: StaffScope, call_id: UUID, status: str, values: dict[str, Any], *, comment: str, now: datetime
) -> None:
    row = _get(scope, call_id)
    if row.status not in rules.CLINIC_MOVES[status]:
        raise NotForThisStatus
    for name, value in values.items():
        setattr(row, name, value)
    person_id = patients.get_client_of_row(scope, row.patient_id).person_id
    home_visit_steps.move(scope, row, status, person_id=person_id, comment=comment, now=now, changed=tuple(values))
