"""The steps of finding a time as a person gets them."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine

from medkarta.core.http import SeeOther
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.scheduling import grants, refusals
from medkarta.scheduling.tests.factories import AppointmentFactory
from medkarta.scheduling.tests.factories_finding import CARDIOLOGIST, DENTIST, clinic, days_ahead, doctor, times
from medkarta.scheduling.views import finding as views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def patient_of(place):
    return PatientFactory(registered_facility_id=place.pk)


@pytest.fixture
def page(rf):
    """Return the text of a step as a person gets it."""

    def get(view, patient, query="", status=200):
        request = rf.get(f"/p/key/appointments/book/{query}")
        request.scope = scope_of(patient)
        request.htmx = SimpleNamespace()
        request._messages = []
        answer = view(request)
        assert answer.status_code == status
        assert request.audit_action == "scheduling.book"
        return answer["Location"] if isinstance(answer, SeeOther) else answer.content.decode().replace("\u00a0", " ")

    return get


def test_choose_time_opens_the_first_day_and_its_times_are_buttons(page):
    home = clinic()
    slot, later = times(doctor(home), days_ahead(1), days_ahead(1.2))

    text = page(views.choose_time, patient_of(home), f"?specialty=34&facility={home.pk}")

    assert "чт, 26 ноября" in text
    assert "2 места" in text
    assert f'name="slot" value="{slot.pk}"' in text
    assert f'name="slot" value="{later.pk}"' in text
    assert text.count('action="/p/key/appointments/book/hold/"') == 2
    assert "<h3>День</h3>" in text.replace("\n", "")
    assert '<input type="hidden" name="day" value="2026-11-26">' in text


def test_choose_time_of_several_doctors_says_whose_each_is(page):
    home = clinic()
    times(doctor(home, name="Первая Анна Львовна"), days_ahead(1))
    times(doctor(home, name="Вторая Вера Ильинична"), days_ahead(1.1))

    text = page(views.choose_time, patient_of(home), f"?specialty=34&facility={home.pk}")

    assert "Первая А. Л., каб. 214" in text
    assert "Вторая В. И., каб. 214" in text
    assert "любой врач клиники" in text


def test_choose_time_without_a_clinic_asks_for_one(page):
    for name in ("Первая", "Вторая"):
        times(doctor(clinic(name), DENTIST), days_ahead(1))

    assert (
        page(views.choose_time, PatientFactory(), "?specialty=46", 303)
        == "/p/key/appointments/book/clinics/?specialty=46"
    )


def test_choose_time_in_another_zone_says_whose_time_it_is(page):
    place = clinic(timezone="Europe/Kaliningrad")
    times(doctor(place), days_ahead(1))

    text = page(views.choose_time, PatientFactory(), f"?specialty=34&facility={place.pk}")

    assert "по времени Калининграда (UTC+2)" in text
    assert ">11:00<" in text


def test_choose_time_without_times_explains_in_place(page):
    home = clinic()
    doctor(home, is_active=False, comment="Врач принимает в выездном отделении")

    text = page(views.choose_time, patient_of(home), f"?specialty=34&facility={home.pk}")

    assert "Врач принимает в выездном отделении" in text
    assert "Встать в лист ожидания" in text
    assert "103" in text


def test_choose_time_of_a_later_window_keeps_the_way_back(page):
    home = clinic()
    times(doctor(home), days_ahead(1), days_ahead(16))

    first = page(views.choose_time, patient_of(home), f"?specialty=34&facility={home.pk}")
    second = page(views.choose_time, patient_of(home), f"?specialty=34&facility={home.pk}&day=2026-12-11")

    assert "day=2026-12-09" in first
    assert "Раньше" not in first
    assert "пт, 11 декабря" in second
    assert "day=2026-11-25" in second
    assert "Позже" not in second


def test_choose_time_while_moving_says_what_moves(page):
    home = clinic()
    schedule, patient = doctor(home), patient_of(home)
    slot, _free = times(schedule, days_ahead(1), days_ahead(2))
    booked = AppointmentFactory(patient=patient, slot=slot, starts_at=slot.starts_at, exclusive_position="34")

    text = page(views.choose_time, patient, f"?specialty=34&facility={home.pk}&move={booked.pk}")
    plain = page(views.choose_time, patient, f"?specialty=34&facility={home.pk}")
    foreign = page(views.choose_time, patient, f"?specialty=34&facility={home.pk}&move={uuid4()}")

    assert "Сейчас вы записаны на чт, 26 ноября, 12:00" in text
    assert f'name="move" value="{booked.pk}"' in text
    assert f"swap={booked.pk}" in text
    assert f"swap={booked.pk}" in plain
    assert "swap=" not in foreign.replace(f"swap={booked.pk}", "")
    assert "К этому специалисту вы уже записаны" in plain
    assert "К этому специалисту вы уже записаны" not in text
    assert "Переносить нечего" in foreign


def test_choose_way_of_a_clinic_lists_what_it_has(page):
    here, there = clinic("Здешняя"), clinic("Тамошняя")
    doctor(here)
    doctor(there, DENTIST)

    text = page(views.choose_way, PatientFactory(), f"?facility={here.pk}")

    assert "Офтальмолог" in text
    assert "Стоматолог" not in text


def test_choose_clinic_offers_the_nearest_time_of_all_in_one_press(page):
    near, far = clinic("Близкая"), clinic("Дальняя", latitude=57.0)
    times(doctor(near, DENTIST), days_ahead(5))
    soon = times(doctor(far, DENTIST, name="Скорая Анна Львовна"), days_ahead(1))[0]

    text = page(views.choose_clinic, patient_of(near), "?specialty=46")

    assert "Ближайшее время: чт, 26 ноября, 12:00" in text
    assert f"role={soon.practitioner_role_id}&amp;day=2026-11-26" in text
    assert "Близкая" in text


def test_choose_clinic_without_a_wish_lists_clinics(page):
    here = clinic("Здешняя")
    doctor(here)

    assert f'href="/p/key/appointments/book/?facility={here.pk}"' in page(views.choose_clinic, PatientFactory())


@pytest.mark.parametrize("number", ["0", "-1", "99999", "x", "²"])
def test_choose_clinic_with_a_senseless_page_is_a_page(page, number):
    times(doctor(clinic(), DENTIST), days_ahead(1))

    assert page(views.choose_clinic, PatientFactory(), f"?specialty=46&page={number}")


def test_choose_doctor_keeps_what_was_typed(page):
    doctor(clinic(), name="Ёлкина Наталья Петровна")

    assert "Ёлкина Наталья Петровна" in page(views.choose_doctor, PatientFactory(), "?q=елкена")
    nobody = page(views.choose_doctor, PatientFactory(), "?q=%3Cb%3E%D0%96")
    assert 'value="&lt;b&gt;Ж"' in nobody
    assert "Никто не нашёлся" in nobody


def test_explain_page_of_a_specialty_for_a_referral(page):
    home = clinic()
    doctor(home, CARDIOLOGIST)

    text = page(views.explain, patient_of(home), f"?specialty=23&facility={home.pk}")

    assert "записывают по направлению" in text


def test_every_step_says_why_a_grant_opens_nothing_any_more(page):
    def expired(*_args, now):
        raise refusals.BookingRefused("REFERRAL_PERIOD_HAS_EXPIRED")

    grants.register("probe", list_open=lambda *_, now: [], recheck=expired, on_change=lambda *_, now: None)
    try:
        for view in (views.choose_way, views.choose_doctor, views.choose_clinic, views.choose_time, views.explain):
            text = page(view, PatientFactory(), f"?grant=probe:{uuid4()}", 409)
            assert "Срок направления истёк" in text
            assert "/p/key/referrals/" in text
    finally:
        grants._KINDS.pop("probe")


def test_choose_time_waits_for_what_opens_later(page):
    home = clinic()
    schedule = doctor(home)
    times(schedule, days_ahead(1))
    times(schedule, days_ahead(2), opens_at=NOW + timedelta(hours=1))

    text = page(views.choose_time, patient_of(home), f"?specialty=34&facility={home.pk}")

    assert "откроется ср, 25 ноября, 13:00" in text


def test_choose_clinic_in_another_zone_names_the_zone_beside_the_time(page):
    times(doctor(clinic(timezone="Europe/Kaliningrad"), DENTIST), days_ahead(1))

    assert "чт, 26 ноября, 11:00 (UTC+2)" in page(views.choose_clinic, PatientFactory(), "?specialty=46")


def test_choose_clinic_lists_apart_where_one_may_not_book(page):
    home, other = clinic("Своя"), clinic("Чужая")
    for place in (home, other):
        times(doctor(place), days_ahead(1))

    text = page(views.choose_clinic, patient_of(home), "?specialty=34")

    assert text.index("Своя") < text.index("Сюда самостоятельно не записаться") < text.index("Чужая")
    assert f"why/?specialty=34&amp;facility={other.pk}" in text


def test_choose_time_by_a_grant_is_named_by_it_and_binds_no_follow_up(page):
    home = clinic()
    schedule, patient = doctor(home, CARDIOLOGIST), patient_of(home)
    slot, _free = times(schedule, days_ahead(1), days_ahead(2))
    AppointmentFactory(patient=patient, slot=slot, starts_at=slot.starts_at, exclusive_position=CARDIOLOGIST)
    grant = grants.BookingGrant("probe", uuid4(), "Повторный приём", (CARDIOLOGIST,), is_follow_up=True)
    grants.register("probe", list_open=lambda *_, now: [], recheck=lambda *_, **_times: grant, on_change=list)
    try:
        text = page(views.choose_time, patient, f"?grant=probe:{grant.source_ref}")
        moving = page(views.choose_clinic, patient, f"?grant=probe:{grant.source_ref}&move={uuid4()}")
    finally:
        grants._KINDS.pop("probe")

    assert "Повторный приём" in text
    assert "вы уже записаны" not in text
    assert "Переносить нечего" in moving
