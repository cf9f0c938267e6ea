"""Reads of one person's appointments, home visits and waiting list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Value

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.scheduling import columns, rules
from medkarta.scheduling.columns import APPOINTMENTS, HOME_VISITS, WAITLIST, short_table
from medkarta.scheduling.models import Appointment, HomeVisitRequest, ServedQuerySet, WaitlistEntry
from medkarta.scheduling.rows import (
    AppointmentRow,
    HomeVisitRow,
    WaitlistRow,
    appointment_rows,
    home_visit_rows,
    marks_of,
    waitlist_rows,
)
from medkarta.ui.tables import Page, Sorting

__all__ = [
    "AppointmentRow",
    "Filters",
    "HomeVisitRow",
    "WaitlistRow",
    "appointment_rows",
    "count_all",
    "count_locked",
    "get_appointment",
    "get_home_visit",
    "get_waitlist_entry",
    "home_visit_rows",
    "list_appointments",
    "list_home_visits",
    "list_waitlist",
    "marks_of",
    "short_table",
    "waitlist_rows",
]

AHEAD, PAST, ALL = "ahead", "past", "all"
_NEAREST = Sorting(columns.NEAREST)
_FHIR_TYPE = {APPOINTMENTS: "Appointment", HOME_VISITS: "ServiceRequest", WAITLIST: "Appointment"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the lists show. `kind` is empty for all three; `first` and `last` are days of the portal's zone."""

    kind: str = ""
    state: str = ALL
    first: date | None = None
    last: date | None = None

    def shows(self, kind: str) -> bool:
        return self.kind in ("", kind)

    @property
    def narrows(self) -> bool:
        """Tell whether rows of a kind may be missing because of the filters."""
        return self.state != ALL or self.first is not None or self.last is not None

    @property
    def is_active(self) -> bool:
        return self.narrows or self.kind != ""

    def params(self, state: str) -> dict[str, str]:
        """Return the address's parameters for the same filters in another state."""
        pairs = {"kind": self.kind, "state": state if state != ALL else "", "from": self.first, "to": self.last}
        return {name: str(value) for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows of each kind match the filters, how many there are at all, how many are locked."""

    matching: Mapping[str, int]
    at_all: Mapping[str, int]
    locked: int

    @property
    def has_any(self) -> bool:
        return any(self.at_all.values())


@dataclass(frozen=True, slots=True)
class Detail:
    """One record: its row for the tables and what the tables have no room for."""

    row: AppointmentRow | HomeVisitRow | WaitlistRow
    service: str
    phone: str
    room: str
    comment: str
    instructions: str
    complaint: str
    number: str
    cancelled_by: str
    requested_at: datetime | None
    status: str

    def can_change(self, now: datetime) -> bool:
        """Tell whether an appointment may still be moved or cancelled: it has not begun."""
        starts_at = self.row.starts_at if isinstance(self.row, AppointmentRow) else None
        return self.row.is_ahead and rules.can_change(starts_at=starts_at, now=now, notice_minutes=0)


def count_all(scope: PatientScope, filters: Filters, *, now: datetime, zone: tzinfo) -> Totals:
    """Count the rows of the three lists. One statement."""
    parts = []
    for kind in (APPOINTMENTS, HOME_VISITS, WAITLIST):
        parts.append(_counted(f"all:{kind}", _rows(kind).for_scope(scope)))
        if filters.narrows:
            parts.append(_counted(f"some:{kind}", _filtered(scope, kind, filters, now, zone)))
        if scope.restricted is Restricted.LOCKED:
            parts.append(_counted("locked", _rows(kind).locked_for(scope)))
    totals: dict[str, int] = {}
    for name, count in parts[0].union(*parts[1:], all=True):
        totals[name] = totals.get(name, 0) + count
    matching = "some" if filters.narrows else "all"
    return Totals(
        matching={kind: totals.get(f"{matching}:{kind}", 0) for kind in _MODELS},
        at_all={kind: totals.get(f"all:{kind}", 0) for kind in _MODELS},
        locked=totals.get("locked", 0),
    )


def count_locked(scope: PatientScope) -> int:
    """Count what the owner would see after proving himself again. One statement, none for other scopes."""
    if scope.restricted is not Restricted.LOCKED:
        return 0
    parts = [_counted("locked", _rows(kind).locked_for(scope)) for kind in _MODELS]
    return sum(count for _name, count in parts[0].union(*parts[1:], all=True))


def list_appointments(
    scope: PatientScope, filters: Filters, *, now: datetime, zone: tzinfo, sorting: Sorting = _NEAREST, page: Page
) -> list[AppointmentRow]:
    """Return one page of appointments: those ahead from the nearest on, then the past from the latest back."""
    raw = _page(scope, APPOINTMENTS, filters, now, zone, sorting, page)
    return appointment_rows(scope, raw, now=now)


def list_home_visits(
    scope: PatientScope, filters: Filters, *, now: datetime, zone: tzinfo, sorting: Sorting = _NEAREST, page: Page
) -> list[HomeVisitRow]:
    """Return one page of home visits, in the order of `list_appointments`."""
    raw = _page(scope, HOME_VISITS, filters, now, zone, sorting, page)
    return home_visit_rows(scope, raw, now=now)


def list_waitlist(
    scope: PatientScope, filters: Filters, *, now: datetime, zone: tzinfo, sorting: Sorting = _NEAREST, page: Page
) -> list[WaitlistRow]:
    """Return one page of the waiting list: live entries by the day they were made, then the finished ones."""
    raw = _page(scope, WAITLIST, filters, now, zone, sorting, page)
    return waitlist_rows(scope, raw, now=now)


def get_appointment(scope: PatientScope, appointment_id: UUID, *, now: datetime) -> Detail:
    """Return one appointment. Raises NotFound, also for another person's."""
    one = _one(scope, APPOINTMENTS, appointment_id, "service_name", "cancelled_by", "requested_at")
    return _detail(appointment_rows(scope, [one], now=now)[0], one)


def get_home_visit(scope: PatientScope, request_id: UUID, *, now: datetime) -> Detail:
    """Return one home visit. Raises NotFound, also for another person's."""
    one = _one(scope, HOME_VISITS, request_id, "instructions", "complaint", "number", "requested_at")
    return _detail(home_visit_rows(scope, [one], now=now)[0], one)


def get_waitlist_entry(scope: PatientScope, entry_id: UUID, *, now: datetime) -> Detail:
    """Return one entry of the waiting list. Raises NotFound, also for another person's."""
    one = _one(scope, WAITLIST, entry_id, "service_name")
    return _detail(waitlist_rows(scope, [one], now=now)[0], one)


_MODELS: Mapping[str, type[Appointment] | type[HomeVisitRequest] | type[WaitlistEntry]] = {
    APPOINTMENTS: Appointment,
    HOME_VISITS: HomeVisitRequest,
    WAITLIST: WaitlistEntry,
}
_SERVED = ("id", "status", "reason", "what", "doctor", "cabinet_name", "clinic", "address", "timezone")
_OWN: Mapping[str, tuple[str, ...]] = {
    APPOINTMENTS: ("starts_at", "ends_at", "instructions"),
    HOME_VISITS: ("starts_at", "ends_at", "has_time", "has_end"),
    WAITLIST: ("not_before", "not_after", "offered_at", "requested_at", "is_own", "offer_id", "offer_deadline"),
}
_MORE = ("comment", "phone", "room")
_ORDERS: Mapping[str, Mapping[str, str]] = {
    APPOINTMENTS: {"when": "starts_at", "what": "what", "where": "clinic", "state": "status"},
    HOME_VISITS: {"when": "starts_at", "what": "what", "where": "clinic", "state": "status"},
    WAITLIST: {"when": "requested_at", "what": "what", "where": "clinic", "state": "status"},
}


def _rows(kind: str) -> ServedQuerySet[Any]:
    found: ServedQuerySet[Any] = _MODELS[kind].objects.all()
    return found


def _filtered(scope: PatientScope, kind: str, filters: Filters, now: datetime, zone: tzinfo) -> ServedQuerySet[Any]:
    found = _rows(kind).for_scope(scope).within(*rules.day_bounds(filters.first, filters.last, zone))
    if filters.state == AHEAD:
        return found.ahead(now)
    return found.past(now) if filters.state == PAST else found


def _counted(name: str, found: ServedQuerySet[Any]) -> Any:
    """Return a statement with one row: the name and how many rows were found."""
    return found.order_by().values(part=Value(name)).annotate(number=Count("id")).values_list("part", "number")


def _page(
    scope: PatientScope, kind: str, filters: Filters, now: datetime, zone: tzinfo, sorting: Sorting, page: Page
) -> list[dict[str, Any]]:
    found = _filtered(scope, kind, filters, now, zone).with_names()
    name = _ORDERS[kind].get(sorting.key)
    if name is None:
        found = found.nearest_first(now)
    elif sorting.descending:
        found = found.order_by(F(name).desc(nulls_last=True), "-id")
    else:
        found = found.order_by(F(name).asc(nulls_last=True), "id")
    rows = list(found.values(*_SERVED, *_OWN[kind])[page.offset : page.offset + page.limit])
    scope.reads.add(_FHIR_TYPE[kind], (one["id"] for one in rows))
    return rows


def _one(scope: PatientScope, kind: str, row_id: UUID, *more: str) -> dict[str, Any]:
    found = _rows(kind).for_scope(scope).filter(pk=row_id).with_names().with_contacts()
    one: dict[str, Any] | None = found.values(*_SERVED, *_OWN[kind], *_MORE, *more).first()
    if one is None:
        raise NotFound
    scope.reads.add(_FHIR_TYPE[kind], [row_id])
    return one


def _detail(row: AppointmentRow | HomeVisitRow | WaitlistRow, one: Mapping[str, Any]) -> Detail:
    side = one.get("cancelled_by")
    return Detail(
        row=row,
        service=one.get("service_name", ""),
        phone=one["phone"],
        room=one["room"],
        comment=one["comment"],
        instructions=one.get("instructions", ""),
        complaint=one.get("complaint", ""),
        number=one.get("number", ""),
        cancelled_by=str(Appointment.Side(side).label) if side else "",
        requested_at=one.get("requested_at"),
        status=one["status"],
    )
