"""Prescriptions, and the drugs that hospitals describe apart from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, RecordModel, RecordQuerySet


class Medication(BaseModel):
    """A drug that a hospital's system describes apart. FHIR R4 Medication."""

    name = models.CharField(max_length=500, blank=True)
    substances = models.CharField(max_length=500, blank=True, help_text="Active ingredients, МНН")
    form = models.CharField(max_length=255, blank=True)


class Prescription(RecordModel):
    """Рецепт. FHIR R4 MedicationRequest; what is shown for a date is decided by `rules.shown_status`."""

    class Kind(models.TextChoices):
        STATE = "state", _("Рецепт")
        COMMERCIAL = "commercial", _("Коммерческий рецепт")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Не выписан")
        ISSUED = "issued", _("Выписан")
        IN_SERVICE = "in-service", _("На обслуживании")
        DEFERRED = "deferred", _("Отсрочен")
        PARTLY_DISPENSED = "partly-dispensed", _("Отпущен частично")
        DISPENSED = "dispensed", _("Отпущен")
        CANCELLED = "cancelled", _("Отменён")
        UNKNOWN = "unknown", _("Не указан")

    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=16, choices=Status)
    number = models.CharField(max_length=255, blank=True)
    drug_name = models.CharField(max_length=500, blank=True, help_text="As prescribed, if the request itself says it")
    drug_display = models.CharField(max_length=500, blank=True, help_text="Until the Medication arrives")
    medication = models.ForeignKey(
        Medication,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="May come later",
    )
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
    authored_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True, help_text="The last day; it counts")
    dosage = models.TextField(blank=True)
    quantity = models.CharField(max_length=120, blank=True)
    repeats = models.PositiveIntegerField(null=True, help_text="How often more it may be dispensed")
    note = models.TextField(blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "kind", "-valid_until"], name="prescription_patient_kind"),
            models.Index(fields=["patient", "valid_until"], name="prescription_patient_valid"),
        ]
