"""A sheet of paper is taken from the portal and checked by somebody who has nothing but the sheet."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context, sideways
from tests.browser.pages import UUID, hrefs
from tests.browser.people import ANNA, key_of, sign_in
from tests.browser.sheet_steps import stamp_of, type_stamp

pytestmark = MARKS
Visit = Callable[..., Page]
SHEETS = ("prescriptions", "referrals", "immunizations")


@pytest.fixture
def visit(browser: Browser, origin: str, trouble: Trouble) -> Iterator[Visit]:
    opened: list[BrowserContext] = []

    def open_page(*, signed_in: bool, scripts: bool = True) -> Page:
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


def sheet_of(page: Page, section: str) -> bytes:
    """Return the PDF that a page of a section offers, by its own button."""
    start = f"/p/{key_of(page)}/{section}/"
    page.goto(start if section == "immunizations" else hrefs(page, start, rf"{section}/{UUID}/")[0])
    assert sideways(page) == []
    link = page.get_by_role("link", name="PDF").get_attribute("href")
    answer = page.request.get(link or "")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


@pytest.mark.parametrize("section", SHEETS)
def test_sheet_is_checked_by_a_stranger_and_tells_him_nothing(visit, section):
    data = sheet_of(visit(signed_in=True), section)
    number, passcode = stamp_of(data)

    stranger = visit(signed_in=False, scripts=section != "referrals")
    type_stamp(stranger, number, f"{(int(passcode) + 1) % 10**8:08d}")
    expect(stranger.get_by_role("alert")).to_contain_text("Листа с таким номером и кодом нет")
    assert sideways(stranger) == []
    type_stamp(stranger, number, passcode)

    expect(stranger.get_by_role("status")).to_contain_text("Подлинный")
    expect(stranger.locator("main")).to_contain_text(hashlib.sha256(data).hexdigest())
    assert sideways(stranger) == []
    assert "Иванова" not in stranger.content()


def test_sheet_is_the_same_file_whenever_it_is_taken(visit):
    page = visit(signed_in=True)

    assert sheet_of(page, "immunizations") == sheet_of(page, "immunizations")
