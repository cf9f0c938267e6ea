"""Reads of requests to prescribe again: of one prescription, one by one, and as they wait at a clinic."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.prescriptions.models import Prescription, PrescriptionRepeat
from medkarta.prescriptions.repeats import rules
from medkarta.requests import answered

Status = PrescriptionRepeat.Status


@dataclass(frozen=True, slots=True)
class RepeatPage:
    """A request with everything that its page shows. `issued_id`: the new prescription, if this scope may see it."""

    id: UUID
    prescription_id: UUID
    drug: str
    status: str
    status_title: Text
    tone: str
    icon: str
    number: str
    place: str
    wish: str
    comment: str
    asked_at: datetime
    issued_id: UUID | None
    href: str
    can_cancel: bool

    @property
    def is_live(self) -> bool:
        return self.status in rules.LIVE


def find_latest(scope: PatientScope, prescription_id: UUID) -> RepeatPage | None:
    """Return the last request for a prescription; None if there was none. One statement."""
    found = PrescriptionRepeat.objects.for_scope(scope).filter(prescription_id=prescription_id)
    row = found.order_by("-asked_at", "-id").first()
    return _page(scope, row, issued_id=None) if row else None


def get_repeat(scope: PatientScope, repeat_id: UUID) -> RepeatPage:
    """Return one request. Two statements at most. Raises NotFound."""
    row = PrescriptionRepeat.objects.for_scope(scope).filter(pk=repeat_id).first()
    if row is None:
        raise NotFound
    scope.reads.add("Task", [row.pk])
    issued = Prescription.objects.for_scope(scope).filter(pk=row.issued_id) if row.issued_id else None
    return _page(scope, row, issued_id=row.issued_id if issued is not None and issued.exists() else None)


def find_sent(scope: PatientScope, *, form_key: UUID, prescription_id: UUID) -> UUID | None:
    """Return the live request that came by this very form; None where there is none."""
    key = rules.repeat_key(form_key, account_id=scope.account_id, prescription_id=prescription_id)
    found = PrescriptionRepeat.objects.for_scope(scope).filter(form_key=key, status__in=rules.LIVE)
    repeat_id: UUID | None = found.values_list("pk", flat=True).first()
    return repeat_id


def list_waiting(scope: StaffScope) -> list[PrescriptionRepeat]:
    """Return the requests that wait at a clinic, the longest first."""
    found = PrescriptionRepeat.objects.filter(facility_id=scope.clinic_id, status__in=rules.LIVE)
    return list(found.order_by("asked_at", "id"))


def get_id_by_number(scope: StaffScope, number: str) -> UUID:
    """Return a request of this clinic by its number. Raises NotFound, also for another clinic's."""
    found = PrescriptionRepeat.objects.filter(facility_id=scope.clinic_id, number=number)
    repeat_id: UUID | None = found.values_list("pk", flat=True).first()
    if repeat_id is None:
        raise NotFound
    return repeat_id


def facts_for_letter(repeat_id: str) -> dict[str, str] | None:
    """Return what a notice may name; None for a request that is gone. A drug that stays unnamed is missing."""
    row = PrescriptionRepeat.objects.filter(pk=repeat_id, is_withdrawn=False).first()
    if row is None:
        return None
    told = {"number": row.number, "status": str(Status(row.status).label)}
    return told if row.is_nameless else told | {"what": row.drug}


def _page(scope: PatientScope, row: PrescriptionRepeat, *, issued_id: UUID | None) -> RepeatPage:
    return RepeatPage(
        id=row.pk,
        prescription_id=row.prescription_id,
        drug=row.drug,
        status=row.status,
        status_title=Status(row.status).label,
        tone=answered.TONES[row.status],
        icon=answered.ICONS.get(row.status, ""),
        number=row.number,
        place=row.facility_name,
        wish=row.wish,
        comment=row.comment,
        asked_at=row.asked_at,
        issued_id=issued_id,
        href=scope.url(f"prescriptions/repeats/{row.pk}/"),
        can_cancel=scope.may_act and row.status in rules.CANCELLABLE,
    )
