from datetime import timedelta
from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import SystemScope
from medkarta.facilities import actions, queries
from medkarta.facilities.rows import Filters
from medkarta.facilities.tests.factories import (
    NOW,
    SOURCE,
    FacilityFactory,
    HealthcareServiceFactory,
    LocationFactory,
    PractitionerRoleFactory,
)
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of(SOURCE)
WEDNESDAY = 2 * 24 * 60


def table(sort="name", page="1", size=20):
    columns = [Column(key, key) for key in queries.ORDER]
    return Table.read({"sort": sort, "page": page}, columns=columns, default="name", path="/facilities/", size=size)


def found(filters=Filters(), *, now=NOW, **kwargs):
    _, rows = queries.list_facilities(filters, table(**kwargs), places=queries.list_places(), now=now)
    return [row.name for row in rows]


def clinic(name, *, hours=(), zone="", **fields):
    facility = FacilityFactory(name=name, **fields)
    LocationFactory(facility=facility, hours=hours, timezone=zone, address=f"Адрес {name}", town="Королёв")
    actions.refresh(SCOPE, [facility.pk])
    return facility


def test_list_facilities_shows_listed_ones_only():
    FacilityFactory(name="Своя")
    FacilityFactory(name="Hospital", foreign=True)

    assert found() == ["Своя"]


@pytest.mark.parametrize("text", ["королев", "КОРОЛЁВ", "звездная клиника", "хирург", "адрес  звёздная"])
def test_list_facilities_finds_by_name_address_town_and_service(text):
    one = clinic("Звёздная клиника")
    HealthcareServiceFactory(facility=one, name="Приём хирурга")
    actions.refresh(SCOPE, [one.pk])
    FacilityFactory(name="Другая")

    assert found(Filters(text=text)) == ["Звёздная клиника"]


def test_list_facilities_takes_signs_of_patterns_literally():
    clinic("Звезда")

    assert found(Filters(text="%")) == []
    assert found(Filters(text="зве_да")) == []


def test_list_facilities_narrows_by_audience_and_town():
    both = FacilityFactory(name="Для всех", serves_adults=True, serves_children=True, town="Мытищи")
    FacilityFactory(name="Взрослая", serves_adults=True, town="Королёв")
    assert both.serves_children

    assert found(Filters(audience="children")) == ["Для всех"]
    assert found(Filters(audience="adults")) == ["Взрослая", "Для всех"]
    assert found(Filters(town="Королёв")) == ["Взрослая"]


@pytest.mark.parametrize(
    ("mean", "count", "expected"), [(4.5, 5, ["Клиника"]), (4.49, 5, []), (5.0, 4, []), (None, 0, [])]
)
def test_list_facilities_narrows_to_a_high_rating(mean, count, expected):
    FacilityFactory(name="Клиника", rating_mean=mean, rating_count=count)

    assert found(Filters(is_rated_high=True)) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(-1, []), (0, ["Клиника"]), (479, ["Клиника"]), (480, [])])
def test_list_facilities_narrows_to_open_ones(minutes, expected):
    clinic("Клиника", hours=[[WEDNESDAY + 720, WEDNESDAY + 1200]])

    assert found(Filters(is_open=True), now=NOW + timedelta(minutes=minutes)) == expected


def test_list_facilities_knows_the_clock_of_each_clinic():
    hours = [[WEDNESDAY + 720, WEDNESDAY + 780]]
    clinic("Московская", hours=hours)
    clinic("Калининградская", hours=hours, zone="Europe/Kaliningrad")

    assert found(Filters(is_open=True)) == ["Московская"]
    assert found(Filters(is_open=True), now=NOW + timedelta(hours=1)) == ["Калининградская"]


def test_list_facilities_is_open_on_monday_after_a_night_from_sunday():
    clinic("Ночная", hours=[[6 * 1440 + 1200, 7 * 1440 + 480]])
    monday = NOW + timedelta(days=5)

    assert found(Filters(is_open=True), now=monday.replace(hour=4, minute=59)) == ["Ночная"]
    assert found(Filters(is_open=True), now=monday.replace(hour=5)) == []


def test_list_facilities_orders_by_shown_ratings_and_pages():
    FacilityFactory(name="А", rating_mean=4.9, rating_count=4)
    FacilityFactory(name="Б", rating_mean=4.1, rating_count=5)
    FacilityFactory(name="В")
    FacilityFactory(name="Г", rating_mean=4.7, rating_count=9)

    assert found(sort="-rating") == ["Г", "Б", "А", "В"]
    assert found(sort="-rating", page="2", size=3) == ["В"]
    assert found(sort="name", page="9", size=3) == ["Г"]


