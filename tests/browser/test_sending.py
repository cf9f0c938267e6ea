"""A document goes by mail in a real browser: as a link and as a file, and is opened from what arrived."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context, sideways
from tests.browser.people import ANNA, key_of, sign_in
from tests.browser.sending_steps import form, press_send, typed

pytestmark = MARKS
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, origin: str, trouble: Trouble) -> Iterator[Visit]:
    """Open a page of a telephone's browser: Anna's, or somebody's who has an address and no account."""
    opened: list[BrowserContext] = []

    def open_page(*, signed_in: bool = True, scripts: bool = True) -> Page:
        context = new_context(browser, origin, width=390, scripts=scripts)
        opened.append(context)
        page = context.new_page()
        trouble.watch(page)
        if signed_in:
            sign_in(page, ANNA)
        return page

    yield open_page
    for context in opened:
        context.close()


def open_form(page: Page) -> None:
    form(page, key_of(page))
    expect(page.get_by_role("heading", name="Отправить на почту")).to_be_visible()
    assert sideways(page) == []


def letter_to(page: Page, address: str) -> None:
    """Open the newest letter to an address once the worker has sent it."""
    for _ in range(100):
        page.goto("/demo/mailbox/")
        found = page.locator("main li", has_text=address).get_by_role("link")
        if found.count():
            found.first.click()
            return
        page.wait_for_timeout(200)
    raise AssertionError("no letter has come")


def wait_until_sent(page: Page) -> None:
    for _ in range(100):
        if page.get_by_text("принято почтовым сервером", exact=True).count():
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError("the letter stays in the queue")


def bytes_of(page: Page, press: Callable[[], None]) -> bytes:
    with page.expect_download() as found:
        press()
    return Path(found.value.path()).read_bytes()


@pytest.mark.parametrize("scripts", [True, False])
def test_document_goes_as_a_link_and_is_opened_from_its_letter(visit, scripts):
    page, address = visit(scripts=scripts), f"doctor-{scripts}@example.org".lower()
    open_form(page)
    typed(page, address)
    page.locator("input[name=is_agreed]").check()
    press_send(page)

    expect(page.get_by_role("heading", name="Проверьте адрес")).to_be_visible()
    assert sideways(page) == []
    page.get_by_role("button", name="Адрес верный, отправить").click()
    expect(page.get_by_role("heading", name="Код к ссылке")).to_be_visible()
    passcode = page.locator(".mk-big").inner_text()
    assert sideways(page) == []
    wait_until_sent(page)

    other = visit(signed_in=False, scripts=scripts)
    letter_to(other, address)
    other.locator("main a[href*='/sent/']").click()
    expect(other.get_by_role("heading", name="Вам отправили документ")).to_be_visible()
    assert "Иванова" not in other.content()
    other.get_by_label("Код").fill("wrong-code")
    other.get_by_role("button", name="Открыть документ").click()
    expect(other.get_by_role("alert")).to_contain_text("Код не подошёл")
    assert sideways(other) == []
    other.get_by_label("Код").fill(passcode.upper())
    data = bytes_of(other, other.get_by_role("button", name="Открыть документ").click)
    assert data.startswith(b"%PDF-")

    page.reload()
    expect(page.locator("main")).to_contain_text("открыли: 1 раз")
    page.get_by_role("button", name="Отозвать ссылку").click()
    expect(page.locator("main")).to_contain_text("ссылка отозвана")
    other.get_by_label("Код").fill(passcode)
    other.get_by_role("button", name="Открыть документ").click()
    expect(other.get_by_role("alert")).to_contain_text("отозвал ссылку")


def test_document_goes_as_a_file_with_a_password_by_keyboard_alone(visit):
    page = visit()
    open_form(page)
    page.locator("input[name=way][value=link]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=way][value=pdf]")).to_be_checked()
    expect(page.locator("select[name=days]")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator("input[name=password]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("input[name=is_agreed]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Пароль к файлу")).to_be_visible()
    password = page.locator(".mk-big").inner_text()
    wait_until_sent(page)
    address = page.locator("dd", has_text="@").first.inner_text()
    letter_to(page, address)
    data = bytes_of(page, page.get_by_role("link", name="document.pdf").click)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(data))
    with pikepdf.open(BytesIO(data), password=password) as opened:
        assert len(opened.pages) > 0


def test_form_with_an_unusable_address_says_why_and_keeps_everything(visit):
    page = visit()
    open_form(page)
    typed(page, "a@example.org, b@example.org")
    page.get_by_label("Файлом PDF с паролем").check()
    page.locator("input[name=password]").fill("Vetka-7-snega")
    press_send(page)

    expect(page.get_by_role("alert")).to_contain_text("Напишите один адрес")
    expect(page.locator("input[name=address]")).to_have_value("a@example.org, b@example.org")
    expect(page.locator("input[name=password]")).to_have_value("Vetka-7-snega")
    assert sideways(page) == []
