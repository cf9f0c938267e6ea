"""The pages of calling a doctor home, as a browser without a script sends them."""

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django import forms

from medkarta.accounts.models import Account
from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.models import Patient, Representation
from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, RepresentationFactory
from medkarta.requests.models import Request
from medkarta.scheduling import home_visit_form
from medkarta.scheduling.actions import home_visit_answers as answers
from medkarta.scheduling.models import BookingSetting, HomeVisitRequest
from medkarta.scheduling.tests.factories import HomeVisitFactory
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TODAY = "2026-11-25"
TYPED = {
    "complaint": "Кашель <b>и</b> слабость",
    "temperature": "38,4",
    "onset_on": "2026-11-24",
    "can_come": "no",
    "contact": "no",
    "on": TODAY,
    "half": "any",
    "address": "ул. Садовая, д. 12",
    "flat": "45",
    "phone": "8 916 000-00-00",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def clinic():
    return FacilityFactory(name="Поликлиника № 3", serves_adults=True, phones=["+7 495 000-01-03"])


class Home:
    """A person at a browser. `form()` goes through the first step and returns the hidden values of the second."""

    def __init__(self, clinic, **person):
        self.account, self.person, self.key = resident(**person)
        self.open_for(self.key, self.person, clinic)

    def open_for(self, key, person, clinic):
        self.path = f"/p/{key}/appointments/home-visits/new/"
        self.patient = PatientFactory(person=person, registered_facility_id=clinic.pk if clinic else None)
        self.browser = signed_in(self.account)

    def form(self):
        answer = self.browser.post(self.path, {"flag": "none"})
        assert answer.status_code == 302
        text = self.browser.get(answer["Location"]).content.decode()
        hidden = re.findall(r'<input type="hidden" name="(form_key|step)" id="[^"]*" value="([^"]+)"', text)
        return {**TYPED, **dict(hidden)}

    def send(self, **typed):
        return self.browser.post(self.path, {**self.form(), **typed})


@pytest.fixture
def home(clinic):
    return Home(clinic)


def text_of(answer):
    return answer.content.decode().replace("\u00a0", " ")


def nothing_is_stored():
    return not HomeVisitRequest.objects.exists() and not Request.objects.exists()


def test_first_step_asks_for_red_flags_and_nothing_else(home):
    text = text_of(home.browser.get(home.path))

    assert "Сильная боль или давит в груди" in text
    assert 'href="tel:103"' in text
    assert 'name="address"' not in text


@pytest.mark.parametrize("given", [{}, {"flag": "nonsense"}])
def test_first_step_without_an_answer_asks_again(home, given):
    answer = home.browser.post(home.path, given)

    assert answer.status_code == 422
    assert "Отметьте, что есть сейчас, или «Ничего из этого нет»" in text_of(answer)


@pytest.mark.parametrize("flags", [["stroke"], ["none", "stroke"]])
def test_red_flag_stops_with_the_numbers_and_stores_nothing(home, flags):
    answer = home.browser.post(home.path, {"flag": flags})

    text = text_of(answer)
    assert answer.status_code == 200
    assert "Здесь нужна скорая помощь" in text
    assert 'href="tel:103"' in text
    assert 'href="tel:112"' in text
    assert nothing_is_stored()
    assert "stroke" not in str(answer.headers)


def test_second_step_begins_with_what_the_identity_provider_told(home):
    Account.objects.filter(pk=home.account.pk).update(
        mobile="+79000000001", address="г. Подольск, ул. Садовая, д. 12, кв. 45"
    )

    answer = home.browser.post(home.path, {"flag": "none"})
    text = text_of(home.browser.get(answer["Location"]))

    assert 'value="г. Подольск, ул. Садовая, д. 12"' in text
    assert 'name="flat" id="id_flat" value="45"' in text
    assert 'value="+7 900 000-00-01"' in text
    assert "Поликлиника № 3" in text


@pytest.mark.parametrize("token", ["", "ok", "ok:1tabcd:forged"])
def test_second_step_is_closed_to_a_forged_token(home, token):
    assert "Шаг 1 из 2" in text_of(home.browser.get(home.path, {"step": token}))


def test_second_step_of_another_record_needs_its_own_answers(home, clinic):
    answer = home.browser.post(home.path, {"flag": "none"})
    child = PersonFactory(birth_date=date(2019, 9, 3))
    key = RepresentationFactory(account=home.account, person=child, kind="parent", confirmed_at=NOW).key
    PatientFactory(person=child)
    FacilityFactory(serves_children=True)

    query = answer["Location"].partition("?")[2]
    text = text_of(home.browser.get(f"/p/{key}/appointments/home-visits/new/?{query}"))

    assert "Шаг 1 из 2" in text


def test_send_stores_the_call_and_leads_to_its_page(home):
    answer = home.send()

    row = HomeVisitRequest.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/appointments/home-visits/{row.pk}/")
    assert (row.contact_phone, row.temperature, row.flat) == ("+79160000000", Decimal("38.4"), "45")
    text = text_of(home.browser.get(answer["Location"]))
    for words in (
        "Вызов отправлен в клинику",
        "Кашель &lt;b&gt;и&lt;/b&gt; слабость",
        "+7 916 000-00-00",
        row.number,
        "Отменить вызов",
        "История",
        "Новый",
        "Когда началось",
    ):
        assert words in text


def test_send_twice_is_one_call_even_after_the_day_is_over(home, clock):
    typed = home.form()
    first = home.browser.post(home.path, typed)
    clock.shift(3 * HOUR)
    home.browser = signed_in(home.account)
    BookingSetting.objects.create(
        name="home_visit.cutoff_weekday", value="10:00", valid_from=NOW - HOUR, created_at=NOW
    )

    second = home.browser.post(home.path, typed)

    assert second["Location"] == first["Location"]
    assert HomeVisitRequest.objects.count() == 1
    assert "Этот вызов уже отправлен" in text_of(home.browser.get(second["Location"]))


def test_send_of_a_second_tab_leads_to_the_call_of_the_first(home):
    other_tab = home.form()
    home.send()

    answer = home.browser.post(home.path, other_tab)

    row = HomeVisitRequest.objects.get()
    assert answer["Location"].endswith(f"/{row.pk}/")
    assert "На этот день врач уже вызван" in text_of(home.browser.get(answer["Location"]))


def test_send_by_back_after_cancelling_asks_to_check_and_then_takes_it(home):
    typed = home.form()
    home.browser.post(home.path, typed)
    row = HomeVisitRequest.objects.get()
    home.browser.post(f"/p/{home.key}/appointments/home-visits/{row.pk}/cancel/", {"confirm": "yes"})

    answer = home.browser.post(home.path, typed)

    text = text_of(answer)
    assert answer.status_code == 422
    assert "Вызов по этой форме уже отменён" in text
    fresh = re.search(r'name="form_key" id="[^"]*" value="([^"]+)"', text)[1]
    assert home.browser.post(home.path, {**typed, "form_key": fresh}).status_code == 302
    assert HomeVisitRequest.objects.filter(status="new").count() == 1


def test_send_without_a_form_key_and_without_what_may_be_left_out_is_taken(home):
    left_out = {"temperature": "", "onset_on": "", "contact": "", "flat": ""}

    assert home.send(form_key="odd", **left_out).status_code == 302
    row = HomeVisitRequest.objects.get()
    assert (row.temperature, row.answers) == (None, {"half": "any"})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("complaint", "", "Напишите, что беспокоит"),
        ("complaint", "а", "чуть подробнее"),
        ("complaint", "я" * 1001, "сократите на 1 знаков"),
        ("temperature", "384", "от 34 до 43"),
        ("temperature", "33,9", "от 34 до 43"),
        ("temperature", "43.1", "от 34 до 43"),
        ("temperature", "высокая", "от 34 до 43"),
        ("temperature", "1e999", "от 34 до 43"),
        ("onset_on", "2026-11-26", "ещё не наступила"),
        ("onset_on", "2024-11-25", "прошло больше года"),
        ("onset_on", "вчера", "Напишите дату"),
        ("can_come", "", "Ответьте, может ли больной прийти"),
        ("can_come", "yes", "Записаться на приём"),
        ("on", "", "Выберите день"),
        ("on", "2026-11-24", "вызвать врача уже нельзя"),
        ("on", "2026-11-27", "вызвать врача уже нельзя"),
        ("half", "", "Выберите, когда удобнее"),
        ("half", "morning", "Первая половина дня уже прошла"),
        ("address", "", "Напишите адрес"),
        ("address", "дом", "Напишите адрес целиком"),
        ("address", "я" * 501, "Адрес слишком длинный"),
        ("phone", "", "Напишите телефон"),
        ("phone", "8916123", "не хватает цифр"),
        ("phone", "8916123456789012", "лишние цифры"),
        ("phone", "нет телефона", "Напишите телефон цифрами"),
        ("phone", "+999 123 45 67", "Напишите телефон цифрами"),
    ],
)
def test_send_with_an_error_loses_nothing_and_stores_nothing(home, field, value, message):
    answer = home.send(**{field: value})

    text = text_of(answer)
    assert answer.status_code == 422
    assert message in text
    assert "mk-sum" in text
    assert nothing_is_stored()
    kept = {"complaint": "Кашель &lt;b&gt;и&lt;/b&gt;", "address": "ул. Садовая, д. 12", "phone": "8 916 000-00-00"}
    assert all(words in text for name, words in kept.items() if name != field)


