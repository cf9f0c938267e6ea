"""The pages of orders, as a browser without a script sends them."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine

from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import answers
from medkarta.documents.orders.answers import Given
from medkarta.documents.tests.factories_orders import CertificateOrderFactory, desk_of, pdf
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, RepresentationFactory
from medkarta.signin.tests.factories import resident, signed_in
from medkarta.visits.tests.factories import VisitFactory

pytestmark = pytest.mark.django_db
EXTRACT = {
    "delivery": "portal",
    "purpose": "В санаторий <b>«Лесной»</b>",
    "q_period_from": "2025-01-01",
    "q_period_until": "2026-01-01",
    "q_about": "Операция",
}
TAX = {"delivery": "paper", "q_year": "2025", "q_payer": "patient", "q_inn": "5001 0073 2259"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def clinic():
    return FacilityFactory(name="Поликлиника № 3", serves_adults=True, phones=["+7 495 000-01-03"])


class Home:
    """A person at a browser."""

    def __init__(self, clinic, **person):
        self.clinic = clinic
        self.account, self.person, self.key = resident(given_name="Анна", **person)
        self.patient = PatientFactory(person=self.person, registered_facility_id=clinic.pk)
        self.browser = signed_in(self.account)

    def url(self, path=""):
        return f"/p/{self.key}/documents/orders/{path}"

    def get(self, path=""):
        return self.browser.get(self.url(path))

    def form_key(self, kind):
        return re.search(r'name="form_key" id="[^"]*" value="([^"]+)"', text_of(self.get(f"new/{kind}/")))[1]

    def send(self, kind="extract-027", typed=EXTRACT, **changed):
        told = {"facility": str(self.clinic.pk), "form_key": self.form_key(kind), **typed, **changed}
        return self.browser.post(self.url(f"new/{kind}/"), told)


@pytest.fixture
def home(clinic):
    return Home(clinic)


@pytest.fixture
def child(home):
    """The record of a child under a parent's account."""
    home.person = PersonFactory(given_name="Мария", birth_date=date(2012, 2, 11))
    home.patient = PatientFactory(person=home.person, registered_facility_id=home.clinic.pk)
    home.key = RepresentationFactory(account=home.account, person=home.person, kind="parent", confirmed_at=NOW).key
    return home


def text_of(answer):
    return answer.content.decode()


def test_kinds_are_parted_by_age_and_by_whether_the_portal_takes_them(home):
    text = text_of(home.get("new/"))

    offered, others, elsewhere = re.split('id="others"|id="elsewhere"', text)
    assert 'documents/orders/new/pool/"' in offered
    assert "Справка в детский лагерь" in others
    assert "только для детей до 18 лет" in others
    assert "Медицинское заключение водителя" in elsewhere
    assert "новый заказ" not in elsewhere
    assert "new/mse-088/" not in text


def test_form_begins_with_the_own_clinic_and_says_what_is_needed(home):
    VisitFactory(patient=home.patient, service="Приём терапевта", started_at=NOW - timedelta(days=13))

    text = text_of(home.get("new/pool/"))

    assert f'<option value="{home.clinic.pk}" selected>' in text
    assert "Ваша поликлиника" in text
    assert re.search(r"есть:\s*<a href=\"/p/[^\"]+/visits/[^\"]+\">Приём терапевта</a>\s*от 12.11.2026", text)
    assert "обычно 1–3 рабочих дня, точный срок скажет клиника" in text
    assert "Хватит ли этого осмотра, решит клиника" in text


def test_form_without_a_visit_in_the_record_leads_to_booking(home):
    text = text_of(home.get("new/pool/"))

    assert "нет, понадобится визит" in text
    assert f'href="/p/{home.key}/appointments/book/"' in text


def test_order_is_taken_shown_and_listed(home):
    answer = home.send()
    row = CertificateOrder.objects.get()

    assert answer.status_code == 302
    assert answer["Location"] == home.url(f"{row.pk}/")
    page = text_of(home.browser.get(answer["Location"]))
    assert "Заявка отправлена в клинику" in page
    assert "В санаторий &lt;b&gt;«Лесной»&lt;/b&gt;" in page
    assert "01.01.2025" in page
    assert row.number in page
    assert "Обычно справка готова к пт, 25\xa0декабря. Точный срок скажет клиника." in page
    listed = text_of(home.get())
    assert "Выписка из медицинской карты" in listed
    assert f'href="{home.url(f"{row.pk}/")}cancel/"' in listed


def test_order_sent_again_leads_to_the_first(home):
    key = home.form_key("extract-027")
    first = home.send(form_key=key)

    assert home.send(form_key=key)["Location"] == first["Location"]
    assert CertificateOrder.objects.count() == 1


