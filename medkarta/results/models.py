"""Reports of studies and measured values, and which value stands in which report."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, RecordModel, RecordQuerySet


class DiagnosticReport(RecordModel):
    """Результат исследования. FHIR R4 DiagnosticReport; the stored status is the FHIR code."""

    class Kind(models.TextChoices):
        LABORATORY = "laboratory", _("Лабораторное исследование")
        INSTRUMENTAL = "instrumental", _("Инструментальное исследование")

    name = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True, help_text="Name and conclusion as the search compares them")
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=20)
    effective_at = models.DateTimeField(null=True, help_text="When the study was done; of a period, its beginning")
    is_whole_day = models.BooleanField(default=False, help_text="The source gave a day without a time")
    issued_at = models.DateTimeField(null=True)
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
    conclusion = models.TextField(blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "-effective_at"], name="report_patient_effective")]


class Observation(RecordModel):
    """Показатель. FHIR R4 Observation. What was measured is kept as the sender wrote it, to the last digit."""

    code = models.CharField(max_length=64, blank=True)
    code_system = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=500, blank=True)
    category = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=20)
    effective_at = models.DateTimeField(null=True)
    value_number = models.DecimalField(
        max_digits=38, decimal_places=18, null=True, help_text="For ordering; the exact digits are in `measure`"
    )
    unit_code = models.CharField(max_length=64, blank=True, help_text="UCUM")
    measure = models.JSONField(default=dict, help_text="measures.Measure: value, unit, range, interpretation")
    components = models.JSONField(default=list, help_text="Name and measure of each part, such as of a blood pressure")
    note = models.TextField(blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "code", "-effective_at"], name="observation_patient_code"),
            models.Index(fields=["patient", "category", "-effective_at"], name="observation_patient_category"),
        ]


class ResultLink(BaseModel):
    """One value of a report, or of a group of values, in the sender's order.

    Both ends are plain ids: a value may stand in several reports, and either end may arrive first.
    """

    owner_id = models.UUIDField(help_text="DiagnosticReport, or the Observation that is a group")
    observation_id = models.UUIDField()
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "position"], name="result_link_one_per_position"),
        ]
