"""Working time: schedules, the templates that they are made from, times, and what blocks them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, loose_link

FREE = Q(status="free", appointment__isnull=True, blocked_by__isnull=True)
"""The part of "can be taken" that does not hang on the clock: what the indexes hold."""


class SlotQuerySet(models.QuerySet["Slot"]):
    def claimable(self, *, by: UUID | None, now: datetime) -> Self:
        """Keep what `by` may take now: free, or its hold is over (a comparison, no job), or the hold is his own."""
        return self.filter(FREE).filter(Q(held_until__isnull=True) | Q(held_until__lte=now) | Q(held_by=by))

    def released(self, now: datetime) -> Self:
        return self.filter(Q(opens_at__isnull=True) | Q(opens_at__lte=now))

    def open_to(self, mask: int) -> Self:
        """Keep what one of the rights in `mask` (bits of `rules.rights`) may book."""
        return self.annotate(common=F("rights_mask").bitand(mask)).filter(common__gt=0)


class Schedule(BaseModel):
    """Whose working time it is: a doctor's post, or a room. FHIR R4 Schedule."""

    source = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    practitioner_role = loose_link("facilities.PractitionerRole")
    practitioner = loose_link("facilities.Practitioner")
    facility = loose_link("facilities.Facility")
    location = loose_link("facilities.Location")
    healthcare_service = loose_link("facilities.HealthcareService")
    specialty_code = models.CharField(max_length=32, blank=True)
    specialty_name = models.CharField(max_length=255, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    planned_from = models.DateTimeField(null=True, blank=True)
    planned_until = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=1000, blank=True, help_text="Why there are no times, if the clinic says so")

    class Meta:
        indexes = [models.Index(fields=["practitioner_role"], name="schedule_role")]


class Slot(BaseModel):
    """One time of a schedule. FHIR R4 Slot; `status` is the FHIR code that its owner gave.

    Whether it can be taken is told by all of: status `free`, no `appointment`, no `blocked_by`, no hold that lasts,
    `opens_at` passed (`SlotQuerySet.claimable`). An import changes what the owner knows and never these.
    """

    class Status(models.TextChoices):
        FREE = "free", _("свободно")
        BUSY = "busy", _("занято")
        TENTATIVE = "busy-tentative", _("удерживается")
        UNAVAILABLE = "busy-unavailable", _("приёма нет")
        ENTERED_IN_ERROR = "entered-in-error", _("внесено по ошибке")

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("первичный приём")
        REPEAT = "repeat", _("повторный приём")
        PREVENT = "prevent", _("профосмотр")
        FOLLOW_UP = "follow_up", _("диспансерное наблюдение")
        URGENT = "urgent", _("неотложный приём")
        TELE = "tele", _("телемедицинская консультация")
        REFERRAL = "referral", _("по направлению")
        PROCEDURE = "procedure", _("исследование")
        VACCINATION = "vaccination", _("вакцинация")
        RESERVE = "reserve", _("резерв")

    source = models.CharField(max_length=64)
    schedule = loose_link("scheduling.Schedule")
    status = models.CharField(max_length=16, choices=Status)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_overbooked = models.BooleanField(default=False)
    specialty_code = models.CharField(max_length=32, blank=True)
    specialty_name = models.CharField(max_length=255, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    rights = models.JSONField(default=list, help_text="Channels that may book it, as the clinic named them")
    comment = models.CharField(max_length=1000, blank=True)

    kind = models.CharField(max_length=16, choices=Kind, default=Kind.PRIMARY)
    rights_mask = models.PositiveSmallIntegerField(default=0, help_text="`rights` as bits of `rules.rights`")
    facility = loose_link("facilities.Facility")
    practitioner_role = loose_link("facilities.PractitionerRole")
    location = loose_link("facilities.Location")

    appointment = models.UUIDField(null=True, blank=True, help_text="The live appointment that has taken it")
    held_by = models.UUIDField(null=True, blank=True, help_text="A person, or a waiting entry")
    held_since = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True, help_text="Released to people then; null: at once")
    blocked_by = models.UUIDField(null=True, blank=True, help_text="The absence that covers it")

    objects = SlotQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["schedule", "starts_at"], name="slot_schedule_starts"),
            models.Index(fields=["specialty_code", "starts_at"], condition=FREE, name="slot_free_specialty"),
            models.Index(fields=["facility", "specialty_code", "starts_at"], condition=FREE, name="slot_free_facility"),
            models.Index(fields=["practitioner_role", "starts_at"], condition=FREE, name="slot_free_role"),
            models.Index(fields=["held_by"], condition=Q(held_by__isnull=False), name="slot_held_by"),
            models.Index(fields=["appointment"], condition=Q(appointment__isnull=False), name="slot_appointment"),
            models.Index(fields=["blocked_by"], condition=Q(blocked_by__isnull=False), name="slot_blocked_by"),
            models.Index(
                fields=["facility", "specialty_code", "opens_at"],
                condition=Q(opens_at__isnull=False),
                name="slot_opens",
            ),
        ]


class ScheduleTemplate(BaseModel):
    """Weekly hours of a schedule, from which times are made. Only a published one makes any."""

    class State(models.TextChoices):
        DRAFT = "draft", _("черновик")
        AGREED = "agreed", _("согласован")
        PUBLISHED = "published", _("опубликован")

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="templates")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    week_parity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 even, 1 odd weeks; null: each")
    minute_from = models.PositiveSmallIntegerField(help_text="Of the day, in the clinic's zone")
    minute_to = models.PositiveSmallIntegerField()
    slot_minutes = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField(default=1, help_text="A group of n makes n times")
    kind = models.CharField(max_length=16, choices=Slot.Kind, default=Slot.Kind.PRIMARY)
    rights = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day, whole")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    minute_to__gt=models.F("minute_from"), minute_to__lte=1440, slot_minutes__gte=1, weekday__lte=6
                ),
                name="schedule_template_is_a_stretch",
            ),
        ]


class Absence(BaseModel):
    """Days that a doctor or a room does not work; all its times in between are blocked."""

    class Reason(models.TextChoices):
        LEAVE = "leave", _("отпуск")
        SICK = "sick", _("больничный")
        TRAINING = "training", _("обучение")
        DISMISSED = "dismissed", _("увольнение")
        OTHER = "other", _("другая причина")

    class Moving(models.TextChoices):
        ASK = "ask", _("с согласия пациента")
        SAME_DAY = "same_day", _("в тот же день, с сообщением")

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=9, choices=Reason)
    note = models.CharField(max_length=255, blank=True)
    moving = models.CharField(max_length=8, choices=Moving, default=Moving.ASK)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="absence_is_a_stretch"),
        ]


class AbsenceCase(BaseModel):
    """One appointment that an absence has hit, until it is answered. Never silently lost."""

    class State(models.TextChoices):
        ASKED = "asked", _("предложено другое время")
        NO_TIME = "no-time", _("в листе ожидания")
        MOVED = "moved", _("перенесено")
        CANCELLED = "cancelled", _("отменено")
        TO_CALL = "to-call", _("нужен звонок")
        CLOSED = "closed", _("закрыто")

    absence = models.ForeignKey(Absence, models.CASCADE, related_name="cases")
    appointment = models.UUIDField(unique=True)
    state = models.CharField(max_length=9, choices=State)
    proposed_slot = models.UUIDField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["deadline"], condition=Q(state="asked"), name="absence_case_deadline")]
