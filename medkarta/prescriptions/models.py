"""Prescriptions, and the drugs that hospitals describe apart from them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, RecordModel, RecordQuerySet
from medkarta.prescriptions.repeats.rules import LIVE


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
    is_term_computed = models.BooleanField(default=False, help_text="The last day is by the law, the sender told none")
    form = models.CharField(max_length=16, blank=True, help_text="Code of the blank, `validity.FORMS`")
    is_long_course = models.BooleanField(default=False, help_text="FHIR courseOfTherapyType is continuous")
    dosage = models.TextField(blank=True)
    quantity = models.CharField(max_length=120, blank=True)
    repeats = models.PositiveIntegerField(null=True, help_text="How often more it may be dispensed")
    note = models.TextField(blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "kind", "-valid_until"], name="prescription_patient_kind"),
            models.Index(fields=["patient", "valid_until"], name="prescription_patient_valid"),
            models.Index(fields=["medication"], name="prescription_medication"),
        ]


class PrescriptionRepeat(RecordModel):
    """Запрос повторного рецепта. FHIR R4 Task; the patient is the one that the prescription was written for."""

    class Status(models.TextChoices):
        NEW = "new", _("Отправлен")
        IN_WORK = "in-work", _("В работе")
        VISIT = "visit", _("Нужен приём")
        READY = "ready", _("Рецепт выписан")
        REFUSED = "refused", _("Отказано")
        CANCELLED = "cancelled", _("Отменён")

    prescription_id = models.UUIDField(help_text="What is to be prescribed again")
    drug = models.CharField(max_length=500, blank=True, help_text="As it was called when it was asked for")
    is_nameless = models.BooleanField(default=False, help_text="The drug is never named in letters")
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    number = models.CharField(max_length=32, blank=True, help_text="Of its request")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    facility_id = models.UUIDField(help_text="Who prescribed it")
    facility_name = models.CharField(max_length=255, blank=True)
    wish = models.CharField(max_length=500, blank=True, help_text="What the person adds")
    reason = models.CharField(max_length=16, blank=True, help_text="Why it was refused: a code of `repeats.rules`")
    comment = models.CharField(max_length=1000, blank=True, help_text="The clinic's last words")
    issued_id = models.UUIDField(null=True, help_text="The new prescription, if the clinic said which")
    form_key = models.UUIDField(unique=True, help_text="Of the form: a retry finds it")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prescription_id"], condition=Q(status__in=LIVE), name="prescription_repeat_one_live"
            ),
            models.CheckConstraint(
                condition=(Q(status="refused") & ~Q(reason="")) | (~Q(status="refused") & Q(reason="")),
                name="prescription_repeat_reason_iff_refused",
            ),
        ]
        indexes = [
            models.Index(fields=["prescription_id", "-asked_at"], name="prescription_repeat_of"),
            models.Index(fields=["facility_id", "status", "asked_at"], name="prescription_repeat_queue"),
        ]
