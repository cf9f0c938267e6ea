"""What hospitals send about time: their schedules, and a person's appointments, home visits and waiting list.

Links to the directory are no database constraints: a doctor or a clinic may arrive later or never.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel, RecordModel, RecordQuerySet, Row
from medkarta.scheduling import rules


def _link(to: str) -> models.ForeignKey:
    return models.ForeignKey(to, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+")


class Schedule(BaseModel):
    """Whose working time it is: a doctor's post, or a room. FHIR R4 Schedule."""

    source = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    practitioner_role = _link("facilities.PractitionerRole")
    practitioner = _link("facilities.Practitioner")
    facility = _link("facilities.Facility")
    location = _link("facilities.Location")
    healthcare_service = _link("facilities.HealthcareService")
    specialty_code = models.CharField(max_length=32, blank=True)
    specialty_name = models.CharField(max_length=255, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    planned_from = models.DateTimeField(null=True, blank=True)
    planned_until = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=1000, blank=True, help_text="Why there are no times, if the clinic says so")

    class Meta:
        indexes = [models.Index(fields=["practitioner_role"], name="schedule_role")]


class Slot(BaseModel):
    """One time of a schedule. FHIR R4 Slot; the stored status is the FHIR code."""

    class Status(models.TextChoices):
        FREE = "free", _("свободно")
        BUSY = "busy", _("занято")
        TENTATIVE = "busy-tentative", _("удерживается")
        UNAVAILABLE = "busy-unavailable", _("приёма нет")
        ENTERED_IN_ERROR = "entered-in-error", _("внесено по ошибке")

    source = models.CharField(max_length=64)
    schedule = _link("scheduling.Schedule")
    status = models.CharField(max_length=16, choices=Status)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_overbooked = models.BooleanField(default=False)
    specialty_code = models.CharField(max_length=32, blank=True)
    specialty_name = models.CharField(max_length=255, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    rights = models.JSONField(default=list, help_text="Channels that may book it, as the clinic named them")
    comment = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["schedule", "starts_at"], name="slot_schedule_starts")]


def _first_of(*names: str) -> Coalesce:
    """Return the first of some texts that is not empty, in the database."""
    return Coalesce(*(NullIf(name, Value("")) for name in names), Value(""), output_field=models.TextField())


class ServedQuerySet(RecordQuerySet[Row]):
    """Rows with a time: `begins` and `ends` name its columns, `live` the statuses that still wait for it."""

    begins = "starts_at"
    ends = "ends_at"
    live: tuple[str, ...] = ()

    def ahead(self, now: datetime) -> Self:
        """Keep what still lies ahead (`rules.is_ahead`)."""
        return self.filter(self._is_ahead(now))

    def past(self, now: datetime) -> Self:
        """Keep what is over: its time has passed, or its status says so."""
        return self.exclude(self._is_ahead(now))

    def within(self, start: datetime | None, end: datetime | None) -> Self:
        """Keep what begins in [start, end); None stays open."""
        found = self
        if start is not None:
            found = found.filter(**{f"{self.begins}__gte": start})
        if end is not None:
            found = found.filter(**{f"{self.begins}__lt": end})
        return found

    def nearest_first(self, now: datetime) -> Self:
        """Order: what lies ahead from the soonest on, then the past from the latest back."""
        return self.annotate(
            is_past=Case(When(self._is_ahead(now), then=Value(0)), default=Value(1)),
            soon_at=Case(When(self._is_ahead(now), then=F(self.begins)), output_field=models.DateTimeField()),
        ).order_by("is_past", F("soon_at").asc(nulls_last=True), F(self.begins).desc(nulls_last=True), "id")

    def with_names(self) -> Self:
        """Add `what`, `doctor`, `clinic`, `address`, `timezone` and `cabinet_name`, joined from the directory."""
        role, place, clinic = "practitioner_role", "location", "facility__name"
        return self.annotate(
            what=_first_of(f"{role}__position_name", "specialty_name", f"{role}__specialty_name", *self._own_what()),
            doctor=_first_of(
                f"{role}__practitioner__full_name",
                "practitioner__full_name",
                "practitioner_name",
                f"{role}__practitioner_name",
            ),
            cabinet_name=_first_of(*self._own_cabinet(), f"{role}__cabinet"),
            clinic=_first_of(clinic, f"{place}__{clinic}", f"{role}__{clinic}", "facility_name", "location_name"),
            address=_first_of(
                f"{place}__address", "facility__address", f"{place}__facility__address", f"{role}__facility__address"
            ),
            timezone=_first_of("facility__timezone", f"{place}__facility__timezone", f"{role}__facility__timezone"),
        )

    def with_contacts(self) -> Self:
        """Add `phone` of the clinic and `room`, the name of a room that is booked by itself."""
        return self.annotate(
            phone=_first_of("facility__phone", "location__facility__phone", "practitioner_role__facility__phone"),
            room=Case(
                When(location__is_room=True, then=_first_of("location__name", "location_name")),
                default=Value(""),
                output_field=models.TextField(),
            ),
        )

    def _own_what(self) -> tuple[str, ...]:
        return ("service_name",)

    def _own_cabinet(self) -> tuple[str, ...]:
        return ()

    def _is_ahead(self, now: datetime) -> Q:
        return Q(status__in=self.live) & (Q(**{f"{self.ends}__isnull": True}) | Q(**{f"{self.ends}__gt": now}))


