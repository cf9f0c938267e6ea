from datetime import date
from decimal import Decimal

import pytest
from django.test import RequestFactory

from medkarta.core.scopes import Restricted
from medkarta.immunizations import views
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db


def page(patient, view, query="", restricted=Restricted.HIDDEN, **arguments):
    request = RequestFactory().get(f"/p/key/immunizations/{query}")
    request.scope = scope_of(patient, restricted=restricted)
    request.resolver_match = None
    response = view(request, **arguments)
    assert response.status_code == 200
    return response.content.decode()


def test_list_shows_name_details_date_and_clinic():
    row = ImmunizationFactory(
        name="Корь <b>", vaccine_name="Приорикс", lot="A1", dose_number="2", series_doses="3", facility_name="Школа"
    )

    html = page(row.patient, views.list_immunizations)

    assert "Корь &lt;b&gt;" in html
    assert "Приорикс, серия A1, доза 2 из 3" in html
    assert "2\u00a0октября 2025" in html
    assert "Школа" in html
    assert f'href="/p/key/immunizations/{row.pk}/"' in html
    assert "Всего: 1" in html
    assert "Не сделаны" not in html
    assert "Рекомендованные" not in html


@pytest.mark.parametrize(("precision", "text"), [("year", "2025 год"), ("month", "10.2025")])
def test_list_shows_no_more_of_a_date_than_is_known(precision, text):
    row = ImmunizationFactory(occurred_on=date(2025, 10, 1), precision=precision)

    html = page(row.patient, views.list_immunizations)

    assert text in html
    assert "октября" not in html


def test_list_of_nothing_says_what_to_do():
    html = page(PatientFactory(), views.list_immunizations, "?page=9&sort=x")

    assert "Прививок пока нет" in html
    assert 'href="/facilities/"' in html


def test_list_shows_refusals_in_words():
    row = ImmunizationFactory(refused=True, occurred_on=None)

    html = page(row.patient, views.list_immunizations)

    assert "Не сделаны" in html
    assert "Медицинское противопоказание" in html
    assert "не указана" in html


def test_list_offers_to_unlock():
    row = ImmunizationFactory(is_restricted=True)

    assert "Часть записей закрыта" in page(row.patient, views.list_immunizations, restricted=Restricted.LOCKED)
    assert "Часть записей закрыта" not in page(row.patient, views.list_immunizations)


def test_show_has_the_facts_that_are_known_and_no_others():
    row = ImmunizationFactory(
        diseases=[["B05", "", "Корь"]], amount=Decimal("0.5000"), amount_unit="мл", site="левое плечо", is_reported=True
    )

    html = page(row.patient, views.show_immunization, immunization_id=row.pk)

    assert "0,5 мл" in html
    assert "левое плечо" in html
    assert "Записано по документам" in html
    assert "Производитель" not in html


def test_show_of_what_was_not_done_says_so():
    row = ImmunizationFactory(refused=True, reason_text="Отказ родителей")

    html = page(row.patient, views.show_immunization, immunization_id=row.pk)

    assert "Прививка не сделана" in html
    assert "Отказ родителей" in html
