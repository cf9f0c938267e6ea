"""Numbers of booking that a region, a clinic or a position may set, and calendars that people subscribe to."""

from django.db import models

from medkarta.core.models import BaseModel, loose_link


class BookingSetting(BaseModel):
    """One value from a moment on. No clinic: the region's; with a position: for that position there."""

    name = models.CharField(max_length=64)
    facility = loose_link("facilities.Facility")
    position_code = models.CharField(max_length=32, blank=True)
    value = models.JSONField()
    valid_from = models.DateTimeField()
    created_at = models.DateTimeField()
    note = models.CharField(max_length=255, blank=True, help_text="The act or the decision behind it")

    class Meta:
        indexes = [models.Index(fields=["name", "valid_from"], name="booking_setting_name")]


class CalendarFeed(BaseModel):
    """A private address of somebody's calendar. Whoever has the address may read it until it is revoked."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    person = models.ForeignKey("patients.Person", models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    is_detailed = models.BooleanField(default=False, help_text="False: neutral words, no doctor, no specialty")
    has_address = models.BooleanField(default=False, help_text="Where the clinic is, beside neutral words")
    language = models.CharField(max_length=2, default="ru", help_text="Of its words")
    content_hash = models.CharField(max_length=64, blank=True, help_text="Of what the last reading gave")
    content_at = models.DateTimeField(null=True, blank=True, help_text="When a reading first gave that")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
