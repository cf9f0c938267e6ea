"""The waiting list on a phone without a mouse: join, somebody cancels, accept the offer; also without a script."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context, sideways
from tests.browser.people import DMITRY, OLEG, sign_in
from tests.browser.test_journeys import heading, press_enter, tab_to

pytestmark = MARKS
Visit = Callable[..., Page]
OFFERED_WITHIN_SECONDS = 10


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


def press(page: Page, text: str) -> None:
    """Come to a button or a link by Tab from where the focus is, and press Enter."""
    tab_to(page, text)
    press_enter(page)


def to_times(page: Page, key: str, specialty: str) -> None:
    page.goto(f"/p/{key}/appointments/book/")
    page.locator("main").get_by_role("link", name=specialty, exact=True).click()
    page.wait_for_load_state()


def book_last_day(page: Page, key: str, specialty: str) -> str:
    """Book the first time of the last day that has any; return the address of the appointment."""
    to_times(page, key, specialty)
    page.locator("a.mk-day").last.click()
    page.wait_for_load_state()
    page.locator(".mk-slot").first.click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Подтвердить запись").click()
    page.wait_for_load_state()
    assert "done=booked" in page.url
    return page.url.partition("?")[0]


def cancel(page: Page, appointment: str) -> None:
    page.goto(f"{appointment}cancel/")
    page.get_by_role("button", name="Да, отменить").click()
    page.wait_for_load_state()
    assert "done=cancelled" in page.url


def wait_for_offer(page: Page) -> None:
    """Look again until the offer is there."""
    ends = time.monotonic() + OFFERED_WITHIN_SECONDS
    while not page.get_by_text("Вам предлагают время").count():
        assert time.monotonic() < ends, "no offer has come"
        page.wait_for_timeout(500)
        page.reload()


@pytest.mark.parametrize(
    ("scripts", "specialty"), [(True, "Офтальмолог"), (False, "Оториноларинголог")], ids=["script", "no script"]
)
def test_time_that_somebody_cancels_is_offered_and_accepted_without_a_mouse(visit, scripts, specialty):
    giver = visit(scripts=scripts)
    appointment = book_last_day(giver, sign_in(giver, OLEG), specialty)

    page = visit(scripts=scripts)
    key = sign_in(page, DMITRY)
    to_times(page, key, specialty)
    page.locator("main").focus()
    press(page, "В лист ожидания")
    assert heading(page) == "Лист ожидания"
    page.get_by_label("Что беспокоит").focus()  # past the picker of the date, whose focus the browser draws itself
    page.keyboard.type("Болит")
    press(page, "Встать в лист ожидания")
    expect(page.get_by_text("Место в очереди", exact=True)).to_be_visible()
    assert re.search(r"/waitlist/[0-9a-f-]{36}/$", page.url)
    assert sideways(page) == []

    cancel(giver, appointment)
    wait_for_offer(page)
    assert sideways(page) == []
    page.locator("main").focus()
    press(page, "Принять")
    assert "done=booked" in page.url
    expect(page.get_by_text("Готово, вы записаны")).to_be_visible()

    cancel(page, page.url.partition("?")[0])


def test_entry_is_left_by_its_button_and_only_after_it_was_asked(visit):
    page = visit(scripts=False)
    key = sign_in(page, OLEG)
    to_times(page, key, "Хирург")
    page.locator("main").focus()
    press(page, "В лист ожидания")
    page.get_by_label("Что беспокоит").focus()
    press(page, "Встать в лист ожидания")
    page.locator("main").focus()
    press(page, "Отменить заявку")
    assert heading(page) == "Отменить заявку?"
    press(page, "Да, отменить")

    expect(page.locator("main .mk-st").first).to_have_text("Отменена")
