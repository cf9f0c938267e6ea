"""Texts that staff edit: announcements and the links of the footer."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from medkarta.core.models import BaseModel

OLDEST = 150


class Announcement(BaseModel):
    """A banner: what is offered, to whom, between which days (both included)."""

    class Audience(models.TextChoices):
        """Sex of those whom it concerns; empty = everybody. FHIR administrative gender."""

        EVERYBODY = "", _("всем")
        MALE = "male", _("мужчинам")
        FEMALE = "female", _("женщинам")

    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    href = models.CharField(max_length=300, blank=True, help_text="A path of this site or an https:// address")
    action = models.CharField(max_length=40, blank=True, help_text="Words of the button; needs an address")
    icon = models.CharField(max_length=40, default="speakerphone", help_text="A name from the icon sprite")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The last day")
    min_age = models.PositiveSmallIntegerField(default=0, help_text="Full years, included")
    max_age = models.PositiveSmallIntegerField(
        default=OLDEST, validators=[MaxValueValidator(OLDEST)], help_text="Full years, included"
    )
    gender = models.CharField(max_length=8, blank=True, choices=Audience, default=Audience.EVERYBODY)
    order = models.PositiveSmallIntegerField(default=100)
    is_shown = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(min_age__lte=F("max_age")), name="announcement_ages_in_order"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="announcement_days_in_order",
            ),
        ]


class FooterLink(BaseModel):
    """A link of the footer. One without an address is kept for the operator to fill in, and not shown."""

    group = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=80)
    href = models.CharField(max_length=300, blank=True, help_text="A path of this site or an https:// address")
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "title"], name="footer_link_one_per_title")]
