"""The one queue of the product: messages to deliver and periodic work. Ids only, no names or addresses."""

from django.db import models
from django.db.models import Q

from medkarta.core.models import BaseModel


class OutboxEvent(BaseModel):
    """One delivery for one handler, at least once."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        DEAD = "dead", "dead"

    handler = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=128, help_text="Idempotency key; unique for each handler")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    period_seconds = models.PositiveIntegerField(null=True, help_text="Periodic work: the row comes back")
    error = models.CharField(max_length=200, blank=True, help_text="Kind of the last failure, no content")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handler", "key"], name="outbox_one_per_key")]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="outbox_due")]
