"""A certificate from the order to the download, with the clinic's desk on the other side: a phone, no mouse."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pikepdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import portal
from tests.browser.conftest import MARKS, Trouble, new_context, sideways
from tests.browser.people import DMITRY, OLEG, sign_in
from tests.browser.test_home_visits import press, write
from tests.browser.test_journeys import heading

pytestmark = MARKS
Visit = Callable[..., Page]
Desk = Callable[..., str]


@pytest.fixture
def visit(browser: Browser, origin: str, trouble: Trouble) -> Iterator[Visit]:
    """Open a phone of its own; `scripts=False` turns JavaScript off."""
    opened = []

    def open_page(*, scripts: bool = True) -> Page:
        context = new_context(browser, origin, width=390, scripts=scripts)
        opened.append(context)
        page = context.new_page()
        trouble.watch(page)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def desk(origin: str, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Run a line at the desk of a clinic, in the portal's own data."""
    data = next(tmp_path_factory.getbasetemp().glob("portal*/data"))
    environment = {**os.environ, "MEDKARTA_DATA_DIR": str(data)}
    if "DATABASE_URL" in os.environ:
        parts = urlsplit(os.environ["DATABASE_URL"])
        environment["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{portal.DATABASE}"))

    def run(*words: str, clinic: str) -> str:
        line = [sys.executable, "-m", "medkarta", "desk", "certificates", *words, "--clinic", clinic]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    made, target = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(target)
    path = tmp_path / "sheet.pdf"
    path.write_bytes(target.getvalue())
    return path


def number_of(page: Page) -> str:
    found = re.search(r"МК-\d{4}-\d{6}", page.locator("main").inner_text())
    assert found
    return found[0]


@pytest.mark.parametrize(("scripts", "who"), [(True, OLEG), (False, DMITRY)], ids=["script", "no script"])
def test_certificate_is_ordered_refused_ordered_again_and_downloaded(visit, desk, sheet, scripts, who):
    page = visit(scripts=scripts)
    key = sign_in(page, who)
    page.goto(f"/p/{key}/documents/")
    page.locator("main").focus()
    press(page, "Заказать справку")
    press(page, "Выписка из медицинской карты")
    assert heading(page).startswith("Выписка из медицинской карты")
    assert sideways(page) == []

    clinic = page.get_by_label("Клиника", exact=True).input_value()
    page.get_by_label("с какого дня").fill("2025-01-01")
    page.get_by_label("по какой день").fill("2025-12-31")
    write(page, "О чём нужна выписка", "Операция")
    press(page, "Заказать справку")
    expect(page.locator(".mk-sum")).to_contain_text("Напишите, куда нужна справка")
    assert page.get_by_label("О чём нужна выписка").input_value() == "Операция"

    write(page, "Куда нужна справка", "В санаторий")
    press(page, "Заказать справку")
    expect(page.locator("main")).to_contain_text("Создана")
    desk("refuse", number_of(page), "--reason", "Уточните период", clinic=clinic)

    page.reload()
    expect(page.locator("main")).to_contain_text("Уточните период")
    page.locator("main").focus()
    press(page, "Заказать снова")
    assert page.get_by_label("Куда нужна справка").input_value() == "В санаторий"
    page.get_by_label("с какого дня").fill("2025-06-01")
    page.get_by_label("Куда нужна справка").focus()
    press(page, "Заказать справку")
    number = number_of(page)
    desk("take", number, clinic=clinic)
    desk("ready", number, "--file", str(sheet), clinic=clinic)

    page.reload()
    expect(page.locator("main")).to_contain_text("Готова")
    assert sideways(page) == []
    link = page.get_by_role("link", name="Скачать")
    link.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.path().read_bytes() == sheet.read_bytes()

    page.goto(f"/p/{key}/requests/?kind=certificate")
    expect(page.locator("main tbody tr")).to_have_count(2)
    page.goto("/notifications/")
    expect(page.locator("main")).to_contain_text("Клиника ответила на заявление")


def test_double_press_orders_once_and_back_leads_to_it(visit):
    page = visit()
    key = sign_in(page, OLEG)
    page.goto(f"/p/{key}/documents/orders/new/pool/")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").dblclick()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Создана")
    first = page.url

    page.go_back()
    page.locator("main form button[type=submit]").tap()
    expect(page.locator("main")).to_contain_text("Такая же справка уже заказана")
    page.get_by_role("link", name="Открыть первую заявку").tap()
    expect(page.locator("main")).to_contain_text("Что сейчас")

    assert page.url == first
    page.get_by_role("link", name="Отменить заявку").tap()
    page.get_by_role("button", name="Да, отменить").tap()
    expect(page.locator("main")).to_contain_text("Заявка отменена")
