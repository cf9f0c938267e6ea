"""Referrals that hospitals send. Links to the directory are no constraints: a target may come later or never."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import RecordModel, RecordQuerySet, first_of, loose_link
from medkarta.referrals import rules


class ReferralQuerySet(RecordQuerySet["Referral"]):
    def to_hospital(self) -> Self:
        return self.filter(category=Referral.Category.HOSPITALIZATION)

    def for_studies(self) -> Self:
        return self.exclude(category=Referral.Category.HOSPITALIZATION)

    def usable(self, today: date) -> Self:
        """Keep what is open (`rules.is_open`) and has not expired by a day."""
        return self.filter(_usable(today))

    def over(self, today: date) -> Self:
        return self.exclude(_usable(today))

    def bookable(self, today: date) -> Self:
        """Keep what a visit may be booked by on a day and is not yet; the day is of the portal's zone."""
        return self.for_studies().filter(_usable(today), status__in=rules.BOOKABLE_STATUSES, booked_appointment=None)

    def nearest_first(self, today: date) -> Self:
        """Order: those that can still be used by the end of their term, then the rest from the latest back."""
        return self.annotate(
            is_over=Case(When(_usable(today), then=Value(0)), default=Value(1)),
            ends_on=Case(When(_usable(today), then=F("valid_until")), output_field=models.DateField()),
        ).order_by("is_over", F("ends_on").asc(nulls_last=True), F("issued_at").desc(nulls_last=True), "id")

    def with_names(self) -> Self:
        """Add `clinic`, `address`, `phone`, `timezone` and `sender`, joined from the directory."""
        place, role = "location", "practitioner_role"
        return self.annotate(
            clinic=first_of("facility__name", f"{place}__facility__name", "facility_name", "location_name"),
            address=first_of(f"{place}__address", "facility__address", f"{place}__facility__address"),
            phone=first_of("facility__phone", f"{place}__facility__phone"),
            timezone=first_of("facility__timezone", f"{place}__facility__timezone"),
            sender=first_of(
                f"{role}__practitioner__full_name",
                "practitioner__full_name",
                "practitioner_name",
                f"{role}__practitioner_name",
            ),
        )


def _usable(today: date) -> Q:
    in_time = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    return Q(status__in=rules.OPEN_STATUSES, hospitalization_status__in=rules.OPEN_HOSPITALIZATION) & in_time


class Referral(RecordModel):
    """Направление. FHIR R4 ServiceRequest but for home calls; `status` is the FHIR code."""

    class Category(models.TextChoices):
        STUDY = "study", _("Исследование")
        CONSULTATION = "consultation", _("Консультация")
        HOSPITALIZATION = "hospitalization", _("Госпитализация")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Оформляется")
        ACTIVE = "active", _("Действует")
        ON_HOLD = "on-hold", _("Приостановлено")
        REVOKED = "revoked", _("Отозвано")
        COMPLETED = "completed", _("Выполнено")
        ENTERED_IN_ERROR = "entered-in-error", _("Внесено по ошибке")
        UNKNOWN = "unknown", _("Статус не указан")

    class Hospitalization(models.TextChoices):
        NEW = "new", _("Новое")
        AGREED = "agreed", _("Согласовано")
        DATE_SET = "date-set", _("Дата назначена")
        POSTPONED = "postponed", _("Отложено")
        ADMITTED = "admitted", _("Госпитализирован")
        REFUSED = "refused", _("Отказ")
        ANNULLED = "annulled", _("Аннулировано")

    category = models.CharField(max_length=16, choices=Category)
    status = models.CharField(max_length=16, choices=Status)
    hospitalization_status = models.CharField(
        max_length=10, choices=Hospitalization, blank=True, help_text="Of a referral to a hospital only"
    )
    number = models.CharField(max_length=64, blank=True)
    what = models.CharField(max_length=500, blank=True, help_text="The study or the service")
    department = models.CharField(max_length=255, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="The last day, whole")
    planned_on = models.DateField(null=True, blank=True, help_text="The day set for it")
    issued_at = models.DateTimeField(null=True, blank=True)
    facility = loose_link("facilities.Facility")
    facility_name = models.CharField(max_length=255, blank=True)
    location = loose_link("facilities.Location")
    location_name = models.CharField(max_length=255, blank=True)
    practitioner = loose_link("facilities.Practitioner")
    practitioner_role = loose_link("facilities.PractitionerRole")
    practitioner_name = models.CharField(max_length=255, blank=True, help_text="Who referred")
    reason = models.CharField(max_length=1000, blank=True)
    instructions = models.TextField(blank=True, help_text="How to prepare")
    comment = models.TextField(blank=True)
    specialty_code = models.CharField(
        max_length=32, blank=True, help_text="Whom it refers to, 1.2.643.5.1.13.13.11.1066"
    )
    booked_appointment = models.UUIDField(null=True, blank=True, help_text="The portal's: the live one booked by it")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "valid_until"], name="referral_patient_until"),
        ]
