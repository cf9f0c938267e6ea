"""Electronic signatures of documents, and what their check has found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel


class DocumentSignature(BaseModel):
    """One file of signatures of one document. Its id follows from the document and the bytes: kept once.

    `document_id` is a plain id: a signature may come before its document.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Проверяется")
        VALID = "valid", _("Подпись действительна")
        INVALID = "invalid", _("Подпись недействительна")
        UNCHECKED = "unchecked", _("Подпись не проверена")

    document_id = models.UUIDField()
    origin_id = models.UUIDField(help_text="The resource that it came with: the document itself or a Provenance")
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    role_code = models.CharField(max_length=64, blank=True, help_text="1.2.643.5.1.13.13.99.2.368 or FHIR's")
    role_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=24, blank=True, help_text="integrations.signature Reason")
    signers = models.JSONField(default=list, help_text="Who signed, as the certificates say; numbers are masked")
    arrived_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    trust_version = models.CharField(max_length=64, blank=True, help_text="Of the list that it was checked by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pending", checked_at__isnull=True)
                | (~Q(state="pending") & Q(checked_at__isnull=False)),
                name="signature_checked_at_iff_checked",
            ),
        ]
        indexes = [
            models.Index(fields=["document_id"], name="signature_document"),
            models.Index(fields=["origin_id"], name="signature_origin"),
            models.Index(fields=["trust_version"], name="signature_trust"),
        ]
