"""Reads for calendars: a month on a page, and events for calendar programs, of one person or of a family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Value

from medkarta.core.errors import NotFound
from medkarta.core.scopes import FamilyScope, PatientScope, Restricted
from medkarta.scheduling import rules
from medkarta.scheduling.ical import Event
from medkarta.scheduling.models import Appointment, HomeVisitRequest, ServedQuerySet
from medkarta.scheduling.rows import AppointmentRow, HomeVisitRow, appointment_rows, home_visit_rows, marks_of
from medkarta.scheduling.rules import calendar as calendar_rules
from medkarta.ui import calendar, format

_NAMED = ("id", "status", "what", "doctor", "cabinet_name", "clinic", "address", "timezone")
_ROW = (*_NAMED, "reason", "starts_at", "ends_at", "person")
_EVENT = (*_NAMED, "starts_at", "ends_at", "changed_at", "requested_at", "instructions", "person")
_HOME_TIMES = ("has_time", "has_end")
_FHIR_TYPES: Mapping[type, str] = {Appointment: "Appointment", HomeVisitRequest: "ServiceRequest"}

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Month:
    """Appointments and home visits, soonest first; `whose`: the person of each row. The marks are of the month."""

    appointments: list[AppointmentRow]
    home_visits: list[HomeVisitRow]
    marks: Mapping[date, calendar.Mark]
    whose: Mapping[UUID, UUID]

    def of_day(self, day: date) -> "Month":
        """Keep the rows of one day in the clinics' zones; the marks stay."""
        return Month(
            [row for row in self.appointments if _is_on(row, day)],
            [row for row in self.home_visits if _is_on(row, day)],
            self.marks,
            self.whose,
        )


def list_month(scope: PatientScope, month: date, *, now: datetime, zone: tzinfo) -> Month:
    """Return the appointments and home visits of the month of a day, those cancelled left out. Two statements."""
    return _month(family_of_one(scope), month, now=now, zone=zone, names={}, href="appointments/?on={on}")


def list_family_month(
    scope: FamilyScope, month: date, *, now: datetime, zone: tzinfo, names: Mapping[UUID, str]
) -> Month:
    """Return the same of all persons; the marks name each of them (`names`: person -> name). Two statements."""
    return _month(scope, month, now=now, zone=zone, names=names, href="appointments/calendar/?who=all&day={on}#day")


def count_locked(scope: FamilyScope) -> int:
    """Count what their owners would see after proving themselves again. One statement, none if nothing is locked."""
    people = [one.person_id for one in scope.members if one.restricted is Restricted.LOCKED]
    if not people:
        return 0
    locked = Q(patient__person_id__in=people, is_withdrawn=False, is_restricted=True)
    parts = [
        model.objects.filter(locked).order_by().values(part=Value("")).annotate(number=Count("id")).values("number")
        for model in (Appointment, HomeVisitRequest)
    ]
    return sum(one["number"] for one in parts[0].union(parts[1], all=True))


def list_events(scope: FamilyScope, *, since: datetime) -> list[Event]:
    """Return what begins at `since` or later, cancelled ones too, one event for all that a move connects.

    Two statements.
    """
    found = _newest(_raw(Appointment, scope, "calendar_uid", "moved_to", since=since))
    found += _raw(HomeVisitRequest, scope, *_HOME_TIMES, since=since)
    return [_event(scope, one) for one in sorted(found, key=lambda one: (one["starts_at"], one["id"]))]


def get_appointment_event(scope: PatientScope, appointment_id: UUID) -> Event:
    """Return the event of an appointment; of one that was moved, what it has become. Two statements.

    Raises NotFound, also for another person's and for one without a time.
    """
    family = family_of_one(scope)
    own = _visible(Appointment.objects.all(), family).filter(pk=appointment_id).values_list("calendar_uid").first()
    if own is None:
        raise NotFound
    uid = own[0] or appointment_id
    found = _newest(_raw(Appointment, family, "calendar_uid", "moved_to", only=Q(pk=uid) | Q(calendar_uid=uid)))
    return _single(family, found)


def get_home_visit_event(scope: PatientScope, request_id: UUID) -> Event:
    """Return the event of a home visit. Raises NotFound, also for another person's and for one without a day."""
    family = family_of_one(scope)
    return _single(family, _raw(HomeVisitRequest, family, *_HOME_TIMES, only=Q(pk=request_id)))


def family_of_one(scope: PatientScope) -> FamilyScope:
    return FamilyScope(scope.actor, scope.account_id, (scope,))


