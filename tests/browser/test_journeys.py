"""Whole ways through the portal: by keyboard, without a script, on a phone, in two tabs, and out again."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MARKS, Trouble, new_context
from tests.browser.pages import UUID, hrefs, send_feedback
from tests.browser.people import ANNA, DMITRY, OLEG, key_of, sign_in

pytestmark = MARKS
FOCUS_IS_SEEN = """() => {
  const isDrawn = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  return isDrawn(document.activeElement) || isDrawn(document.activeElement.parentElement);  // a row that is one target
}"""
FOCUSED_TEXT = """() => {
  const one = document.activeElement;
  return (one.selectedOptions ? one.selectedOptions[0]?.text : one.innerText) || one.getAttribute('aria-label') || '';
}"""  # of a list that is closed only what it stands at is read
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, origin: str, trouble: Trouble) -> Iterator[Visit]:
    """Open a page in a browser profile of its own; `scripts=False` turns JavaScript off."""
    opened = []

    def open_page(*, width: int = 1280, scripts: bool = True) -> Page:
        context = new_context(browser, origin, width=width, scripts=scripts)
        opened.append(context)
        page = context.new_page()
        trouble.watch(page)
        return page

    yield open_page
    for context in opened:
        context.close()


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on what reads `text`; every stop on the way shows its focus."""
    for _step in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if text in page.evaluate(FOCUSED_TEXT):
            return
    raise AssertionError(f"Tab does not reach «{text}»")


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def heading(page: Page) -> str:
    return page.locator("h1").inner_text().replace("\u00a0", " ")


def test_keyboard_alone_signs_in_and_moves_to_a_child_and_a_section(visit):
    page = visit()
    page.goto("/")

    tab_to(page, "Войти через Госуслуги")
    press_enter(page)
    tab_to(page, DMITRY)
    press_enter(page)
    if "/consent/" in page.url:
        page.locator("#agree").focus()
        page.keyboard.press("Space")
        tab_to(page, "Дать согласие")
        press_enter(page)
    own = key_of(page)
    tab_to(page, "К содержанию")
    tab_to(page, "Пётр")
    press_enter(page)
    expect(page.locator(".mk-pol__name")).to_have_text("Иванов Пётр Дмитриевич")
    tab_to(page, "Прививки")
    press_enter(page)

    assert key_of(page) != own
    assert heading(page) == "Прививки"


def test_skip_link_leads_past_the_menu(visit):
    page = visit()
    page.goto("/help/")
    page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_without_a_script_one_signs_in_and_moves_between_persons_and_sections(visit):
    page = visit(scripts=False)

    own = sign_in(page, ANNA)
    page.locator(".mk-side .mk-pol__next", has_text="Мария").click()
    child = key_of(page)
    page.get_by_role("link", name="Направления", exact=True).first.click()

    assert child != own
    assert page.url.endswith(f"/p/{child}/referrals/")
    expect(page.locator(".mk-pol__name")).to_have_text("Иванова Мария Дмитриевна")


def test_without_a_script_looks_and_language_change(visit):
    page = visit(scripts=False)
    sign_in(page, OLEG)
    html = page.locator("html")

    page.get_by_role("button", name="Тёмная тема").click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Светлая тема").click()
    expect(html).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Версия для слабовидящих").click()
    expect(html).to_have_attribute("data-vision", "low")
    page.get_by_role("button", name="Белым по чёрному").click()
    expect(html).to_have_attribute("data-scheme", "wb")
    page.get_by_role("button", name="Обычная версия").click()
    expect(html).not_to_have_attribute("data-vision", "low")
    page.get_by_role("button", name="English").click()
    expect(html).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Prescriptions", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Русский").click()
    expect(html).to_have_attribute("lang", "ru")


def test_without_a_script_feedback_keeps_what_was_typed_and_gets_a_number(visit):
    page = visit(width=390, scripts=False)
    page.goto("/feedback/")
    typed = "Телефон"
    page.locator("textarea").fill(typed)
    page.locator("select[name=category]").select_option(index=2)
    chosen = page.locator("select[name=category]").input_value()
    page.locator("input[name=email]").fill("nobody@example.ru")

    page.locator("main button[type=submit]").click()

    expect(page.locator(".mk-sum")).to_be_visible()
    assert page.locator("textarea").input_value() == typed
    assert page.locator("select[name=category]").input_value() == chosen
    assert page.locator("input[name=email]").input_value() == "nobody@example.ru"

    page.locator("input[name=kind]").last.check()
    page.locator("textarea").fill("Телефон регистратуры на странице клиники не отвечает.")
    page.locator("main button[type=submit]").click()

    assert heading(page) == "Обращение принято"
    expect(page.locator("main")).to_contain_text("МК-")


def test_feedback_error_takes_the_focus(visit):
    page = visit()
    page.goto("/feedback/")

    send_feedback(page, text="коротко")

    expect(page.locator(".mk-sum")).to_be_focused()
    page.locator(".mk-sum a").first.press("Enter")
    assert page.evaluate("document.activeElement.name") == "kind"


