"""Calling a doctor home, from the home page to the cancelling: a phone, no mouse, no script."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context, sideways
from tests.browser.people import DMITRY, OLEG, sign_in
from tests.browser.test_journeys import heading, press_enter, tab_to

pytestmark = MARKS
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, origin: str, trouble: Trouble) -> Iterator[Visit]:
    """Open a phone of its own; `scripts=False` turns JavaScript off."""
    opened = []

    def open_page(*, scripts: bool = True) -> Page:
        context = new_context(browser, origin, width=390, scripts=scripts)
        opened.append(context)
        page = context.new_page()
        trouble.watch(page)
        return page

    yield open_page
    for context in opened:
        context.close()


def tick(page: Page, label: str) -> None:
    page.get_by_label(label).focus()
    page.keyboard.press("Space")


def write(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, text: str) -> None:
    """Come to a button or a link by Tab from where the focus is, and press Enter."""
    tab_to(page, text)
    press_enter(page)


@pytest.mark.parametrize(("scripts", "who"), [(True, OLEG), (False, DMITRY)], ids=["script", "no script"])
def test_doctor_is_called_and_the_call_cancelled_without_a_mouse(visit, scripts, who):
    page = visit(scripts=scripts)
    key = sign_in(page, who)
    page.goto(f"/p/{key}/")
    page.locator("main").focus()
    press(page, "Вызвать врача на дом")
    assert heading(page) == "Вызов врача на дом"

    tick(page, "Трудно дышать")
    press(page, "Дальше")
    assert heading(page) == "Звоните 103 или 112"
    expect(page.get_by_role("link", name="Позвонить 103")).to_have_attribute("href", "tel:103")
    press(page, "Я ошибся")

    tick(page, "Ничего из этого нет")
    press(page, "Дальше")
    assert sideways(page) == []
    write(page, "Температура", "384")
    write(page, "Что беспокоит", "Кашель и слабость второй день")
    tick(page, "Нет, прийти не может")
    page.locator("input[name=on]").last.focus()
    page.keyboard.press("Space")
    write(page, "Телефон для врача", "8 916 000-00-00")
    press(page, "Вызвать врача")
    expect(page.locator(".mk-sum")).to_contain_text("Температура бывает от 34 до 43")
    assert page.get_by_label("Что беспокоит").input_value() == "Кашель и слабость второй день"

    write(page, "Температура", "38,4")
    page.get_by_label("Телефон для врача").focus()
    press(page, "Вызвать врача")
    expect(page.locator("main")).to_contain_text("Вызов отправлен в клинику")
    expect(page.locator("main")).to_contain_text("Новый")
    call = page.url

    page.goto(f"/p/{key}/requests/")
    page.locator("main").focus()
    press(page, "Вызов врача на дом")
    expect(page.locator("main")).to_contain_text("МК-")
    press(page, "Отменить")
    press(page, "Да, отменить")
    expect(page.locator("main")).to_contain_text("Отменён")
    page.goto(call)
    expect(page.locator("main")).to_contain_text("Вызвать врача снова")


def test_double_press_sends_one_call(visit):
    page = visit()
    key = sign_in(page, OLEG)
    page.goto(f"/p/{key}/appointments/home-visits/new/")
    page.get_by_label("Ничего из этого нет").check()
    page.get_by_role("button", name="Дальше").tap()
    page.get_by_label("Что беспокоит").fill("Болит горло")
    page.get_by_label("Нет, прийти не может").check()
    page.locator("input[name=on]").last.check()
    page.get_by_label("Телефон для врача").fill("8 916 000-00-00")

    with page.expect_navigation():
        page.locator("main form button[type=submit]").dblclick()
    page.wait_for_load_state()

    expect(page.locator("h1")).to_have_text("Вызов врача на дом")
    page.goto(f"/p/{key}/requests/?kind=home-visit&state=open")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.locator("main tbody a").first.tap()
    page.get_by_role("link", name="Отменить").tap()
    page.get_by_role("button", name="Да, отменить").tap()
    expect(page.locator("main")).to_contain_text("Заявление отменено")