def test_send_with_a_red_flag_found_later_stores_nothing(home):
    answer = home.send(flag="breathless")

    assert "Здесь нужна скорая помощь" in text_of(answer)
    assert nothing_is_stored()


def test_send_long_after_the_first_step_asks_for_the_flags_again(home, clock):
    typed = home.form()
    clock.shift(12 * HOUR + timedelta(seconds=1))
    home.browser = signed_in(home.account)

    answer = home.browser.post(home.path, typed)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "Ещё раз отметьте" in text
    assert "Трудно дышать" in text
    assert "Кашель" in text
    assert nothing_is_stored()

    stopped = home.browser.post(home.path, {**typed, "flag": "stroke"})
    assert "Здесь нужна скорая помощь" in text_of(stopped)
    assert home.browser.post(home.path, {**typed, "on": "2026-11-26", "flag": "none"}).status_code == 302


def test_send_of_a_baby_with_fever_stops_and_stores_nothing():
    clinic = FacilityFactory(serves_children=True)
    home = Home(clinic)
    child = PersonFactory(birth_date=date(2026, 9, 1))
    key = RepresentationFactory(account=home.account, person=child, kind="parent", confirmed_at=NOW).key
    home.open_for(key, child, clinic)
    typed = {**home.form(), "childcare": "home"}

    stopped = home.browser.post(home.path, {**typed, "temperature": "38,1"})
    assert "Здесь нужна скорая помощь" in text_of(stopped)
    assert nothing_is_stored()

    assert home.browser.post(home.path, {**typed, "temperature": "38,0"}).status_code == 302


