import pytest
from django.test import RequestFactory

from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.my_facilities import views
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.visits.tests.factories import VisitFactory

pytestmark = pytest.mark.django_db


def get(patient, path="/p/key/my-facilities/", *, restricted=Restricted.HIDDEN):
    request = RequestFactory().get(path)
    request._messages = []
    request.scope = scope_of(patient, restricted=restricted)
    return views.list_my_facilities(request).content.decode().replace("\u00a0", " ")


@pytest.fixture
def clinic():
    return FacilityFactory(
        name="Поликлиника № 3",
        address="Мытищи, ул. Мира, 7",
        phones=["+7 495 000-01-03"],
        hours=[[480, 1200]],
        rating_mean=4.8,
        rating_count=9,
    )


def test_list_my_facilities_shows_the_columns_of_the_section(clinic):
    page = get(PatientFactory(registered_facility_id=clinic.pk))

    for text in ("Учреждение", "Телефон", "Время работы", "Рейтинг", "Действия", "Всего: 1", "Вы прикреплены"):
        assert text in page
    for text in ("Мытищи, ул. Мира, 7", "tel:+7-495-000-01-03", "пн 08:00–20:00", "4,8"):
        assert text in page
    assert f'href="/facilities/{clinic.pk}/"' in page
    assert f'href="/feedback/?kind=complaint&amp;from=/facilities/{clinic.pk}/"' in page


def test_list_my_facilities_does_not_mark_a_clinic_that_was_only_visited(clinic):
    patient = PatientFactory()
    VisitFactory(patient=patient, facility=clinic)

    page = get(patient)

    assert "Поликлиника № 3" in page
    assert "Вы прикреплены" not in page


def test_list_my_facilities_without_any_offers_the_list_of_all():
    page = get(PatientFactory())

    assert "Медучреждений пока нет" in page
    assert "Найти медучреждение" in page


def test_list_my_facilities_switches_keep_the_other_filter_and_the_order(clinic):
    page = get(PatientFactory(registered_facility_id=clinic.pk), "/p/key/my-facilities/?children=1&sort=-rating&page=2")

    assert "Нет данных по этим условиям" in page
    assert 'href="/p/key/my-facilities/?children=1&amp;sort=-rating&amp;rating=1"' in page
    assert 'href="/p/key/my-facilities/?sort=-rating"' in page


def test_list_my_facilities_links_nothing_for_a_clinic_that_is_not_public():
    foreign = FacilityFactory(name="Hospital", foreign=True)

    page = get(PatientFactory(registered_facility_id=foreign.pk))

    assert "<b>Hospital</b>" in page
    assert str(foreign.pk) not in page


@pytest.mark.parametrize(("kind", "is_told"), [(Restricted.LOCKED, True), (Restricted.HIDDEN, False)])
def test_list_my_facilities_tells_the_owner_alone_of_closed_records(kind, is_told):
    patient = PatientFactory()
    VisitFactory(patient=patient, is_restricted=True)

    assert ("/login?again=1" in get(patient, restricted=kind)) is is_told


def test_list_my_facilities_makes_four_statements_for_any_number_of_rows(django_assert_num_queries):
    patient = PatientFactory()
    for _ in range(12):
        VisitFactory(patient=patient, facility=FacilityFactory())

    with django_assert_num_queries(4):
        get(patient, restricted=Restricted.LOCKED)
