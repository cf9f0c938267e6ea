"""Medical documents: what one is, who wrote it, what it replaces."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import RecordModel, RecordQuerySet


class MedicalDocument(RecordModel):
    """Электронный медицинский документ. FHIR R4 DocumentReference; the stored status is the FHIR code."""

    class Status(models.TextChoices):
        CURRENT = "current", _("Действует")
        SUPERSEDED = "superseded", _("Заменён")

    title = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True, help_text="Title and kind as the search compares them")
    kind_code = models.CharField(max_length=64, blank=True)
    kind_system = models.CharField(max_length=255, blank=True)
    kind_name = models.CharField(max_length=500, blank=True)
    kind_type = models.CharField(max_length=16, blank=True, help_text="Kind in 1.2.643.5.1.13.13.11.1522")
    language = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=12, choices=Status)
    is_preliminary = models.BooleanField(default=False, help_text="docStatus says that it is not final")
    dated_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    facility = models.ForeignKey(
        "facilities.Facility", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    facility_name = models.CharField(max_length=255, blank=True)
    practitioner = models.ForeignKey(
        "facilities.Practitioner", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    practitioner_role = models.ForeignKey(
        "facilities.PractitionerRole",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    practitioner_name = models.CharField(max_length=255, blank=True)
    practitioner_post = models.CharField(max_length=255, blank=True, help_text="As the document itself says")
    signer = models.ForeignKey(
        "facilities.Practitioner", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    signer_name = models.CharField(max_length=255, blank=True, help_text="Who answers for it (authenticator)")
    number = models.CharField(max_length=255, blank=True, help_text="masterIdentifier: the document's own id")
    replaces_id = models.UUIDField(null=True, help_text="The document that it replaces; may arrive later")
    set_id = models.UUIDField(null=True, help_text="All versions of one document (CDA setId of its source)")
    is_told_apart = models.BooleanField(default=False, help_text="What it holds came as resources of their own too")
    version = models.PositiveIntegerField(default=1, help_text="In the set; only a higher one replaces")

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-dated_at"], name="document_patient_dated"),
            models.Index(fields=["patient", "-received_at"], name="document_patient_received"),
            models.Index(fields=["replaces_id"], name="document_replaces"),
            models.Index(fields=["set_id"], condition=models.Q(set_id__isnull=False), name="document_set"),
        ]
