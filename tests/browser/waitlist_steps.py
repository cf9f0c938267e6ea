"""How to come to the pages of the waiting list."""

import re

from playwright.sync_api import Page

NEW = "/p/{key}/appointments/waitlist/new/"
SURGERY = "?specialty=61"


def form(page: Page, key: str) -> None:
    page.goto(f"{NEW.replace('{key}', key)}{SURGERY}")


def faulty_form(page: Page, key: str) -> None:
    """Send the form without a clinic and without a day, past the browser's own checks."""
    form(page, key)
    for box in page.locator("main input[name=clinics], main input[name=weekdays]").all():
        box.uncheck()
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()


def leaving(page: Page, key: str) -> None:
    """Open what is asked before the first own entry is left."""
    html = page.request.get(f"/p/{key}/appointments/?kind=waitlist").text()
    found = re.search(r'href="([^"]*/waitlist/[^"/]+/leave/)"', html)
    assert found, "no own entry in the list"
    page.goto(found.group(1))


def own_entry(page: Page, key: str) -> None:
    leaving(page, key)
    page.locator("a.mk-back").click()
    page.wait_for_load_state()


def offer(page: Page, key: str) -> None:
    """Open the entry that is offered a time."""
    html = page.request.get(f"/p/{key}/appointments/?kind=waitlist").text()
    found = re.search(r'action="([^"]*/waitlist/[^"/]+/)offers/', html)
    assert found, "nothing is offered"
    page.goto(found.group(1))


def swap(page: Page, key: str) -> None:
    """Ask for an earlier time than the next appointment."""
    html = page.request.get(f"/p/{key}/appointments/?kind=appointments").text()
    found = re.search(r'href="[^"]*/appointments/([0-9a-f-]{36})/"', html)
    assert found, "no appointment in the list"
    page.goto(f"{NEW.replace('{key}', key)}?swap={found.group(1)}")
