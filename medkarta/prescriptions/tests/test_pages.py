"""The page of a prescription and of asking for the next one, as a browser without a script sees them."""

import re
from datetime import date
from uuid import uuid4

import pytest
import time_machine

from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import NOW, PatientFactory
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.prescriptions.tests.factories import PrescriptionFactory, PrescriptionRepeatFactory
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


class Home:
    """A person at a browser."""

    def __init__(self):
        self.account, self.person, self.key = resident(given_name="Анна")
        self.patient = PatientFactory(person=self.person)
        self.clinic = FacilityFactory(name="Поликлиника № 3", short_name="")
        self.browser = signed_in(self.account)

    def prescription(self, **given):
        return PrescriptionFactory(patient=self.patient, facility_id=self.clinic.pk, **given)

    def url(self, path):
        return f"/p/{self.key}/prescriptions/{path}"

    def get(self, path):
        answer = self.browser.get(self.url(path))
        assert answer.status_code == 200
        return answer.content.decode()

    def form_key(self, one):
        return re.search(r'name="form_key" id="[^"]*" value="([^"]+)"', self.get(f"{one.pk}/repeat/"))[1]

    def send(self, one, **typed):
        told = {"wish": "Осталось <b>на неделю</b>", "form_key": str(uuid4()), **typed}
        return self.browser.post(self.url(f"{one.pk}/repeat/"), told)


@pytest.fixture
def home():
    return Home()


def test_prescription_shows_a_code_that_needs_no_style(home):
    one = home.prescription()

    found = home.get(f"{one.pk}/")

    drawn = re.search(r"<svg.*?</svg>", found[found.index('id="code"') :], re.DOTALL)[0]
    assert "<path" in drawn
    assert "style=" not in drawn
    assert "Аторвастатин" not in drawn


@pytest.mark.parametrize(
    "given", [{"number": ""}, {"status": "dispensed"}, {"status": "cancelled"}, {"valid_until": date(2026, 11, 24)}]
)
def test_prescription_that_no_pharmacy_takes_has_no_code(home, given):
    assert 'id="code"' not in home.get(f"{home.prescription(**given).pk}/")


def test_prescription_says_why_it_ends_on_its_day(home):
    one = home.prescription(form="107-1")

    assert "приказ Минздрава России № 1094н" in home.get(f"{one.pk}/")


def test_repeat_goes_from_the_page_to_the_request(home):
    one = home.prescription(status="dispensed")
    assert f"prescriptions/{one.pk}/repeat/" in home.get(f"{one.pk}/")
    key = home.form_key(one)

    first, again = home.send(one, form_key=key), home.send(one, form_key=key)

    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    row = PrescriptionRepeat.objects.get()
    found = home.get(f"repeats/{row.pk}/")
    assert "Осталось &lt;b&gt;на неделю&lt;/b&gt;" in found
    assert row.number in found
    assert "Отправлен" in home.get(f"{one.pk}/")
    assert "Повторный рецепт" in home.browser.get(f"/p/{home.key}/requests/").content.decode()


def test_repeat_is_asked_for_once(home):
    one = home.prescription(status="dispensed")
    home.send(one)

    answer = home.send(one)

    assert answer.status_code == 409
    assert str(PrescriptionRepeat.objects.get().pk) in answer.content.decode()


def test_repeat_of_one_that_is_still_valid_is_refused_in_words(home):
    one = home.prescription()

    assert "repeat/" not in home.get(f"{one.pk}/")
    assert "сначала получите препарат" in home.get(f"{one.pk}/repeat/")
    assert home.send(one).status_code == 422


@pytest.mark.parametrize("typed", [{"wish": "я" * 501}, {"form_key": "no key", "wish": "я" * 501}])
def test_repeat_form_keeps_what_was_typed(home, typed):
    answer = home.send(home.prescription(status="dispensed"), **typed)

    assert answer.status_code == 422
    assert "Слишком длинно" in answer.content.decode()
    assert "я" * 501 in answer.content.decode()


def test_repeat_is_cancelled_after_one_question(home):
    one = home.prescription(status="dispensed")
    home.send(one)
    row = PrescriptionRepeat.objects.get()
    address = home.url(f"repeats/{row.pk}/cancel/")

    assert "Да, отменить" in home.get(f"repeats/{row.pk}/cancel/")
    assert home.browser.post(address, {"confirm": "yes"}).status_code == 302

    row.refresh_from_db()
    assert row.status == "cancelled"
    assert "Попросить снова" in home.get(f"repeats/{row.pk}/")


@pytest.mark.parametrize("status", ["in-work", "visit", "ready"])
def test_repeat_says_what_each_status_means(home, status):
    row = PrescriptionRepeatFactory(patient=home.patient, status=status, comment="Ответ клиники")

    assert "Ответ клиники" in home.get(f"repeats/{row.pk}/")
    assert ("Отменить запрос" in home.get(f"repeats/{row.pk}/")) is (status != "ready")


def test_refused_repeat_says_why(home):
    row = PrescriptionRepeatFactory(patient=home.patient, status="refused", reason="other", comment="Нужен осмотр")

    assert "Причина отказа:</b> Нужен осмотр" in home.get(f"repeats/{row.pk}/")
    assert "Запрос уже не отменить" in home.get(f"repeats/{row.pk}/cancel/")
