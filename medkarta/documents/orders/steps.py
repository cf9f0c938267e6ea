"""One step of an order: the row, its request, the audit row and the notice. Inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from medkarta.audit import actions as audit
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.documents.models import CertificateOrder
from medkarta.mailer import actions as mailer
from medkarta.patients import queries as patients
from medkarta.requests import actions as requests
from medkarta.requests import answered

KIND = "certificate"


def move(
    scope: PatientScope | StaffScope,
    row: CertificateOrder,
    status: str,
    *,
    person_id: UUID | None,
    now: datetime,
    comment: str = "",
) -> None:
    row.status, row.changed_at, row.comment = status, now, comment[:1000]
    row.save(update_fields=["status", "changed_at", "comment", "document_id"])
    requests.change_status_of(scope, kind=KIND, target_id=row.pk, status=status, comment=comment, now=now)
    audit.record(
        scope,
        action="documents.change_order",
        target=row,
        person_id=person_id,
        patient_id=row.patient_id,
        details={"status": status},
    )
    tell(scope, row, person_id=person_id, now=now)


def tell(scope: PatientScope | StaffScope, row: CertificateOrder, *, person_id: UUID | None, now: datetime) -> None:
    """Tell whoever may open the record."""
    if person_id is None or row.status not in answered.SUBJECTS:
        return
    mailer.notify(
        scope,
        account_ids=patients.list_account_ids(
            person_id, today=timezone.localdate(now), is_restricted=row.is_restricted
        ),
        person_id=person_id,
        kind="requests",
        text=f"documents.order_{row.status}",
        params={"order_id": str(row.pk)},
        link=f"documents/orders/{row.pk}/",
        key=f"documents.order:{row.pk}:{row.status}:{int(now.timestamp())}",
        now=now,
    )
