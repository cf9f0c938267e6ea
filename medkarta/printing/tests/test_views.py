import pytest
from django.test import RequestFactory
from django.urls import resolve

from medkarta.printing import actions, rules
from medkarta.printing.answers import answer as hand_out
from medkarta.printing.tests.factories import NOW, sheet
from medkarta.printing.tests.test_actions import PERSON, SUBJECT, wrong_of

pytestmark = pytest.mark.django_db


def answer(query="", **data):
    factory = RequestFactory()
    request = factory.post("/verify/", data) if data else factory.get(f"/verify/{query}")
    request.account = None
    return resolve("/verify/", urlconf="medkarta.printing.urls").func(request)


@pytest.fixture
def issued():
    return actions.issue("certificate", SUBJECT, PERSON, sheet(), now=NOW)


def test_page_takes_the_number_of_the_link_and_asks_for_the_passcode(issued):
    html = answer(f"?number={issued.number}").content.decode()

    assert f'value="{rules.grouped(issued.number)}"' in html
    assert issued.passcode not in html


def test_page_takes_any_link():
    html = answer("?number=%3Cscript%3E1%00" + "2" * 99).content.decode()

    assert 'value="1222 2222 2222 2222"' in html


def test_page_says_genuine_the_day_and_the_hash_and_nothing_else(issued):
    response = answer(number=rules.grouped(issued.number), passcode=rules.grouped(issued.passcode))

    html = response.content.decode()
    assert response.status_code == 200
    for words in ("Подлинный", "Выдан 25.11.2026", issued.sha256):
        assert words in html
    for secret in ("Иванова", "Справка", "справка", "certificate", "Петрова", str(SUBJECT), str(PERSON)):
        assert secret not in html


def test_page_answers_a_wrong_pair_with_one_sentence_and_keeps_what_was_typed(issued):
    pages = [
        answer(number=issued.number, passcode=wrong_of(issued)),
        answer(number="0" * 16, passcode=wrong_of(issued)),
    ]

    assert [one.status_code for one in pages] == [422, 422]
    shown = [one.content.decode() for one in pages]
    assert all("Листа с таким номером и кодом нет" in one for one in shown)
    assert f'value="{issued.number}"' in shown[0]


@pytest.mark.parametrize(
    ("number", "passcode", "words"),
    [
        ("", "", "Перепишите номер с листа"),
        ("1" * 15, "1" * 8, "В номере листа 16 цифр"),
        ("1" * 16, "1" * 9, "В коде 8 цифр"),
        ("١" * 16, "1" * 8, "В номере листа 16 цифр"),
    ],
)
def test_page_says_what_is_wrong_with_what_was_typed(number, passcode, words):
    response = answer(number=number, passcode=passcode)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_page_says_when_there_were_too_many(issued):
    for turn in range(rules.WRONG_PER_ADDRESS):
        answer(number=f"{turn:016d}", passcode="0" * 8)

    response = answer(number=issued.number, passcode=issued.passcode)

    assert response.status_code == 429
    assert "Слишком много неверных попыток" in response.content.decode()


@pytest.mark.parametrize(("download", "how"), [(False, "inline"), (True, "attachment")])
def test_answer_hands_out_the_bytes_and_lets_nothing_run(issued, download, how):
    response = hand_out(issued, "Справка", download=download)

    assert response.content == issued.pdf
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith(how)
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "no-store")