def test_form_for_a_child_asks_where_he_goes_and_of_a_sick_leave_for_his_parent():
    clinic = FacilityFactory(serves_children=True)
    home = Home(clinic)
    child = PersonFactory(birth_date=date(2019, 9, 3))
    key = RepresentationFactory(account=home.account, person=child, kind="parent", confirmed_at=NOW).key
    home.open_for(key, child, clinic)

    answer = home.send()

    text = text_of(answer)
    assert answer.status_code == 422
    assert "Выберите, куда ходит ребёнок" in text
    assert "по уходу за ребёнком" in text
    assert "Может ли больной прийти" in text


def test_form_without_an_own_clinic_offers_those_of_the_age(clinic):
    other = FacilityFactory(name="Больница", serves_adults=True, town="Химки", address="ул. Мира, 1")
    FacilityFactory(name="Детская", serves_children=True)
    home = Home(None)

    answer = home.send()
    text = text_of(answer)
    assert answer.status_code == 422
    assert "Выберите клинику" in text
    assert "Больница, ул. Мира, 1" in text
    assert "Детская" not in text
    assert "Прикрепление к поликлинике не найдено" in text

    assert home.send(facility=str(uuid4())).status_code == 422
    assert home.send(facility=str(other.pk)).status_code == 302
    assert HomeVisitRequest.objects.get().facility_id == other.pk


def test_form_without_any_clinic_names_122():
    home = Home(None)

    text = text_of(home.browser.get(home.path))

    assert "Не нашлось клиники" in text
    assert 'href="tel:122"' in text
    assert home.browser.post(home.path, {"flag": "none"}).status_code == 409
    assert home.browser.post(home.path, {**TYPED, "form_key": str(uuid4())}).status_code == 409


@pytest.mark.parametrize(
    ("at", "cutoff", "words"),
    [
        (NOW + 2 * HOUR - timedelta(seconds=1), "14:00", "Вызовы на сегодня клиника принимает до 14:00."),
        (NOW + 2 * HOUR, "14:00", "На сегодня клиника вызовы уже не принимает: только до 14:00."),
        (NOW, "closed", "Сегодня врачи этой клиники на дом не выезжают."),
        (NOW, "off", "Вызов получит эта клиника."),
    ],
)
def test_hours_of_the_clinic_are_told(home, clock, at, cutoff, words):
    BookingSetting.objects.create(name="home_visit.cutoff_weekday", value=cutoff, valid_from=NOW - HOUR, created_at=NOW)
    clock.move_to(at)
    home.browser = signed_in(home.account)

    assert words in text_of(home.browser.get(home.path))


def test_today_is_that_of_the_clinics_clock(home, clinic, clock):
    clinic.timezone = "Asia/Vladivostok"
    clinic.save()
    clock.move_to(NOW + 6 * HOUR)  # 18:00 in Moscow, the next day in Vladivostok
    home.browser = signed_in(home.account)

    answer = home.browser.post(home.path, {"flag": "none"})
    text = text_of(home.browser.get(answer["Location"]))

    assert "Сегодня, чт, 26 ноября" in text
    assert "на сегодня" not in text.lower()


