"""The whole URLconf × methods × visitors × foreign keys and ids: nothing leaks, every refusal is written down."""

import re
from io import BytesIO
from itertools import product
from uuid import uuid4

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from medkarta.accounts import actions as accounts
from medkarta.audit.models import AuditEvent
from medkarta.mailer.tests.factories import NoticeFactory, PushSubscriptionFactory
from medkarta.printing.tests.reading import text_of
from medkarta.scheduling.models import CalendarFeed
from tests.routes import KEY, ROUTES, Open, Record, known_routes, path_of, row_name

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MARKS = ("Хозяйк", "Ребёнк", "Второродит", "Посторонн")
RECORDS = {route: told for route, told in ROUTES.items() if isinstance(told, Record)}
SHOWN = {route: told for route, told in RECORDS.items() if told.expected("GET") == 200}
ROWS = {route: told for route, told in RECORDS.items() if told.row}
OPEN = {route: told for route, told in ROUTES.items() if isinstance(told, Open)}


def test_routes_are_all_known():
    known = known_routes()

    assert sorted(known) == sorted(ROUTES), "every route needs an entry in tests/routes.py"
    assert len(known) == len(set(known))


def address(house, route, told, *, key, whose):
    """Return the address of a record's page with a key and with the row of somebody."""
    values = {"key": key, **dict(told.values)}
    if told.row:
        values[row_name(route)] = house.residents[whose].rows[told.row]
    return path_of(route, **values) + told.query


def session_of(account):
    opened = accounts.open_session(account.pk, now=timezone.now(), user_agent="", address="")
    return opened.id


def feed_of(account):
    return CalendarFeed.objects.create(account=account, token_hash=uuid4().hex, created_at=timezone.now()).pk


def events_after(count):
    return list(AuditEvent.objects.order_by("pk")[count:])


