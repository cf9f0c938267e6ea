import pytest
from django.test import RequestFactory

from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.visits import views
from medkarta.visits.tests.factories import DiagnosisFactory, VisitFactory

pytestmark = pytest.mark.django_db


def get(view, patient, path="/p/key/visits/", *, restricted=Restricted.HIDDEN, **kwargs):
    request = RequestFactory().get(path)
    request._messages = []
    request.scope = scope_of(patient, restricted=restricted)
    return view(request, **kwargs).content.decode()


@pytest.fixture
def patient():
    return PatientFactory()


def test_list_visits_shows_the_columns_of_the_section(patient):
    visit = VisitFactory(
        patient=patient, facility=FacilityFactory(name="Поликлиника № 3"), practitioner_name="Пробный Иван Петрович"
    )

    page = get(views.list_visits, patient)

    for text in ("Оказанная услуга", "Учреждение", "Дата", "Специалист", "Статус", "Случай завершен", "Всего: 1"):
        assert text in page
    for text in ("Приём терапевта первичный", "Поликлиника № 3", "Пробный\u00a0И.\u00a0П.", "12.11.2026"):
        assert text in page
    assert f'href="/p/key/visits/{visit.pk}/"' in page


def test_list_visits_without_any_says_what_will_be_here(patient):
    page = get(views.list_visits, patient)

    assert "Посещений пока нет" in page
    assert 'name="clinic"' not in page


def test_list_visits_keeps_its_filters_and_offers_a_way_out(patient):
    VisitFactory(patient=patient)

    page = get(views.list_visits, patient, "/p/key/visits/?period=1999&sort=service")

    assert "Нет данных по этим условиям" in page
    assert 'href="/p/key/visits/"' in page
    assert '<input type="hidden" name="sort" value="service">' in page


def test_list_visits_survives_any_query(patient):
    clinic = FacilityFactory()
    VisitFactory(patient=patient, facility=clinic)

    page = get(views.list_visits, patient, "/p/key/visits/?period=xx&clinic=zz&doctor=1&sort=-&page=-3")

    assert "Приём терапевта первичный" in page


@pytest.mark.parametrize(("kind", "is_told"), [(Restricted.LOCKED, True), (Restricted.HIDDEN, False)])
def test_list_visits_tells_the_owner_alone_of_closed_records(patient, kind, is_told):
    VisitFactory(patient=patient, is_restricted=True)

    page = get(views.list_visits, patient, "/p/key/visits/?sort=date", restricted=kind)

    assert ("/login?again=1&amp;next=/p/key/visits/%3Fsort%3Ddate" in page) is is_told


def test_list_visits_makes_four_statements_for_any_number_of_rows(patient, django_assert_num_queries):
    clinic = FacilityFactory()
    for _ in range(25):
        VisitFactory(patient=patient, facility=clinic)

    with django_assert_num_queries(4):
        get(views.list_visits, patient, "/p/key/visits/?page=2", restricted=Restricted.LOCKED)


def test_show_visit_tells_everything_that_is_known(patient, django_assert_num_queries):
    clinic = FacilityFactory(name="Поликлиника № 3", address="Мытищи, ул. Мира, 7")
    visit = VisitFactory(patient=patient, facility=clinic, kind="HH", practitioner_name="Пробный Иван Петрович")
    DiagnosisFactory(visit=visit)

    with django_assert_num_queries(2):
        page = get(views.show_visit, patient, visit_id=visit.pk)

    for text in ("Посещение на дому", "Острый ринит", "J00", "Пробный Иван Петрович", "Мытищи, ул. Мира, 7"):
        assert text in page
    assert f'href="/facilities/{clinic.pk}/"' in page


def test_show_visit_of_a_bare_visit_names_what_is_unknown(patient):
    visit = VisitFactory(patient=patient, service="", kind="", started_at=None, status="unknown")

    page = get(views.show_visit, patient, visit_id=visit.pk)

    assert "Клиника не передала диагноз" in page
    assert page.count("не указан") >= 3
