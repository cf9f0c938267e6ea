"""Every page in a real Chromium: axe finds nothing, nothing is cut off, nothing is asked of another host."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import HEIGHT, MARKS, Trouble, new_context, sideways
from tests.browser.pages import PLACES
from tests.browser.people import ANNA, choose_look, choose_look_unsigned, sign_in

pytestmark = MARKS
ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "screenshots"
AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the dark theme is the light page in other colours
WIDTHS = (390, 1280)
# Looks don't hang on the database: each is seen once in the two runs of the suite, the pages themselves in both.
MODES = ("low",) if os.environ.get("MEDKARTA_TEST_DATABASE") == "postgres" else ("light", "dark")
RUN_AXE = """async (only) => {
  const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 4).map((node) =>
    `${node.target.join(" ")}: ${node.any.concat(node.all, node.none).map((one) => one.message).join("; ")}`) }));
}"""


class Watchers:
    """Browser profiles by (who, width); Anna's looks are her account's, hence changed once for both widths."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser, self.origin = browser, origin
        self.profiles: dict[tuple[str, int], BrowserContext] = {}
        self.key = ""
        self.anna_sees = ""

    @contextmanager
    def page(self, who: str, width: int, mode: str) -> Iterator[Page]:
        """Open a page for somebody who sees the portal in a mode; nobody has a new profile each time."""
        if who == "nobody":
            context = new_context(self.browser, self.origin, width=width)
            choose_look_unsigned(context, self.origin, mode)
            yield context.new_page()
            context.close()
            return
        page = self._profile(who, width).new_page()
        if self.anna_sees != mode:
            page.goto("/about/")
            choose_look(page, mode)
            self.anna_sees = mode
        yield page
        page.close()

    def _profile(self, who: str, width: int) -> BrowserContext:
        if (who, width) not in self.profiles:
            context = new_context(self.browser, self.origin, width=width)
            page = context.new_page()
            self.key = sign_in(page, ANNA)
            page.close()
            self.profiles[who, width] = context
        return self.profiles[who, width]

    def close(self) -> None:
        """Close the profiles, and give Anna back the looks that other tests expect."""
        if self.anna_sees not in ("", "light"):
            with self.page("anna", WIDTHS[0], "light"):
                pass
        for context in self.profiles.values():
            context.close()


@pytest.fixture(scope="module")
def watchers(browser: Browser, origin: str) -> Iterator[Watchers]:
    SCREENSHOTS.mkdir(exist_ok=True)
    found = Watchers(browser, origin)
    yield found
    found.close()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("mode", MODES)
def test_page_is_accessible_and_whole(watchers: Watchers, trouble: Trouble, mode: str, width: int, place: str) -> None:
    told = PLACES[place]
    with watchers.page(told.who, width, mode) as page:
        trouble.watch(page)
        statuses: list[int] = []
        page.on("response", lambda answer: statuses.append(answer.status) if _is_document(answer, page) else None)

        told.go(page, watchers.key)

        assert statuses[-1] == told.status
        assert page.locator("html").get_attribute("data-bs-theme") == ("dark" if mode == "dark" else "light")
        assert page.locator("html").get_attribute("data-vision") == ("low" if mode == "low" else None)
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(whole, HEIGHT)})
        page.screenshot(path=SCREENSHOTS / f"{place}-{width}-{mode}.png", animations="disabled")
        page.evaluate(AXE)
        assert page.evaluate(RUN_AXE, RULES_OF_COLOUR if mode == "dark" else TAGS) == []
        assert sideways(page) == []


def _is_document(answer: Any, page: Page) -> bool:
    return answer.request.is_navigation_request() and answer.frame == page.main_frame
