"""Letters and devices in a real browser: switched on, consented to, confirmed by a link, switched off by a link."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context
from tests.browser.people import DMITRY, sign_in

pytestmark = MARKS
SETTINGS = "/account/notifications/"
ENDPOINT = "https://push.example/device"
# What a push service would answer: this machine asks none.
PUSH_SERVICE = """
Notification.requestPermission = async () => "granted";
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async (options) => {
  window.asked = new Uint8Array(options.applicationServerKey).length;
  return { toJSON: () => (%s) };
};
"""
KEYS = {
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "auth": "AAECAwQFBgcICQoLDA0ODw",
}


@pytest.fixture
def visit(browser: Browser, origin: str, trouble: Trouble) -> Iterator[object]:
    """Open a page for Dmitry, who has a telephone and no settings yet."""
    opened = []

    def open_page(*, scripts: bool = True) -> Page:
        context = new_context(browser, origin, width=390, scripts=scripts)
        opened.append(context)
        page = context.new_page()
        trouble.watch(page)
        sign_in(page, DMITRY)
        return page

    yield open_page
    for context in opened:
        page = context.new_page()
        page.goto(SETTINGS)
        if page.get_by_role("button", name="Отозвать согласие").count():  # leave the person as he was found
            page.get_by_role("button", name="Отозвать согласие").click()
            page.get_by_role("button", name="Да, отозвать").click()
        context.close()


def consent(page: Page) -> None:
    expect(page.get_by_role("heading", name="Согласие на получение уведомлений")).to_be_visible()
    expect(page.locator("#agree")).not_to_be_checked()
    page.locator("#agree").check()
    page.get_by_role("button", name="Дать согласие").click()


def open_letter(page: Page, address: str) -> None:
    """Open the newest letter to an address once the worker has sent it."""
    for _ in range(100):
        page.goto("/demo/mailbox/")
        found = page.locator("main li", has_text=address).get_by_role("link")
        if found.count():
            found.first.click()
            return
        page.wait_for_timeout(200)
    raise AssertionError("no letter has come")


@pytest.mark.parametrize("scripts", [True, False])
def test_letters_are_switched_on_with_a_consent_and_an_address_of_ones_own(visit, scripts):
    page = visit(scripts=scripts)
    page.goto("/account/")
    page.get_by_role("link", name="Настроить уведомления").click()
    page.locator("#mail-reminders").check()
    page.get_by_role("button", name="Сохранить").click()
    consent(page)

    expect(page.locator("#mail-reminders")).to_be_checked()
    expect(page.locator("#mail-requests")).not_to_be_checked()

    page.get_by_label("Другой адрес").fill(f"dmitry-{scripts}@example.org")
    page.get_by_role("button", name="Прислать ссылку").click()
    expect(page.locator("main")).to_contain_text("ждёт подтверждения")

    open_letter(page, f"dmitry-{scripts}@example.org")
    page.locator("main a[href*='/mail/confirm/']").click()
    page.get_by_role("button", name="Подтвердить адрес").click()
    expect(page.get_by_role("heading", name="Адрес подтверждён")).to_be_visible()
    page.goto(SETTINGS)
    expect(page.locator("main")).to_contain_text(f"dmitry-{scripts}@example.org подтверждён")


def test_device_is_added_by_its_button_and_removed(visit):
    page = visit()
    page.context.add_init_script(PUSH_SERVICE % json.dumps({"endpoint": ENDPOINT, "keys": KEYS}))
    page.goto(SETTINGS)

    page.get_by_role("button", name="Включить уведомления на этом устройстве").click()
    consent(page)

    row = page.locator("main li", has_text="добавлено")
    expect(row).to_contain_text("Chrome")
    row.get_by_role("button", name="Удалить").click()
    expect(row).to_have_count(0)


def test_device_button_is_absent_without_a_script(visit):
    page = visit(scripts=False)
    page.goto(SETTINGS)

    expect(page.get_by_role("button", name="Включить уведомления на этом устройстве")).to_be_hidden()


def test_service_worker_is_ready_to_show_messages(visit):
    page = visit()
    page.goto(SETTINGS)

    scope = page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then((one) => one.scope)"
    )

    assert scope.endswith("/"), "it speaks for the whole site"
