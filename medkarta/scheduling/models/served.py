"""What appointments, home visits and waiting entries have in common: who serves, where, and what still lies ahead.

Links to the directory are no database constraints: a doctor or a clinic may arrive later or never.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When

from medkarta.core.models import RecordModel, RecordQuerySet, Row, first_of, loose_link


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
            what=first_of(f"{role}__position_name", "specialty_name", f"{role}__specialty_name", *self._own_what()),
            doctor=first_of(
                f"{role}__practitioner__full_name",
                "practitioner__full_name",
                "practitioner_name",
                f"{role}__practitioner_name",
            ),
            cabinet_name=first_of(*self._own_cabinet(), f"{role}__cabinet"),
            clinic=first_of(clinic, f"{place}__{clinic}", f"{role}__{clinic}", "facility_name", "location_name"),
            address=first_of(
                f"{place}__address", "facility__address", f"{place}__facility__address", f"{role}__facility__address"
            ),
            timezone=first_of("facility__timezone", f"{place}__facility__timezone", f"{role}__facility__timezone"),
        )

    def with_contacts(self) -> Self:
        """Add `phone` of the clinic and `room`, the name of a room that is booked by itself."""
        return self.annotate(
            phone=first_of("facility__phone", "location__facility__phone", "practitioner_role__facility__phone"),
            room=Case(
                When(location__is_room=True, then=first_of("location__name", "location_name")),
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


class ServedModel(RecordModel):
    """Who serves and where. The names are what the reference said, for when its target never arrives."""

    specialty_name = models.CharField(max_length=255, blank=True)
    practitioner_role = loose_link("facilities.PractitionerRole")
    practitioner = loose_link("facilities.Practitioner")
    practitioner_name = models.CharField(max_length=255, blank=True)
    facility = loose_link("facilities.Facility")
    facility_name = models.CharField(max_length=255, blank=True)
    location = loose_link("facilities.Location")
    location_name = models.CharField(max_length=255, blank=True)
    comment = models.TextField(blank=True)
    reason = models.CharField(max_length=1000, blank=True, help_text="Why it was cancelled or refused")

    class Meta:
        abstract = True
