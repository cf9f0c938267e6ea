"""Reads of messages."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from medkarta.core.errors import NotFound
from medkarta.feedback import rules
from medkarta.feedback.models import Complaint, Message, ProblemReport
from medkarta.requests import queries as requests

MODELS: tuple[type[ProblemReport] | type[Complaint], ...] = (ProblemReport, Complaint)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was taken: its number, and until when an answer is promised (None: not promised)."""

    id: UUID
    kind: str
    number: str
    email: str
    sent_at: datetime
    due_on: date | None


def model_of(kind: str) -> type[ProblemReport] | type[Complaint]:
    return Complaint if kind == "complaint" else ProblemReport


def get_sent(kind: str, message_id: UUID) -> Sent:
    """Return what the sender is told. Two statements. Raises NotFound. The caller has proved that it is his."""
    message = model_of(kind).objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound
    return sent_of(kind, message)


def sent_of(kind: str, message: Message) -> Sent:
    """Return a row as what the sender is told. One statement."""
    return Sent(
        id=message.pk,
        kind=kind,
        number=requests.get_number(kind=kind, target_id=message.pk),
        email=message.email,
        sent_at=message.created_at,
        due_on=rules.due_on(timezone.localtime(message.created_at).date(), is_signed_in=message.account_id is not None),
    )


def count_since(sender_hash: str, since: datetime) -> int:
    """Return how many messages a sender has sent from a moment on. Two statements."""
    return sum(model.objects.filter(sender_hash=sender_hash, created_at__gt=since).count() for model in MODELS)
