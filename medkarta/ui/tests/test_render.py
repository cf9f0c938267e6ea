import re
from dataclasses import replace
from datetime import date

import html5lib
import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.middleware import csrf
from django.utils import translation
from jinja2 import UndefinedError

from medkarta.ui import gallery, rendering
from medkarta.ui.environment import SPRITE, environment, icon, static, template_folders
from medkarta.ui.errors import TEXTS, text_of
from medkarta.ui.preferences import Preferences
from medkarta.ui.render import render, render_fragment, render_part, wants_fragment
from medkarta.ui.shell import Shell

TODAY = date(2026, 11, 23)
MODES = [Preferences(), Preferences(theme="dark"), Preferences(vision="low", scheme="wb"), Preferences(language="en")]
SVG_STYLE = re.compile(r"<[^>]*\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)


def page(rf, template="ui/gallery.jinja", preferences=None, **context) -> str:
    values = {"shell": gallery.shell(preferences), **gallery.context(TODAY), **context}
    return render(rf.get("/p/x/results/?type=lab&page=2"), template, values).content.decode()


@pytest.mark.parametrize("preferences", MODES)
def test_render_gallery_is_whole_html(rf, preferences):
    body = page(rf, preferences=preferences)

    html5lib.HTMLParser(strict=True).parse(body)
    assert "Undefined" not in body


@pytest.mark.parametrize("preferences", MODES)
def test_render_gallery_keeps_the_strict_policy(rf, preferences):
    body = page(rf, preferences=preferences)

    assert not SVG_STYLE.search(body)
    assert "<style" not in body
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", body))
    assert "javascript:" not in body
    assert "//" not in re.sub(r"<svg xmlns=[^>]*>", "", body)  # nothing comes from another host


def test_render_gallery_has_unique_ids(rf):
    ids = re.findall(r'\sid="([^"]+)"', page(rf))

    assert sorted(ids) == sorted(set(ids))


def test_render_shell_stays_small(rf):
    assert len(page(rf, "ui/layout.jinja").encode()) <= 15 * 1024


def test_render_escapes_what_persons_gave(rf):
    shell = gallery.shell()
    named = replace(shell, open_card=replace(shell.open_card, full_name='<script>"'))

    body = page(rf, "ui/layout.jinja", shell=named)

    assert "&lt;script&gt;&#34;" in body


def test_render_shows_whose_record_is_open(rf):
    body = page(rf, "ui/layout.jinja")

    assert body.count("Иванова Анна Сергеевна") == 2  # the side and the bar of a phone
    assert body.count('aria-current="page"') == 2


def test_render_leaves_out_what_has_no_address(rf):
    body = page(rf, "ui/layout.jinja", shell=Shell())

    assert [
        words for words in ("Сообщить", "Уведомления", "Войти", "Выйти", "Поиск", "<form", "Ещё") if words in body
    ] == []


def test_render_makes_the_token_once_and_only_if_used(rf, monkeypatch):
    made = []
    monkeypatch.setattr(rendering, "get_token", lambda request: made.append(1) or csrf.get_token(request))

    page(rf, "ui/layout.jinja", shell=Shell())
    assert made == []

    body = page(rf)
    assert len(made) == 1
    assert len(set(re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', body))) == 1


def test_render_gives_every_post_form_its_token(rf):
    body = page(rf)
    forms = re.findall(r'<form[^>]*method="post".*?</form>', body, re.DOTALL)

    assert len(forms) > 5
    assert all('name="csrfmiddlewaretoken"' in form for form in forms)


def test_render_shows_messages_and_marks_them_read(rf):
    request = rf.get("/")
    request._messages = CookieStorage(request)
    request._messages.add(constants.SUCCESS, "Запись <отменена>")
    request._messages.add(constants.ERROR, "Не получилось")

    body = render(request, "ui/layout.jinja", {"shell": Shell()}).content.decode()

    assert 'mk-note--ok" role="status"' in body
    assert 'mk-note--bad" role="alert"' in body
    assert "Запись &lt;отменена&gt;" in body
    assert request._messages.used


def test_render_fragment_leaves_messages_unread(rf):
    request = rf.get("/")
    request._messages = CookieStorage(request)
    request._messages.add(constants.SUCCESS, "Запись отменена")

    render_fragment(request, "ui/tables.jinja")

    assert not request._messages.used


def test_render_refuses_an_undefined_name(rf):
    with pytest.raises(UndefinedError):
        render(rf.get("/"), "ui/gallery.jinja", {"shell": Shell()})


def test_render_of_a_failure_asks_nobody_for_the_shell(rf, monkeypatch):
    def broken(request):
        raise AssertionError("the shell was asked for")

    monkeypatch.setattr("medkarta.ui.shell._builders", [broken])

    response = render(rf.get("/"), "ui/error.jinja", {"status": 503, "request_id": "7f"}, status=503)

    assert response.status_code == 503
    assert "7f" in response.content.decode()
    with pytest.raises(AssertionError):
        render(rf.get("/"), "ui/error.jinja", {"status": 404, "request_id": ""}, status=404)


def test_render_keeps_the_looks_of_a_person_when_the_portal_fails(rf):
    request = rf.get("/")
    request.preferences = Preferences(vision="low", language="en")

    body = render(request, "ui/error.jinja", {"status": 500, "request_id": ""}, status=500).content.decode()

    assert 'lang="en"' in body
    assert 'data-vision="low"' in body


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_error_page_says_what_happened(rf, status):
    body = page(rf, "ui/error.jinja", status=status, request_id="")

    assert f"<h1>{TEXTS[status].title}</h1>" in body
    assert f"<title>{TEXTS[status].title} — Медкарта</title>" in body


@pytest.mark.parametrize(("status", "known"), [(418, 400), (502, 500)])
def test_text_of_an_unknown_status_is_a_near_one(status, known):
    assert text_of(status) == TEXTS[known]


@pytest.mark.parametrize(
    ("headers", "is_fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_wants_fragment_follows_htmx(rf, headers, is_fragment):
    assert wants_fragment(rf.get("/", headers=headers)) == is_fragment


def test_render_part_varies_by_who_asks(rf):
    context = {"shell": Shell(), "status": 404, "request_id": ""}

    whole = render_part(rf.get("/"), "ui/error.jinja", "ui/_missing.jinja", context)
    part = render_part(rf.get("/", headers={"HX-Request": "true"}), "ui/_missing.jinja", "ui/tables.jinja", context)

    assert whole["Vary"] == part["Vary"] == "HX-Request, Cookie"
    assert b"<html" in whole.content
    assert b"<html" not in part.content


def test_render_fragment_takes_a_status(rf):
    assert render_fragment(rf.get("/"), "ui/tables.jinja", status=422).status_code == 422


def test_theme_of_low_vision_follows_its_colours(rf):
    assert (
        '<html lang="ru" data-bs-theme="dark" data-vision="low" data-fs="2" data-scheme="wb" data-ls="wide">'
        in page(rf, "ui/layout.jinja", Preferences(vision="low", scheme="wb"))
    )
    assert 'data-bs-theme="light" data-vision="low"' in page(rf, "ui/layout.jinja", Preferences("dark", "low"))


def test_low_vision_bar_presses_what_is_on(rf):
    body = page(rf, "ui/layout.jinja", Preferences(vision="low", font_size=3, scheme="blue", spacing="normal"))

    pressed = re.findall(r'name="(\w+)" value="(\w+)" aria-pressed="true"', body)
    assert pressed == [("font_size", "3"), ("scheme", "blue")]
    assert 'name="spacing" value="wide" aria-pressed="false"' in body


def test_icon_is_memoised_and_hidden():
    assert icon("home") is icon("home")
    assert str(icon("home", "s")) == (
        f'<svg class="mk-ic mk-ic--s" aria-hidden="true"><use href="{static(SPRITE)}#home"/></svg>'
    )


def test_every_own_template_compiles():
    names = [f"ui/{path.name}" for folder in template_folders() for path in folder.glob("ui/*.jinja")]

    assert "ui/desk.jinja" in names
    for name in names:
        environment().get_template(name)


def test_environment_speaks_the_active_language():
    source = '{{ _("January") }}, {% trans %}May{% endtrans %}, {{ _("%(count)s %%", count=count) }}'

    with translation.override("ru"):
        assert environment().from_string(source).render(count="<5>") == "Январь, Май, &lt;5&gt; %"
    with translation.override("en"):
        assert environment().from_string(source).render(count=5) == "January, May, 5 %"


def test_environment_folds_what_is_constant(monkeypatch):
    template = environment().from_string('{{ icon("home") }}{{ icon(name) }}{{ _("50 %%") if name else _("нет") }}')
    monkeypatch.setattr(translation, "gettext", lambda message: pytest.fail("translated while rendering"))

    assert template.render(name="x") == f"{icon('home')}{icon('x')}50 %"
