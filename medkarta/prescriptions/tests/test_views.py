from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.prescriptions import texts
from medkarta.prescriptions.tests.factories import PrescriptionFactory

pytestmark = pytest.mark.django_db


def page(patient, path, restricted=Restricted.HIDDEN):
    """Answer as the address does, without the middleware: the scope is set by hand."""
    request = RequestFactory().get(f"/p/key/{path}")
    request.scope = scope_of(patient, restricted=restricted)
    match = resolve(request.path)
    response = match.func(request, **{name: value for name, value in match.kwargs.items() if name != "key"})
    assert response.status_code == 200
    return response.content.decode()


def test_list_shows_drug_clinic_number_last_day_and_status():
    patient = PatientFactory()
    one = PrescriptionFactory(patient=patient, facility_name="Поликлиника № 3", valid_until=timezone.localdate())
    PrescriptionFactory(patient=patient, kind="state", status="deferred", drug_name="Инсулин")

    found = page(patient, "prescriptions/")

    assert "Аторвастатин таблетки 20\u00a0мг" in found
    assert f'href="/p/key/prescriptions/{one.pk}/"' in found
    assert "Поликлиника №\u00a03" in found
    assert "50 123456" in found
    assert "заканчивается сегодня" in found
    assert "Отсрочен" in found
    assert found.count("Всего: 1") == 2


def test_list_of_nothing_says_where_prescriptions_come_from():
    found = page(PatientFactory(), "prescriptions/?status=nonsense&year=1&c_page=0")

    assert "Льготных рецептов нет" in found
    assert "Коммерческих рецептов нет" in found
    assert "<table" not in found


def test_list_keeps_the_order_of_both_tables_when_filters_change():
    found = page(PatientFactory(), "prescriptions/?sort=drug&c_sort=-number")

    form = found[found.index('class="mk-filters"') :]
    assert '<input type="hidden" name="sort" value="drug">' in form[: form.index("</form>")]
    assert '<input type="hidden" name="c_sort" value="-number">' in form[: form.index("</form>")]


def test_list_tells_the_owner_that_a_part_is_closed():
    patient = PatientFactory()
    PrescriptionFactory(patient=patient, is_restricted=True)

    assert "/login?again=1&amp;next=/p/key/prescriptions/" in page(patient, "prescriptions/", Restricted.LOCKED)
    assert "Часть записей закрыта" not in page(patient, "prescriptions/", Restricted.HIDDEN)


def test_prescription_says_how_to_take_it_and_what_to_do():
    one = PrescriptionFactory(
        dosage="По 1 таблетке\nвечером",
        practitioner_name="Петрова Елена",
        valid_until=timezone.localdate() + timedelta(5),
    )

    found = page(one.patient, f"prescriptions/{one.pk}/")

    assert "<p>По 1 таблетке</p>" in found
    assert "заканчивается через 5\u00a0дней" in found
    assert "Петрова Елена" in found


def test_prescription_without_anything_says_unknown_in_words():
    one = PrescriptionFactory(drug_name="", number="", valid_until=None, authored_at=None, status="unknown")

    found = page(one.patient, f"prescriptions/{one.pk}/")

    assert "Препарат не указан" in found
    assert "Рецепт без номера" in found
    assert "не указан" in found
    assert "включительно" not in found


@pytest.mark.parametrize(
    ("days", "text"), [(0, "сегодня"), (1, "завтра"), (2, "через 2\u00a0дня"), (5, "через 5\u00a0дней")]
)
def test_ends_text_declines_the_days(days, text):
    assert texts.ends_text(days) == f"заканчивается {text}"


@pytest.mark.parametrize("query", ["year=9999", "year=1900", "year=٢٠٢٦", "page=99999999", "q=%25_'"])
def test_list_answers_whatever_the_address_says(query):
    path = f"prescriptions/?{query}"

    assert "</html>" in page(PatientFactory(), path)
