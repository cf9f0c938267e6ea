"""One portal for the run, one browser for each module, and what a page must never do."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.browser import portal

CHROMIUM = Path(os.environ.get("MEDKARTA_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
HEIGHT = 844
MARKS = [pytest.mark.browser, pytest.mark.xdist_group("browser")]  # one worker: they share the portal


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal's origin. It lives as long as the run."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with portal.running(tmp_path_factory.mktemp("portal")) as found:
        yield found


@pytest.fixture(scope="module")
def browser(origin: str) -> Iterator[Browser]:
    """Chromium. Closed with the module: its event loop would keep other tests from their database."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@dataclass
class Trouble:
    """What went wrong behind pages."""

    origin: str
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings, but for the one that says that the page itself is an error page."""
        own = message.page is not None and message.location.get("url") == message.page.url
        if message.type in ("error", "warning") and not (own and "Failed to load resource" in message.text):
            self.found.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        """Keep what a page of the portal asks of another host; people may only go from one to the other."""
        is_ours = request.url.startswith((f"{self.origin}/", "data:"))
        if not is_ours and not request.is_navigation_request() and request.frame.url.startswith(f"{self.origin}/"):
            self.found.append(f"request: {request.url}")


@pytest.fixture
def trouble(origin: str) -> Iterator[Trouble]:
    """Collects what goes wrong in the pages that it watches; the test fails if anything did."""
    watched = Trouble(origin)
    yield watched
    assert watched.found == []


def new_context(browser: Browser, origin: str, *, width: int, scripts: bool = True) -> BrowserContext:
    """Make an empty browser profile: a phone below 600 px, with its finger."""
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": HEIGHT},
        reduced_motion="reduce",
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        java_script_enabled=scripts,
        has_touch=width < 600,
    )
    context.set_default_timeout(30_000)
    return context


def sideways(page: Page) -> list[str]:
    """Name what reaches past the window, or is cut off by its card."""
    return list(page.evaluate(SIDEWAYS))


SIDEWAYS = """() => {
  const found = [], wide = document.documentElement.clientWidth;
  const name = (element) => `${element.tagName}.${element.className} «${element.textContent.trim().slice(0, 40)}»`;
  if (document.documentElement.scrollWidth > wide) {
    found.push(`page is ${document.documentElement.scrollWidth} px in ${wide}`);
    for (const one of document.querySelectorAll("body *")) {
      if (one.getBoundingClientRect().right > wide + 1 && !one.closest(".mk-vh")) found.push(name(one));
    }
  }
  for (const card of document.querySelectorAll(".card")) {
    const edge = card.getBoundingClientRect();
    for (const one of card.querySelectorAll("*")) {
      const box = one.getBoundingClientRect();
      const isOut = box.width > 1 && (box.right > edge.right + 1 || box.left < edge.left - 1);
      if (isOut && !one.closest(".mk-vh, svg, .mk-read__tb")) {
        found.push(`cut off: ${name(one)}`);
      }
    }
  }
  return found.slice(0, 8);
}"""
