"""The home page of one record: what is next, what needs attention, the month. One statement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Any

from medkarta.core import sql
from medkarta.core.scopes import PatientScope
from medkarta.documents import sql as documents
from medkarta.home import sql as home_sql
from medkarta.home.attention import Attention, of_documents, of_offers, of_prescriptions, of_referrals, of_results
from medkarta.pages import queries as pages
from medkarta.pages import sql as pages_sql
from medkarta.prescriptions import sql as prescriptions
from medkarta.results import sql as results
from medkarta.scheduling import queries as scheduling
from medkarta.scheduling import sql as scheduling_sql
from medkarta.ui import calendar

Rows = list[dict[str, Any]]
ATTENTION_ROWS = 6


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything that the page shows. `totals` count what lies behind the first rows of each table."""

    appointments: list[scheduling.AppointmentRow]
    home_visits: list[scheduling.HomeVisitRow]
    waitlist: list[scheduling.WaitlistRow]
    totals: Mapping[str, int]
    marks: Mapping[date, calendar.Mark]
    attention: list[Attention]
    announcements: list[pages.AnnouncementRow]


def get_home(
    scope: PatientScope, *, month: date, now: datetime, zone: tzinfo, birth_date: date | None, gender: str
) -> HomePage:
    """Return the page as of `now`, with the calendar of a month (its first day)."""
    found = _read(scope, month=month, now=now, zone=zone)
    today = now.astimezone(zone).date()
    _note_reads(scope, found)
    waitlist = scheduling.waitlist_rows(scope, found["waitlist"], now=now)
    return HomePage(
        appointments=scheduling.appointment_rows(scope, found["appointments"], now=now),
        home_visits=scheduling.home_visit_rows(scope, found["home_visits"], now=now),
        waitlist=waitlist,
        totals={name: _total(found[name]) for name in ("appointments", "home_visits", "waitlist")},
        marks=_near(scope, scheduling.marks_of(scope, found["marks"], now=now)),
        attention=[*of_offers(waitlist), *_attention(scope, found, now=now, today=today)][:ATTENTION_ROWS],
        announcements=pages.pick(pages_sql.candidates(found["announcements"]), birth_date, gender, today),
    )


def _read(scope: PatientScope, *, month: date, now: datetime, zone: tzinfo) -> dict[str, Rows]:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    row = sql.fetch_row(
        home_sql.statement(),
        {
            "person": scope.person_id,
            "now": now,
            "restricted": int(scope.shows_restricted),
            "from": datetime.combine(month, time(), zone),
            "to": datetime.combine(after, time(), zone),
        },
    )
    assert row is not None
    found = {name: sql.rows_of(text) for name, text in zip(home_sql.NAMES, row, strict=True)}
    return {**found, **scheduling_sql.by_kind(found["served"])}


def _near(scope: PatientScope, marks: Mapping[date, calendar.Mark]) -> dict[date, calendar.Mark]:
    """Return the marks with addresses as seen from this page: a whole month of them weighs."""
    here = scope.url("")
    return {on: replace(mark, href=mark.href.removeprefix(here)) for on, mark in marks.items()}


def _total(rows: Rows) -> int:
    return int(rows[0]["total"]) if rows else 0


def _attention(scope: PatientScope, found: Mapping[str, Rows], *, now: datetime, today: date) -> list[Attention]:
    return [
        *of_referrals(scope, found["referrals"], now=now),
        *of_prescriptions(scope, prescriptions.endings(found["prescriptions"], today=today)),
        *of_results(scope, results.recents(found["results"])),
        *of_documents(scope, documents.recents(found["documents"])),
    ]


def _note_reads(scope: PatientScope, found: Mapping[str, Rows]) -> None:
    kinds = {
        "Appointment": ("appointments", "waitlist"),
        "ServiceRequest": ("home_visits", "referrals"),
        "MedicationRequest": ("prescriptions",),
        "DocumentReference": ("documents",),
        "DiagnosticReport": ("results",),
    }
    for kind, names in kinds.items():
        ids = [row["id"] for name in names for row in found[name]]
        if ids:
            scope.reads.add(kind, ids)