def test_phone_opens_the_stack_and_the_sheet(visit):
    page = visit(width=390)
    sign_in(page, ANNA)

    page.locator("summary.mk-pstack__top").tap()
    page.locator(".mk-pbar .mk-pol__next", has_text="Пётр").tap()
    expect(page.locator("summary.mk-pstack__top")).to_contain_text("Иванов Пётр Дмитриевич")
    sheet = page.locator(".mk-bar details")
    sheet.locator("summary").tap()
    assert page.locator("main").evaluate("element => element.closest('[inert]') !== null")
    page.keyboard.press("Escape")
    expect(sheet.locator("summary")).to_be_focused()
    assert page.locator("main").evaluate("element => element.closest('[inert]') === null")
    sheet.locator("summary").tap()
    sheet.get_by_role("link", name="История посещений").tap()

    expect(page.locator("h1")).to_have_text("История посещений")
    expect(page.locator("summary.mk-pstack__top")).to_contain_text("Иванов Пётр Дмитриевич")


def test_phone_sheet_reaches_every_section_by_scrolling(visit):
    page = visit(width=390)
    sign_in(page, ANNA)
    page.locator(".mk-bar summary").tap()

    for link in page.locator(".mk-sheet a").all():
        link.scroll_into_view_if_needed()
        box = link.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 844


def test_two_tabs_show_two_children_side_by_side(visit, trouble):
    first = visit()
    sign_in(first, ANNA)
    second = first.context.new_page()
    trouble.watch(second)
    first.locator(".mk-side .mk-pol__next", has_text="Пётр").click()
    second.goto("/home/")
    second.locator(".mk-side .mk-pol__next", has_text="Мария").click()
    expect(second.locator(".mk-pol__name")).to_have_text("Иванова Мария Дмитриевна")

    first.get_by_role("link", name="Рецепты", exact=True).first.click()
    second.get_by_role("link", name="Рецепты", exact=True).first.click()

    expect(first.locator(".mk-pol__name")).to_have_text("Иванов Пётр Дмитриевич")
    expect(second.locator(".mk-pol__name")).to_have_text("Иванова Мария Дмитриевна")
    assert key_of(first) != key_of(second)
    second.go_back()
    assert heading(second) != "Рецепты"
    expect(second.locator(".mk-pol__name")).to_have_text("Иванова Мария Дмитриевна")
    expect(first.locator(".mk-pol__name")).to_have_text("Иванов Пётр Дмитриевич")


def test_laboratory_report_opens_from_the_results(visit):
    page = visit()
    key = sign_in(page, ANNA)
    page.goto(f"/p/{key}/results/?q=общий анализ крови")

    page.locator("main tbody a").first.click()

    table = page.get_by_role("table", name="Показатели")
    assert "Общий анализ крови" in heading(page)
    assert table.locator("tbody tr").count() > 3
    expect(table).to_contain_text("Гемоглобин")
    expect(table).to_contain_text("г/л")
    expect(table).to_contain_text("В норме")


def test_filter_and_back_keep_their_list(visit):
    page = visit()
    key = sign_in(page, ANNA)
    page.goto(f"/p/{key}/results/")
    first_page = page.locator("main tbody tr").count()

    page.locator("main .mk-pager a", has_text="2").click()
    page.locator("main tbody a").first.click()
    page.go_back()

    assert "page=2" in page.url
    assert 0 < page.locator("main tbody tr").count() <= first_page


def test_logout_ends_both_sessions(visit):
    page = visit()
    key = sign_in(page, DMITRY)
    page.goto(f"/p/{key}/")

    page.locator(".mk-top").get_by_role("button", name="Выйти").click()
    page.wait_for_load_state()

    expect(page.get_by_role("link", name="Войти через Госуслуги")).to_be_visible()
    page.goto(f"/p/{key}/")
    expect(page.get_by_role("heading", name="Кто входит?")).to_be_visible()


def test_back_after_logout_shows_no_record(visit):
    page = visit()
    key = sign_in(page, DMITRY)
    page.goto(f"/p/{key}/prescriptions/")
    page.locator(".mk-top").get_by_role("button", name="Выйти").click()
    page.wait_for_load_state()

    page.go_back()

    expect(page.get_by_role("heading", name="Кто входит?")).to_be_visible()
    expect(page.locator(".mk-pol__name")).to_have_count(0)


def test_document_is_downloaded_under_a_name(visit):
    page = visit()
    key = sign_in(page, ANNA)
    file = hrefs(page, f"/p/{key}/documents/", rf"documents/{UUID}/files/\d+/")[0]
    page.goto(f"/p/{key}/documents/")

    with page.expect_download() as found:
        page.locator(f'main a[href="{file}"]').first.click()

    assert found.value.suggested_filename
    assert found.value.path().stat().st_size > 0