def body_of(answer):
    """Return the text of an answer and let go of its file (`close()` would end the test's connection too)."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    is_sheet = answer.get("Content-Type") == "application/pdf" and b"/ToUnicode" in data
    text = "\n".join(text_of(pikepdf.open(BytesIO(data)))) if is_sheet else data.decode(errors="replace")
    for let_go in answer._resource_closers:
        let_go()
    return text


def assert_nothing_of(answer, *marks):
    text = body_of(answer)
    for mark in marks:
        assert mark not in text
        assert mark not in str(answer.headers)


@pytest.mark.parametrize("route", SHOWN)
def test_record_page_shows_its_owner_his_own_and_leaves_one_row(house, route):
    told, browser = RECORDS[route], house.browser("owner")
    path = address(house, route, told, key=house.keys["owner", "owner"], whose="owner")
    before = AuditEvent.objects.count()

    answer = browser.get(path)

    assert answer.status_code == 200, path
    assert "Хозяйк" in body_of(answer), "the mark has to be seen, or its absence proves nothing"
    assert_nothing_of(answer, "Второродит", "Посторонн")
    assert answer["Cache-Control"] in ("no-store", "private, no-store")
    rows = events_after(before)
    assert len(rows) == 1
    assert rows[0].person_id == house.residents["owner"].person.pk
    assert rows[0].actor_ref == str(house.accounts["owner"].pk)
    assert rows[0].outcome == "ok"
    assert "read" in rows[0].details


@pytest.mark.parametrize("route", SHOWN)
def test_record_page_of_a_child_is_the_childs(house, route):
    told, browser = RECORDS[route], house.browser("owner")
    path = address(house, route, told, key=house.keys["owner", "child"], whose="child")
    before = AuditEvent.objects.count()

    answer = browser.get(path)

    assert answer.status_code == 200, path
    assert "Ребёнк" in body_of(answer)
    rows = events_after(before)
    assert [row.person_id for row in rows] == [house.residents["child"].person.pk]


@pytest.mark.parametrize("route", RECORDS)
def test_record_page_sends_strangers_away(house, route):
    path = address(house, route, RECORDS[route], key=house.keys["owner", "owner"], whose="owner")
    cases = [(Client(), "/login?next="), (house.browser("without_consent"), "/consent/?next=")]
    before = AuditEvent.objects.count()
    for (browser, way), method in product(cases, METHODS):
        answer = browser.generic(method, path)

        assert answer.status_code == 302, method
        assert answer["Location"].startswith(way)
        assert_nothing_of(answer, *MARKS)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("route", RECORDS)
def test_record_page_under_a_foreign_key_is_missing_and_written_down(house, route):
    told = RECORDS[route]
    cases = [
        ("stranger", house.keys["owner", "owner"], "owner"),
        ("stranger", "no-such-key", "owner"),
        ("other_parent", house.keys["owner", "owner"], "owner"),
        ("other_parent", house.keys["owner", "child"], "child"),
    ]
    browsers = {who: house.browser(who) for who, *_ in cases}
    for (who, key, whose), method in product(cases, METHODS):
        before = AuditEvent.objects.count()

        answer = browsers[who].generic(method, address(house, route, told, key=key, whose=whose))

        assert answer.status_code == 404
        assert_nothing_of(answer, "Хозяйк", *(["Ребёнк"] if who == "stranger" else []))
        rows = events_after(before)
        assert [(row.action, row.outcome) for row in rows] == [("access.foreign_key", "refused")]
        assert rows[0].actor_ref == str(house.accounts[who].pk)
        assert key not in str(rows[0].details)


@pytest.mark.parametrize("route", ROWS)
def test_row_of_another_record_is_missing_under_an_own_key(house, route):
    told = ROWS[route]
    cases = [
        ("owner", "owner", "stranger"),
        ("owner", "owner", "child"),
        ("owner", "child", "owner"),
        ("other_parent", "child", "owner"),
        ("stranger", "stranger", "owner"),
    ]
    browsers = {who: house.browser(who) for who, *_ in cases}
    for (who, own, foreign), method in product(cases, METHODS):
        path = address(house, route, told, key=house.keys[who, own], whose=foreign)
        before = AuditEvent.objects.count()

        answer = browsers[who].generic(method, path)

        assert answer.status_code == (404 if method in told.methods else 405)
        assert f"{house.residents[foreign].mark} " not in body_of(answer)
        rows = events_after(before)
        assert [(row.outcome, row.person_id) for row in rows] == [("refused", house.residents[own].person.pk)]


@pytest.mark.parametrize("route", ROWS)
def test_row_that_nobody_has_is_missing(house, route):
    values = {"key": house.keys["owner", "owner"], row_name(route): uuid4(), **dict(ROWS[route].values)}

    answer = house.browser("owner").generic(ROWS[route].methods[0], path_of(route, **values))

    assert answer.status_code == 404
    assert body_of(answer).count("<h1") == 1


@pytest.mark.parametrize("route", RECORDS)
def test_record_page_takes_only_its_methods_and_writes_each_down(house, route):
    told, browser = RECORDS[route], house.browser("owner")
    path = address(house, route, told, key=house.keys["owner", "owner"], whose="owner")
    for method in METHODS:
        before = AuditEvent.objects.count()

        answer = browser.generic(method, path)

        assert answer.status_code == told.expected(method), f"{method} {path}"
        text = body_of(answer)
        assert method != "HEAD" or not text
        rows = events_after(before)
        pages = [row for row in rows if "read" in row.details]
        assert len(pages) == 1, f"{method} {path}"
        assert pages[0].outcome == ("ok" if answer.status_code < 400 else "refused")
        assert len(rows) == 1 or (method == "POST" and answer.status_code == 303), f"{method} {path}"


@pytest.mark.parametrize("route", OPEN)
def test_open_address_gives_everybody_what_the_table_says(house, no_provider, route):
    told = OPEN[route]
    for place, who in enumerate((None, "without_consent", "stranger")):
        for method in METHODS:
            browser = Client() if who is None else house.browser(who)
            found = {
                "{facility}": house.facility_id,
                "{session}": session_of(house.accounts["owner"]),
                "{feed}": feed_of(house.accounts["owner"]),
                "{notice}": NoticeFactory(account_id=house.accounts["owner"].pk).pk,
                "{device}": PushSubscriptionFactory(account_id=house.accounts["owner"].pk).pk,
            }
            path = path_of(route, **{name: found.get(value, value) for name, value in told.values})

            answer = browser.generic(method, path)

            expected = told.statuses.get(method, (405, 405, 405))[place]
            assert answer.status_code == expected, f"{method} {path} as {who or 'nobody'}"
            assert_nothing_of(answer, "Хозяйк", "Ребёнк", "Второродит")


def test_suspended_and_closed_representations_open_nothing(house):
    from medkarta.patients.models import Representation

    browser = house.browser("owner")
    key = house.keys["owner", "child"]
    assert browser.get(f"/p/{key}/").status_code == 200

    Representation.objects.filter(key=key).update(status="suspended")

    assert browser.get(f"/p/{key}/").status_code == 404
    assert key not in browser.get(f"/p/{house.keys['owner', 'owner']}/").content.decode()


def test_access_log_shows_the_other_parents_reading(house):
    house.browser("other_parent").get(f"/p/{house.keys['other_parent', 'child']}/results/")

    html = house.browser("owner").get(f"/p/{house.keys['owner', 'child']}/access-log/").content.decode()

    assert "Второродитова" in html
    assert "результат" in html.lower()


@pytest.mark.parametrize("route", [KEY, f"{KEY}results/", f"{KEY}documents/<uuid:document_id>/files/<int:position>/"])
def test_page_whose_reading_cannot_be_written_down_is_not_given(house, route):
    """A real failure of the database: the table of the access log is gone."""
    browser = house.browser("owner", raise_request_exception=False)
    path = address(house, route, RECORDS[route], key=house.keys["owner", "owner"], whose="owner")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent RENAME TO audit_gone")

    answer = browser.get(path)

    assert answer.status_code == 500
    assert_nothing_of(answer, *MARKS)
    assert re.search(r"[0-9a-f]{12}", body_of(answer)), "the person can name the failure"
    assert answer["Cache-Control"] == "no-store"
