"""How to come to the steps of finding a time."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

BOOK = "/p/{key}/appointments/book/"
SURGEON, DENTIST, ENDOCRINOLOGIST = "Хирург", "Стоматолог-терапевт", "Эндокринолог"


def of_specialty(name: str) -> Callable[[Page, str], None]:
    """Return a way to what the first step leads to for a specialty: times, clinics, or why there are none."""

    def go(page: Page, key: str) -> None:
        page.goto(BOOK.replace("{key}", key))
        page.locator("main").get_by_role("link", name=name, exact=True).click()
        page.wait_for_load_state()

    return go


def of_referral(page: Page, key: str) -> None:
    page.goto(f"/p/{key}/referrals/")
    page.locator("main a.btn-soft[href*='/book/times/']").first.click()
    page.wait_for_load_state()


def of_child(page: Page, key: str) -> None:
    """Open the first step in the record of a child."""
    page.goto(f"/p/{key}/")
    link = page.locator(".mk-pol__next", has_text="Пётр").first
    page.goto(f"{link.get_attribute('href')}appointments/book/")


def own_appointment(page: Page, key: str) -> str:
    """Return the address of the first appointment that can be moved or cancelled here."""
    html = page.request.get(f"/p/{key}/appointments/?kind=appointments").text()
    found = re.search(r'href="([^"]*/appointments/[0-9a-f-]{36}/)move/"', html)
    assert found, "no appointment that can be moved"
    return urlsplit(found.group(1)).path


def moving(page: Page, key: str) -> None:
    page.goto(f"{own_appointment(page, key)}move/")


def cancelling(page: Page, key: str) -> None:
    page.goto(f"{own_appointment(page, key)}cancel/")


def held(page: Page, key: str) -> None:
    """Choose a dentist's time: it is held, not booked. A portal just started may not have published its times yet."""
    of_specialty(DENTIST)(page, key)
    times = page.locator("main a[href*='/book/times/']")
    for _attempt in range(30):
        if times.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    times.first.click()
    page.locator("main form[action$='/book/hold/'] button").first.click()
    page.wait_for_url("**/book/confirm/**")


def let_go(page: Page, key: str) -> None:
    """Let the held time go, and come back to what was its page."""
    held(page, key)
    there = page.url
    page.locator("main button[formaction$='/book/release/']").click()
    page.wait_for_url("**/book/times/**")
    page.goto(there)
