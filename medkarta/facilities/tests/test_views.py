import pytest
from django.test import RequestFactory

from medkarta.core.errors import NotFound
from medkarta.core.scopes import SystemScope
from medkarta.facilities import actions, views
from medkarta.facilities.tests.factories import (
    SOURCE,
    FacilityFactory,
    HealthcareServiceFactory,
    LocationFactory,
    PractitionerRoleFactory,
)

pytestmark = pytest.mark.django_db


def get(view, path="/facilities/", *, headers=None, **kwargs):
    request = RequestFactory().get(path, headers=headers)
    request._messages = []
    return view(request, **kwargs).content.decode()


@pytest.fixture
def clinic():
    found = FacilityFactory(
        name="Поликлиника <№ 3>", rating_mean=4.84, rating_count=5, own_phones=["+7 495 000-01-03"], town="Мытищи"
    )
    LocationFactory(
        facility=found,
        address="Мытищи, ул. Мира, 7",
        town="Мытищи",
        latitude=55.9,
        longitude=37.7,
        hours=[[480 + day * 1440, 1200 + day * 1440] for day in range(7)],
    )
    HealthcareServiceFactory(facility=found, name="Приём терапевта", serves_adults=True)
    PractitionerRoleFactory(facility=found, cabinet="104")
    actions.refresh(SystemScope.of(SOURCE), [found.pk])
    return found


def test_list_facilities_shows_what_a_person_needs(clinic):
    page = get(views.list_facilities)

    assert "Поликлиника &lt;№ 3&gt;" in page
    for text in ("Мытищи, ул. Мира, 7", "ежедневно\u00a008:00–20:00", "tel:+7-495-000-01-03", "Взрослые", "4,8"):
        assert text in page
    assert f'href="/facilities/{clinic.pk}/"' in page


def test_list_facilities_keeps_what_was_typed_and_offers_a_way_out(clinic):
    page = get(views.list_facilities, '/facilities/?q="марс"&for=children')

    assert 'value="&#34;марс&#34;"' in page
    assert '<input type="hidden" name="for" value="children">' in page
    assert "Ничего не нашлось" in page


def test_list_facilities_without_any_says_so():
    assert "ещё не передали сведения" in get(views.list_facilities)


def test_list_facilities_survives_any_query(clinic):
    page = get(views.list_facilities, "/facilities/?page=zz&sort=;drop&town=Нигде&for=dogs&open=1x&rating=")

    assert "Поликлиника" in page


def test_list_facilities_gives_htmx_the_list_alone(clinic):
    part = get(views.list_facilities, headers={"HX-Request": "true"})

    assert "Поликлиника" in part
    assert "<html" not in part


def test_list_facilities_switches_keep_the_other_filters(clinic):
    page = get(views.list_facilities, "/facilities/?q=мира&open=1&page=2")

    assert 'href="/facilities/?q=%D0%BC%D0%B8%D1%80%D0%B0"' in page
    assert 'href="/facilities/?q=%D0%BC%D0%B8%D1%80%D0%B0&amp;open=1&amp;for=children"' in page


def test_show_facility_shows_hours_services_doctors_and_the_way(clinic, django_assert_num_queries):
    with django_assert_num_queries(5):
        page = get(views.show_facility, f"/facilities/{clinic.pk}/", facility_id=clinic.pk)

    for text in (
        "Приём терапевта",
        "Пробный Иван Петрович",
        "Терапия",
        "каб. 104",
        "geo:55.90000,37.70000",
        "5\u00a0оценок",
    ):
        assert text in page


def test_show_facility_of_a_bare_clinic_names_what_is_unknown():
    bare = FacilityFactory()

    page = get(views.show_facility, f"/facilities/{bare.pk}/", facility_id=bare.pk)

    for text in ("Время работы не указано", "Адрес не указан", "Пока мало оценок", "не передала список врачей"):
        assert text in page


def test_show_facility_hides_what_is_not_listed():
    foreign = FacilityFactory(foreign=True)

    with pytest.raises(NotFound):
        get(views.show_facility, facility_id=foreign.pk)
