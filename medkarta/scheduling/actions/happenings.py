"""What a change of an appointment leaves behind: its history, the access log, and who is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from medkarta.audit import actions as audit
from medkarta.core.inserting import insert
from medkarta.core.scopes import PatientScope
from medkarta.mailer import actions as mailer
from medkarta.scheduling.actions import recipients
from medkarta.scheduling.models import Appointment, AppointmentEvent
from medkarta.scheduling.rules import reminders
from medkarta.scheduling.rules.defaults import BookingRules
from medkarta.scheduling.scopes import Booker

Action = AppointmentEvent.Action
REMINDERS = "reminders"


def note(scope: Booker, appointment: Appointment, action: Action, *, now: datetime, **details: Any) -> None:
    """Write one step of the history and one row of the access log."""
    actor_kind = scope.actor.kind.value
    step = AppointmentEvent(appointment=appointment, at=now, action=action, actor_kind=actor_kind, details=details)
    insert([step])
    name = f"scheduling.{action.value}"
    audit.record(scope, action=name, target=appointment, patient_id=appointment.patient_id, details=details)


def tell(scope: Booker, appointment: Appointment, text: str, *, rules: BookingRules, now: datetime) -> None:
    """Tell whom it concerns; a live appointment is recalled later too, each reminder once for each time."""
    accounts = recipients.of(scope, appointment, now=now)
    person_id = scope.person_id if isinstance(scope, PatientScope) else appointment.patient.person_id
    news = [_news(accounts, person_id, appointment, "appointments", text, key=f"{text}:{appointment.pk}")]
    if appointment.status == Appointment.Status.BOOKED and appointment.starts_at:
        for minutes, due_at in reminders(
            appointment.starts_at, now=now, offsets_minutes=rules.reminder_offsets_minutes
        ):
            key = reminder_key(appointment.pk, minutes)
            told = _news(accounts, person_id, appointment, REMINDERS, "scheduling.reminder", key=key, due_at=due_at)
            news.append(told)
    mailer.notify_all(scope, news, now=now)


def recall(scope: Booker, appointment: Appointment, *, rules: BookingRules, now: datetime) -> None:
    """Take back the reminders of an appointment that is not kept."""
    keys = [reminder_key(appointment.pk, minutes) for minutes in rules.reminder_offsets_minutes]
    mailer.withdraw(scope, keys=keys, now=now)


def reminder_key(appointment_id: UUID, minutes: int) -> str:
    return f"scheduling.reminder:{minutes}:{appointment_id}"


def _news(
    accounts: list[UUID],
    person_id: UUID | None,
    appointment: Appointment,
    kind: str,
    text: str,
    *,
    key: str,
    due_at: datetime | None = None,
) -> mailer.News:
    return mailer.News(
        account_ids=accounts,
        person_id=person_id,
        kind=kind,
        text=text,
        params={"appointment_id": str(appointment.pk)},
        link=f"appointments/{appointment.pk}/",
        key=key,
        due_at=due_at,
    )
