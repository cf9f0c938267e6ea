"""One step of a request: the row, its request in the spine, the audit row and the notice. Inside a transaction."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from medkarta.audit import actions as audit
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.mailer import actions as mailer
from medkarta.patients import queries as patients
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.requests import actions as requests
from medkarta.requests import answered

KIND = "prescription-repeat"


def move(
    scope: PatientScope | StaffScope,
    row: PrescriptionRepeat,
    status: str,
    *,
    person_id: UUID | None,
    now: datetime,
    comment: str = "",
) -> None:
    """Set a status that the caller has allowed; `comment` is what the person reads of it."""
    row.status, row.changed_at, row.comment = status, now, comment[:1000]
    row.save(update_fields=["status", "changed_at", "comment", "reason", "issued_id"])
    requests.change_status_of(scope, kind=KIND, target_id=row.pk, status=status, comment=comment, now=now)
    audit.record(
        scope,
        action="prescriptions.change_repeat",
        target=row,
        person_id=person_id,
        patient_id=row.patient_id,
        details={"status": status},
    )
    if person_id is not None and status in answered.SUBJECTS:
        _tell(scope, row, person_id=person_id, now=now)


def _tell(scope: PatientScope | StaffScope, row: PrescriptionRepeat, *, person_id: UUID, now: datetime) -> None:
    mailer.notify(
        scope,
        account_ids=patients.list_account_ids(
            person_id, today=timezone.localdate(now), is_restricted=row.is_restricted
        ),
        person_id=person_id,
        kind="requests",
        text=f"prescriptions.repeat_{row.status}",
        params={"repeat_id": str(row.pk)},
        link=f"prescriptions/repeats/{row.pk}/",
        key=f"prescriptions.repeat:{row.pk}:{row.status}:{int(now.timestamp())}",
        now=now,
    )
