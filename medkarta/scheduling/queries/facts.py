"""What letters, messages and reminders say about an appointment. Read by the worker when it tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from medkarta.mailer import links
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment, ServedQuerySet
from medkarta.ui import format

ANSWER = "scheduling.answer"


def of_appointment(appointment_id: str) -> dict[str, str] | None:
    """Return the facts of an appointment; None when it is gone. A secret record gives its time and nothing else."""
    found: ServedQuerySet[Any] = Appointment.objects.filter(pk=UUID(appointment_id), is_withdrawn=False)
    names = ("starts_at", "is_restricted", "what", "doctor", "clinic", "address", "timezone")
    one: Mapping[str, Any] | None = found.with_names().values(*names).first()
    if one is None:
        return None
    facts = {"when": format.when(one["starts_at"], tz=format.zone_of(one["timezone"]))}
    if not one["is_restricted"]:
        place = ", ".join(part for part in (one["clinic"], one["address"]) if part)
        facts |= {"what": one["what"], "doctor": one["doctor"] or one["what"], "place": place}
    return facts


def of_reminder(appointment_id: str) -> dict[str, str] | None:
    """Return the facts of a reminder with the link to answer; None for what is not kept any more."""
    found = Appointment.objects.filter(pk=UUID(appointment_id), status="booked", is_withdrawn=False)
    starts_at: datetime | None = found.values_list("starts_at", flat=True).first()
    facts = of_appointment(appointment_id)
    if facts is None or starts_at is None:
        return None
    token = links.make(ANSWER, {"appointment": appointment_id}, starts_at + rules.ANSWER_AFTER)
    return facts | {"answer": f"/visit/{token}/"}
