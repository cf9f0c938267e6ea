"""Documents of every kind, read in a real browser: nothing of them acts, nothing leaves, what came goes out again."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from medkarta.hl7.tests.samples import SAMPLES, needs_samples
from tests.browser import document_files, portal
from tests.browser.conftest import ARGUMENTS, CHROMIUM, MARKS, new_context, sideways
from tests.browser.document_files import ACTING_PDF, HOSTILE, NOTE, PLAIN_PDF, SCAN
from tests.browser.open_settings import COOKIE
from tests.browser.people import ANNA, sign_in
from tests.browser.test_journeys import FOCUS_IS_SEEN, press_enter, tab_to

pytestmark = [*MARKS, needs_samples]

TABLES = "vendor_170.314B2_Amb_CCD.xml"
REFUSED = "fragment_linkHtml.xml"
GENERATED = 100
VIEWER = ("chrome:", "chrome-extension:", "blob:chrome-extension:")  # what the browser's own PDF viewer is made of
SNILS = "90000000182"
DATABASE = f"{portal.DATABASE}_documents"


@dataclass(frozen=True)
class Library:
    """A portal with the documents in Анна's record: name of the file -> its path, and the id of its document."""

    origin: str
    paths: dict[str, Path]
    ids: dict[str, str]


@dataclass
class Silence:
    """Everything that a page asked for from elsewhere, and every script that ran and is not the portal's own."""

    origin: str
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page, *, scripts: bool) -> None:
        page.on("request", self._request)
        page.on("dialog", lambda dialog: (self.found.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        if not scripts:
            return
        client = page.context.new_cdp_session(page)
        client.on("Debugger.scriptParsed", self._script)
        client.send("Debugger.enable")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", *VIEWER)):
            self.found.append(f"request: {request.url}")

    def _script(self, script: dict[str, str]) -> None:
        """Keep a script that came from no file of ours; those of the test itself have no address."""
        if script["url"] and not script["url"].startswith((f"{self.origin}/static/", "pptr:", *VIEWER)):
            self.found.append(f"script: {script['url']}")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    folder = tmp_path_factory.mktemp("documents")
    to_import, files = folder / "import", folder / "files"
    for one in (to_import, files):
        one.mkdir()
    for path in (*(SAMPLES / "ccda").glob("*.xml"), *(SAMPLES / "semd-xml").glob("*.xml")):
        if path.name != REFUSED:
            shutil.copy(path, to_import / path.name)
    document_files.write(to_import, files)
    _run("medkarta.devtools.region.cda", "--count", str(GENERATED), to_import, environment={})
    settings = {"DJANGO_SETTINGS_MODULE": "tests.browser.open_settings"}
    with portal.running(folder, database=DATABASE, **settings) as origin:
        environment = {**settings, "MEDKARTA_DATA_DIR": str(folder / "data"), **_database()}
        _run("medkarta", "import", "--source", "samples", to_import, environment=environment)
        told = _run("tests.browser.document_records", folder, SNILS, environment=environment)
        paths = {path.name: path for path in (*to_import.rglob("*.xml"), *files.iterdir())}
        yield Library(origin, paths, json.loads(told))


def _run(module: str, *arguments: object, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _database() -> dict[str, str]:
    if "DATABASE_URL" not in os.environ:
        return {}
    return {"DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{DATABASE}"))}


@pytest.fixture(scope="module")
def reader(library: Library) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


Enter = Callable[..., tuple[Page, str]]


@pytest.fixture
def enter(reader: Browser, library: Library) -> Iterator[Enter]:
    """Sign in as Анна: (page, address of her documents). What acts or leaves fails the test."""
    silence, opened = Silence(library.origin), list[BrowserContext]()

    def go(*, width: int = 1280, scripts: bool = True, policy: bool = True) -> tuple[Page, str]:
        context = new_context(reader, library.origin, width=width, scripts=scripts)
        opened.append(context)
        if not policy:
            context.add_cookies([{"name": COOKIE, "value": "1", "url": library.origin}])
        page = context.new_page()
        key = sign_in(page, ANNA)
        silence.watch(page, scripts=scripts)
        return page, f"/p/{key}/documents/"

    yield go
    for context in opened:
        context.close()
    assert silence.found == []


@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "without the policy"])
def test_every_document_opens_without_a_script_or_a_request_to_elsewhere(enter, library, policy):
    page, base = enter(policy=policy)
    assert len(library.ids) == len(library.paths)
    assert len(library.ids) >= GENERATED + 9 + len(document_files.FILES)

    for name, id_ in library.ids.items():
        answer = page.goto(f"{base}{id_}/")

        assert answer is not None
        assert answer.status == 200, name
        assert ("content-security-policy" in answer.headers) is policy
        expect(page.locator("h1")).to_be_visible()
        assert page.get_by_text("Показать текст не удалось").count() == 0, name


def test_every_document_is_downloaded_as_it_came(enter, library):
    page, base = enter()
    for name, id_ in library.ids.items():
        answer = page.request.get(f"{base}{id_}/files/1/")

        assert hashlib.sha256(answer.body()).digest() == hashlib.sha256(library.paths[name].read_bytes()).digest(), name
        assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "without the policy"])
