"""Appointments and home visits as iCalendar text (RFC 5545, 5546, 7986). Knows no database and no request.

The words are neutral unless the person asked for more: a calendar is seen by family, colleagues and whoever keeps it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar
from icalendar import Event as Component

from medkarta.scheduling import zones
from medkarta.scheduling.rules.calendar import CANCELLED, TENTATIVE
from medkarta.ui import format

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
REFRESH = timedelta(hours=1)
_BEFORE = (timedelta(days=-1), timedelta(hours=-2))
_EVENING_BEFORE = (timedelta(hours=-6),)  # of a day whose hour nobody knows


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `uid` outlives a move; `path` is its page; without `has_time` only the day in `zone` is known."""

    uid: UUID
    person_id: UUID
    path: str
    is_home_visit: bool
    status: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    has_time: bool
    zone: tzinfo
    what: str
    doctor: str
    cabinet: str
    facility: str
    address: str
    instructions: str


@dataclass(frozen=True, slots=True)
class Wording:
    """How much an event tells. `names`: whose it is, by person, where one calendar holds several persons."""

    is_detailed: bool = False
    has_address: bool = False
    names: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who gives the calendar out: the portal's address and the operator's mail address, if it has one."""

    base_url: str
    host: str
    contact: str = ""


def file(event: Event, wording: Wording, publisher: Publisher) -> bytes:
    """Return one event for a calendar program to take over; a cancelled one asks it to take the event away."""
    found = _calendar(CANCEL if event.status == CANCELLED else PUBLISH)
    found.add_component(_component(event, wording, publisher))
    return bytes(found.to_ical())


def feed(events: Iterable[Event], name: str, wording: Wording, publisher: Publisher) -> bytes:
    """Return a calendar that programs read again and again; equal events give equal bytes."""
    found = _calendar(PUBLISH)
    found.add("name", name)
    found.add("x-wr-calname", name)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    for event in events:
        found.add_component(_component(event, wording, publisher))
    return bytes(found.to_ical())


def _calendar(method: str) -> Calendar:
    found = Calendar()
    found.add("prodid", "-//Medkarta//Medkarta//RU")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", method)
    return found


def _component(event: Event, wording: Wording, publisher: Publisher) -> Component:
    summary = _summary(event, wording)
    found = Component()
    found.add("uid", f"{event.uid}@{publisher.host}")
    found.add("sequence", event.sequence)
    found.add("dtstamp", event.changed_at)
    found.add("last-modified", event.changed_at)
    if publisher.contact:
        found.add("organizer", f"mailto:{publisher.contact}", parameters={"CN": _("Медкарта")})
    _add_time(found, event)
    found.add("status", event.status)
    found.add("class", "PRIVATE")
    found.add("transp", "TRANSPARENT" if event.status == CANCELLED else "OPAQUE")
    found.add("summary", summary)
    found.add("description", _description(event, wording))
    found.add("url", f"{publisher.base_url}{event.path}")
    place = _place(event, wording)
    if place:
        found.add("location", place)
    if event.status != CANCELLED:
        for before in _BEFORE if event.has_time else _EVENING_BEFORE:
            found.add_component(_alarm(before, summary))
    return found


def _add_time(found: Component, event: Event) -> None:
    """Add the moments in UTC, so that a program needs no rules of zones; a day without an hour is a date."""
    if not event.has_time:
        found.add("dtstart", event.starts_at.astimezone(event.zone).date())
        return
    found.add("dtstart", zones.utc(event.starts_at))
    if event.ends_at is not None and event.ends_at > event.starts_at:
        found.add("dtend", zones.utc(event.ends_at))


def _alarm(before: timedelta, summary: str) -> Alarm:
    found = Alarm()
    found.add("action", "DISPLAY")
    found.add("trigger", before)
    found.add("description", summary)
    return found


def _summary(event: Event, wording: Wording) -> str:
    if not wording.is_detailed:
        words = _("Визит на дом") if event.is_home_visit else _("Приём в медучреждении")
    else:
        words = event.what or (_("Врач на дом") if event.is_home_visit else _("Приём у врача"))
        if event.is_home_visit and event.what:
            words = _("На дом: %(what)s") % {"what": event.what}
        if event.doctor:
            words = f"{words}, {format.short_name(event.doctor)}"
        if event.person_id in wording.names:
            words = f"{wording.names[event.person_id]}: {words}"
    return _("Отменено: %(what)s") % {"what": words} if event.status == CANCELLED else words


def _description(event: Event, wording: Wording) -> str:
    lines = [_hours(event)]
    if event.status == TENTATIVE:
        lines.append(_("Медучреждение ещё не подтвердило это время."))
    if wording.is_detailed:
        lines += [event.doctor, event.facility]
        lines.append(_("Кабинет %(number)s") % {"number": event.cabinet} if event.cabinet else "")
        lines.append(event.instructions)
    lines.append(_("Подробности — в вашей медкарте."))
    return "\n".join(line for line in lines if line)


def _hours(event: Event) -> str:
    """Return the time in the clinic's zone in words: a program shows it in the zone of its own device."""
    if not event.has_time:
        return _("Точное время не указано")
    return zones.time_words(event.starts_at, event.zone)


def _place(event: Event, wording: Wording) -> str:
    """Return where it is; a home visit is where the person lives, and no calendar needs to hold that."""
    if event.is_home_visit or not (wording.is_detailed or wording.has_address):
        return ""
    parts = (event.facility, event.address) if wording.is_detailed else (event.address,)
    return ", ".join(part for part in parts if part)
