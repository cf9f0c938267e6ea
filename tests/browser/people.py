"""A person at a browser: signs in at the stand-in, chooses how pages look."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

ANNA = "Иванова Анна Сергеевна"
DMITRY = "Иванов Дмитрий Олегович"
OLEG = "Смирнов Олег Викторович"
OLGA = "Кузнецова Ольга Павловна"
UNCONFIRMED = "Лебедев Никита Андреевич"

LOOKS = {
    "light": {"theme": "light", "vision": "normal"},
    "dark": {"theme": "dark", "vision": "normal"},
    "low": {"theme": "light", "vision": "low"},
}


def press_person(page: Page, name: str, next_path: str = "/home/") -> None:
    """Open the login and press the person's button at the stand-in; ends wherever the portal leads."""
    page.goto(f"/login?next={next_path}")
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def sign_in(page: Page, name: str) -> str:
    """Sign in, consent where asked; return the key of the own record, which is open then."""
    press_person(page, name)
    if "/consent/" in page.url:
        page.locator("#agree").check()
        page.get_by_role("button", name="Дать согласие").click()
        page.wait_for_load_state()
    if page.locator(".mk-pol__name").text_content() != name:  # the record shown last was a child's
        own = page.locator(".mk-side .mk-pol__next", has_text=name.split()[1])
        page.goto(own.get_attribute("href") or "")
    return key_of(page)


def key_of(page: Page) -> str:
    """Return the key of the record that the page shows."""
    parts = urlsplit(page.url).path.split("/")
    assert parts[1] == "p", page.url
    return parts[2]


def choose_look(page: Page, mode: str) -> None:
    """Post the choice as the buttons of the page do; the page must be one with that form."""
    token = page.locator("#mk-post input[name=csrfmiddlewaretoken]").get_attribute("value")
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    answer = page.request.post(
        "/preferences/",
        form={"csrfmiddlewaretoken": token or "", "next": "/", **LOOKS[mode]},
        headers={"Origin": origin},
        max_redirects=0,
    )
    assert answer.status == 302, answer.status


def choose_look_unsigned(context: BrowserContext, origin: str, mode: str) -> None:
    """Give a visitor without an account the cookie that the choice leaves."""
    look = LOOKS[mode]
    value = f"{look['theme']}.{look['vision']}.2.bw.wide.ru"
    context.add_cookies([{"name": "medkarta_view", "value": value, "url": origin}])
