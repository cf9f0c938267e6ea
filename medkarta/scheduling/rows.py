"""Rows ready for the tables, and how plain values of a statement become them. Pure: no database, no clock.

The list page and the home page give the same values under the same names (`models.ServedQuerySet.with_names`, `sql`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core import sql
from medkarta.core.scopes import PatientScope
from medkarta.scheduling import rules
from medkarta.scheduling.models import Appointment, HomeVisitRequest, WaitlistEntry
from medkarta.ui import calendar, format
from medkarta.ui.marks import StateMark

Raw = Mapping[str, Any]

_APPOINTMENT_MARKS = {
    "proposed": ("neutral", "hourglass"),
    "pending": ("neutral", "hourglass"),
    "booked": ("info", "circle-check"),
    "arrived": ("ok", "circle-check"),
    "checked-in": ("ok", "circle-check"),
    "fulfilled": ("ok", "circle-check"),
    "cancelled": ("neutral", "circle-x"),
    "noshow": ("warn", "alert-triangle"),
}
_HOME_VISIT_MARKS = {
    "new": ("neutral", "hourglass"),
    "accepted": ("info", "circle-check"),
    "assigned": ("info", "circle-check"),
    "done": ("ok", "circle-check"),
    "rejected": ("bad", "circle-x"),
    "cancelled": ("neutral", "circle-x"),
}
_WAITLIST_MARKS = {
    "created": ("neutral", "hourglass"),
    "offered": ("warn", "bell-ringing"),
    "booked": ("ok", "circle-check"),
    "rejected": ("bad", "circle-x"),
    "cancelled": ("neutral", "circle-x"),
    "expired": ("neutral", "clock"),
}


@dataclass(frozen=True, slots=True)
class Served:
    """Who serves and where. Names are empty when nobody gave them; `zone` is the clinic's, else the portal's."""

    id: UUID
    href: str
    what: str
    doctor: str
    cabinet: str
    facility: str
    address: str
    zone: tzinfo
    reason: str
    state: StateMark


@dataclass(frozen=True, slots=True)
class AppointmentRow(Served):
    """A row of «Записи на приём». `can_change`: this account may still move or cancel it."""

    starts_at: datetime | None
    ends_at: datetime | None
    instructions: str
    is_ahead: bool
    can_change: bool


@dataclass(frozen=True, slots=True)
class HomeVisitRow(Served):
    """A row of «Вызовы врача на дом».

    Without `has_time` only the day of `starts_at` is known; without `has_end` the doctor may come until the day's end.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    has_time: bool
    has_end: bool
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class WaitlistRow(Served):
    """A row of «Лист ожидания»: the wished period, or the time that is offered.

    `offer_id`: an offer that may be answered here until `offer_deadline`; `can_leave`: the portal's own entry.
    """

    not_before: datetime | None
    not_after: datetime | None
    offered_at: datetime | None
    requested_at: datetime | None
    is_ahead: bool
    offer_id: UUID | None
    offer_deadline: datetime | None
    can_leave: bool


def appointment_rows(scope: PatientScope, raw: Iterable[Raw], *, now: datetime) -> list[AppointmentRow]:
    """Return rows of appointments from plain values, in their order."""
    return [_appointment(scope, one, now) for one in raw]


def home_visit_rows(scope: PatientScope, raw: Iterable[Raw], *, now: datetime) -> list[HomeVisitRow]:
    """Return rows of home visits from plain values, in their order."""
    return [_home_visit(scope, one, now) for one in raw]


def waitlist_rows(scope: PatientScope, raw: Iterable[Raw], *, now: datetime) -> list[WaitlistRow]:
    """Return rows of the waiting list from plain values, in their order."""
    return [_waiting(scope, one, now) for one in raw]


def marks_of(
    scope: PatientScope, raw: Iterable[Raw], *, now: datetime, href: str = "appointments/?on={on}"
) -> dict[date, calendar.Mark]:
    """Return the marks of a calendar from `kind` (`app` or `home`), `starts_at`, `has_time`, `what`, `timezone`.

    A day with both bears the mark of the home visit; its note names everything, and whose it is where a row has `who`.
    `href`: where a day leads inside the record.
    """
    notes: dict[date, list[str]] = {}
    at_home: set[date] = set()
    for one in sorted(raw, key=lambda one: (sql.moment(one["starts_at"]), one["kind"], one["what"], one["timezone"])):
        zone = format.zone_of(one["timezone"])
        starts_at = sql.moment(one["starts_at"]).astimezone(zone)
        on = starts_at.date()
        if one["kind"] == calendar.HOME_VISIT:
            at_home.add(on)
        notes.setdefault(on, []).append(_note(one, starts_at, now))
    return {
        on: calendar.Mark(
            calendar.HOME_VISIT if on in at_home else calendar.APPOINTMENT,
            scope.url(href.format(on=on)),
            "; ".join(words),
        )
        for on, words in notes.items()
    }


