"""Addresses of the house: sections without a key, deep entry, looks, health."""

import pytest
from django.conf import settings
from django.test import Client

from medkarta.accounts.models import Account
from medkarta.config import readiness
from medkarta.config.sections import ENTRIES, KEYLESS
from medkarta.patients.models import Representation
from medkarta.patients.tests.factories import AccountFactory, PersonFactory, RepresentationFactory
from medkarta.signin.tests.factories import resident, signed_in
from medkarta.ui.preferences import parse

pytestmark = pytest.mark.django_db
OUTSIDE = [
    *("//evil.example", "https://evil.example", "/\\evil.example", "/\r\nSet-Cookie:x"),
    *("javascript:alert(1)", "evil", "/ space", "/" + "x" * 500),
]


@pytest.mark.parametrize("section", sorted(KEYLESS))
def test_keyless_address_leads_to_the_person_shown_last(section):
    account, _person, key = resident()

    answer = signed_in(account).get(f"/{section}/")

    assert answer["Location"] == f"/p/{key}/{KEYLESS[section]}"


@pytest.mark.parametrize("section", sorted(ENTRIES))
def test_enter_leads_to_its_section_and_through_the_login(section):
    account, _person, key = resident()

    assert signed_in(account).get(f"/enter/{section}")["Location"] == f"/p/{key}/{ENTRIES[section]}"
    assert Client().get(f"/enter/{section}/")["Location"] == f"/login?next=%2Fenter%2F{section}%2F"


def test_enter_takes_a_path_of_this_site_only():
    account, _person, key = resident()
    browser = signed_in(account)

    assert browser.get("/enter/medcard", {"next": "/facilities/"})["Location"] == "/facilities/"
    for outside in OUTSIDE:
        assert browser.get("/enter/medcard", {"next": outside})["Location"] == f"/p/{key}/", outside
    assert browser.get("/enter/nowhere").status_code == 404


@pytest.mark.parametrize("outside", OUTSIDE)
def test_preferences_come_back_to_this_site_only(outside):
    assert Client().post("/preferences/", {"theme": "dark", "next": outside})["Location"] == "/"


def test_preferences_are_kept_in_a_cookie_and_on_the_account():
    account, _person, _key = resident()
    browser = signed_in(account)

    answer = browser.post("/preferences/", {"theme": "dark", "language": "en", "vision": "nonsense", "next": "/about/"})

    assert answer["Location"] == "/about/"
    kept = parse(Account.objects.get(pk=account.pk).preferences["view"])
    assert (kept.theme, kept.language, kept.vision) == ("dark", "en", "normal")
    assert parse(browser.cookies[settings.PREFERENCES_COOKIE].value) == kept
    assert 'lang="en"' in browser.get("/about/").content.decode()


def test_account_without_any_record_is_told_why():
    answer = signed_in(AccountFactory()).get("/home/")

    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


def test_key_shown_last_that_is_no_longer_his_is_forgotten():
    account, _person, key = resident()
    child = RepresentationFactory(account=account, person=PersonFactory(birth_date=None), kind="parent").key
    Account.objects.filter(pk=account.pk).update(last_person_key=child)

    assert signed_in(account).get("/home/")["Location"] == f"/p/{key}/"
    assert Representation.objects.count() == 2


def test_healthz_asks_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/healthz").content == b"ok\n"


def test_readyz_names_what_is_missing(monkeypatch):
    monkeypatch.setattr(readiness, "_checks", [lambda: None, lambda: "the moon"])
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: the moon\n")

    monkeypatch.setattr(readiness, "_checks", [lambda: None])
    assert (Client().get("/readyz").status_code, Client().get("/readyz").content) == (200, b"ready\n")


POSTS = [
    "/preferences/",
    "/feedback/",
    "/logout",
    "/consent/",
    "/account/sign-out-everywhere/",
    "/account/withdraw-consent/",
    "/account/sessions/00000000-0000-0000-0000-000000000000/revoke/",
    "/p/{key}/policy/",
]


@pytest.mark.parametrize("path", POSTS)
def test_every_post_needs_the_token_of_the_form(path):
    account, _person, key = resident()
    browser = signed_in(account, enforce_csrf_checks=True)

    answer = browser.post(path.format(key=key), {"sure": "yes", "agree": "yes"})

    assert answer.status_code == 403
    assert answer.content.decode().count("<h1") == 1
    assert browser.get("/home/")["Location"] == f"/p/{key}/", "nothing has happened"
