"""The pages as a person gets them."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
import time_machine
from django.urls import reverse

from medkarta.audit.texts import registered
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.scheduling import views
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory, WaitlistFactory
from medkarta.scheduling.views import home_visits
from medkarta.scheduling.views import waitlist as waitlist_pages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(rf):
    """Return the text of a page of a record."""

    def get(view, patient, query="", restricted=Restricted.HIDDEN, **arguments):
        request = rf.get(f"/p/key/appointments/{query}")
        request.scope = scope_of(patient, restricted=restricted)
        request.htmx = SimpleNamespace()
        request._messages = []
        response = view(request, **arguments)
        assert response.status_code == 200
        get.action = getattr(request, "audit_action", "")
        return response.content.decode().replace("\u00a0", " ")

    return get


def test_list_appointments_shows_the_three_tables(page):
    patient = PatientFactory()
    row = AppointmentFactory(patient=patient, practitioner_name="Петрова Елена Сергеевна", cabinet="214")
    HomeVisitFactory(patient=patient, has_end=False)
    WaitlistFactory(patient=patient)

    text = page(views.list_appointments, patient)

    assert "чт, 26 ноября, 12:00" in text
    assert "Петрова Е. С., каб. 214" in text
    assert f'href="/p/key/appointments/{row.pk}/"' in text
    assert "Принят" in text
    assert "в 12:00" in text
    assert "с 25 ноября до 25 декабря" in text
    assert text.count("Всего: 1") == 3
    assert text.count("Дата/время</th>") + text.count("Дата/время <svg") == 3
    assert "Записи в лист ожидания</h2>" in text


def test_list_appointments_without_records_says_what_to_expect(page, django_assert_num_queries):
    patient = PatientFactory()
    page(views.list_appointments, patient)  # the footer is read once a while

    with django_assert_num_queries(1):
        text = page(views.list_appointments, patient)

    assert "Здесь появятся приёмы, на которые вас записали." in text
    assert "по номеру 122" in text
    assert "Часть записей закрыта" not in text


def test_list_appointments_filtered_to_nothing_offers_everything(page):
    text = page(views.list_appointments, AppointmentFactory().patient, "?state=past&kind=appointments")

    assert "Нет данных по этим условиям" in text
    assert "Вызовы врача на дом</h2>" not in text


@pytest.mark.parametrize(
    "query", ["?state=x&kind=y&from=2026-02-31&to=z&a_sort=q&a_page=-1", "?from=0001-01-01&to=9999-12-31"]
)
def test_list_appointments_takes_nonsense_in_the_address(page, query):
    assert "Всего: 1" in page(views.list_appointments, AppointmentFactory().patient, query)


def test_list_appointments_keeps_the_order_when_filters_change(page):
    text = page(views.list_appointments, AppointmentFactory().patient, "?state=ahead&a_sort=-where&w_sort=what")

    assert 'href="/p/key/appointments/?state=past&amp;a_sort=-where&amp;w_sort=what"' in text
    form = text[text.index('class="mk-filters"') :]
    for name, value in (("state", "ahead"), ("a_sort", "-where"), ("w_sort", "what")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form[: form.index("</form>")]


def test_list_appointments_pages_each_table_by_itself(page):
    patient = PatientFactory()
    for place in range(11):
        AppointmentFactory(patient=patient, starts_at=NOW + (place + 1) * DAY, specialty_name=f"Врач {place}.")

    text = page(views.list_appointments, patient, "?a_page=2&h_page=2")

    assert "Врач 10." in text
    assert "Врач 7." not in text
    assert "Всего: 11" in text


def test_list_appointments_tells_the_owner_of_locked_records(page):
    row = AppointmentFactory(is_restricted=True)

    text = page(views.list_appointments, row.patient, "?kind=appointments", restricted=Restricted.LOCKED)

    assert "Часть записей закрыта" in text
    assert "/login?again=1&amp;next=%2Fp%2Fkey%2Fappointments%2F%3Fkind%3Dappointments" in text


def test_show_appointment_tells_what_to_bring_and_why_it_was_cancelled(page):
    ahead = AppointmentFactory(instructions="Возьмите паспорт", location_name="Поликлиника № 3")
    cancelled = AppointmentFactory(status="cancelled", reason="Врач заболел", cancelled_by="clinic")

    assert "Возьмите паспорт" in page(views.show_appointment, ahead.patient, appointment_id=ahead.pk)
    text = page(views.show_appointment, cancelled.patient, appointment_id=cancelled.pk)
    assert "Врач заболел" in text
    assert "отменил: медучреждение" in text


def test_show_home_visit_and_waitlist_entry_tell_when_they_were_asked_for(page):
    visit = HomeVisitFactory(complaint="Температура")
    entry = WaitlistFactory()

    text = page(home_visits.show_home_visit, visit.patient, request_id=visit.pk)
    assert "Температура" in text
    assert "с 12:00 до 17:00" in text
    assert "Когда ждать врача" in text
    assert "ср, 25 ноября, 12:00" in text
    assert "ср, 25 ноября, 12:00" in page(waitlist_pages.show, entry.patient, entry_id=entry.pk)


def test_show_home_visit_that_is_over_waits_for_nobody(page):
    visit = HomeVisitFactory(status="done")

    assert "Когда ждать врача" not in page(home_visits.show_home_visit, visit.patient, request_id=visit.pk)


def test_show_appointment_of_another_person_is_not_found(page):
    with pytest.raises(NotFound):
        page(views.show_appointment, PatientFactory(), appointment_id=AppointmentFactory().pk)
    with pytest.raises(NotFound):
        page(views.show_appointment, PatientFactory(), appointment_id=uuid4())


@pytest.mark.parametrize(
    ("view", "make", "name", "action"),
    [
        (views.show_appointment, AppointmentFactory, "appointment_id", "scheduling.detail"),
        (home_visits.show_home_visit, HomeVisitFactory, "request_id", "scheduling.home_visit"),
        (waitlist_pages.show, WaitlistFactory, "entry_id", "scheduling.waitlist_entry"),
    ],
)
def test_show_pages_are_named_in_the_access_log(page, view, make, name, action):
    row = make()

    page(view, row.patient, **{name: row.pk})

    assert page.action == action
    assert action in registered()


@pytest.mark.parametrize(
    ("name", "arguments", "path"),
    [
        ("list", {}, "appointments/"),
        ("calendar", {}, "appointments/calendar/"),
        ("detail", {"appointment_id": UUID(int=1)}, f"appointments/{UUID(int=1)}/"),
        ("home_visit", {"request_id": UUID(int=1)}, f"appointments/home-visits/{UUID(int=1)}/"),
        ("waitlist_entry", {"entry_id": UUID(int=1)}, f"appointments/waitlist/{UUID(int=1)}/"),
    ],
)
def test_pages_stand_at_their_addresses(name, arguments, path):
    assert reverse(f"scheduling:{name}", kwargs={"key": "key", **arguments}) == f"/p/key/{path}"
