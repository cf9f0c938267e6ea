from datetime import date, timedelta

import pytest

from medkarta.core import sql as core_sql
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import (
    FacilityFactory,
    LocationFactory,
    PractitionerFactory,
    PractitionerRoleFactory,
)
from medkarta.patients.sql import OWN
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.referrals import queries, sql
from medkarta.referrals.queries import ALL, OVER, USABLE, Filters
from medkarta.referrals.tests.factories import ReferralFactory
from medkarta.ui.tables import Page, Sorting

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def listed(scope, state=ALL, *, read=queries.list_studies, sorting=None, page=None):
    filters = Filters(now=NOW, today=TODAY, state=state)
    return read(scope, filters, sorting=sorting or Sorting(queries.NEAREST), page=page or Page())


def counted(scope, state=ALL):
    return queries.count_referrals(scope, Filters(now=NOW, today=TODAY, state=state))


def test_list_studies_shows_only_the_person_of_the_scope_and_no_hospital():
    mine = ReferralFactory()
    consultation = ReferralFactory(patient=mine.patient, category="consultation")
    hospital = ReferralFactory(patient=mine.patient, hospital=True)
    ReferralFactory()
    scope = scope_of(mine.patient)

    assert {row.id for row in listed(scope)} == {mine.pk, consultation.pk}
    assert [row.id for row in listed(scope, read=queries.list_hospitalizations)] == [hospital.pk]
    assert counted(scope).studies == 2
    assert scope.reads.by_kind["ServiceRequest"].count(str(hospital.pk)) == 1


@pytest.mark.parametrize(
    ("restricted", "shown", "locked"),
    [(Restricted.SHOWN, 1, 0), (Restricted.LOCKED, 0, 1), (Restricted.HIDDEN, 0, 0)],
)
def test_list_studies_keeps_restricted_rows_back(restricted, shown, locked):
    row = ReferralFactory(is_restricted=True)
    scope = scope_of(row.patient, restricted=restricted)

    assert len(listed(scope)) == shown
    assert (counted(scope).studies, counted(scope).locked) == (shown, locked)


def test_list_studies_hides_what_was_withdrawn():
    row = ReferralFactory(is_withdrawn=True)

    assert listed(scope_of(row.patient, restricted=Restricted.SHOWN)) == []


def test_list_studies_begins_with_what_ends_soonest():
    patient = PatientFactory()
    done = ReferralFactory(patient=patient, status="completed", issued_at=NOW - 2 * DAY)
    expired = ReferralFactory(patient=patient, valid_until=TODAY - DAY, issued_at=NOW - DAY)
    endless = ReferralFactory(patient=patient, valid_until=None)
    late = ReferralFactory(patient=patient, valid_until=TODAY + 20 * DAY)
    soon = ReferralFactory(patient=patient, valid_until=TODAY)

    found = listed(scope_of(patient))

    assert [row.id for row in found] == [soon.pk, late.pk, endless.pk, expired.pk, done.pk]


@pytest.mark.parametrize(("state", "count"), [(USABLE, 2), (OVER, 2), (ALL, 4)])
def test_list_studies_filters_by_state(state, count):
    patient = PatientFactory()
    ReferralFactory(patient=patient, valid_until=TODAY)
    ReferralFactory(patient=patient, valid_until=None)
    ReferralFactory(patient=patient, valid_until=TODAY - DAY)
    ReferralFactory(patient=patient, status="completed")
    scope = scope_of(patient)

    assert len(listed(scope, state)) == count
    assert (counted(scope, state).studies, counted(scope, state).all_studies) == (count, 4)


@pytest.mark.parametrize(
    ("valid_until", "status", "text"),
    [
        (TODAY - DAY, "active", "Срок истёк"),
        (TODAY, "active", "Истекает сегодня"),
        (TODAY + DAY, "active", "Истекает через 1\u00a0день"),
        (TODAY + 7 * DAY, "active", "Истекает через 7\u00a0дней"),
        (TODAY + 8 * DAY, "active", "Действует"),
        (None, "active", "Действует"),
        (TODAY - DAY, "completed", "Выполнено"),
    ],
)
def test_list_studies_says_what_the_term_means(valid_until, status, text):
    row = ReferralFactory(valid_until=valid_until, status=status)

    assert listed(scope_of(row.patient))[0].mark.text == text


def test_list_hospitalizations_says_the_status_in_words():
    patient = PatientFactory()
    for status in ("new", "agreed", "date-set", "postponed", "admitted", "refused", "annulled"):
        ReferralFactory(patient=patient, hospital=True, hospitalization_status=status)

    found = listed(scope_of(patient), read=queries.list_hospitalizations)

    assert {row.state.text for row in found} == {
        "Новое",
        "Согласовано",
        "Дата назначена",
        "Отложено",
        "Госпитализирован",
        "Отказ",
        "Аннулировано",
    }


