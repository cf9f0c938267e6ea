"""Every page as a strict reader gets it: valid HTML, labels, headings, headers, no other host, no dead link."""

import re
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from medkarta.signin.tests.factories import resident, signed_in
from medkarta.ui.preferences import CHOICES
from tests.booking_walk import pages_of_a_booking
from tests.page_checks import check, parse, text_of
from tests.routes import KEY, ROUTES, Open, Record, path_of, row_name

pytestmark = pytest.mark.django_db

FILES = {"files", "signatures"}
NO_PAGES = (".ics", ".csv", "/pdf/")
SIGNED_IN = [
    route
    for route, told in ROUTES.items()
    if isinstance(told, Record) and told.expected("GET") == 200
    if not FILES & set(route.split("/")) and not route.endswith(NO_PAGES)
]
FOR_ALL = [
    route for route, told in ROUTES.items() if isinstance(told, Open) and told.statuses.get("GET", (0,))[0] == 200
]
PLAIN = {"healthz", "sw.js"}


def record_path(house, route: str, whose: str = "owner", who: str = "owner") -> str:
    told = ROUTES[route]
    values = {"key": house.keys[who, whose], **dict(told.values)}
    if told.row:
        values[row_name(route)] = house.residents[whose].rows[told.row]
    return path_of(route, **values)


def open_path(house, route: str) -> str:
    return path_of(route, **{n: house.facility_id if v == "{facility}" else v for n, v in ROUTES[route].values})


@pytest.fixture
def empty(house):
    """A person with nothing at all in his record."""
    account, _person, key = resident(family_name="Пустов")
    return SimpleNamespace(browser=signed_in(account), key=key)


LOOKS = ["dark.normal.2.bw.wide.ru", "light.low.3.wb.wide.ru", "light.normal.2.bw.wide.en"]
SENSELESS = [
    *("page=9999", "page=0", "page=x", "page=2&page=3", "sort=nothing", "q=%00%27%22<b>", "year=0000"),
    *("month=2026-13", "month=9999-12", "clinic=1&doctor=x", "ann=99", "date=%FF%FE"),
]


@pytest.mark.parametrize("route", SIGNED_IN)
def test_page_of_a_record_is_well_formed(house, route):
    browser = house.browser("owner")
    for whose in ("owner", "child"):
        check(browser.get(record_path(house, route, whose)))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("route", [KEY, f"{KEY}results/<uuid:report_id>/", f"{KEY}appointments/", f"{KEY}policy/"])
def test_page_is_well_formed_in_every_look(house, route, look):
    browser = house.browser("owner")
    browser.post("/preferences/", dict(zip(CHOICES, look.split("."), strict=True)))

    tree = check(browser.get(record_path(house, route)))

    assert tree.get("lang") == look[-2:]


@pytest.mark.parametrize("route", [one for one in SIGNED_IN if "<uuid" not in one])
def test_empty_page_of_a_record_is_well_formed(empty, route):
    check(empty.browser.get(path_of(route, key=empty.key, **dict(ROUTES[route].values))))


@pytest.mark.parametrize("query", SENSELESS)
def test_page_with_a_senseless_query_is_still_a_page(house, query):
    browser = house.browser("owner")
    for route in SIGNED_IN:
        answer = browser.get(f"{record_path(house, route)}?{query}")

        assert answer.status_code in (200, 400, 404), f"{route}?{query}"
        check(answer)


@pytest.mark.parametrize("route", [one for one in FOR_ALL if one not in PLAIN])
def test_public_page_is_well_formed_for_everybody(house, no_provider, route):
    for browser in (Client(), house.browser("owner"), house.browser("without_consent")):
        check(browser.get(open_path(house, route)))


def test_account_consent_and_logout_pages_are_well_formed(house):
    check(house.browser("owner").get("/account/"))
    check(house.browser("owner").post("/account/withdraw-consent/"))
    check(house.browser("owner").get("/notifications/"))
    check(house.browser("owner").get("/account/notifications/"))
    check(house.browser("owner").post("/account/notifications/address/", {"address": "не почта"}))
    check(house.browser("owner").get("/account/notifications/consent/"))
    check(house.browser("owner").post("/account/notifications/consent/"))
    check(house.browser("owner").post("/account/notifications/withdraw/"))
    check(house.browser("owner").get("/logout"))
    check(house.browser("without_consent").get("/consent/"))
    check(house.browser("without_consent").post("/consent/"))


