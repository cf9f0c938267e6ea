"""Calls of a doctor to one's home."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medkarta.scheduling import rules
from medkarta.scheduling.models.served import ServedModel, ServedQuerySet


class HomeVisitQuerySet(ServedQuerySet["HomeVisitRequest"]):
    live = rules.LIVE_HOME_VISIT

    def _own_what(self) -> tuple[str, ...]:
        return ()


class HomeVisitRequest(ServedModel):
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

    is_own = models.BooleanField(default=False, help_text="Asked for here; false: a clinic's system told it")
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, blank=True, related_name="+")
    home_address = models.CharField(max_length=500, blank=True)
    flat = models.CharField(max_length=16, blank=True)
    entrance = models.CharField(max_length=16, blank=True)
    floor = models.CharField(max_length=16, blank=True)
    door_code = models.CharField(max_length=32, blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True, help_text="°C")
    answers = models.JSONField(default=dict, help_text="What else the form asked: code of the question -> answer")
    cancelled_by = models.CharField(max_length=8, blank=True)
    form_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the form: a retry finds it")
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = HomeVisitQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "starts_at"], name="home_visit_patient_starts")]
