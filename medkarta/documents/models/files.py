"""The files of documents and reports, and the bytes that hospitals send apart from them."""

from django.db import models

from medkarta.core.models import BaseModel


class StoredBinary(BaseModel):
    """Bytes that came as a resource of their own. FHIR R4 Binary; shown only through what points at it."""

    patient_id = models.UUIDField(null=True, help_text="Whose it is, where the sender said so")
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    sha1 = models.CharField(max_length=40, help_text="FHIR attachments promise this one")
    storage_key = models.CharField(max_length=64)


class DocumentContent(BaseModel):
    """One file of a document or of a report: kept here, awaited as a Binary, or held by the clinic.

    `owner_id` is a plain id: a report of another room has files too.
    """

    owner_id = models.UUIDField()
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(help_text="From 1, in the sender's order")
    title = models.CharField(max_length=255, blank=True)
    format_name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    promised_hash = models.CharField(max_length=64, blank=True, help_text="SHA-1 or SHA-256 in hex, as the sender said")
    storage_key = models.CharField(max_length=64, blank=True)
    binary = models.ForeignKey(
        StoredBinary, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", help_text="May come later"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "position"], name="document_content_one_per_position"),
        ]
