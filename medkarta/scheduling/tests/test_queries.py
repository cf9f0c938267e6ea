from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import (
    FacilityFactory,
    LocationFactory,
    PractitionerFactory,
    PractitionerRoleFactory,
)
from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, scope_of
from medkarta.scheduling import queries
from medkarta.scheduling.queries import Filters
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory, WaitlistFactory
from medkarta.ui.tables import Page, Sorting

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
DAY = timedelta(days=1)


def listed(scope, filters=None, *, read=queries.list_appointments, **more):
    return read(scope, filters or Filters(), now=NOW, zone=MOSCOW, page=more.pop("page", Page()), **more)


def test_list_appointments_shows_only_the_person_of_the_scope():
    mine = AppointmentFactory()
    AppointmentFactory()

    assert [row.id for row in listed(scope_of(mine.patient))] == [mine.pk]


def test_list_appointments_gathers_the_rows_of_every_source():
    person = PersonFactory()
    first, second = PatientFactory(person=person), PatientFactory(person=person, source="lab")
    rows = {AppointmentFactory(patient=first).pk, AppointmentFactory(patient=second).pk}

    assert {row.id for row in listed(scope_of(first))} == rows


@pytest.mark.parametrize(
    ("restricted", "shown", "locked"),
    [(Restricted.SHOWN, 1, 0), (Restricted.LOCKED, 0, 1), (Restricted.HIDDEN, 0, 0)],
)
def test_list_appointments_keeps_restricted_rows_back(restricted, shown, locked):
    row = AppointmentFactory(is_restricted=True)
    scope = scope_of(row.patient, restricted=restricted)

    assert len(listed(scope)) == shown
    totals = queries.count_all(scope, Filters(), now=NOW, zone=MOSCOW)
    assert (totals.matching["appointments"], totals.locked) == (shown, locked)


def test_list_appointments_hides_what_was_withdrawn():
    row = AppointmentFactory(is_withdrawn=True)

    assert listed(scope_of(row.patient, restricted=Restricted.SHOWN)) == []


def test_list_appointments_puts_the_nearest_first_and_the_past_behind_it():
    patient = PatientFactory()
    old = AppointmentFactory(patient=patient, starts_at=NOW - 60 * DAY, status="fulfilled")
    recent = AppointmentFactory(patient=patient, past=True)
    far = AppointmentFactory(patient=patient, starts_at=NOW + 9 * DAY)
    near = AppointmentFactory(patient=patient)
    cancelled = AppointmentFactory(patient=patient, starts_at=NOW + 2 * DAY, status="cancelled")

    found = listed(scope_of(patient))

    assert [row.id for row in found] == [near.pk, far.pk, cancelled.pk, recent.pk, old.pk]
    assert [row.is_ahead for row in found] == [True, True, False, False, False]


@pytest.mark.parametrize(("state", "count"), [(queries.AHEAD, 1), (queries.PAST, 2), (queries.ALL, 3)])
def test_list_appointments_filters_by_state(state, count):
    patient = PatientFactory()
    AppointmentFactory(patient=patient)
    AppointmentFactory(patient=patient, past=True)
    AppointmentFactory(patient=patient, starts_at=NOW - timedelta(minutes=15))
    scope, filters = scope_of(patient), Filters(state=state)

    assert len(listed(scope, filters)) == count
    totals = queries.count_all(scope, filters, now=NOW, zone=MOSCOW)
    assert (totals.matching["appointments"], totals.at_all["appointments"]) == (count, 3)


def test_list_appointments_counts_a_day_whole_in_the_zone():
    patient = PatientFactory()
    midnight = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    first = AppointmentFactory(patient=patient, starts_at=midnight)
    last = AppointmentFactory(patient=patient, starts_at=midnight + DAY - timedelta(minutes=1))
    for starts_at in (midnight - timedelta(minutes=1), midnight + DAY):
        AppointmentFactory(patient=patient, starts_at=starts_at)

    on = date(2026, 11, 26)

    assert {row.id for row in listed(scope_of(patient), Filters(first=on, last=on))} == {first.pk, last.pk}


def test_list_appointments_joins_names_from_the_directory():
    clinic = FacilityFactory(name="Поликлиника № 3", address="ул. Мира, 7", timezone="Europe/Kaliningrad")
    doctor = PractitionerFactory(full_name="Петрова Елена Сергеевна")
    role = PractitionerRoleFactory(practitioner=doctor, facility=clinic, position_name="Терапевт", cabinet="214")
    row = AppointmentFactory(practitioner_role=role, practitioner_name="Петрова", specialty_name="Терапия")

    found = listed(scope_of(row.patient))[0]

    assert (found.what, found.doctor, found.cabinet) == ("Терапевт", "Петрова Елена Сергеевна", "214")
    assert (found.facility, found.address, str(found.zone)) == ("Поликлиника № 3", "ул. Мира, 7", "Europe/Kaliningrad")


def test_list_appointments_finds_the_clinic_of_a_place_and_falls_back_to_names():
    patient = PatientFactory()
    place = LocationFactory(facility=FacilityFactory(name="Больница"), address="ул. Лесная, 1", is_room=False)
    AppointmentFactory(patient=patient, location=place)
    AppointmentFactory(
        patient=patient,
        starts_at=NOW + 2 * DAY,
        location_id=uuid4(),
        location_name="Корпус 1",
        practitioner_role_id=uuid4(),
        practitioner_name="Белов К. А.",
    )

    joined, lost = listed(scope_of(patient))

    assert (joined.facility, joined.address) == ("Больница", "ул. Лесная, 1")
    assert (lost.facility, lost.doctor, lost.address) == ("Корпус 1", "Белов К. А.", "")


