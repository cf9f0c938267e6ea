"""The month of one person or of the family, and single events for a calendar program."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medkarta.audit import actions as audit
from medkarta.core.http import PatientRequest
from medkarta.core.scopes import FamilyScope
from medkarta.patients.queries import given_names
from medkarta.scheduling import addresses, columns, ical
from medkarta.scheduling.queries import calendar as queries
from medkarta.scheduling.rules.calendar import CANCELLED
from medkarta.ui import calendar, format
from medkarta.ui.render import render

EVERYBODY = "all"


@require_safe
def show_calendar(request: PatientRequest) -> HttpResponse:
    """Show a month (`?month=2026-11`) or a day of it (`?day=2026-11-26`); of everybody with `?who=all`."""
    now, zone = timezone.now(), timezone.get_current_timezone()
    names = names_of(request.visitor.members)
    is_family = request.GET.get("who") == EVERYBODY and len(names) > 1
    day = addresses.read_day(request.GET.get("day", ""))
    today = timezone.localdate(now)
    month = calendar.read_month(f"{day:%Y-%m}" if day else request.GET.get("month", ""), today=today)
    scope = family_of(request, now=now) if is_family else queries.family_of_one(request.scope)
    if is_family:
        found = queries.list_family_month(scope, month, now=now, zone=zone, names=names)
        audit.record_reads(
            (one for one in scope.members if one is not request.scope), action="scheduling.family_calendar"
        )
    else:
        found = queries.list_month(request.scope, month, now=now, zone=zone)
    shown = found.of_day(day) if day else found
    request.audit_action = "scheduling.family_calendar" if is_family else "scheduling.calendar"
    context = {
        "month": calendar.build_month(
            month, today=today, marks=found.marks, href=f"?who={EVERYBODY}&month=" if is_family else "?month="
        ),
        "appointments": shown.appointments,
        "appointments_head": columns.short_table(len(shown.appointments), has_acts=not is_family),
        "home_visits": shown.home_visits,
        "home_visits_head": columns.short_table(len(shown.home_visits)),
        "who": {row: names[person] for row, person in found.whose.items()} if is_family else {},
        "who_links": _who_links(names, request, month, is_family=is_family),
        "day": format.day(day) if day else "",
        "month_href": f"?{urlencode(_month_query(month, is_family=is_family))}",
        "list_href": request.scope.url("appointments/"),
        "unlock_href": _unlock_href(request) if queries.count_locked(scope) else "",
    }
    return render(request, "scheduling/calendar.jinja", context)


@require_safe
def download_appointment(request: PatientRequest, appointment_id: UUID) -> HttpResponse:
    return _file(request, queries.get_appointment_event(request.scope, appointment_id))


@require_safe
def download_home_visit(request: PatientRequest, request_id: UUID) -> HttpResponse:
    return _file(request, queries.get_home_visit_event(request.scope, request_id))


def family_of(request: PatientRequest, *, now: datetime) -> FamilyScope:
    """Return all records of the visitor, the one in the address as it stands: what is read goes to its own row."""
    family: FamilyScope = request.visitor.family(now=now)
    members = tuple(request.scope if one.key == request.scope.key else one for one in family.members)
    return FamilyScope(family.actor, family.account_id, members)


def names_of(members: Any) -> dict[UUID, str]:
    """Return how each person of a visitor is called among the others."""
    return given_names((one.person_id, one.given_name, one.birth_date) for one in members)


def publisher() -> ical.Publisher:
    """Return who gives calendars out: this portal, and its operator if he can be written to."""
    contact = settings.OPERATOR_CONTACT
    return ical.Publisher(
        base_url=settings.BASE_URL,
        host=urlsplit(settings.BASE_URL).hostname or "",
        contact=contact if "@" in contact else "",
    )


def _file(request: PatientRequest, event: ical.Event) -> HttpResponse:
    """Answer with one event; `?details=1` and `?address=1` tell more than the neutral words."""
    wording = ical.Wording(is_detailed=request.GET.get("details") == "1", has_address=request.GET.get("address") == "1")
    request.audit_action = "scheduling.calendar_file"
    method = ical.CANCEL if event.status == CANCELLED else ical.PUBLISH
    response = HttpResponse(
        ical.file(event, wording, publisher()), content_type=f"text/calendar; charset=utf-8; method={method}"
    )
    response["Content-Disposition"] = 'attachment; filename="medkarta.ics"'
    return response


def _month_query(month: date, *, is_family: bool) -> dict[str, str]:
    return {**({"who": EVERYBODY} if is_family else {}), "month": f"{month:%Y-%m}"}


def _who_links(
    names: dict[UUID, str], request: PatientRequest, month: date, *, is_family: bool
) -> list[tuple[str, str, bool]]:
    """Return the ways between one person and all, for an account that may open several."""
    if len(names) < 2:
        return []
    links = ((names[request.scope.person_id], False), (_("Вся семья"), True))
    return [
        (text, f"?{urlencode(_month_query(month, is_family=everybody))}", everybody is is_family)
        for text, everybody in links
    ]


def _unlock_href(request: PatientRequest) -> str:
    return f"/login?{urlencode({'again': 1, 'next': request.get_full_path()})}"
