"""The access log: rows are appended without a lock and sealed in chained batches behind them."""

from django.db import models
from django.db.models import Q


class Seal(models.Model):
    """One sealed batch: its hash covers its rows and the hash of the batch before it."""

    number = models.BigIntegerField(primary_key=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Seal {self.number}"


class AuditEvent(models.Model):
    """Who did what with whose record, and when. FHIR R4 AuditEvent."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_ref = models.CharField(max_length=64)
    action = models.CharField(max_length=64, help_text="room.verb, named in words by the room")
    person_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True, help_text="Row of a source that is linked to nobody yet")
    outcome = models.CharField(max_length=8, default="ok")
    details = models.JSONField(default=dict, help_text="Kinds and ids of what was read or changed; never its content")
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="events")

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-id"], name="audit_person"),
            models.Index(fields=["patient_id", "-id"], condition=Q(patient_id__isnull=False), name="audit_patient"),
            models.Index(fields=["id"], condition=Q(seal__isnull=True), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"AuditEvent {self.pk}"