@pytest.mark.parametrize("key", ["when", "what", "where", "state"])
def test_list_appointments_sorts_both_ways(key):
    patient = PatientFactory()
    for place, status in enumerate(("booked", "cancelled", "noshow")):
        AppointmentFactory(
            patient=patient,
            status=status,
            starts_at=NOW + place * DAY,
            specialty_name="АБВ"[place],
            location_name="АБВ"[place],
        )
    scope = scope_of(patient)

    up = [row.what for row in listed(scope, sorting=Sorting(key))]
    down = [row.what for row in listed(scope, sorting=Sorting(key, descending=True))]

    assert (up, down) == (["А", "Б", "В"], ["В", "Б", "А"])


def test_list_appointments_gives_one_page():
    patient = PatientFactory()
    rows = [AppointmentFactory(patient=patient, starts_at=NOW + (1 + place) * DAY) for place in range(3)]

    found = listed(scope_of(patient), page=Page(number=2, size=2, total=3))

    assert [row.id for row in found] == [rows[2].pk]


@pytest.mark.parametrize(
    ("status", "starts_at", "text"),
    [
        ("booked", NOW + DAY, "Вы записаны"),
        ("booked", NOW - DAY, "Вы были записаны"),
        ("pending", NOW + DAY, "Ожидает подтверждения"),
        ("fulfilled", NOW - DAY, "Вы были на приёме"),
        ("cancelled", NOW + DAY, "Отменена"),
        ("noshow", NOW - DAY, "Вы не пришли"),
    ],
)
def test_list_appointments_says_the_status_in_words(status, starts_at, text):
    row = AppointmentFactory(status=status, starts_at=starts_at)

    assert listed(scope_of(row.patient))[0].state.text == text


def test_list_home_visits_and_waitlist_show_what_they_are():
    patient = PatientFactory()
    HomeVisitFactory(patient=patient, status="rejected", reason="Адрес вне участка")
    WaitlistFactory(patient=patient, not_after=NOW)
    offered = WaitlistFactory(patient=patient, status="offered", offered_at=NOW + DAY)
    scope = scope_of(patient)

    visit = listed(scope, read=queries.list_home_visits)[0]
    live, expired = listed(scope, read=queries.list_waitlist)

    assert (visit.state.text, visit.reason, visit.is_ahead) == ("Отклонён", "Адрес вне участка", False)
    assert (live.id, live.state.text, live.offered_at) == (offered.pk, "Предложено время", NOW + DAY)
    assert (expired.state.text, expired.is_ahead) == ("Истекла", False)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 12, 25), None, 1),
        (date(2026, 12, 26), None, 0),
        (None, date(2026, 11, 25), 1),
        (None, date(2026, 11, 24), 0),
    ],
)
def test_list_waitlist_keeps_entries_whose_wish_touches_the_period(first, last, found):
    entry = WaitlistFactory(not_before=NOW, not_after=NOW + 30 * DAY)

    assert len(listed(scope_of(entry.patient), Filters(first=first, last=last), read=queries.list_waitlist)) == found


def test_count_all_and_lists_take_four_statements(django_assert_num_queries):
    patient = PatientFactory()
    for _place in range(4):
        AppointmentFactory(patient=patient)
        HomeVisitFactory(patient=patient)
        WaitlistFactory(patient=patient)
    scope = scope_of(patient, restricted=Restricted.LOCKED)

    with django_assert_num_queries(4):
        queries.count_all(scope, Filters(), now=NOW, zone=MOSCOW)
        for read in (queries.list_appointments, queries.list_home_visits, queries.list_waitlist):
            assert len(listed(scope, read=read)) == 4

    assert {kind: len(ids) for kind, ids in scope.reads.by_kind.items()} == {"Appointment": 8, "ServiceRequest": 4}


def test_get_appointment_tells_what_the_table_has_no_room_for(django_assert_num_queries):
    room = LocationFactory(name="Кабинет УЗИ, 118", is_room=True, facility=FacilityFactory(phone="+7 495 000-00-00"))
    row = AppointmentFactory(location=room, instructions="Натощак", comment="Срочно", cancelled_by="clinic")
    scope = scope_of(row.patient)

    with django_assert_num_queries(1):
        found = queries.get_appointment(scope, row.pk, now=NOW)

    assert (found.room, found.phone, found.instructions) == ("Кабинет УЗИ, 118", "+7 495 000-00-00", "Натощак")
    assert (found.comment, found.cancelled_by) == ("Срочно", "медучреждение")
    assert scope.reads.by_kind == {"Appointment": [str(row.pk)]}


@pytest.mark.parametrize(
    ("read", "make"),
    [
        (queries.get_appointment, AppointmentFactory),
        (queries.get_home_visit, HomeVisitFactory),
        (queries.get_waitlist_entry, WaitlistFactory),
    ],
)
def test_get_of_another_person_or_of_a_restricted_row_looks_missing(read, make):
    theirs, secret = make(), make(is_restricted=True)

    for scope, row in ((scope_of(PatientFactory()), theirs), (scope_of(secret.patient), secret)):
        with pytest.raises(NotFound):
            read(scope, row.pk, now=NOW)
        assert scope.reads.by_kind == {}


def test_short_table_knows_its_total_and_sorts_nothing():
    table = queries.short_table(7)

    assert (table.total, table.sortable) == (7, ())


@pytest.mark.parametrize("name", ["", "Nowhere/Else", "../../etc/passwd"])
def test_list_appointments_shows_the_portals_time_where_the_zone_is_unknown(name):
    row = AppointmentFactory(facility=FacilityFactory(timezone=name))

    assert str(listed(scope_of(row.patient))[0].zone) == "Europe/Moscow"
