"""«Уведомления: настройки»: choice, consent, address, devices."""

from uuid import UUID

import pytest
from django.test import Client

from medkarta.accounts import queries as account_queries
from medkarta.accounts.actions import scope_of_account
from medkarta.accounts.models import Account
from medkarta.integrations.push import vapid
from medkarta.integrations.push.tests.service import SECRET, Device
from medkarta.mailer import queries as mailer
from medkarta.mailer.models import ContactPoint, PushSubscription
from medkarta.mailer.tests.factories import ContactPointFactory, PushSubscriptionFactory
from medkarta.outbox.models import OutboxEvent
from medkarta.signin.tests.factories import resident, signed_in

pytestmark = pytest.mark.django_db
SETTINGS, CONSENT = "/account/notifications/", "/account/notifications/consent/"


@pytest.fixture
def account():
    return resident()[0]


@pytest.fixture
def browser(account):
    return signed_in(account)


def channels(account):
    return mailer.get_channels(scope_of_account(account.pk))


def agree(browser):
    return browser.post(CONSENT, {"agree": "yes"})


def test_settings_of_somebody_new_have_nothing_ticked(browser):
    html = browser.get(SETTINGS).content.decode()

    assert 'name="mail"' in html
    assert "checked" not in html
    assert "Отозвать согласие" not in html


def test_settings_lead_to_the_consent_and_nothing_is_on_before_it(account, browser):
    answer = browser.post(SETTINGS, {"mail": ["reminders"], "is_detailed": "on"})

    assert answer["Location"] == CONSENT
    assert channels(account).chosen["mail"] == {"reminders"}
    assert not account_queries.recipient(account.pk).may_message
    assert "Пока ничего не отправляется" in browser.get(SETTINGS).content.decode()
    assert "checked" not in browser.get(CONSENT).content.decode()

    assert agree(browser)["Location"] == SETTINGS

    assert account_queries.recipient(account.pk).may_message
    html = browser.get(SETTINGS).content.decode()
    assert "Пока ничего не отправляется" not in html
    assert "Отозвать согласие" in html
    assert browser.get(CONSENT)["Location"] == SETTINGS


def test_consent_without_the_tick_is_none(account, browser):
    answer = browser.post(CONSENT, {"agree": "on"})

    assert answer.status_code == 422
    assert "Согласие не дано" in answer.content.decode()
    assert not account_queries.recipient(account.pk).may_message


def test_settings_switched_off_ask_for_no_consent(account, browser):
    assert browser.post(SETTINGS, {})["Location"] == SETTINGS


def test_settings_with_a_kind_that_is_none_are_refused(account, browser):
    answer = browser.post(SETTINGS, {"mail": ["weather"]})

    assert answer.status_code == 422
    assert channels(account).chosen["mail"] == frozenset()


def test_settings_without_a_mail_server_offer_devices_only(account, browser, settings, monkeypatch):
    browser.post(SETTINGS, {"mail": ["reminders"], "is_detailed": "on"})
    monkeypatch.setattr("medkarta.integrations.mail.port._makers", [])
    settings.MAIL = {**settings.MAIL, "host": ""}

    html = browser.get(SETTINGS).content.decode()
    browser.post(SETTINGS, {"push": ["reminders"]})

    assert 'name="mail"' not in html
    assert "Куда приходят письма" not in html
    assert channels(account).chosen == {"mail": {"reminders"}, "push": {"reminders"}}
    assert channels(account).is_detailed


def test_withdraw_asks_once_and_forgets_everything(account, browser):
    browser.post(SETTINGS, {"mail": ["reminders"]})
    agree(browser)

    html = browser.post("/account/notifications/withdraw/").content.decode()
    assert "Отозвать согласие на уведомления?" in html
    assert account_queries.recipient(account.pk).may_message

    browser.post("/account/notifications/withdraw/", {"sure": "yes"})

    assert not account_queries.recipient(account.pk).may_message
    assert channels(account).chosen["mail"] == frozenset()
    assert browser.post("/account/notifications/withdraw/", {"sure": "yes"}).status_code == 404