def test_list_studies_joins_names_from_the_directory_and_falls_back():
    patient = PatientFactory()
    clinic = FacilityFactory(name="Поликлиника № 3", address="ул. Мира, 7")
    ReferralFactory(patient=patient, facility=clinic, facility_name="п-ка 3", valid_until=TODAY)
    ReferralFactory(patient=patient, location=LocationFactory(facility=clinic), valid_until=TODAY + DAY)
    ReferralFactory(patient=patient, facility_name="Медпункт", valid_until=TODAY + 2 * DAY)

    found = listed(scope_of(patient))

    assert [row.facility for row in found] == ["Поликлиника № 3", "Поликлиника № 3", "Медпункт"]
    assert [row.address for row in found] == ["ул. Мира, 7", "ул. Мира, 7", ""]


@pytest.mark.parametrize("key", ["what", "department", "until", "where", "number", "state"])
def test_list_hospitalizations_sorts_both_ways(key):
    patient = PatientFactory()
    for place, status in enumerate(("agreed", "date-set", "new")):
        letter = "АБВ"[place]
        ReferralFactory(
            patient=patient,
            hospital=True,
            hospitalization_status=status,
            what=letter,
            department=letter,
            number=letter,
            facility_name=letter,
            valid_until=TODAY + place * DAY,
        )
    scope, read = scope_of(patient), queries.list_hospitalizations

    up = [row.what for row in listed(scope, read=read, sorting=Sorting(key))]
    down = [row.what for row in listed(scope, read=read, sorting=Sorting(key, descending=True))]

    assert (up, down) == (["А", "Б", "В"], ["В", "Б", "А"])


def test_lists_take_three_statements_for_any_number_of_rows(django_assert_num_queries):
    patient = PatientFactory()
    for _place in range(5):
        ReferralFactory(patient=patient)
        ReferralFactory(patient=patient, hospital=True)
    scope = scope_of(patient, restricted=Restricted.LOCKED)

    with django_assert_num_queries(3):
        counted(scope)
        assert len(listed(scope, page=Page(size=3))) == 3
        assert len(listed(scope, read=queries.list_hospitalizations)) == 5


def test_get_referral_tells_what_the_table_has_no_room_for(django_assert_num_queries):
    role = PractitionerRoleFactory(practitioner=PractitionerFactory(full_name="Петрова Елена Сергеевна"))
    row = ReferralFactory(instructions="Натощак", reason="Гастрит", practitioner_role=role, practitioner_name="П.")
    scope = scope_of(row.patient)

    with django_assert_num_queries(1):
        found = queries.get_referral(scope, row.pk, now=NOW)

    assert (found.instructions, found.reason, found.sender) == ("Натощак", "Гастрит", "Петрова Елена Сергеевна")
    assert found.issued_on == TODAY
    assert scope.reads.by_kind == {"ServiceRequest": [str(row.pk)]}


def test_get_referral_of_another_person_or_a_restricted_one_looks_missing():
    theirs, secret = ReferralFactory(), ReferralFactory(is_restricted=True)

    for scope, row in ((scope_of(PatientFactory()), theirs), (scope_of(secret.patient), secret)):
        with pytest.raises(NotFound):
            queries.get_referral(scope, row.pk, now=NOW)


def expiring(scope, now=NOW):
    parameters = {"person": scope.person_id, "now": now, "restricted": int(scope.shows_restricted)}
    found = core_sql.fetch_row(f"{OWN} SELECT {sql.expiring_referrals()}", parameters)
    return queries.expiring_referrals(scope, core_sql.rows_of(found[0]), now=now)


def test_expiring_referrals_end_within_a_week_and_are_open():
    patient = PatientFactory()
    last = ReferralFactory(patient=patient, valid_until=TODAY + 7 * DAY)
    first = ReferralFactory(patient=patient, valid_until=TODAY, facility=FacilityFactory())
    for change in (
        {"valid_until": TODAY + 8 * DAY},
        {"valid_until": TODAY - DAY},
        {"valid_until": None},
        {"valid_until": TODAY, "status": "completed"},
        {"valid_until": TODAY, "hospital": True, "hospitalization_status": "refused"},
        {"valid_until": TODAY, "is_withdrawn": True},
        {"valid_until": TODAY, "is_restricted": True},
    ):
        ReferralFactory(patient=patient, **change)
    ReferralFactory(valid_until=TODAY)

    found = expiring(scope_of(patient))

    assert [one.href for one in found] == [f"/p/key/referrals/{row.pk}/" for row in (first, last)]
    assert found[0].text == "УЗИ брюшной полости. Действует до ср, 25\u00a0ноября"
    assert len(expiring(scope_of(patient, restricted=Restricted.SHOWN))) == 3


def test_expiring_referrals_go_by_the_clinics_calendar():
    patient = PatientFactory()
    there = ReferralFactory(patient=patient, valid_until=TODAY, facility=FacilityFactory(timezone="Europe/Kaliningrad"))
    ReferralFactory(patient=patient, valid_until=TODAY, facility=FacilityFactory())
    half_past_midnight_in_moscow = NOW.replace(hour=21, minute=30)

    found = expiring(scope_of(patient), now=half_past_midnight_in_moscow)

    assert [one.href for one in found] == [f"/p/key/referrals/{there.pk}/"]


def test_list_studies_counts_by_the_portals_clock_where_the_zone_is_unknown():
    row = ReferralFactory(valid_until=TODAY, facility=FacilityFactory(timezone="Nowhere/Else"))

    assert listed(scope_of(row.patient))[0].mark.text == "Истекает сегодня"
