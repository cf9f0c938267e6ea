"""The register of issued sheets, and the wrong guesses at them.

The room stands below people and their records: a person and a subject are plain ids here.
"""

from django.db import models

from medkarta.core.models import BaseModel


class IssuedSheet(BaseModel):
    """A sheet that left the portal. What it says is not kept: only a keyed hash of it."""

    number = models.CharField(max_length=16, unique=True, help_text="Digits, printed beside the QR")
    kind = models.CharField(max_length=32, help_text="prescription, referral, document, …")
    subject_id = models.UUIDField(help_text="Row that the sheet tells of")
    patient_id = models.UUIDField(help_text="Person of the record")
    content_hash = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "content_hash"], name="issued_sheet_once"),
        ]


class FailedCheck(BaseModel):
    """A pair of number and passcode that was none."""

    address_hash = models.CharField(max_length=64, help_text="Keyed hash of the network address")
    number_hash = models.CharField(max_length=64, help_text="Keyed hash of what was typed as the number")
    failed_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["address_hash", "failed_at"], name="failed_check_address"),
            models.Index(fields=["number_hash", "failed_at"], name="failed_check_number"),
        ]
