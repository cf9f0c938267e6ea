"""Preventive examinations as hospitals report them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import RecordModel, RecordQuerySet


class Checkup(RecordModel):
    """Диспансеризация или профилактический осмотр. FHIR R4 CarePlan; the stored status is the FHIR code."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Готовится")
        ACTIVE = "active", _("Идёт")
        ON_HOLD = "on-hold", _("Приостановлена")
        REVOKED = "revoked", _("Отменена")
        COMPLETED = "completed", _("Пройдена")
        UNKNOWN = "unknown", _("Статус не известен")

    title = models.CharField(max_length=255, blank=True, help_text="«404н Диспансеризация»")
    status = models.CharField(max_length=10, choices=Status)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    happened_on = models.DateField(null=True, help_text="The day it is listed under: the last one known")
    facility = models.ForeignKey(
        "facilities.Facility", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    facility_name = models.CharField(max_length=255, blank=True)
    document_ids = models.JSONField(default=list, help_text="Ids of the result documents, first the main one")

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "-happened_on"], name="checkup_patient_day")]
