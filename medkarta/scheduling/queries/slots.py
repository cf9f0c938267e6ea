"""Reads of times for booking: one of them with what the rules look at, and others like it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from medkarta.core.compiled import compiled
from medkarta.core.errors import NotFound
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment, Slot, SlotQuerySet
from medkarta.scheduling.rules.eligibility import Live, Offered
from medkarta.ui import format

ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A time with its doctor and place, ready for pages and rules. Names are empty when nobody gave them."""

    id: UUID
    schedule_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    status: str
    kind: str
    position_code: str
    specialty: str
    service: str
    rights_mask: int
    practitioner_role_id: UUID | None
    practitioner_id: UUID | None
    location_id: UUID | None
    facility_id: UUID | None
    serves_adults: bool
    serves_children: bool
    doctor: str
    cabinet: str
    facility: str
    address: str
    phone: str
    zone: tzinfo
    appointment: UUID | None
    held_by: UUID | None
    held_since: datetime | None
    held_until: datetime | None
    blocked_by: UUID | None
    opens_at: datetime | None

    @property
    def offered(self) -> Offered:
        return Offered(
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            position_code=self.position_code,
            facility_id=self.facility_id,
            rights_mask=self.rights_mask,
            serves_adults=self.serves_adults,
            serves_children=self.serves_children,
        )

    @property
    def is_withdrawn(self) -> bool:
        return self.status != "free" or self.blocked_by is not None

    def can_be_held(self, *, by: UUID, now: datetime) -> bool:
        """Tell whether `by` could take it now, as the claim will ask again (`SlotQuerySet.claimable`)."""
        is_held = self.held_until is not None and self.held_until > now and self.held_by != by
        is_open = self.opens_at is None or self.opens_at <= now
        return not self.is_withdrawn and self.appointment is None and not is_held and is_open


def get_slot(slot_id: UUID) -> SlotRow:
    """Return one time. One statement. Raises NotFound. Times are nobody's record: no scope is asked for."""
    found = _slot(slot_id=slot_id)
    if not found:
        raise NotFound
    return _row(*found[0])


@compiled
def _slot(*, slot_id: UUID) -> QuerySet[Slot, Any]:
    return _values(Slot.objects.filter(pk=slot_id))


def slot_rows(found: SlotQuerySet) -> list[SlotRow]:
    """Return rows of times in the order of a queryset. One statement."""
    return [_row(*one) for one in _values(found)]


def _values(found: SlotQuerySet) -> QuerySet[Slot, Any]:
    role = "practitioner_role"
    return found.values_list(
        "id", "schedule_id", "starts_at", "ends_at", "status", "kind", "specialty_code",
        f"{role}__position_name", "specialty_name", "service_name", "rights_mask",
        "practitioner_role_id", f"{role}__practitioner_id", "location_id", "facility_id",
        "facility__serves_adults", "facility__serves_children",
        f"{role}__practitioner__full_name", f"{role}__practitioner_name", f"{role}__cabinet", "location__name",
        "facility__name", "location__address", "facility__address", "facility__phone", "facility__timezone",
        "appointment", "held_by", "held_since", "held_until", "blocked_by", "opens_at",
    )  # fmt: skip


def _row(*one: Any) -> SlotRow:
    (
        pk, schedule, starts_at, ends_at, status, kind, code, position, specialty, service, mask,
        role, practitioner, location, facility, adults, children, full_name, told_name, cabinet, place,
        clinic, place_address, address, phone, zone, appointment, held_by, held_since, held_until, blocked, opens_at,
    ) = one  # fmt: skip
    doctor = full_name or told_name or ""
    return SlotRow(
        id=pk, schedule_id=schedule, starts_at=starts_at, ends_at=ends_at, status=status, kind=kind,
        position_code=code, specialty=position or specialty or service or "", service=service or "",
        rights_mask=mask, practitioner_role_id=role, practitioner_id=practitioner, location_id=location,
        facility_id=facility, serves_adults=bool(adults), serves_children=bool(children), doctor=doctor,
        cabinet=cabinet or ("" if doctor else place or ""), facility=clinic or "",
        address=place_address or address or "", phone=phone or "", zone=format.zone_of(zone or ""),
        appointment=appointment, held_by=held_by, held_since=held_since, held_until=held_until,
        blocked_by=blocked, opens_at=opens_at,
    )  # fmt: skip