def test_list_facilities_makes_three_statements_for_any_number_of_rows(django_assert_num_queries):
    for number in range(15):
        clinic(f"Клиника {number}", hours=[[0, 60]])

    with django_assert_num_queries(3):
        assert len(found(Filters(is_open=False))) == 15


def test_get_facility_is_for_listed_ones():
    row = queries.get_facility(clinic("Клиника", hours=[[WEDNESDAY + 480, WEDNESDAY + 1200]]).pk, now=NOW)

    assert (row.state.text, row.today) == ("Открыто до 20:00", "08:00–20:00")
    with pytest.raises(NotFound):
        queries.get_facility(FacilityFactory(foreign=True).pk, now=NOW)
    with pytest.raises(NotFound):
        queries.get_facility(uuid4(), now=NOW)


def test_list_for_ids_returns_the_listed_row_of_the_same_clinic(django_assert_num_queries):
    listed = FacilityFactory(name="Клиника")
    double = FacilityFactory(name="КЛИНИКА", oid=listed.oid, is_listed=False)
    foreign = FacilityFactory(name="Hospital", foreign=True)

    with django_assert_num_queries(1):
        rows = queries.list_for_ids([listed.pk, double.pk, foreign.pk, uuid4()], now=NOW)

    assert {key: row.id for key, row in rows.items()} == {
        listed.pk: listed.pk,
        double.pk: listed.pk,
        foreign.pk: foreign.pk,
    }
    assert rows[foreign.pk].href == ""
    assert rows[listed.pk].href == f"/facilities/{listed.pk}/"


def test_list_for_ids_finds_the_listed_row_that_was_not_named():
    listed = FacilityFactory()
    double = FacilityFactory(oid=listed.oid, is_listed=False)

    assert [row.id for row in queries.list_for_ids([double.pk], now=NOW).values()] == [listed.pk]


def test_get_names_knows_unlisted_ones_too():
    foreign = FacilityFactory(name="Hospital", foreign=True)

    assert queries.get_names([foreign.pk, uuid4()]) == {foreign.pk: "Hospital"}


def test_list_doctors_falls_back_to_the_name_in_the_reference():
    clinic_ = FacilityFactory()
    department = FacilityFactory(parent=clinic_, foreign=True, name="Отделение")
    PractitionerRoleFactory(facility=clinic_, specialty_name="Хирургия", cabinet="104")
    PractitionerRoleFactory(
        facility=department, practitioner_id=uuid4(), practitioner=None, practitioner_name="Иной И."
    )
    PractitionerRoleFactory(facility=clinic_, practitioner=None)
    PractitionerRoleFactory(facility=clinic_, is_active=False)
    PractitionerRoleFactory(facility=FacilityFactory())
    columns = [Column("name", ""), Column("specialty", "")]

    shown, rows = queries.list_doctors(
        [clinic_.pk, department.pk], Table.read({}, columns=columns, default="specialty", path="")
    )

    assert shown.total == 2
    assert [(row.full_name, row.specialty, row.cabinet) for row in rows] == [
        ("Иной И.", "Терапия", ""),
        ("Пробный Иван Петрович", "Хирургия", "104"),
    ]
    assert [row.name for row in queries.list_departments(clinic_.pk)] == ["Отделение"]


def test_list_clinics_are_those_that_serve_the_age_or_have_not_said():
    FacilityFactory(name="Взрослая", town="Б", serves_adults=True)
    FacilityFactory(name="Детская", town="А", serves_children=True, phones=["+7 495 000-01-03"], timezone="Asia/Omsk")
    FacilityFactory(name="Не сказала", town="В")
    FacilityFactory(name="Чужая", foreign=True)

    assert [one.name for one in queries.list_clinics(audience="adults")] == ["Взрослая", "Не сказала"]
    children = queries.list_clinics(audience="children")
    assert [one.name for one in children] == ["Детская", "Не сказала"]
    assert (children[0].phone.text, children[0].timezone) == ("+7 495 000-01-03", "Asia/Omsk")
    assert children[1].phone is None


def test_list_clinics_of_ids_takes_the_listed_row_of_the_same_clinic():
    listed = FacilityFactory(name="Своя", serves_adults=True)
    theirs = FacilityFactory(name="Hospital", oid=listed.oid, is_listed=False)
    FacilityFactory(name="Другая", serves_adults=True)

    assert [one.id for one in queries.list_clinics(audience="adults", ids=[theirs.pk])] == [listed.pk]
    assert [one.id for one in queries.list_clinics(audience="adults", ids=[listed.pk])] == [listed.pk]
    assert queries.list_clinics(audience="children", ids=[listed.pk]) == []
    assert queries.list_clinics(audience="adults", ids=[]) == []
    assert [one.name for one in queries.list_clinics()] == ["Другая", "Своя"]