def test_hours_of_a_clinic_that_goes_nowhere_close_the_form(home):
    for name in ("cutoff_weekday", "cutoff_weekend"):
        BookingSetting.objects.create(name=f"home_visit.{name}", value="closed", valid_from=NOW - HOUR, created_at=NOW)

    text = text_of(home.browser.get(home.path))

    assert "Сейчас клиника вызовы через портал не принимает" in text
    assert "+7 495 000-01-03" in text


def test_live_call_is_shown_in_place_of_its_day(home):
    visit = HomeVisitFactory(patient=home.patient, starts_at=NOW)

    answer = home.browser.post(home.path, {"flag": "none"})
    text = text_of(home.browser.get(answer["Location"]))

    assert "Врач уже вызван: ср, 25 ноября" in text
    assert f"home-visits/{visit.pk}/" in text
    assert f'value="{TODAY}"' not in text
    assert 'value="2026-11-26"' in text


def test_live_calls_of_all_days_leave_no_form(home):
    for hours in (0, 24):
        HomeVisitFactory(patient=home.patient, starts_at=NOW + hours * HOUR)

    text = text_of(home.browser.get(home.path))

    assert text.count("Врач уже вызван") == 2
    assert 'name="flag"' not in text


def test_who_may_only_look_is_told_why():
    home = Home(None, birth_date=date(2012, 2, 11))

    answer = home.browser.get(home.path)
    assert answer.status_code == 200
    assert "Эту карту вы можете только смотреть" in text_of(answer)
    assert home.browser.post(home.path, {"flag": "none"}).status_code == 403


def test_cancel_asks_once_and_cancels(home):
    home.send()
    row = HomeVisitRequest.objects.get()
    path = f"/p/{home.key}/appointments/home-visits/{row.pk}/cancel/"

    assert "Да, отменить" in text_of(home.browser.get(path))
    assert home.browser.post(path, {}).status_code == 422
    row.refresh_from_db()
    assert row.status == "new"

    answer = home.browser.post(path, {"confirm": "yes"})
    text = text_of(home.browser.get(answer["Location"]))
    assert "Вызов отменён" in text
    assert "Вызвать врача снова" in text
    assert "отменять нечего" in text_of(home.browser.get(path))


def test_cancel_of_an_assigned_call_shows_the_clinics_phone(home, clinic):
    home.send()
    row = HomeVisitRequest.objects.get()
    staff = StaffScope(Actor(ActorKind.STAFF, "desk"), clinic.pk, "registrar", "home-visit")
    answers.assign(staff, call_id=row.pk, doctor="Петрова", now=NOW, starts_at=NOW + HOUR, ends_at=NOW + 3 * HOUR)
    type(clinic).objects.update(phone="+7 495 000-01-03")
    path = f"/p/{home.key}/appointments/home-visits/{row.pk}/"

    answer = home.browser.post(f"{path}cancel/", {"confirm": "yes"})

    text = text_of(answer)
    assert answer.status_code == 422
    assert 'href="tel:+7-495-000-01-03"' in text
    assert "Да, отменить" not in text
    detail = text_of(home.browser.get(path))
    assert "Чтобы отменить вызов, позвоните в клинику:" in detail
    assert "с 13:00 до 15:00" in detail


def test_list_and_home_offer_to_call_a_doctor(home):
    for path in (f"/p/{home.key}/", f"/p/{home.key}/appointments/"):
        assert f'href="{home.path}"' in text_of(home.browser.get(path))


def test_calls_of_another_person_are_missing(home):
    theirs = HomeVisitFactory()
    for end in ("", "cancel/"):
        path = f"/p/{home.key}/appointments/home-visits/{theirs.pk}/{end}"
        assert home.browser.get(path).status_code == 404
    assert home.browser.post(path, {"confirm": "yes"}).status_code == 404
    assert Patient.objects.filter(source="medkarta").count() == 0
    assert Representation.objects.count() == 1


@pytest.mark.parametrize(("text", "value"), [("36.6", "36.6"), ("38,45 °C", "38.4"), ("34", "34.0"), ("43,0", "43.0")])
def test_read_temperature_takes_a_comma_and_the_sign(text, value):
    assert home_visit_form.read_temperature(text) == Decimal(value)


@pytest.mark.parametrize("text", ["8 916 000-00-00", "+7 (916) 000 00 00", "9160000000", "+79160000000"])
def test_read_phone_takes_what_people_write(text):
    assert home_visit_form.read_phone(text) == "+79160000000"


def test_read_phone_refuses_a_number_that_is_local_only():
    with pytest.raises(forms.ValidationError):
        home_visit_form.read_phone("+1 5551234")