def _month(
    scope: FamilyScope, month: date, *, now: datetime, zone: tzinfo, names: Mapping[UUID, str], href: str
) -> Month:
    start, end = rules.month_bounds(month, zone)
    rows = {}
    for model, kept, more in (
        (Appointment, rules.KEPT_APPOINTMENT, ("instructions",)),
        (HomeVisitRequest, rules.KEPT_HOME_VISIT, _HOME_TIMES),
    ):
        found = _visible(model.objects.all(), scope).filter(status__in=kept).within(start, end)
        rows[model] = list(_named(found).order_by("starts_at", "id").values(*_ROW, *more))
        _note(scope, model, rows[model])
    marked = [{**one, "kind": calendar.APPOINTMENT, "has_time": True} for one in rows[Appointment]]
    marked += [{**one, "kind": calendar.HOME_VISIT} for one in rows[HomeVisitRequest]]
    members = {one.person_id: one for one in scope.members}
    return Month(
        appointments=[
            row for one in rows[Appointment] for row in appointment_rows(members[one["person"]], [one], now=now)
        ],
        home_visits=[
            row for one in rows[HomeVisitRequest] for row in home_visit_rows(members[one["person"]], [one], now=now)
        ],
        marks=marks_of(
            scope.members[0],
            [{**one, "who": names.get(one["person"], "")} for one in marked],
            now=now,
            href=href,
        )
        if marked
        else {},
        whose={one["id"]: one["person"] for one in marked},
    )


def _raw(
    model: type[Appointment] | type[HomeVisitRequest],
    scope: FamilyScope,
    *more: str,
    since: datetime | None = None,
    only: Q | None = None,
) -> list[Raw]:
    found = _visible(model.objects.all(), scope).filter(only or Q(), starts_at__isnull=False).within(since, None)
    rows: list[Raw] = list(_named(found).order_by("starts_at", "id").values(*_EVENT, *more))
    _note(scope, model, rows)
    return rows


def _visible(found: ServedQuerySet[Any], scope: FamilyScope) -> ServedQuerySet[Any]:
    """Keep what each member's own scope may see (`RecordQuerySet.for_scope`, for all of them at once)."""
    shown = [one.person_id for one in scope.members if one.shows_restricted]
    return found.filter(
        Q(is_restricted=False) | Q(patient__person_id__in=shown),
        patient__person_id__in=[one.person_id for one in scope.members],
        is_withdrawn=False,
    )


def _named(found: ServedQuerySet[Any]) -> ServedQuerySet[Any]:
    return found.with_names().annotate(person=F("patient__person_id"))


def _note(scope: FamilyScope, model: type, rows: Iterable[Raw]) -> None:
    """Let each member's scope know what was read of him."""
    for one in scope.members:
        own = [row["id"] for row in rows if row["person"] == one.person_id]
        if own:
            one.reads.add(_FHIR_TYPES[model], own)


def _newest(rows: list[Raw]) -> list[Raw]:
    kept = calendar_rules.newest(
        calendar_rules.Version(one["id"], _uid(one), one["moved_to"] is not None, _changed_at(one)) for one in rows
    )
    return [one for one in rows if one["id"] in kept]


def _single(scope: FamilyScope, found: list[Raw]) -> Event:
    if not found:
        raise NotFound
    return _event(scope, found[0])


def _event(scope: FamilyScope, one: Raw) -> Event:
    is_home_visit = "has_time" in one
    member = next(each for each in scope.members if each.person_id == one["person"])
    status, changed_at = calendar_rules.event_status(one["status"]), _changed_at(one)
    return Event(
        uid=_uid(one),
        person_id=one["person"],
        path=member.url(f"appointments/{'home-visits/' if is_home_visit else ''}{one['id']}/"),
        is_home_visit=is_home_visit,
        status=status,
        sequence=calendar_rules.sequence_of(
            changed_at=changed_at,
            replaces=one.get("calendar_uid") is not None,
            is_gone=status == calendar_rules.CANCELLED,
        ),
        changed_at=changed_at,
        starts_at=one["starts_at"],
        ends_at=one["ends_at"] if one.get("has_end", True) else None,
        has_time=one.get("has_time", True),
        zone=format.zone_of(one["timezone"]),
        what=one["what"],
        doctor=one["doctor"],
        cabinet=one["cabinet_name"],
        facility=one["clinic"],
        address=one["address"],
        instructions=one["instructions"],
    )


def _uid(one: Raw) -> UUID:
    found: UUID = one.get("calendar_uid") or one["id"]
    return found


def _changed_at(one: Raw) -> datetime:
    return calendar_rules.changed_at(changed=one["changed_at"], requested=one["requested_at"])


def _is_on(row: AppointmentRow | HomeVisitRow, day: date) -> bool:
    return row.starts_at is not None and row.starts_at.astimezone(row.zone).date() == day