def test_same_order_by_another_form_is_refused_with_a_link_and_keeps_what_was_typed(home):
    home.send()
    row = CertificateOrder.objects.get()

    answer = home.send()

    assert answer.status_code == 409
    text = text_of(answer)
    assert "Такая же справка уже заказана" in text
    assert f'href="{home.url(f"{row.pk}/")}"' in text
    assert "Операция</textarea>" in text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"facility": ""}, "Выберите клинику"),
        ({"facility": str(uuid4())}, "Выберите клинику из списка"),
        ({"purpose": ""}, "Напишите, куда нужна справка"),
        ({"purpose": "я" * 301}, "Слишком длинно: оставьте название организации"),
        ({"delivery": "pigeon"}, "Выберите, как получить справку"),
        ({"q_period_from": "вчера"}, "Напишите дату, например 25.11.2026"),
        ({"q_period_from": "2026-11-26"}, "Эта дата ещё не наступила"),
        ({"q_period_from": "1899-12-31"}, "Проверьте год"),
        ({"q_period_until": "2024-12-31"}, "Эта дата раньше первой: проверьте обе"),
        ({"q_about": "я" * 501}, "Слишком длинно: не больше 500 знаков"),
    ],
)
def test_wrong_order_is_told_what_to_do_and_keeps_the_rest(home, changed, sentence):
    answer = home.send(**changed)

    assert answer.status_code == 422
    text = text_of(answer)
    assert sentence in text
    assert "Операция" in text or "q_about" in changed
    assert not CertificateOrder.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"q_inn": ""}, "Заполните это поле"),
        ({"q_inn": "50010073225"}, "В ИНН человека 12 цифр, а здесь 11"),
        ({"q_inn": "500100732258"}, "Такого ИНН не бывает"),
        ({"q_inn": "5001OO732259"}, "В ИНН бывают только цифры"),
        ({"q_year": "2023"}, "Выберите ответ"),
        ({"q_payer": ""}, "Выберите ответ"),
        ({"q_payer": "other"}, "Заполните это поле"),
        ({"q_payer": "other", "q_payer_name": "пробная  АННА Сергеевна"}, "Это сам пациент"),
        ({"q_payer": "other", "q_payer_name": "Иванов"}, "Напишите фамилию, имя и отчество целиком"),
        ({"q_payer": "other", "q_payer_name": "Иванов Пётр", "q_payer_born": "2019-01-01"}, "меньше 18 лет"),
    ],
)
def test_tax_certificate_wants_a_payer_who_can_be_one(home, changed, sentence):
    answer = home.send("tax", TAX, **changed)

    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_tax_certificate_of_another_payer_keeps_him_and_forgets_what_was_answered_in_vain(home):
    assert home.send("tax", TAX, q_payer_name="Иванов Пётр Ильич").status_code == 302
    payer = {"q_payer": "other", "q_payer_name": "Иванов Пётр Ильич", "q_payer_born": "1980-01-01"}
    assert home.send("tax", TAX, **payer).status_code == 302

    own = CertificateOrder.objects.get(answers__payer="patient")
    other = CertificateOrder.objects.get(answers__payer="other")
    assert own.answers == {"year": "2025", "payer": "patient", "inn": "500100732259"}
    assert (other.answers["payer_name"], other.answers["payer_born"]) == ("Иванов Пётр Ильич", "1980-01-01")


def test_child_is_no_payer(child):
    text = text_of(child.get("new/tax/"))

    assert 'value="other"' in text
    assert 'value="patient"' not in text


def test_day_ahead_is_neither_past_nor_years_away(child):
    camp = {"delivery": "portal", "q_camp_from": "2026-11-24", "q_camp_until": "2026-11-24"}

    assert "Эта дата уже прошла" in text_of(child.send("camp-079", camp))
    assert "до этой даты слишком далеко" in text_of(child.send("camp-079", camp, q_camp_from="2029-01-01"))
    good = {"q_camp_from": "25.11.2026", "q_camp_until": "2026-11-25"}
    assert child.send("camp-079", camp, **good).status_code == 302


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("camp-079", "Эта справка для детей до 18 лет"),
        ("driver-003", "только на личном приёме"),
        ("mse-088", "врачебная комиссия"),
    ],
)
def test_kind_that_is_not_for_him_says_why_and_takes_nothing(home, kind, sentence):
    assert sentence in text_of(home.get(f"new/{kind}/"))
    answer = home.browser.post(home.url(f"new/{kind}/"), {"facility": str(home.clinic.pk), "delivery": "portal"})

    assert answer.status_code == 403
    assert not CertificateOrder.objects.exists()


def test_unknown_kind_is_missing(home):
    assert home.get("new/no-such-kind/").status_code == 404


