from datetime import date

import pytest
from django.test import RequestFactory

from medkarta.checkups import views
from medkarta.checkups.tests.factories import CheckupFactory
from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db


def page(patient, query="", restricted=Restricted.HIDDEN):
    request = RequestFactory().get(f"/p/key/checkups/{query}")
    request.scope = scope_of(patient, restricted=restricted)
    request.resolver_match = None
    response = views.list_checkups(request)
    assert response.status_code == 200
    return response.content.decode()


def test_list_shows_clinic_name_date_and_status():
    row = CheckupFactory(
        title="404н <Осмотр>",
        facility_name="Поликлиника № 3",
        starts_on=date(2025, 8, 12),
        ends_on=date(2025, 8, 18),
    )

    html = page(row.patient)

    assert "404н &lt;Осмотр&gt;" in html
    assert "Поликлиника № 3" in html
    assert "18.08.2025" in html
    assert "начат 12.08.2025" in html
    assert "Пройдена" in html
    assert "Всего: 1" in html


def test_list_explains_what_it_is_for_also_without_rows():
    html = page(PatientFactory(), "?page=x&sort=y")

    assert "Осмотров пока нет" in html
    assert "раз в три года" in html
    assert "404н" in html


def test_list_offers_to_unlock():
    row = CheckupFactory(is_restricted=True)

    assert "Часть записей закрыта" in page(row.patient, restricted=Restricted.LOCKED)
    assert "Часть записей закрыта" not in page(row.patient)
