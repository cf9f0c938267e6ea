"""How to come to the steps of finding a time."""

from collections.abc import Callable

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