def _note(one: Raw, starts_at: datetime, now: datetime) -> str:
    if one["kind"] == calendar.HOME_VISIT:
        words = _("вызов врача на дом")
    else:
        words = _("приём") if starts_at >= now else _("был приём")
    if one["has_time"]:
        words += _(" в %(time)s") % {"time": format.time_of(starts_at, tz=starts_at.tzinfo)}
    if one["what"]:
        words = f"{words}, {one['what']}"
    return f"{one['who']}: {words}" if one.get("who") else words


def _served(scope: PatientScope, one: Raw, section: str, state: StateMark) -> dict[str, Any]:
    found = sql.uuid_of(one["id"])
    return {
        "id": found,
        "href": scope.url(f"appointments/{section}{found}/"),
        "what": one["what"] or "",
        "doctor": one["doctor"] or "",
        "cabinet": one["cabinet_name"] or "",
        "facility": one["clinic"] or "",
        "address": one["address"] or "",
        "zone": format.zone_of(one["timezone"]),
        "reason": one["reason"] or "",
        "state": state,
    }


def _appointment(scope: PatientScope, one: Raw, now: datetime) -> AppointmentRow:
    ends_at = _moment(one["ends_at"])
    starts_at = _moment(one["starts_at"])
    is_ahead = rules.is_ahead(status=one["status"], ends_at=ends_at, now=now, live=rules.LIVE_APPOINTMENT)
    return AppointmentRow(
        **_served(scope, one, "", appointment_state(one["status"], is_ahead=is_ahead)),
        starts_at=starts_at,
        ends_at=ends_at,
        instructions=one["instructions"] or "",
        is_ahead=is_ahead,
        can_change=scope.may_act
        and one["status"] == "booked"
        and is_ahead
        and rules.can_change(starts_at=starts_at, now=now, notice_minutes=0),
    )


def appointment_state(status: str, *, is_ahead: bool) -> StateMark:
    """Return the status of an appointment in words. A booked time that has passed says no more than that."""
    if status == "booked" and not is_ahead:
        return StateMark(_("Вы были записаны"), "neutral", "clock")
    tone, icon = _APPOINTMENT_MARKS.get(status, ("neutral", "info-circle"))
    return StateMark(str(Appointment.Status(status).label), tone, icon)


def _home_visit(scope: PatientScope, one: Raw, now: datetime) -> HomeVisitRow:
    status, ends_at = one["status"], _moment(one["ends_at"])
    tone, icon = _HOME_VISIT_MARKS[status]
    return HomeVisitRow(
        **_served(scope, one, "home-visits/", StateMark(str(HomeVisitRequest.Status(status).label), tone, icon)),
        starts_at=_moment(one["starts_at"]),
        ends_at=ends_at,
        has_time=bool(one["has_time"]),
        has_end=bool(one["has_end"]),
        is_ahead=rules.is_ahead(status=status, ends_at=ends_at, now=now, live=rules.LIVE_HOME_VISIT),
    )


def _waiting(scope: PatientScope, one: Raw, now: datetime) -> WaitlistRow:
    not_after = _moment(one["not_after"])
    status = rules.waitlist_status(status=one["status"], not_after=not_after, now=now)
    tone, icon = _WAITLIST_MARKS[status]
    deadline = _moment(one["offer_deadline"])
    can_answer = scope.may_act and deadline is not None and deadline > now and status == "offered"
    return WaitlistRow(
        **_served(scope, one, "waitlist/", StateMark(str(WaitlistEntry.Status(status).label), tone, icon)),
        not_before=_moment(one["not_before"]),
        not_after=not_after,
        offered_at=_moment(one["offered_at"]) if status == "offered" else None,
        requested_at=_moment(one["requested_at"]),
        is_ahead=status in rules.LIVE_WAITLIST,
        offer_id=sql.uuid_of(one["offer_id"]) if can_answer else None,
        offer_deadline=deadline,
        can_leave=bool(one["is_own"]) and scope.may_act and status in rules.LIVE_WAITLIST,
    )


def _moment(value: Any) -> datetime | None:
    return None if value is None else sql.moment(value)
