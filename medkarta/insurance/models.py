"""OMS policies: what the identity provider confirmed, what a hospital sent, what was typed by hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, RecordModel, RecordQuerySet


class PolicyKind(models.TextChoices):
    UNIFIED = "unified", _("Полис единого образца (ЕНП)")
    OLD = "old", _("Полис старого образца")
    TEMPORARY = "temporary", _("Временное свидетельство")


class InsurancePolicy(BaseModel):
    """A person's policy as the portal shows it on his card. FHIR R4 Coverage."""

    person = models.ForeignKey("patients.Person", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=PolicyKind, default=PolicyKind.UNIFIED)
    series = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=20)
    is_confirmed = models.BooleanField(default=False, help_text="By the identity provider; a typed one never is")
    typed_by = models.ForeignKey("accounts.Account", models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(is_confirmed=True), name="policy_one_confirmed"),
            models.UniqueConstraint(fields=["person"], condition=Q(is_confirmed=False), name="policy_one_typed"),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | Q(typed_by__isnull=True), name="policy_typed_is_not_confirmed"
            ),
        ]


class Coverage(RecordModel):
    """A policy as a hospital's system knows it."""

    number = models.CharField(max_length=40, blank=True)
    kind_name = models.CharField(max_length=255, blank=True)
    insurer_name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    objects = RecordQuerySet.as_manager()
