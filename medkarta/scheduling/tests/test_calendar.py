"""The month of a person and of a family, and the events that calendar programs get."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Actor, ActorKind, FamilyScope, Restricted
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.scheduling.queries import calendar
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory
from medkarta.ui.calendar import APPOINTMENT, HOME_VISIT

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def month_of(scope):
    return calendar.list_month(scope, date(2026, 11, 1), now=NOW, zone=MOSCOW)


def family(*scopes):
    return FamilyScope(Actor(ActorKind.PERSON, "account"), uuid4(), scopes)


def family_month(scope, names=None):
    names = names or {one.person_id: one.key for one in scope.members}
    return calendar.list_family_month(scope, date(2026, 11, 1), now=NOW, zone=MOSCOW, names=names)


def events(*scopes, since=NOW):
    return calendar.list_events(family(*scopes), since=since)


def test_list_month_leaves_out_cancelled_ones_and_other_months(django_assert_num_queries):
    patient = PatientFactory()
    kept = AppointmentFactory(patient=patient, past=True, starts_at=datetime(2026, 11, 1, 8, 0, tzinfo=UTC))
    AppointmentFactory(patient=patient, status="cancelled")
    AppointmentFactory(patient=patient, starts_at=datetime(2026, 11, 30, 21, 0, tzinfo=UTC))
    visit = HomeVisitFactory(patient=patient)

    with django_assert_num_queries(2):
        found = calendar.list_month(scope_of(patient), date(2026, 11, 25), now=NOW, zone=MOSCOW)

    assert [row.id for row in found.appointments] == [kept.pk]
    assert [row.id for row in found.home_visits] == [visit.pk]
    assert {on: mark.kind for on, mark in found.marks.items()} == {
        date(2026, 11, 1): APPOINTMENT,
        date(2026, 11, 26): HOME_VISIT,
    }


def test_list_month_names_in_its_marks_everything_of_a_day():
    patient = PatientFactory()
    AppointmentFactory(patient=patient, starts_at=datetime(2026, 11, 26, 5, 40, tzinfo=UTC))
    HomeVisitFactory(patient=patient, has_time=False)

    mark = month_of(scope_of(patient)).marks[date(2026, 11, 26)]

    assert mark.kind == HOME_VISIT
    assert mark.note == "приём в 08:40, Терапевт; вызов врача на дом, Педиатр"
    assert mark.href == "/p/key/appointments/?on=2026-11-26"


def test_of_day_keeps_the_rows_of_a_day_in_the_clinics_own_zone():
    """Midnight in Yekaterinburg is ten in the evening of the day before in Moscow."""
    patient, clinic = PatientFactory(), FacilityFactory(timezone="Asia/Yekaterinburg")
    there = AppointmentFactory(patient=patient, facility=clinic, starts_at=datetime(2026, 11, 25, 19, 0, tzinfo=UTC))
    here = AppointmentFactory(patient=patient, starts_at=datetime(2026, 11, 25, 18, 59, tzinfo=UTC))
    found = month_of(scope_of(patient))

    assert [row.id for row in found.of_day(date(2026, 11, 26)).appointments] == [there.pk]
    assert [row.id for row in found.of_day(date(2026, 11, 25)).appointments] == [here.pk]
    assert set(found.marks) == {date(2026, 11, 25), date(2026, 11, 26)}


def test_list_family_month_names_whose_each_row_is(django_assert_num_queries):
    mother, son, stranger = PatientFactory(), PatientFactory(), PatientFactory()
    own = AppointmentFactory(patient=mother, starts_at=NOW + DAY)
    his = AppointmentFactory(patient=son, starts_at=NOW + DAY + SECOND, specialty_name="Педиатр")
    visit = HomeVisitFactory(patient=son, starts_at=NOW + 2 * DAY)
    AppointmentFactory(patient=stranger)
    scope = family(scope_of(mother, key="Анна"), scope_of(son, key="Пётр"))

    with django_assert_num_queries(2):
        found = family_month(scope)

    assert [row.id for row in found.appointments] == [own.pk, his.pk]
    assert [row.href for row in found.appointments] == [
        f"/p/Анна/appointments/{own.pk}/",
        f"/p/Пётр/appointments/{his.pk}/",
    ]
    assert found.whose == {
        own.pk: mother.person_id, his.pk: son.person_id, visit.pk: son.person_id,
    }  # fmt: skip
    mark = found.marks[date(2026, 11, 26)]
    assert mark.note == "Анна: приём в 12:00, Терапевт; Пётр: приём в 12:00, Педиатр"
    assert mark.href == "/p/Анна/appointments/calendar/?who=all&day=2026-11-26#day"
    assert [one.reads.by_kind for one in scope.members] == [
        {"Appointment": [str(own.pk)]},
        {"Appointment": [str(his.pk)], "ServiceRequest": [str(visit.pk)]},
    ]


def test_list_family_month_keeps_to_each_members_own_secrecy():
    """A mother who has just proved herself sees her own restricted record, not that of her fifteen-year-old."""
    mother, son = PatientFactory(), PatientFactory()
    own = AppointmentFactory(patient=mother, is_restricted=True)
    AppointmentFactory(patient=son, is_restricted=True)
    HomeVisitFactory(patient=son, is_restricted=True)
    scope = family(scope_of(mother, restricted=Restricted.SHOWN), scope_of(son, restricted=Restricted.HIDDEN))

    found = family_month(scope)

    assert [row.id for row in found.appointments] == [own.pk]
    assert found.home_visits == []
    assert scope.members[1].reads.by_kind == {}


def test_count_locked_counts_what_owners_would_see(django_assert_num_queries):
    mother, son = PatientFactory(), PatientFactory()
    AppointmentFactory(patient=mother, is_restricted=True)
    HomeVisitFactory(patient=mother, is_restricted=True)
    AppointmentFactory(patient=mother, is_restricted=True, is_withdrawn=True)
    AppointmentFactory(patient=son, is_restricted=True)
    hidden = scope_of(son, restricted=Restricted.HIDDEN)

    assert calendar.count_locked(family(scope_of(mother, restricted=Restricted.LOCKED), hidden)) == 2
    with django_assert_num_queries(0):
        assert calendar.count_locked(family(hidden)) == 0


def test_list_events_gives_what_begins_from_a_moment_on_cancelled_ones_too(django_assert_num_queries):
    patient = PatientFactory()
    since = NOW - 90 * DAY
    AppointmentFactory(patient=patient, starts_at=since - SECOND, status="fulfilled")
    old = AppointmentFactory(patient=patient, starts_at=since, status="fulfilled")
    gone = AppointmentFactory(patient=patient, status="cancelled")
    visit = HomeVisitFactory(patient=patient, status="new", starts_at=NOW + 2 * DAY)
    AppointmentFactory(patient=patient, starts_at=None)
    AppointmentFactory(patient=patient, is_withdrawn=True, status="entered-in-error")
    scope = scope_of(patient)

    with django_assert_num_queries(2):
        found = events(scope, since=since)

    assert [(one.uid, one.status) for one in found] == [
        (old.pk, "CONFIRMED"), (gone.pk, "CANCELLED"), (visit.pk, "TENTATIVE"),
    ]  # fmt: skip
    assert scope.reads.by_kind == {"Appointment": [str(old.pk), str(gone.pk)], "ServiceRequest": [str(visit.pk)]}


def moved(patient, **successor):
    """Return an appointment and the one that took its place, as a move leaves them."""
    old = AppointmentFactory(patient=patient, status="cancelled", changed_at=NOW, requested_at=NOW - DAY)
    new = AppointmentFactory(
        patient=patient, starts_at=NOW + 3 * DAY, calendar_uid=old.pk, moved_from=old.pk, requested_at=NOW, **successor
    )
    old.moved_to = new.pk
    old.save()
    return old, new


def test_list_events_gives_one_event_for_what_a_move_connects():
    patient = PatientFactory()
    old, new = moved(patient)

    (found,) = events(scope_of(patient))

    assert (found.uid, found.starts_at, found.status) == (old.pk, new.starts_at, "CONFIRMED")
    assert found.path == f"/p/key/appointments/{new.pk}/"
    assert found.sequence > events_sequence_before(old)


def events_sequence_before(old):
    """Return the sequence that the event had while the old time stood."""
    return int((old.requested_at - datetime(2025, 1, 1, tzinfo=UTC)).total_seconds())


@pytest.mark.parametrize("hidden", [{"is_restricted": True}, {"is_withdrawn": True}, {"starts_at": None}])
def test_list_events_shows_a_moved_one_as_cancelled_when_what_it_became_may_not_show(hidden):
    patient = PatientFactory()
    old, new = moved(patient)
    for name, value in hidden.items():
        setattr(new, name, value)
    new.save()

    (found,) = events(scope_of(patient))

    assert (found.uid, found.starts_at, found.status) == (old.pk, old.starts_at, "CANCELLED")


def test_get_appointment_event_of_a_moved_one_is_what_it_has_become():
    """Else a file of the old page would take the new time out of the calendar."""
    patient = PatientFactory()
    old, new = moved(patient)
    scope = scope_of(patient)

    assert calendar.get_appointment_event(scope, old.pk) == calendar.get_appointment_event(scope, new.pk)
    assert calendar.get_appointment_event(scope, old.pk).starts_at == new.starts_at


def test_get_home_visit_event_knows_the_hour_only_where_it_is_known():
    day = HomeVisitFactory(has_time=False, has_end=False)
    hours = HomeVisitFactory()
    scopes = scope_of(day.patient), scope_of(hours.patient)

    assert not calendar.get_home_visit_event(scopes[0], day.pk).has_time
    assert calendar.get_home_visit_event(scopes[0], day.pk).ends_at is None
    assert calendar.get_home_visit_event(scopes[1], hours.pk).ends_at == hours.ends_at
    assert calendar.get_home_visit_event(scopes[1], hours.pk).path == f"/p/key/appointments/home-visits/{hours.pk}/"


@pytest.mark.parametrize(
    ("read", "make"),
    [(calendar.get_appointment_event, AppointmentFactory), (calendar.get_home_visit_event, HomeVisitFactory)],
)
def test_get_event_of_another_person_or_without_a_time_or_under_secrecy_is_not_found(read, make):
    patient = PatientFactory()
    rows = [make(), make(patient=patient, starts_at=None, ends_at=None), make(patient=patient, is_restricted=True)]

    for row in rows:
        with pytest.raises(NotFound):
            read(scope_of(patient), row.pk)
    assert read(scope_of(patient, restricted=Restricted.SHOWN), rows[2].pk).uid == rows[2].pk
