"""Requests and the history of their statuses."""

from django.db import models

from medkarta.core.models import BaseModel


class RequestSerial(models.Model):
    """The source of numbers: a row is added, its key is the serial. No lock, so gaps may appear."""

    id = models.BigAutoField(primary_key=True)

    def __str__(self) -> str:
        return f"RequestSerial {self.pk}"


class Request(BaseModel):
    """Something that was asked for. FHIR R4 Task; the content is the row `target_id` of the kind's room."""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=32)
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("patients.Person", models.PROTECT, null=True, related_name="+")
    target_id = models.UUIDField(null=True, help_text="The row of the kind's room")
    title = models.CharField(
        max_length=200, blank=True, help_text="What it is about: a key of the kind's titles, or words"
    )
    is_restricted = models.BooleanField(default=False, help_text="What was asked for is under special secrecy")
    status = models.CharField(max_length=32)
    due_on = models.DateField(null=True, help_text="Until when an answer was promised")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-created_at"], name="request_person_created"),
            models.Index(fields=["account", "-created_at"], name="request_account_created"),
            models.Index(fields=["kind", "target_id"], name="request_target"),
        ]


class RequestEvent(BaseModel):
    """One step of a request: which status, when, by what kind of actor, with which words for the person."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    status = models.CharField(max_length=32)
    comment = models.CharField(max_length=2000, blank=True)
    actor_kind = models.CharField(max_length=8)

    class Meta:
        indexes = [models.Index(fields=["request", "at"], name="request_event_history")]
