"""Every FHIR resource that was received: the bytes as evidence, and the canonical text with our ids."""

from django.db import models
from django.db.models import Q

from medkarta.core.models import BaseModel


class StoredResource(BaseModel):
    """The current version of one resource of one source. `id` = `core.ids.resource_id(source, type, rid)`."""

    class State(models.TextChoices):
        STORED = "stored", "stored"
        WAITING = "waiting", "waiting"

    source = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    rid = models.CharField(max_length=255, help_text="The id at the source; the fullUrl where it has none")
    version = models.CharField(max_length=64, help_text="meta.versionId, else lastUpdated, else the content hash")
    content_hash = models.CharField(max_length=64)
    patient_id = models.UUIDField(null=True, help_text="Row of patients that it belongs to")
    state = models.CharField(max_length=8, choices=State, default=State.STORED)
    waits_for_id = models.UUIDField(null=True, help_text="The Patient that has not arrived yet")
    received = models.BinaryField(help_text="As received, zlib")
    canonical = models.TextField(help_text="FHIR JSON with our ids and references")
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "type"], name="resource_patient_type"),
            models.Index(fields=["waits_for_id"], condition=Q(waits_for_id__isnull=False), name="resource_waits_for"),
        ]


class ResourceVersion(BaseModel):
    """A superseded version, kept as it was received."""

    resource = models.ForeignKey(StoredResource, models.CASCADE, related_name="versions")
    version = models.CharField(max_length=64)
    received = models.BinaryField()
    received_at = models.DateTimeField()


class ResourceIdentifier(BaseModel):
    """Business identifiers of directory and patient resources, for logical and conditional references."""

    resource = models.ForeignKey(StoredResource, models.CASCADE, related_name="identifiers")
    source = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    system = models.CharField(max_length=255)
    value = models.CharField(max_length=255)

    class Meta:
        indexes = [models.Index(fields=["source", "type", "system", "value"], name="resource_identifier_lookup")]
