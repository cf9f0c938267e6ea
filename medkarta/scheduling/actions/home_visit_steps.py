"""One step of a home call: the row, its request, the audit row and the notice. Inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from medkarta.audit import actions as audit
from medkarta.core.scopes import PatientScope, StaffScope
from medkarta.mailer import actions as mailer
from medkarta.requests import actions as requests
from medkarta.scheduling.actions import recipients
from medkarta.scheduling.models import HomeVisitRequest

KIND = "home-visit"


def move(
    scope: PatientScope | StaffScope,
    row: HomeVisitRequest,
    status: str,
    *,
    person_id: UUID | None,
    now: datetime,
    comment: str = "",
    changed: tuple[str, ...] = (),
) -> None:
    row.status, row.changed_at = status, now
    row.save(update_fields=["status", "changed_at", "cancelled_by", *changed])
    requests.change_status_of(scope, kind=KIND, target_id=row.pk, status=status, comment=comment, now=now)
    audit.record(
        scope,
        action="scheduling.change_home_visit",
        target=row,
        person_id=person_id,
        patient_id=row.patient_id,
        details={"status": status},
    )
    tell(scope, row, person_id=person_id, now=now)


def tell(scope: PatientScope | StaffScope, row: HomeVisitRequest, *, person_id: UUID | None, now: datetime) -> None:
    """Tell whoever may open the record: of a child, both parents know then that a doctor comes."""
    if person_id is None:
        return
    mailer.notify(
        scope,
        account_ids=recipients.all_of(row, person_id=person_id, now=now),
        person_id=person_id,
        kind="requests",
        text=f"scheduling.home_visit_{row.status}",
        params={"request_id": str(row.pk)},
        link=f"appointments/home-visits/{row.pk}/",
        key=f"scheduling.home_visit:{row.pk}:{row.status}:{int(now.timestamp())}",
        now=now,
    )
