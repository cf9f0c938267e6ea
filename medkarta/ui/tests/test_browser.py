"""The gallery in a real Chromium under the strict policy: accessibility, widths, keyboard, with and without script."""

import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from medkarta.ui import gallery
from medkarta.ui.preferences import Preferences
from medkarta.ui.render import render

CHROMIUM = Path("/usr/bin/chromium")
UI = Path(__file__).resolve().parents[1]
AXE = UI.parents[1] / "tests/vendor/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
)
MODES = {
    "light": Preferences(),
    "dark": Preferences(theme="dark"),
    "low": Preferences(vision="low"),
    "low-wb": Preferences(vision="low", scheme="wb", font_size=3),
    "low-blue": Preferences(vision="low", scheme="blue", font_size=1, spacing="normal"),
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


class Handler(SimpleHTTPRequestHandler):
    """Serves `/gallery/<mode>` with the policy of production, and the static files of the room."""

    def do_GET(self) -> None:
        if self.path.startswith("/gallery/"):
            body = gallery_page(self.path.removeprefix("/gallery/").partition("?")[0])
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)
        else:
            self.path = self.path.removeprefix("/static")
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


def gallery_page(mode: str) -> bytes:
    context = {"shell": gallery.shell(MODES[mode]), **gallery.context(date(2026, 11, 23))}
    return render(RequestFactory().get("/gallery/"), "ui/gallery.jinja", context).content


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(UI / "static")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(base, chromium):
    """Open the gallery in a mode, a width and perhaps without script; whatever the console says fails the test."""
    said: list[str] = []
    opened: list[Any] = []

    def go(mode: str = "light", *, width: int = 1280, height: int = 844, script: bool = True) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{base}/gallery/{mode}")
        page.wait_for_load_state("networkidle")
        return page

    yield go
    for context in opened:
        context.close()
    assert said == []


@pytest.mark.parametrize(
    ("mode", "width"), [*((mode, 390) for mode in MODES), ("light", 1280), ("dark", 1280), ("low", 1280)]
)
def test_gallery_passes_axe(visit, mode, width):
    page = visit(mode, width=width)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})  # the sticky bar covers nothing then

    page.evaluate(f"{AXE.read_text(encoding='utf-8')};0")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]

    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("mode", ["light", "low", "low-wb"])
def test_gallery_never_scrolls_sideways(visit, mode):
    page = visit(mode)
    wide = {}
    for width in (320, 360, 390, 600, 768, 991, 992, 1024, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 844})
        wide[width] = page.evaluate("document.documentElement.scrollWidth") - width

    assert {width: more for width, more in wide.items() if more > 0} == {}


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_gallery_cuts_no_cell_of_a_table(visit, width):
    page = visit(width=width)

    cut = page.evaluate(
        """() => [...document.querySelectorAll('.card')].flatMap(card => {
             const edge = card.getBoundingClientRect().right;
             return [...card.querySelectorAll('td, th')].filter(cell => cell.getBoundingClientRect().right > edge + 1)
               .map(cell => cell.textContent.trim());
           })"""
    )

    assert cut == []


def test_gallery_has_large_targets_on_a_phone(visit):
    page = visit(width=390)

    small = page.evaluate(
        """() => [...document.querySelectorAll(
             'a.btn, button.btn, .mk-bar a, .mk-bar summary, .mk-tool, .mk-chip, .mk-pager a')]
             .filter(e => e.offsetParent && !e.closest('.mk-att li:not(.mk-att--first)') && !e.matches('.mk-vh'))
             .map(e => [e.textContent.trim(), e.getBoundingClientRect().height])
             .filter(([, height]) => height < 43.5)"""
    )

    assert small == []


def test_sheet_makes_the_rest_inert_and_escape_gives_the_focus_back(visit):
    page = visit(width=390)
    summary = page.locator(".mk-bar summary")

    summary.click()
    assert page.locator("main").evaluate("e => e.inert")
    assert page.locator(".mk-sheet").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.mk-sheet') !== null")

    page.keyboard.press("Escape")
    assert not page.locator(".mk-sheet").is_visible()
    assert not page.locator("main").evaluate("e => e.inert")
    assert summary.evaluate("e => e === document.activeElement")


def test_skip_link_comes_first_and_leads_to_the_content(visit):
    page = visit()
    page.evaluate("document.activeElement.blur()")
    page.evaluate("window.scrollTo(0, 0)")

    page.locator("body").press("Tab")
    first = page.locator(".mk-skip")
    first.focus()
    first.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_summary_of_errors_takes_the_focus_and_leads_to_the_field(visit):
    page = visit()
    assert page.evaluate("document.activeElement.className") == "mk-sum"

    page.locator(".mk-sum a").first.click()

    assert page.evaluate("document.activeElement.id") == "id_temperature"


def test_announcements_turn_by_dots_and_stop_by_the_button(visit):
    page = visit()
    pause = page.locator("[data-mk-pause]")
    assert pause.get_attribute("aria-pressed") == "false"

    pause.click()
    assert pause.get_attribute("aria-pressed") == "true"
    page.locator("[data-mk-dot]").nth(1).click()

    assert page.locator("#ann2").is_visible()
    assert not page.locator("#ann1").is_visible()


def test_gallery_without_script_keeps_every_act(visit):
    page = visit(width=390, script=False)

    assert page.locator(".mk-order button").first.is_visible()
    assert page.locator(".mk-filters button").first.is_visible()
    assert not page.locator("[data-mk-pause]").is_visible()
    page.locator(".mk-pstack summary").click()
    assert page.get_by_role("link", name="Пётр").first.is_visible()
    page.locator(".mk-bar summary").click()
    assert page.get_by_role("button", name="Тёмная тема").is_visible()
