"""People, the rows that hospitals keep on them, and who may open whose record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.ids import new_key
from medkarta.core.models import BaseModel


class Gender(models.TextChoices):
    """FHIR administrative gender."""

    MALE = "male", _("мужской")
    FEMALE = "female", _("женский")
    OTHER = "other", _("другой")
    UNKNOWN = "unknown", _("не указан")


class Person(BaseModel):
    """A human being that an identity provider has told us about; gathers his Patient rows."""

    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    patronymic = models.CharField(max_length=120, blank=True)
    birth_date = models.DateField(null=True)
    gender = models.CharField(max_length=8, choices=Gender, default=Gender.UNKNOWN)
    snils = models.CharField(max_length=11, blank=True, help_text="Digits only; empty if unknown")
    enp = models.CharField(max_length=16, blank=True, help_text="Only as confirmed by the identity provider")
    full_capacity_on = models.DateField(null=True, blank=True, help_text="Emancipated or married before 18")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snils"], condition=~Q(snils=""), name="person_one_per_snils"),
        ]
        indexes = [models.Index(fields=["enp"], condition=~Q(enp=""), name="person_enp")]


class Patient(BaseModel):
    """One hospital system's row about a human being. FHIR R4 Patient; one row per source."""

    class Link(models.TextChoices):
        UNLINKED = "unlinked", _("не связан")
        LINKED = "linked", _("связан")
        DOUBTFUL = "doubtful", _("ждёт проверки")

    source = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="patients")
    link = models.CharField(max_length=8, choices=Link, default=Link.UNLINKED)
    family_name = models.CharField(max_length=120, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    patronymic = models.CharField(max_length=120, blank=True)
    birth_date = models.DateField(null=True)
    gender = models.CharField(max_length=8, choices=Gender, default=Gender.UNKNOWN)
    snils = models.CharField(max_length=11, blank=True)
    enp = models.CharField(max_length=16, blank=True)
    registered_facility_id = models.UUIDField(null=True, help_text="The clinic he is attached to")
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(link="linked", person__isnull=False) | (~Q(link="linked") & Q(person__isnull=True)),
                name="patient_linked_iff_person",
            ),
        ]
        indexes = [
            models.Index(fields=["snils"], condition=~Q(snils=""), name="patient_snils"),
            models.Index(fields=["enp"], condition=~Q(enp=""), name="patient_enp"),
        ]


class Representation(BaseModel):
    """The right of one account to open one person's record, under an opaque key of its own."""

    class Kind(models.TextChoices):
        SELF = "self", _("своя карта")
        PARENT = "parent", _("родитель")

    class Status(models.TextChoices):
        ACTIVE = "active", _("действует")
        NEEDS_CONFIRMATION = "needs-confirmation", _("нужно подтверждение")
        SUSPENDED = "suspended", _("приостановлено клиникой")
        CLOSED = "closed", _("закрыто")

    key = models.CharField(max_length=32, unique=True, default=new_key)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    confirmed_at = models.DateTimeField(help_text="When the identity provider last named this person")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "person"], name="representation_one_per_account_and_person"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="representation_closed_at_iff_closed",
            ),
        ]


class MatchCase(BaseModel):
    """A doubtful match that a human being has to decide; never guessed."""

    patient = models.OneToOneField(Patient, models.CASCADE, related_name="match_case")
    candidate = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
