"""Steps of sending a thing of a record by mail."""

import re

from playwright.sync_api import Page


def form(page: Page, key: str) -> None:
    """Go to the form of the first document that can be sent."""
    html = page.request.get(f"/p/{key}/documents/").text()
    found = re.search(rf'href="(/p/{key}/send/documents/[0-9a-f-]+/)"', html)
    assert found, "no document of the list can be sent"
    page.goto(found[1])


def typed(page: Page, address: str) -> None:
    page.locator("input[name=to][value=other]").check()
    page.locator("input[name=address]").fill(address)


def press_send(page: Page) -> None:
    page.get_by_role("button", name="Отправить", exact=True).click()
    page.wait_for_load_state()


def faulty_form(page: Page, key: str) -> None:
    form(page, key)
    typed(page, "a@example.org, b@example.org")
    press_send(page)


def second_look(page: Page, key: str) -> None:
    form(page, key)
    typed(page, "doctor@example.org")
    page.locator("input[name=is_agreed]").check()
    press_send(page)


def sent(page: Page, key: str) -> None:
    """Go to what was sent last; send a link where nothing was."""
    page.goto(f"/p/{key}/send/")
    found = page.locator("main .mk-list a[href*='/send/sent/']")
    if found.count():
        found.first.click()
    else:
        form(page, key)
        page.locator("input[name=is_agreed]").check()
        press_send(page)
    page.wait_for_url("**/send/sent/**")


def list_of_sent(page: Page, key: str) -> None:
    sent(page, key)
    page.goto(f"/p/{key}/send/")


def wrong_code(page: Page, key: str) -> None:
    page.goto("/sent/no-such-link/")
    page.locator("input[name=code]").fill("wrong-code")
    page.locator("main form button").click()
    page.wait_for_load_state()
