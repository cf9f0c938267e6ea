"""The waiting list: who waits for what, and the times that were offered to him."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel
from medkarta.scheduling import rules
from medkarta.scheduling.models.served import ServedModel, ServedQuerySet
from medkarta.scheduling.rules import waitlist


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

    def with_names(self) -> Self:
        """Add the offer that waits for an answer too: `offer_id` and `offer_deadline`."""
        offer = WaitlistOffer.objects.filter(entry=OuterRef("pk"), state="sent")
        return (
            super()
            .with_names()
            .annotate(offer_id=Subquery(offer.values("pk")), offer_deadline=Subquery(offer.values("deadline")))
        )


class WaitlistEntry(ServedModel):
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

    is_own = models.BooleanField(default=False, help_text="Of the portal's engine; false: a clinic's system told it")
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, blank=True, related_name="+")
    specialty_code = models.CharField(max_length=32, blank=True)
    facility_ids = models.JSONField(default=list, help_text="Clinics that suit; `facility` is the first of them")
    weekdays = models.PositiveSmallIntegerField(default=127, help_text="Bits: 1 is Monday, 64 is Sunday")
    minute_from = models.PositiveSmallIntegerField(default=0, help_text="Of the day, in the clinic's zone")
    minute_to = models.PositiveSmallIntegerField(default=1440)
    auto_book = models.BooleanField(default=False)
    swaps = models.UUIDField(null=True, blank=True, help_text="The appointment that an earlier time would replace")
    group = models.UUIDField(null=True, blank=True, help_text="Entries that want neighbouring times")
    grant_kind = models.CharField(max_length=16, blank=True)
    grant_ref = models.UUIDField(null=True, blank=True)
    missed = models.PositiveSmallIntegerField(default=0, help_text="Offers in a row that nobody answered")
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Asked «ещё нужно?»; the place is kept")
    appointment = models.UUIDField(null=True, blank=True, help_text="What it ended in")
    form_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the form: a retry finds it")

    objects = WaitlistQuerySet.as_manager()

    @property
    def is_displaced(self) -> bool:
        """Tell whether its clinic took away the appointment that it `swaps`."""
        return self.priority == waitlist.Priority.DISPLACED

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "specialty_code"],
                condition=Q(is_own=True, status__in=rules.LIVE_WAITLIST),
                name="waitlist_one_live_per_position",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "requested_at"], name="waitlist_patient_requested"),
            models.Index(
                fields=["specialty_code", "priority", "requested_at"],
                condition=Q(is_own=True, status__in=rules.LIVE_WAITLIST),
                name="waitlist_queue",
            ),
        ]


class WaitlistOffer(BaseModel):
    """A time offered to one who waits. The slot is held for the entry until `deadline`."""

    class State(models.TextChoices):
        SENT = "sent", _("ждёт ответа")
        ACCEPTED = "accepted", _("принято")
        DECLINED = "declined", _("не подошло")
        EXPIRED = "expired", _("без ответа")
        WITHDRAWN = "withdrawn", _("время снято")

    entry = models.ForeignKey(WaitlistEntry, models.CASCADE, related_name="offers")
    slot = models.ForeignKey("scheduling.Slot", models.DO_NOTHING, db_constraint=False, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.SENT)
    is_exclusive = models.BooleanField(default=True, help_text="False close to the visit: several at once, first wins")
    sent_at = models.DateTimeField()
    deadline = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "entry"], name="waitlist_offer_once"),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state="sent", is_exclusive=True), name="waitlist_offer_one_live_per_slot"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="sent"), name="waitlist_offer_one_live_per_entry"
            ),
        ]
        indexes = [models.Index(fields=["deadline"], condition=Q(state="sent"), name="waitlist_offer_deadline")]
