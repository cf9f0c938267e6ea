"""The fragment of the home page gives what the lists of the section give."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medkarta.core import sql as core_sql
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory, LocationFactory, PractitionerRoleFactory
from medkarta.patients.sql import OWN
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.scheduling import queries, sql
from medkarta.scheduling.queries import AHEAD, Filters
from medkarta.scheduling.queries.calendar import list_month
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory, WaitlistFactory
from medkarta.ui.tables import Page, Sorting

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
DAY = timedelta(days=1)
MONTH = (datetime(2026, 10, 31, 21, 0, tzinfo=UTC), datetime(2026, 11, 30, 21, 0, tzinfo=UTC))


def read(kind, scope):
    parameters = {
        "person": scope.person_id,
        "now": NOW,
        "restricted": int(scope.shows_restricted),
        "from": MONTH[0],
        "to": MONTH[1],
    }
    found = core_sql.fetch_row(f"{OWN} SELECT {sql.served()}", parameters)
    return sql.by_kind(core_sql.rows_of(found[0]))[kind]


def fill(make, patient, **more):
    """Make rows that count and rows that do not."""
    clinic = FacilityFactory(address="ул. Мира, 7", timezone="Europe/Kaliningrad")
    role = PractitionerRoleFactory(facility=clinic, position_name="Терапевт", cabinet="214")
    make(patient=patient, practitioner_role=role, **more)
    make(patient=patient, location=LocationFactory(facility=clinic, address="ул. Лесная, 1"), **more)
    make(patient=patient, facility=clinic, practitioner_name="Белов К. А.", **more)
    make(patient=patient, facility_name="Медпункт", **more)
    make(patient=patient, status="cancelled")
    make(patient=patient, is_withdrawn=True)
    make(patient=patient, is_restricted=True)
    make()


@pytest.mark.parametrize("restricted", [Restricted.SHOWN, Restricted.HIDDEN])
@pytest.mark.parametrize(
    ("kind", "convert", "listed", "make", "order"),
    [
        ("appointments", queries.appointment_rows, queries.list_appointments, AppointmentFactory, "when"),
        ("home_visits", queries.home_visit_rows, queries.list_home_visits, HomeVisitFactory, "when"),
        ("waitlist", queries.waitlist_rows, queries.list_waitlist, WaitlistFactory, "when"),
    ],
)
def test_served_gives_the_rows_of_the_list(kind, convert, listed, make, order, restricted):
    patient = PatientFactory()
    fill(make, patient)
    scope = scope_of(patient, restricted=restricted)

    raw = read(kind, scope)

    expected = listed(scope, Filters(state=AHEAD), now=NOW, zone=MOSCOW, sorting=Sorting(order), page=Page())
    assert convert(scope, raw, now=NOW) == expected
    assert {row["total"] for row in raw} == {len(expected)} == {4 + (restricted is Restricted.SHOWN)}


def test_upcoming_appointments_are_five_with_the_total_of_all():
    patient = PatientFactory()
    rows = [
        AppointmentFactory(patient=patient, starts_at=NOW + place * DAY, ends_at=NOW + (place + 1) * DAY)
        for place in range(8)
    ]
    AppointmentFactory(patient=patient, starts_at=NOW - timedelta(minutes=15))

    found = read("appointments", scope_of(patient))

    assert [core_sql.uuid_of(row["id"]) for row in found] == [row.pk for row in rows[:5]]
    assert found[0]["total"] == 8


def test_served_of_a_person_without_records_are_empty():
    scope = scope_of(PatientFactory())

    assert [read(kind, scope) for kind in sql.KINDS] == [[], [], [], []]


def test_month_marks_are_those_of_the_month_page():
    patient = PatientFactory()
    fill(AppointmentFactory, patient)
    AppointmentFactory(patient=patient, starts_at=MONTH[0], status="fulfilled")
    AppointmentFactory(patient=patient, starts_at=MONTH[0] - timedelta(minutes=1))
    AppointmentFactory(patient=patient, starts_at=MONTH[1])
    HomeVisitFactory(patient=patient, starts_at=NOW + 3 * DAY, has_time=False)
    scope = scope_of(patient)

    marks = queries.marks_of(scope, read("marks", scope), now=NOW)

    assert marks == list_month(scope, date(2026, 11, 1), now=NOW, zone=MOSCOW).marks
    assert set(marks) == {date(2026, 11, 1), date(2026, 11, 26), date(2026, 11, 28)}
