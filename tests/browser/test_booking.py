"""Booking on a phone without a mouse, with and without a script: each way from home, moving, cancelling, answering."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core import signing
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context, sideways
from tests.browser.people import ANNA, DMITRY, OLEG, OLGA, sign_in
from tests.browser.test_journeys import press_enter, tab_to

pytestmark = MARKS
Visit = Callable[..., Page]
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])


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


class Taps:
    """Presses of one person, counted: each is a Tab to a link or a button, then Enter."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, text: str) -> None:
        self.page.locator("main").focus()
        tab_to(self.page, text)
        press_enter(self.page)
        assert sideways(self.page) == []
        self.count += 1

    def first_time(self) -> None:
        """Press the first time that is shown; where the first free day is folded, open it."""
        if not self.page.locator(".mk-slot").count():
            self.page.locator("a.mk-day").first.focus()
            press_enter(self.page)
            self.count += 1
        self.page.locator(".mk-slot").first.focus()
        press_enter(self.page)
        self.count += 1

    def confirm(self, act: str = "Подтвердить запись") -> str:
        """Confirm what is held; return the address of the appointment."""
        expect(self.page.get_by_text("Время держим за вами")).to_be_visible()
        self.press(act)
        assert "done=" in self.page.url
        return self.page.url.partition("?")[0]


def cancelled(page: Page, appointment: str) -> None:
    page.goto(appointment)
    taps = Taps(page)
    taps.press("Отменить запись")
    taps.press("Да, отменить")
    expect(page.get_by_text("Запись отменена").first).to_be_visible()


@BOTH
def test_booking_by_specialty_takes_eight_taps_at_most_then_moves_and_is_cancelled(visit, scripts):
    page = visit(scripts=scripts)
    page.goto(f"/p/{sign_in(page, OLEG)}/")
    taps = Taps(page)

    taps.press("Записаться на приём")
    taps.press("Офтальмолог")
    taps.first_time()
    appointment = taps.confirm()

    assert taps.count <= 8
    expect(page.get_by_text("Готово, вы записаны")).to_be_visible()
    before = page.locator(".mk-lead").first.inner_text()

    taps.press("Перенести")
    page.locator("a.mk-day").last.focus()
    press_enter(page)
    taps.first_time()
    expect(page.get_by_text("Перенос записи")).to_be_visible()
    moved = taps.confirm("Подтвердить перенос")
    assert moved != appointment
    assert page.locator(".mk-lead").first.inner_text() != before
    page.goto(appointment)
    expect(page.locator("main .mk-st").first).to_have_text("Отменена")
    cancelled(page, moved)


@BOTH
def test_booking_as_last_time_takes_six_taps_at_most(visit, scripts):
    page = visit(scripts=scripts)
    page.goto(f"/p/{sign_in(page, OLGA)}/")
    taps = Taps(page)

    taps.press("Записаться на приём")
    taps.press("Выбрать время")
    taps.first_time()
    appointment = taps.confirm()

    assert taps.count <= 6
    cancelled(page, appointment)


@BOTH
def test_booking_by_referral_begins_at_the_referral(visit, scripts):
    page = visit(scripts=scripts)
    page.goto(f"/p/{sign_in(page, ANNA)}/referrals/")
    row = page.get_by_role("row").filter(has_text="кардиолога").first
    row.get_by_role("link", name=re.compile("Запис")).focus()
    press_enter(page)
    taps = Taps(page)

    taps.first_time()
    appointment = taps.confirm()

    page.goto(appointment)
    assert "ардиолог" in page.locator("h1").inner_text()
    cancelled(page, appointment)


@BOTH
def test_reminder_is_answered_by_its_link_without_signing_in(visit, tmp_path_factory, scripts):
    page = visit(scripts=scripts)
    page.goto(f"/p/{sign_in(page, OLEG)}/")
    taps = Taps(page)
    taps.press("Записаться на приём")
    taps.press("Оториноларинголог")
    taps.first_time()
    appointment = taps.confirm()
    link = link_of(tmp_path_factory.getbasetemp(), appointment)

    stranger = visit(scripts=scripts)
    stranger.goto(link)
    answer = Taps(stranger)
    assert "ларинголог" not in stranger.content()
    answer.press("Не приду")
    expect(stranger.get_by_text("Вы ответили: не приду")).to_be_visible()
    answer.press("Приду")
    expect(stranger.get_by_text("Вы ответили: приду")).to_be_visible()
    answer.press("Не приду")
    page.goto(appointment)
    expect(page.locator("main .mk-st").first).to_have_text("Отменена")


def link_of(folder: Path, appointment: str) -> str:
    """Return the link that a reminder of this appointment carries, signed with the key of the portal that runs."""
    secret = next(folder.glob("portal*/data/secret-key")).read_text()
    ends = int((datetime.now(UTC) + timedelta(days=30)).timestamp())
    payload = {"appointment": appointment.rstrip("/").rpartition("/")[2]}
    token = signing.dumps([ends, payload], key=secret, salt="medkarta.mailer.links.scheduling.answer")
    return f"/visit/{token}/"


def test_two_browsers_confirm_one_time_and_one_of_them_gets_others(visit):
    first, second = visit(), visit()
    keys = sign_in(first, OLEG), sign_in(second, DMITRY)
    for page, key in zip((first, second), keys, strict=True):
        page.goto(f"/p/{key}/appointments/book/")
        page.locator("main").get_by_role("link", name="Оториноларинголог", exact=True).click()
        page.wait_for_load_state()
    first.locator(".mk-slot").first.click()
    first.wait_for_load_state()
    wish = first.url.partition("?")[2]

    second.locator(".mk-slot").first.click()
    second.wait_for_load_state()
    assert "Это время только что заняли" in second.content()
    assert second.locator(".mk-slot").count() >= 1

    taps = Taps(first)
    appointment = taps.confirm()
    second.goto(f"/p/{keys[1]}/appointments/book/confirm/?{wish}")
    assert "Это время только что заняли" in second.content()
    cancelled(first, appointment)
