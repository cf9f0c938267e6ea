"""Every page in English: whatever Russian is left once the data is written in another alphabet is the portal's own."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client

from medkarta.ui.preferences import Preferences, dump
from tests.booking_walk import pages_of_a_booking
from tests.catalogue import CYRILLIC
from tests.routes import KEY, ROUTES, Open, Record, path_of, row_name

pytestmark = pytest.mark.django_db

CONSENTS = {"consent/": "without_consent", "account/notifications/consent/": "owner"}
SHOWN = {route: told for route, told in ROUTES.items() if isinstance(told, Record) and told.expected("GET") == 200}
FILES = ("/files/", "/signatures/", "/pdf/", ".ics", ".csv")
PAGES = {route: told for route, told in SHOWN.items() if not any(one in route for one in FILES)}
OPEN = [
    route
    for route, told in ROUTES.items()
    if isinstance(told, Open) and "GET" in told.statuses and route not in CONSENTS
]
TEXTS = [route for route in SHOWN if route.endswith((".ics", ".csv"))]
# The number of an official form, such as 027/у, keeps its letters.
FORM = re.compile("\\d{3}(?:-[А-Я])?/\u2060?у(?:-\\d+)?|КНД \\d+")
ENGLISH = dump(Preferences(language="en"))


def foreign(text: str) -> str:
    """Return a text with every Cyrillic letter replaced by another alphabet's, one for one, in the same case."""
    return text.translate(_LETTERS)


_LETTERS = {ord(one): 0x1E00 + 2 * place for place, one in enumerate("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")}
_LETTERS |= {ord(chr(one).lower()): other + 1 for one, other in _LETTERS.items()}
MARK = foreign("Хозяйк")


def make_foreign(value: Any) -> Any:
    if isinstance(value, str):
        return foreign(value)
    if isinstance(value, dict):
        return {make_foreign(key): make_foreign(one) for key, one in value.items()}
    return [make_foreign(one) for one in value] if isinstance(value, list | tuple) else value


def write_data_in_another_alphabet() -> None:
    """Take the Russian out of everything that people and hospitals gave, so that what is left is the portal's own."""
    for model in apps.get_models():
        if not model.__module__.startswith("medkarta.") or model._meta.app_label in ("audit", "pages"):
            continue
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.primary_key
        ]
        for row in model._base_manager.all():
            changed = {name: make_foreign(getattr(row, name)) for name in names}
            if changed != {name: getattr(row, name) for name in names}:
                model._base_manager.filter(pk=row.pk).update(**changed)


@pytest.fixture
def english(house, no_provider, settings):
    write_data_in_another_alphabet()
    settings.OPERATOR_CONTACT = "help@example.org"

    def browser(name: str) -> Client:
        found = house.browser(name) if name else Client()
        found.cookies[settings.PREFERENCES_COOKIE] = ENGLISH
        return found

    return browser


def russian_of(answer: Any) -> list[str]:
    """Return the Russian pieces of a page, but for the button that switches to Russian."""
    html = answer.content.decode()
    assert '<html lang="en"' in html
    assert ">Русский<" in html or answer.status_code >= 500, "there has to be a way back to Russian"
    html = FORM.sub("", html.replace(">Русский<", "><"))
    return re.findall(r".{0,40}[\u0400-\u04ff]+.{0,40}", html)


def owners_path(house: Any, route: str) -> str:
    told = SHOWN[route]
    values = {"key": house.keys["owner", "owner"], **dict(told.values)}
    if told.row:
        values[row_name(route)] = house.residents["owner"].rows[told.row]
    return path_of(route, **values) + told.query


@pytest.mark.parametrize("route", PAGES)
def test_record_page_is_english(house, english, route):
    answer = english("owner").get(owners_path(house, route))

    assert answer.status_code == 200
    assert MARK in answer.content.decode(), "the data has to be there"
    assert russian_of(answer) == []


def test_steps_of_a_booking_are_english(house, english):
    for answer, status in pages_of_a_booking(house, english("owner")):
        assert answer.status_code == status
        assert russian_of(answer) == []