def test_refused_order_is_ordered_again_from_its_own_form(home):
    home.send()
    row = CertificateOrder.objects.get()
    answers.refuse(desk_of(home.clinic.pk), order_id=row.pk, reason="Уточните период", now=NOW)

    page = text_of(home.get(f"{row.pk}/"))
    assert "Уточните период" in page
    again = re.search(r'href="/p/[^/]+/documents/orders/(new/extract-027/\?again=[^"]+)"', page)[1]
    form = text_of(home.get(again))

    assert 'value="2025-01-01"' in form
    assert "Операция</textarea>" in form
    assert home.send().status_code == 302
    assert CertificateOrder.objects.count() == 2


@pytest.mark.parametrize(
    "again", ["", "nothing", "00000000-0000-4000-8000-000000000000"], ids=["none", "word", "unknown"]
)
def test_form_with_a_wrong_order_to_repeat_is_just_empty(home, again):
    answer = home.get(f"new/extract-027/?again={again}")

    assert answer.status_code == 200
    assert 'name="form_key"' in text_of(answer)


def test_another_persons_order_is_not_repeated(home):
    theirs = CertificateOrderFactory(purpose="Чужая организация")

    assert "Чужая организация" not in text_of(home.get(f"new/extract-027/?again={theirs.pk}"))


def test_new_order_is_said_to_be_sent_and_not_to_be_at_the_clinic(home):
    home.send()
    row = CertificateOrder.objects.get()

    page = text_of(home.get(f"{row.pk}/"))

    assert "Заявка отправлена в клинику. Ответ клиники появится здесь." in page
    assert "Клиника получила" not in page


def test_ready_order_leads_to_its_document_and_file(home):
    home.send()
    row = CertificateOrder.objects.get()
    document_id = answers.make_ready(desk_of(home.clinic.pk), order_id=row.pk, given=Given(pdf()), now=NOW)

    page, listed = text_of(home.get(f"{row.pk}/")), text_of(home.get())

    assert f'href="/p/{home.key}/documents/{document_id}/"' in page
    assert f'href="/p/{home.key}/documents/{document_id}/"' in listed
    file = home.browser.get(f"/p/{home.key}/documents/{document_id}/files/1/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")


def test_visit_and_paper_tell_where_to_go(home):
    visit = CertificateOrderFactory(patient=home.patient, status="visit", comment="Нужен терапевт")
    paper = CertificateOrderFactory(patient=home.patient, status="ready", delivery="paper")

    assert f'href="/p/{home.key}/appointments/book/"' in text_of(home.get(f"{visit.pk}/"))
    assert "Справку можно забрать в регистратуре" in text_of(home.get(f"{paper.pk}/"))


def test_cancel_asks_once_and_cancels(home):
    home.send()
    row = CertificateOrder.objects.get()
    path = home.url(f"{row.pk}/cancel/")

    assert "Да, отменить" in text_of(home.browser.get(path))
    assert home.browser.post(path).status_code == 422
    assert home.browser.post(path, {"confirm": "yes"}).status_code == 302
    assert "Отменена" in text_of(home.get(f"{row.pk}/"))


def test_cancel_after_the_answer_says_that_it_is_too_late(home):
    row = CertificateOrderFactory(patient=home.patient, status="ready", delivery="paper")

    answer = home.browser.post(home.url(f"{row.pk}/cancel/"), {"confirm": "yes"})

    assert answer.status_code == 422
    assert "Отменить эту заявку уже нельзя" in text_of(answer)


def test_request_in_the_statuses_leads_to_the_order_and_cancels_it(home):
    home.send()
    row = CertificateOrder.objects.get()

    listed = text_of(home.browser.get(f"/p/{home.key}/requests/"))
    request_path = re.search(r'href="(/p/[^"]+/requests/[0-9a-f-]{36}/)"', listed)[1]
    page = text_of(home.browser.get(request_path))

    assert "Справка" in listed
    assert f'href="{home.url(f"{row.pk}/")}"' in page
    assert home.browser.post(f"{request_path}cancel/", {"confirm": "yes"}).status_code == 302
    row.refresh_from_db()
    assert row.status == "cancelled"


def test_who_may_only_look_is_told_so_and_orders_nothing(clinic):
    home = Home(clinic, birth_date=date(2012, 2, 11))  # 14: reads his own record, acts from 15 on

    assert "Эту карту вы можете только смотреть" in text_of(home.get("new/"))
    answer = home.browser.post(home.url("new/pool/"), {"facility": str(clinic.pk), "delivery": "portal"})
    assert answer.status_code == 403
    assert 'documents/orders/new/"' not in text_of(home.get())
    assert not CertificateOrder.objects.exists()


def test_list_is_empty_in_words(home):
    assert "Заявок пока нет" in text_of(home.get())


def test_list_sorts_by_its_columns_and_counts(home):
    for number in range(22):
        CertificateOrderFactory(patient=home.patient, ordered_at=NOW - timedelta(days=number))

    for sort in ("title", "-date", "facility", "status"):
        assert "Всего: 22" in text_of(home.get(f"?sort={sort}"))
    assert text_of(home.get("?page=2")).count('<tr role="row"><td') == 2
