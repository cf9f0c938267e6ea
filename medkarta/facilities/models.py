"""The directory: clinics, sites, services, doctors. No patient's data; everybody may read it.

Rows arrive in any order, so no link is a database constraint: a target may come later or never.
"""

from django.db import models
from django.db.models import Q

from medkarta.core.models import BaseModel, loose_link


class DirectoryModel(BaseModel):
    """A row of a hospital's directory; the key is `core.ids.resource_id` of its FHIR resource."""

    source = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True


class Facility(DirectoryModel):
    """A clinic, or a department when it has a parent and no OID. FHIR R4 Organization.

    `own_…` came with the Organization itself. `phones` … `search_text` are put together from it, from its sites,
    services and doctors whenever one of these arrives (`actions.refresh`); nothing else writes them.
    """

    parent = loose_link("facilities.Facility")
    oid = models.CharField(max_length=64, blank=True, help_text="In the federal register of medical organisations")
    name = models.CharField(max_length=255, help_text="As people call it")
    short_name = models.CharField(max_length=255, blank=True, help_text="The shortest of its names")
    full_name = models.CharField(max_length=255, blank=True, help_text="The longest of its names")
    own_phones = models.JSONField(default=list)
    own_address = models.CharField(max_length=255, blank=True)
    own_town = models.CharField(max_length=120, blank=True)
    first_seen_at = models.DateTimeField()

    is_listed = models.BooleanField(default=False, help_text="Shown to everybody")
    phone = models.CharField(max_length=64, blank=True)
    phones = models.JSONField(default=list, help_text="All of them, the first one included")
    address = models.CharField(max_length=255, blank=True)
    town = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    timezone = models.CharField(max_length=40, blank=True, help_text="IANA name; empty: the portal's own zone")
    hours = models.JSONField(default=list, help_text="[[opens, closes], …] in minutes since Monday 00:00, local time")
    hours_note = models.CharField(max_length=255, blank=True)
    serves_adults = models.BooleanField(default=False, help_text="Neither is true while nobody has said")
    serves_children = models.BooleanField(default=False)
    search_text = models.TextField(blank=True, help_text="Casefolded, ё as е")

    rating_mean = models.FloatField(null=True, blank=True, help_text="1-5; written by the room of visits")
    rating_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], condition=Q(is_listed=True), name="facility_listed_name"),
            models.Index(fields=["town", "name"], condition=Q(is_listed=True), name="facility_listed_town"),
            models.Index(fields=["oid"], condition=~Q(oid=""), name="facility_oid"),
        ]


class OpeningPeriod(BaseModel):
    """One stretch of a clinic's opening hours, so that «открыто сейчас» is a filter of the database."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="periods")
    opens = models.PositiveSmallIntegerField(help_text="Minutes since Monday 00:00, local time")
    closes = models.PositiveSmallIntegerField(help_text="Minutes since the same Monday; beyond 10080 into the next")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=7 * 24 * 60, closes__gt=models.F("opens")), name="opening_period_is_a_stretch"
            ),
        ]
        indexes = [models.Index(fields=["opens", "closes"], name="opening_period_stretch")]


class Location(DirectoryModel):
    """A building of a clinic, or a room in it. FHIR R4 Location."""

    facility = loose_link("facilities.Facility")
    name = models.CharField(max_length=255, blank=True)
    is_room = models.BooleanField(default=False)
    phones = models.JSONField(default=list)
    address = models.CharField(max_length=255, blank=True)
    town = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    timezone = models.CharField(max_length=40, blank=True)
    hours = models.JSONField(default=list, help_text="As in Facility")
    hours_note = models.CharField(max_length=255, blank=True)


class HealthcareService(DirectoryModel):
    """What a clinic does and for whom. FHIR R4 HealthcareService."""

    facility = loose_link("facilities.Facility")
    name = models.CharField(max_length=255, blank=True)
    specialty_code = models.CharField(max_length=32, blank=True)
    specialty_name = models.CharField(max_length=255, blank=True)
    serves_adults = models.BooleanField(default=False)
    serves_children = models.BooleanField(default=False)
    needs_appointment = models.BooleanField(null=True)
    phones = models.JSONField(default=list)
    hours = models.JSONField(default=list, help_text="As in Facility")


class Practitioner(DirectoryModel):
    """A doctor or a nurse. FHIR R4 Practitioner."""

    full_name = models.CharField(max_length=255, blank=True)
    family = models.CharField(max_length=120, blank=True)
    given = models.CharField(max_length=120, blank=True)
    patronymic = models.CharField(max_length=120, blank=True)


class PractitionerRole(DirectoryModel):
    """A doctor's post at a clinic. FHIR R4 PractitionerRole."""

    practitioner = loose_link("facilities.Practitioner")
    practitioner_name = models.CharField(max_length=255, blank=True, help_text="Reference.display, as a fallback")
    facility = loose_link("facilities.Facility")
    location = loose_link("facilities.Location")
    position_name = models.CharField(max_length=255, blank=True)
    specialty_code = models.CharField(max_length=32, blank=True)
    specialty_name = models.CharField(max_length=255, blank=True)
    cabinet = models.CharField(max_length=64, blank=True)