@pytest.mark.parametrize("route", TEXTS)
def test_text_file_is_english(house, english, route):
    answer = english("owner").get(owners_path(house, route))

    text = answer.content.decode()
    assert MARK in text, "with its details"
    assert CYRILLIC.search(text) is None


@pytest.mark.parametrize("route", OPEN)
def test_open_page_is_english(house, english, route):
    found = {"{facility}": house.facility_id}
    path = path_of(route, **{name: found.get(value, value) for name, value in ROUTES[route].values})
    for who in ("", "owner"):
        answer = english(who).get(path)

        if answer.status_code != 302 and answer["Content-Type"].startswith("text/html"):
            assert russian_of(answer) == [], f"{path} as {who or 'nobody'}"


@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        ("feedback/", {}, 422),
        ("feedback/", {"kind": "complaint", "topic": "clinic", "text": "x", "email": "nobody"}, 422),
        (f"{KEY}policy/", {"kind": "enp", "number": "1"}, 422),
        (f"{KEY}policy/", {}, 422),
        (f"{KEY}no-such-page/", None, 404),
        (f"{KEY}visits/?page=x", None, 200),
        (f"{KEY}prescriptions/?q=nothing-like-this", None, 200),
        (f"{KEY}documents/?q=nothing-like-this", None, 200),
        ("facilities/?q=nothing-like-this", None, 200),
    ],
)
def test_refusals_and_empty_lists_are_english(house, english, address, data, status):
    path = "/" + address.replace("<str:key>", house.keys["owner", "owner"])
    browser = english("owner")

    answer = browser.get(path) if data is None else browser.post(path, data)

    assert answer.status_code == status
    assert russian_of(answer) == []


def test_record_without_rows_is_english(house, english):
    for resident in house.residents.values():
        for model in apps.get_models():
            names = {field.name for field in model._meta.concrete_fields}
            if model.__module__.startswith("medkarta.") and "patient" in names:
                model._base_manager.filter(patient__person=resident.person).delete()

    for route, told in PAGES.items():
        if not told.row:
            answer = english("owner").get(path_of(route, key=house.keys["owner", "owner"], **dict(told.values)))
            assert answer.status_code == 200
            assert russian_of(answer) == [], route


@pytest.mark.parametrize(("route", "who"), CONSENTS.items())
def test_consent_says_in_english_that_its_text_is_russian(house, english, route, who):
    answer = english(who).get(f"/{route}")

    html = answer.content.decode()
    article = re.search(r'<article class="card" lang="ru">.*?</article>', html, re.S)
    assert article is not None
    assert "in Russian only" in html
    assert CYRILLIC.search(article.group()), "the text itself stays as it is agreed to"
    answer.content = html.replace(article.group(), "").encode()
    assert russian_of(answer) == []


def test_preferences_switches_the_language_of_a_person_and_back(house):
    browser = house.browser("owner")
    home = f"/p/{house.keys['owner', 'owner']}/"
    assert "Результаты исследований" in browser.get(home).content.decode()

    answer = browser.post("/preferences/", {"language": "en", "next": home})

    assert (answer.status_code, answer["Location"]) == (302, home)
    assert browser.cookies[settings.PREFERENCES_COOKIE].value.endswith(".en")
    html = browser.get(home).content.decode()
    assert "Test results" in html
    assert "Результаты исследований" not in html
    del browser.cookies[settings.PREFERENCES_COOKIE]
    assert "Test results" in browser.get(home).content.decode(), "it is kept on the account"
    browser.post("/preferences/", {"language": "ru"})
    assert "Результаты исследований" in browser.get(home).content.decode()


def test_preferences_switches_the_language_of_an_anonymous_visitor():
    browser = Client()

    browser.post("/preferences/", {"language": "en"})

    assert "Clinic map" in browser.get("/about/").content.decode()
    browser.post("/preferences/", {"language": "xx"})
    assert "Clinic map" in browser.get("/about/").content.decode(), "an unknown language changes nothing"