class AppointmentQuerySet(ServedQuerySet["Appointment"]):
    live = rules.LIVE_APPOINTMENT

    def _own_cabinet(self) -> tuple[str, ...]:
        return ("cabinet",)


class HomeVisitQuerySet(ServedQuerySet["HomeVisitRequest"]):
    live = rules.LIVE_HOME_VISIT

    def _own_what(self) -> tuple[str, ...]:
        return ()


class WaitlistQuerySet(ServedQuerySet["WaitlistEntry"]):
    begins = "requested_at"
    ends = "not_after"
    live = rules.LIVE_WAITLIST

    def within(self, start: datetime | None, end: datetime | None) -> Self:
        """Keep the entries whose wished period touches [start, end); an open side touches everything."""
        found = self
        if start is not None:
            found = found.filter(Q(not_after__isnull=True) | Q(not_after__gt=start))
        if end is not None:
            found = found.filter(Q(not_before__isnull=True) | Q(not_before__lt=end))
        return found


class _Served(RecordModel):
    """Who serves and where. The names are what the reference said, for when its target never arrives."""

    specialty_name = models.CharField(max_length=255, blank=True)
    practitioner_role = _link("facilities.PractitionerRole")
    practitioner = _link("facilities.Practitioner")
    practitioner_name = models.CharField(max_length=255, blank=True)
    facility = _link("facilities.Facility")
    facility_name = models.CharField(max_length=255, blank=True)
    location = _link("facilities.Location")
    location_name = models.CharField(max_length=255, blank=True)
    comment = models.TextField(blank=True)
    reason = models.CharField(max_length=1000, blank=True, help_text="Why it was cancelled or refused")

    class Meta:
        abstract = True


class Appointment(_Served):
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
    slot = _link("scheduling.Slot")
    service_name = models.CharField(max_length=255, blank=True)
    cabinet = models.CharField(max_length=64, blank=True)
    instructions = models.TextField(blank=True, help_text="What to bring, how to prepare")
    cancelled_by = models.CharField(max_length=8, choices=Side, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "starts_at"], name="appointment_patient_starts")]


class WaitlistEntry(_Served):
    """Заявка в лист ожидания. FHIR R4 Appointment with the status `waitlist`, or cancelled from there."""

    class Status(models.TextChoices):
        CREATED = "created", _("Создана")
        OFFERED = "offered", _("Предложено время")
        BOOKED = "booked", _("Записан")
        REJECTED = "rejected", _("Отклонена")
        CANCELLED = "cancelled", _("Отменена")
        EXPIRED = "expired", _("Истекла")

    status = models.CharField(max_length=10, choices=Status)
    not_before = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True, help_text="The time that the clinic offers")
    priority = models.PositiveIntegerField(null=True, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "requested_at"], name="waitlist_patient_requested")]


class HomeVisitRequest(_Served):
    """Вызов врача на дом. FHIR R4 ServiceRequest of the category `home-call`."""

    class Status(models.TextChoices):
        NEW = "new", _("Новый")
        ACCEPTED = "accepted", _("Принят")
        ASSIGNED = "assigned", _("Врач назначен")
        DONE = "done", _("Выполнен")
        REJECTED = "rejected", _("Отклонён")
        CANCELLED = "cancelled", _("Отменён")

    status = models.CharField(max_length=10, choices=Status)
    number = models.CharField(max_length=64, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True, help_text="Wished or assigned")
    ends_at = models.DateTimeField(null=True, blank=True)
    has_time = models.BooleanField(default=False, help_text="False: only the day is known")
    has_end = models.BooleanField(default=False, help_text="False: `ends_at` is the end of that day")
    requested_at = models.DateTimeField(null=True, blank=True)
    complaint = models.CharField(max_length=1000, blank=True)
    instructions = models.TextField(blank=True)

    objects = HomeVisitQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "starts_at"], name="home_visit_patient_starts")]