def takeable(*, by: UUID | None, mask: int, now: datetime, earliest: datetime) -> SlotQuerySet:
    """Return the times that `by` may take now with these rights, from a moment on."""
    found: SlotQuerySet = Slot.objects.claimable(by=by, now=now).released(now).open_to(mask)
    return found.filter(starts_at__gte=earliest)


def list_alternatives(row: SlotRow, *, by: UUID | None, mask: int, now: datetime) -> list[SlotRow]:
    """Return the nearest other times of the same doctor, else of the same position in this clinic, by closeness."""
    common = {"by": by, "mask": mask, "now": now, "but": row.id, "role": row.practitioner_role_id}
    found = _of_doctor(**common) if row.practitioner_role_id else []
    found += _of_position(**common, facility=row.facility_id, code=row.position_code)
    near = [_row(*one) for one in found]
    role = row.practitioner_role_id
    near.sort(key=lambda one: (one.practitioner_role_id != role, abs(one.starts_at - row.starts_at)))
    return near[:ALTERNATIVES]


@compiled
def _of_doctor(*, by: UUID | None, mask: int, now: datetime, but: UUID, role: UUID) -> QuerySet[Slot, Any]:
    found = takeable(by=by, mask=mask, now=now, earliest=now).filter(practitioner_role_id=role).exclude(pk=but)
    return _values(found.order_by("starts_at", "id")[: ALTERNATIVES * 4])


@compiled
def _of_position(
    *, by: UUID | None, mask: int, now: datetime, but: UUID, role: UUID | None, facility: UUID | None, code: str
) -> QuerySet[Slot, Any]:
    found = takeable(by=by, mask=mask, now=now, earliest=now).filter(facility=facility, specialty_code=code)
    if role is not None:
        found = found.exclude(practitioner_role_id=role)
    return _values(found.exclude(pk=but).order_by("starts_at", "id")[: ALTERNATIVES * 4])


def live_of(
    patient_ids: tuple[UUID, ...], *, shows_restricted: bool, now: datetime, besides: UUID | None = None
) -> list[Live]:
    """Return a person's live appointments that are not over, but for one. One statement.

    Those under special secrecy are among them: they take their time as any other does.
    """
    rows = _live(patient_ids=patient_ids, now=now, besides=besides)
    return [
        Live(pk, starts_at, ends_at, exclusive or position or "", is_restricted and not shows_restricted)
        for pk, starts_at, ends_at, exclusive, position, is_restricted in rows
    ]


@compiled
def _live(*, patient_ids: tuple[UUID, ...], now: datetime, besides: UUID | None) -> QuerySet[Appointment, Any]:
    found = Appointment.objects.filter(
        Q(ends_at__gt=now) | Q(ends_at__isnull=True, starts_at__gt=now),
        patient_id__in=patient_ids, status__in=rules.LIVE_APPOINTMENT, is_withdrawn=False,
    )  # fmt: skip
    if besides is not None:
        found = found.exclude(pk=besides)
    rows = found.annotate(position=F("slot__specialty_code")).order_by("starts_at", "id")
    return rows.values_list("pk", "starts_at", "ends_at", "exclusive_position", "position", "is_restricted")


def count_changes(patient_ids: tuple[UUID, ...], *, since: datetime) -> int:
    """Count what the portal booked for a person since a moment, cancelled ones too. One statement."""
    return len(_changes(patient_ids=patient_ids, since=since))


@compiled
def _changes(*, patient_ids: tuple[UUID, ...], since: datetime) -> QuerySet[Appointment, Any]:
    found = Appointment.objects.filter(
        patient_id__in=patient_ids, requested_at__gte=since, channel="Internet", account__isnull=False
    )
    return found.order_by().values_list("pk")  # counted here: the rules allow a dozen a day
