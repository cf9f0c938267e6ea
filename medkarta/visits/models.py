"""Visits and the diagnoses written down at them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import RecordModel, RecordQuerySet


class Visit(RecordModel):
    """Посещение. FHIR R4 Encounter; the stored status and kind are FHIR's codes."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Запланировано")
        ARRIVED = "arrived", _("Пациент пришёл")
        TRIAGED = "triaged", _("Пациент осмотрен в приёмном отделении")
        IN_PROGRESS = "in-progress", _("Случай не завершён")
        ON_LEAVE = "onleave", _("Временно выписан")
        FINISHED = "finished", _("Случай завершен")
        CANCELLED = "cancelled", _("Отменено")
        WITHDRAWN = "entered-in-error", _("Внесено по ошибке")
        UNKNOWN = "unknown", _("Не указан")

    class Kind(models.TextChoices):
        """FHIR v3-ActEncounterCode."""

        AMBULATORY = "AMB", _("Амбулаторный приём")
        HOME = "HH", _("Посещение на дому")
        INPATIENT = "IMP", _("Лечение в стационаре")
        ACUTE = "ACUTE", _("Экстренное лечение в стационаре")
        NON_ACUTE = "NONAC", _("Плановое лечение в стационаре")
        SHORT_STAY = "SS", _("Дневной стационар")
        EMERGENCY = "EMER", _("Неотложная помощь")
        VIRTUAL = "VR", _("Дистанционный приём")
        FIELD = "FLD", _("Помощь на выезде")
        OBSERVATION = "OBSENC", _("Наблюдение в стационаре")
        PREADMISSION = "PRENC", _("Обследование перед госпитализацией")
        OTHER = "", _("Не указан")

    status = models.CharField(max_length=16, choices=Status)
    kind = models.CharField(max_length=8, choices=Kind, blank=True)
    service = models.CharField(max_length=500, blank=True, help_text="What was done, as the hospital calls it")
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
    practitioner_position = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    has_time = models.BooleanField(default=False, help_text="Whether the hospital told the hour, or only the day")
    reasons = models.JSONField(
        default=list, help_text="Diagnoses and reasons written into the visit: [[code, text], …]"
    )
    diagnosis_ids = models.JSONField(default=list, help_text="Ids of the conditions it names, first the main one")

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-started_at"], name="visit_patient_started"),
        ]


class Diagnosis(RecordModel):
    """Диагноз. FHIR R4 Condition, as far as a visit shows it."""

    visit = models.ForeignKey(Visit, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    code = models.CharField(max_length=32, blank=True, help_text="ICD-10 where the hospital gives it")
    text = models.CharField(max_length=500, blank=True)
    is_refuted = models.BooleanField(default=False)

    objects = RecordQuerySet.as_manager()