def test_steps_of_a_booking_are_well_formed(house):
    for answer, status in pages_of_a_booking(house, house.browser("owner")):
        assert answer.status_code == status
        check(answer)


def test_forms_with_mistakes_are_well_formed_and_keep_what_was_typed(house):
    key = house.keys["owner", "owner"]
    answer = house.browser("owner").post(f"/p/{key}/policy/", {"kind": "unified", "number": "5055110832001011"})
    check(answer)
    assert answer.status_code == 422
    assert "5055110832001011" in answer.content.decode()
    answer = Client().post("/feedback/", {"kind": "problem", "text": "x", "email": "не почта"})
    check(answer)
    assert answer.status_code == 422
    assert "не почта" in answer.content.decode()


def test_error_pages_are_well_formed_and_human(house, no_provider):
    strict = Client(enforce_csrf_checks=True)
    broken = house.browser("owner", raise_request_exception=False)
    cases = [
        (Client().get("/nowhere/"), 404),
        (house.browser("owner").get("/p/no-such-key/"), 404),
        (house.browser("owner").get(f"/p/{house.keys['owner', 'owner']}/nowhere/"), 404),
        (strict.post("/feedback/", {"text": "x"}), 403),
        (Client().get("/", headers={"host": "evil.example"}), 400),
        (Client().get("/login"), 503),
        (broken.get("/login/esia/callback", {"state": "x", "code": "y"}), 404),
    ]
    for answer, status in cases:
        assert answer.status_code == status
        tree = check(answer)
        assert "Traceback" not in answer.content.decode()
        assert [one for one in tree.iter("a") if one.get("href")], "a way on"


def test_pages_lead_nowhere_dead(house, no_provider):
    """Follow every link of our own from every page, once; forms must lead to an address that takes their method."""
    browser, key = house.browser("owner"), house.keys["owner", "owner"]
    waiting, seen, dead = [f"/p/{key}/", "/", "/about/", "/help/", "/facilities/", "/account/"], set(), []
    while waiting and len(seen) < 300:
        path = waiting.pop()
        bare = urlsplit(path).path
        if path in seen or bare.startswith(("/static/", "/login", "/logout")):
            continue
        seen.add(path)
        answer = browser.get(path)
        if answer.status_code >= 400:
            dead.append(f"{answer.status_code} {path}")
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            for let_go in answer._resource_closers:
                let_go()
            continue
        tree = parse(answer.content.decode())
        for one in tree.iter("a"):
            target = urljoin(path, one.get("href", ""))
            if one.get("href") in (None, "", "#"):
                dead.append(f"a link to nothing on {path}: {text_of(one)}")
            elif not urlsplit(target).netloc and target.startswith("/"):
                waiting.append(target.partition("#")[0])
        for form in tree.iter("form"):
            action = urljoin(path, form.get("action", ""))
            method = form.get("method", "get").upper()
            probe = browser.generic("OPTIONS", urlsplit(action).path)
            allowed = probe.get("Allow", method)
            if probe.status_code == 404 or method not in allowed:
                dead.append(f"a form to nothing on {path}: {method} {action}")

    assert dead == []
    assert len(seen) > 60


def test_static_files_that_pages_name_exist(house):
    from django.contrib.staticfiles import finders

    for path in (f"/p/{house.keys['owner', 'owner']}/", "/facilities/", "/"):
        html = house.browser("owner").get(path).content.decode()
        names = set(re.findall(r'(?:href|src)="/static/([^"#?]+)', html))
        assert names
        assert [name for name in names if finders.find(name) is None] == []


def test_cookies_are_plain_over_http(house):
    browser = house.browser("owner")
    browser.post("/preferences/", {"theme": "dark"})
    browser.get("/feedback/")

    assert settings.SESSION_COOKIE == "medkarta_session"
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME]
    assert csrf["httponly"]
    assert csrf["samesite"] == "Lax"
    assert not csrf["secure"]
    assert browser.cookies[settings.PREFERENCES_COOKIE]["samesite"] == "Lax"