def test_a_document_written_to_do_harm_is_read_as_text(enter, library, policy):
    page, base = enter(policy=policy)

    page.goto(f"{base}{library.ids[HOSTILE]}/")

    main = page.locator("main")
    expect(main.get_by_text("Обычный текст")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Вредный <img src=x onerror=alert(1)> протокол")
    expect(main.get_by_role("heading", name="<svg onload=alert(2)>")).to_be_visible()
    assert main.locator("script, iframe, object, embed, style, svg svg").count() == 0
    assert [link.get_attribute("href") for link in main.locator(".mk-read a").all()] == ["https://example.org/"]
    main.get_by_text("ссылка", exact=False).first.click()
    main.get_by_text("Обычный текст").click()
    page.goto(f"{base}{library.ids[HOSTILE]}/print/")
    expect(page.get_by_text("Обычный текст")).to_be_visible()


@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "without the policy"])
@pytest.mark.parametrize("name", [PLAIN_PDF, ACTING_PDF])
def test_a_pdf_opens_in_the_browsers_viewer_and_its_script_does_not_run(enter, library, name, policy):
    page, base = enter(policy=policy)
    page.goto(f"{base}{library.ids[name]}/")

    with page.context.expect_page() as opened:
        page.locator(".mk-files a[href$='/view/']").click()
    viewer = opened.value
    said = []
    viewer.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    viewer.wait_for_load_state()
    viewer.wait_for_timeout(2500)

    assert any(frame.url.startswith("chrome-extension:") for frame in viewer.frames), "the viewer has to be there"
    assert said == []


def test_a_picture_and_a_text_are_shown_inside_the_page(enter, library):
    page, base = enter()

    page.goto(f"{base}{library.ids[SCAN]}/")
    assert page.locator("main img").evaluate("image => image.complete && image.naturalWidth") == 4
    page.goto(f"{base}{library.ids[NOTE]}/")
    expect(page.get_by_text("Кашель прошёл. <script>alert(1)</script>")).to_be_visible()
    page.goto(f"{base}{library.ids[NOTE]}/files/1/view/")
    expect(page.get_by_text("Кашель прошёл. <script>alert(1)</script>")).to_be_visible()


def find(page: Page, base: str, id_: str) -> str:
    """Go to the list of what is called as a document is; return its name."""
    page.goto(f"{base}{id_}/")
    title = page.locator("h1").inner_text()
    page.goto(f"{base}?{urlencode({'q': title})}")
    return title


@pytest.mark.parametrize("width", [1280, 390])
def test_reading_from_the_list_to_paper_and_back(enter, library, width):
    page, base = enter(width=width)
    title = find(page, base, library.ids[TABLES])

    page.locator(f"main .c-what a[href*='{library.ids[TABLES]}']").click()
    assert sideways(page) == []
    page.get_by_text("Содержание", exact=True).click()
    page.locator(".mk-read__toc a").last.click()
    assert page.url.rpartition("#")[2] == page.locator(".mk-read :is(h3)").last.get_attribute("id")
    page.get_by_role("link", name="Печать").click()

    assert page.locator("h1").inner_text() == title
    expect(page.get_by_role("button", name="Печать")).to_be_visible()
    expect(page.locator("main")).to_contain_text(ANNA)
    page.get_by_role("link", name="К документу").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Скачать PDF").click()
    assert started.value.suggested_filename.endswith(".pdf")
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF-")


def test_filters_narrow_the_list_and_stay_in_the_address(enter, library):
    page, base = enter()
    page.goto(base)
    count = page.locator("main tbody tr").count()

    page.get_by_label("Вид").select_option(index=1)
    page.wait_for_url("**kind=**")
    kind = page.get_by_label("Вид").input_value()
    page.get_by_label("С даты").fill("1990-01-01")
    page.wait_for_url("**since=1990-01-01**")

    assert count
    assert page.get_by_label("Вид").input_value() == kind
    expect(page.get_by_text("Найдено:")).to_be_visible()
    page.go_back()
    page.go_back()
    assert page.url == f"{library.origin}{base}"
    assert page.locator("main tbody tr").count() == count


def test_words_inside_are_found_in_another_form_and_marked(enter):
    page, base = enter()
    page.goto(base)

    page.get_by_label("Найти в документах").fill("обычным текстом")
    page.keyboard.press("Enter")

    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main mark").first).to_have_text("Обычный")


def test_keyboard_alone_opens_a_document_and_reaches_its_tables(enter, library):
    page, base = enter()
    title = find(page, base, library.ids[TABLES])

    tab_to(page, "К содержанию")
    page.keyboard.press("Enter")
    tab_to(page, title)
    press_enter(page)
    for _step in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN)
        if page.evaluate("document.activeElement.matches('.mk-read__box')"):
            break

    assert page.evaluate("document.activeElement.matches('.mk-read__box')")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_without_a_script_one_finds_reads_prints_and_downloads(enter, library):
    page, base = enter(scripts=False)
    page.goto(base)

    page.get_by_label("Найти в документах").fill("Вредный")
    page.get_by_role("button", name="Показать", exact=True).click()
    page.locator("main .c-what a").first.click()
    expect(page.get_by_text("Обычный текст")).to_be_visible()
    page.get_by_role("link", name="Печать").click()
    expect(page.get_by_text("Чтобы напечатать")).to_be_visible()
    expect(page.get_by_role("button", name="Печать")).to_have_count(0)
    page.get_by_role("link", name="К документу").click()
    with page.expect_download() as started:
        page.locator("main a[href$='/files/1/']").first.click()

    assert Path(started.value.path()).read_bytes() == library.paths[HOSTILE].read_bytes()
