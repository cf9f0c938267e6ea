"""Vaccinations as hospitals report them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import RecordModel, RecordQuerySet


class Immunization(RecordModel):
    """Прививка. FHIR R4 Immunization; the stored status is the FHIR code."""

    class Status(models.TextChoices):
        COMPLETED = "completed", _("Сделана")
        NOT_DONE = "not-done", _("Не сделана")

    class Precision(models.TextChoices):
        """How exactly the day is known."""

        DAY = "day", _("день")
        MONTH = "month", _("месяц")
        YEAR = "year", _("год")

    status = models.CharField(max_length=10, choices=Status)
    name = models.CharField(max_length=300, help_text="As people know it: diseases and stage, else the vaccine")
    vaccine_name = models.CharField(max_length=255, blank=True)
    vaccine_code = models.CharField(max_length=64, blank=True)
    vaccine_system = models.CharField(max_length=255, blank=True)
    diseases = models.JSONField(default=list, help_text="[[code, system, name], …] it protects from")
    series = models.CharField(max_length=120, blank=True, help_text="Stage: vaccination, first booster …")
    dose_number = models.CharField(max_length=32, blank=True)
    series_doses = models.CharField(max_length=32, blank=True)
    occurred_on = models.DateField(null=True, help_text="First day of what is known")
    precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    occurred_text = models.CharField(max_length=120, blank=True, help_text="A date in words, as sent")
    lot = models.CharField(max_length=64, blank=True)
    expires_on = models.DateField(null=True)
    manufacturer = models.CharField(max_length=255, blank=True)
    site = models.CharField(max_length=120, blank=True)
    route = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    amount_unit = models.CharField(max_length=32, blank=True)
    reason_code = models.CharField(max_length=32, blank=True, help_text="Why not done: HL7 ActReason")
    reason_text = models.CharField(max_length=500, blank=True)
    is_reported = models.BooleanField(default=False, help_text="Known from papers or words, not from who did it")
    facility = models.ForeignKey(
        "facilities.Facility", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    facility_name = models.CharField(max_length=255, blank=True)
    practitioner = models.ForeignKey(
        "facilities.Practitioner", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    practitioner_role = models.ForeignKey(
        "facilities.PractitionerRole", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    practitioner_name = models.CharField(max_length=255, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "-occurred_on"], name="immunization_patient_day")]
