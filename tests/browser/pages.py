"""Every page of the portal and how to come to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.people import OLGA, UNCONFIRMED, press_person

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEYLESS_PAGES = {"facilities": "/facilities/", "feedback": "/feedback/", "about": "/about/"}
LISTS = {
    **{name: f"{name}/" for name in ("appointments", "referrals", "documents", "prescriptions", "results")},
    **{name: f"{name}/" for name in ("immunizations", "checkups", "my-facilities", "visits")},
    **{name: f"{name}/" for name in ("requests", "access-log", "policy")},
    "calendar": "appointments/calendar/",
    "family-calendar": "appointments/calendar/?who=all",
}
DETAILS = {
    "appointment": ("appointments/", rf"appointments/{UUID}/"),
    "home-visit": ("appointments/", rf"appointments/home-visits/{UUID}/"),
    "waitlist": ("appointments/", rf"appointments/waitlist/{UUID}/"),
    "referral": ("referrals/", rf"referrals/{UUID}/"),
    "document": ("documents/", rf"documents/{UUID}/"),
    "prescription": ("prescriptions/", rf"prescriptions/{UUID}/"),
    "report": ("results/", rf"results/{UUID}/"),
    "immunization": ("immunizations/", rf"immunizations/{UUID}/"),
    "visit": ("visits/", rf"visits/{UUID}/"),
}


@dataclass(frozen=True)
class Place:
    """A page and who looks at it: `anna`, or `nobody` without an account. `status`: of the last answer."""

    who: str
    go: Callable[[Page, str], None]
    status: int = 200


def at(path: str) -> Callable[[Page, str], None]:
    """Go straight to an address; `{key}` is the own record's."""

    def go(page: Page, key: str) -> None:
        page.goto(path.replace("{key}", key))

    return go


def first_link(path: str, pattern: str) -> Callable[[Page, str], None]:
    """Go to a list and from there to the first page of a kind."""

    def go(page: Page, key: str) -> None:
        start = path.replace("{key}", key)
        page.goto(hrefs(page, start, pattern)[0])

    return go


def hrefs(page: Page, path: str, pattern: str) -> list[str]:
    """Return the addresses that a page links to and that end in `pattern`; at least one is there."""
    html = page.request.get(path).text()
    found = re.findall(rf'href="([^"]*{pattern})"', html)
    assert found, f"{path} links to nothing like {pattern}"
    return [urlsplit(one).path for one in found]


def other_record(name: str, section: str = "") -> Callable[[Page, str], None]:
    """Go to a section of another person of the stack."""

    def go(page: Page, key: str) -> None:
        page.goto(f"/p/{key}/{section}")
        link = page.locator(".mk-pol__next", has_text=name).first
        page.goto(link.get_attribute("href") or "")

    return go


def faulty_feedback(page: Page, key: str) -> None:
    page.goto("/feedback/")
    send_feedback(page, text="коротко")


def sent_feedback(page: Page, key: str) -> None:
    page.goto("/feedback/")
    page.locator("input[name=kind]").first.check()
    page.locator("select[name=category]").select_option(index=1)
    send_feedback(page, text="Не открывается список рецептов на телефоне.")
    page.wait_for_url("**/feedback/done/**")


def send_feedback(page: Page, *, text: str) -> None:
    """Fill in the text and send, past the browser's own checks."""
    form = page.locator("main form[method=post]")
    form.locator("textarea").fill(text)
    form.evaluate("form => { form.noValidate = true; }")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def refused_login(page: Page, key: str) -> None:
    page.goto("/login")
    page.locator("details summary").click()
    page.get_by_label("Код ошибки").select_option("ESIA-007019")
    page.get_by_role("button", name="Вернуть ошибку").click()
    page.wait_for_load_state()


def unconfirmed(page: Page, key: str) -> None:
    press_person(page, UNCONFIRMED)


def consent(page: Page, key: str) -> None:
    press_person(page, OLGA)


def withdrawal(page: Page, key: str) -> None:
    page.goto("/account/")
    page.locator("form[action*=withdraw] button").click()
    page.wait_for_load_state()


def made_feed(page: Page, key: str) -> None:
    page.goto("/account/calendar/")
    page.get_by_role("button", name="Создать подписку").click()
    page.wait_for_load_state()


PLACES: dict[str, Place] = {
    "home": Place("anna", at("/p/{key}/")),
    **{name: Place("anna", at(f"/p/{{key}}/{path}")) for name, path in LISTS.items()},
    **{name: Place("anna", first_link(f"/p/{{key}}/{path}", found)) for name, (path, found) in DETAILS.items()},
    "child-home": Place("anna", other_record("Пётр")),
    "child-immunizations": Place("anna", other_record("Пётр", "immunizations/")),
    "teen-results": Place("anna", other_record("Мария", "results/")),
    "no-match": Place("anna", at("/p/{key}/prescriptions/?q=нетакоголекарства")),
    **{name: Place("anna", at(path)) for name, path in KEYLESS_PAGES.items()},
    "facility": Place("anna", first_link("/facilities/", rf"facilities/{UUID}/")),
    "feedback-errors": Place("anna", faulty_feedback, 422),
    "feedback-done": Place("anna", sent_feedback),
    "account": Place("anna", at("/account/")),
    "calendar-feeds": Place("anna", at("/account/calendar/")),
    "calendar-feed-made": Place("anna", made_feed),
    "withdrawal": Place("anna", withdrawal),
    "notifications": Place("anna", at("/notifications/")),
    "notification-settings": Place("anna", at("/account/notifications/")),
    "messages-consent": Place("anna", at("/account/notifications/consent/")),
    "mailbox": Place("nobody", at("/demo/mailbox/")),
    "missing-in-record": Place("anna", at("/p/{key}/nothing-here/"), 404),
    "start": Place("nobody", at("/")),
    "public-facilities": Place("nobody", at("/facilities/")),
    "public-feedback": Place("nobody", at("/feedback/")),
    "privacy": Place("nobody", at("/about/privacy/")),
    "accessibility": Place("nobody", at("/about/accessibility/")),
    "help": Place("nobody", at("/help/")),
    "help-topic": Place("nobody", first_link("/help/", r"/help/[a-z0-9-]+/")),
    "missing": Place("nobody", at("/nothing-here/"), 404),
    "login-refused": Place("nobody", refused_login, 400),
    "login-stale": Place("nobody", at("/login/esia/callback?state=old&code=old"), 400),
    "unconfirmed": Place("nobody", unconfirmed, 403),
    "consent": Place("nobody", consent),
}
