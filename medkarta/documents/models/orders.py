"""Orders of certificates."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import RecordModel, RecordQuerySet
from medkarta.documents.orders.rules import LIVE


class OrderQuerySet(RecordQuerySet["CertificateOrder"]):
    def live(self) -> Self:
        """Keep the orders that a clinic still has to answer."""
        return self.filter(status__in=LIVE)


class CertificateOrder(RecordModel):
    """Заявка на справку. FHIR R4 Task; the row of the patient is the portal's own."""

    class Status(models.TextChoices):
        NEW = "new", _("Создана")
        IN_WORK = "in-work", _("В работе")
        VISIT = "visit", _("Нужен визит")
        READY = "ready", _("Готова")
        REFUSED = "refused", _("Отказано")
        CANCELLED = "cancelled", _("Отменена")

    kind = models.CharField(max_length=40, help_text="Code of the catalogue")
    title = models.CharField(max_length=200, help_text="As the catalogue named it when it was ordered")
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    number = models.CharField(max_length=32, blank=True, help_text="Of its request")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    facility = models.ForeignKey(
        "facilities.Facility",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        help_text="Who issues it",
    )
    facility_name = models.CharField(max_length=255, blank=True)
    purpose = models.CharField(max_length=300, blank=True, help_text="Where it is presented")
    delivery = models.CharField(max_length=8, help_text="portal or paper")
    answers = models.JSONField(default=dict, help_text="What else the form of the kind asked: code -> answer")
    comment = models.CharField(max_length=1000, blank=True, help_text="The clinic's last words")
    document_id = models.UUIDField(null=True, help_text="What came of it")
    form_key = models.UUIDField(unique=True, help_text="Of the form: a retry finds it")
    same_key = models.UUIDField(help_text="Equal for two orders of the same thing")
    ordered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["same_key"], condition=Q(status__in=LIVE), name="certificate_order_one_live_of_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(document_id__isnull=True) | Q(status="ready"), name="certificate_order_document_only_ready"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-ordered_at"], name="certificate_order_patient"),
            models.Index(fields=["facility", "status", "ordered_at"], name="certificate_order_queue"),
        ]
