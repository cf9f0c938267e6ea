"""Appointments and what happened to each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, loose_link
from medkarta.scheduling import rules
from medkarta.scheduling.models.served import ServedModel, ServedQuerySet
from medkarta.scheduling.models.slots import Slot


class AppointmentQuerySet(ServedQuerySet["Appointment"]):
    live = rules.LIVE_APPOINTMENT

    def _own_cabinet(self) -> tuple[str, ...]:
        return ("cabinet",)


class Appointment(ServedModel):
    """Запись на приём. FHIR R4 Appointment but for the waiting list; the stored status is the FHIR code."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Ожидает подтверждения")
        PENDING = "pending", _("Ожидает подтверждения")
        BOOKED = "booked", _("Вы записаны")
        ARRIVED = "arrived", _("Вы пришли на приём")
        CHECKED_IN = "checked-in", _("Вы пришли на приём")
        FULFILLED = "fulfilled", _("Вы были на приёме")
        CANCELLED = "cancelled", _("Отменена")
        NO_SHOW = "noshow", _("Вы не пришли")
        ENTERED_IN_ERROR = "entered-in-error", _("Внесена по ошибке")

    class Side(models.TextChoices):
        PATIENT = "patient", _("пациент")
        CLINIC = "clinic", _("медучреждение")

    status = models.CharField(max_length=16, choices=Status)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    slot = loose_link("scheduling.Slot")
    service_name = models.CharField(max_length=255, blank=True)
    cabinet = models.CharField(max_length=64, blank=True)
    instructions = models.TextField(blank=True, help_text="What to bring, how to prepare")
    cancelled_by = models.CharField(max_length=8, choices=Side, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)

    kind = models.CharField(max_length=16, choices=Slot.Kind, blank=True)
    channel = models.CharField(max_length=16, blank=True, help_text="Who booked it, by its right; empty: unknown")
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, blank=True, related_name="+")
    booking_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the form: a retry finds it")
    exclusive_position = models.CharField(max_length=64, null=True, blank=True, help_text="One live one a person")
    grant_kind = models.CharField(max_length=16, blank=True)
    grant_ref = models.UUIDField(null=True, blank=True)
    moved_from = models.UUIDField(null=True, blank=True, help_text="The appointment that this one replaced")
    moved_to = models.UUIDField(null=True, blank=True, help_text="The one that replaced this")
    calendar_uid = models.UUIDField(null=True, blank=True, help_text="Kept by a move; null: the id")
    coming = models.BooleanField(null=True, blank=True, help_text="What the person answered to a reminder")
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(slot__isnull=False, is_withdrawn=False) & ~Q(status__in=rules.GONE_APPOINTMENT),
                name="appointment_one_live_per_slot",
            ),
            models.UniqueConstraint(
                fields=["patient", "exclusive_position"],
                condition=Q(exclusive_position__isnull=False, is_withdrawn=False, status__in=rules.LIVE_APPOINTMENT),
                name="appointment_one_live_per_position",
            ),
        ]  # that no two live ones of a person overlap is kept by the triggers of migration 0004
        indexes = [
            models.Index(fields=["patient", "starts_at"], name="appointment_patient_starts"),
            models.Index(
                fields=["practitioner_role", "starts_at"],
                condition=Q(status__in=rules.LIVE_APPOINTMENT),
                name="appointment_role_starts",
            ),
            models.Index(
                fields=["facility", "changed_at"], condition=Q(status="cancelled"), name="appointment_given_back"
            ),
        ]


class AppointmentEvent(BaseModel):
    """One thing that happened to an appointment. `details` holds moments and ids, no names."""

    class Action(models.TextChoices):
        BOOKED = "booked", _("Запись создана")
        PENDING = "pending", _("Ждём подтверждения медучреждения")
        CONFIRMED = "confirmed", _("Медучреждение подтвердило запись")
        REFUSED = "refused", _("Медучреждение не подтвердило запись")
        MOVED_FROM = "moved-from", _("Запись перенесена с другого времени")
        MOVED_TO = "moved-to", _("Запись перенесена на другое время")
        CANCELLED = "cancelled", _("Запись отменена")
        COMING = "coming", _("Вы ответили, что придёте")
        NOT_COMING = "not-coming", _("Вы ответили, что не придёте")
        ABSENCE = "absence", _("Врач отсутствует, ищем другое время")

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(max_length=12, choices=Action)
    actor_kind = models.CharField(max_length=8)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["appointment", "at"], name="appointment_event_history")]