def test_address_from_the_provider_is_shown_as_confirmed(account, browser):
    Account.objects.update(email="anna@example.org")

    html = browser.get(SETTINGS).content.decode()

    assert "anna@example.org" in html
    assert "подтверждён на Госуслугах" in html


def test_request_address_sends_a_link_and_shows_that_it_waits(account, browser):
    answer = browser.post("/account/notifications/address/", {"address": "other@example.org"})

    assert answer["Location"] == SETTINGS
    assert channels(account).pending == "other@example.org"
    assert OutboxEvent.objects.get().handler == "mailer.confirm"
    assert "ждёт подтверждения" in browser.get(SETTINGS).content.decode()


@pytest.mark.parametrize("address", ["", "не почта", "a@пример", "a" * 250 + "@example.org"])
def test_request_address_that_is_none_keeps_what_was_typed(account, browser, address):
    answer = browser.post("/account/notifications/address/", {"address": address})

    assert answer.status_code == 422
    assert address in answer.content.decode()
    assert not OutboxEvent.objects.exists()


def test_request_address_too_often_says_until_when(browser):
    for number in range(5):
        browser.post("/account/notifications/address/", {"address": f"{number}@example.org"})

    answer = browser.post("/account/notifications/address/", {"address": "5@example.org"})

    assert answer.status_code == 422
    assert "Попробуйте завтра" in answer.content.decode()


def test_drop_address_goes_back_to_the_providers(account, browser):
    ContactPointFactory(account_id=account.pk, address="other@example.org")

    browser.post("/account/notifications/address/drop/")

    assert ContactPoint.objects.get().address == ""


def test_undelivered_letter_is_told_on_the_page(account, browser):
    ContactPointFactory(account_id=account.pk, refused_at="2026-11-25T09:00+03:00")

    assert "Последнее письмо не доставлено" in browser.get(SETTINGS).content.decode()


def subscribe(browser, **changes):
    keys = Device().subscription("https://push.example/x")
    values = {"endpoint": keys.endpoint, "p256dh": keys.p256dh, "auth": vapid.encode(SECRET), **changes}
    return browser.post("/account/notifications/devices/", values, headers={"User-Agent": "X Chrome/1 (Android)"})


def test_keep_device_names_it_and_asks_for_the_consent(account, browser):
    answer = subscribe(browser)

    assert answer["Location"] == CONSENT
    assert PushSubscription.objects.get().device == "Chrome, Android"
    assert PushSubscription.objects.get().account_id == account.pk

    agree(browser)
    assert subscribe(browser)["Location"] == SETTINGS
    assert "Chrome, Android" in browser.get(SETTINGS).content.decode()


def test_keep_device_with_what_no_browser_gives_says_so(browser):
    html = browser.get(subscribe(browser, endpoint="http://10.0.0.1/")["Location"]).content.decode()

    assert "Обновите страницу" in html
    assert not PushSubscription.objects.exists()


def test_forget_device_is_for_the_own_only(account, browser):
    mine, theirs = PushSubscriptionFactory(account_id=account.pk), PushSubscriptionFactory()

    assert browser.post(f"/account/notifications/devices/{theirs.pk}/forget/").status_code == 404
    assert browser.post(f"/account/notifications/devices/{mine.pk}/forget/").status_code == 302
    assert PushSubscription.objects.get() == theirs


@pytest.mark.parametrize(
    "path", ["", "consent/", "address/", "address/drop/", "devices/", f"devices/{UUID(int=7)}/forget/"]
)
def test_settings_are_nothing_for_nobody(path):
    answer = Client().post(f"{SETTINGS}{path}", {"mail": ["reminders"], "agree": "yes", "address": "a@example.org"})

    assert answer.status_code == 302
    assert not ContactPoint.objects.exists()


def test_account_page_leads_to_the_settings(browser):
    assert f'href="{SETTINGS}"' in browser.get("/account/").content.decode()
