"""The portal speaks English too: a complete catalogue, no text beside it, every page of a signed-in person."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.utils import translation
from jinja2 import nodes

from medkarta.ui.preferences import Preferences, dump
from tests.routes import KEY, ROUTES, Open, Record, path_of, row_name

SCRIPT = Path(__file__).resolve().parents[1] / "scripts/messages.py"
_spec = importlib.util.spec_from_file_location("medkarta_messages", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

CYRILLIC = re.compile("[\u0400-\u04ff]")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w*\}|<[^>]+>|https?://\S+")
PAGES = {route: told for route, told in ROUTES.items() if isinstance(told, Record)}
ENGLISH = dump(Preferences(language="en"))

# Russian that is no text of ours for people: data of the demo, the gallery of components, names of months by language.
DATA = ("devtools/", "ui/gallery.py", "ui/jinja2/ui/gallery.jinja", "ui/format.py")
# Own names, words that are read rather than shown, and notes for developers.
KNOWN = {
    "accounts/rules.py": {"Яндекс Браузер"},
    "checkups/models.py": {"«404н Диспансеризация»"},
    "config/management/commands/run.py": {"Медкарта: "},
    "config/settings.py": {"Русский"},
    "facilities/models.py": {"Casefolded, ё as е"},
    "immunizations/rules.py": {"абвгдеёжзийклмнопрстуфхцчшщъыьэюя"},
    "integrations/esia/reading.py": {"д. ", "корп. ", "стр. ", "кв. "},
    "prescriptions/models.py": {"Active ingredients, МНН"},
    "requests/actions.py": {"МК"},
    "ui/jinja2/ui/shell.jinja": {"Русский"},
}


@pytest.fixture(scope="module")
def catalogue() -> Any:
    found = messages.collect()
    messages.translate(found, messages.load())
    return found


def pairs(catalogue: Any) -> Iterator[tuple[str, str]]:
    for message in catalogue:
        if message.id and message.pluralizable:
            yield from zip(message.id, message.string, strict=True)
        elif message.id:
            yield message.id, message.string or ""


def test_every_text_is_translated(catalogue):
    assert len(catalogue) > 1000
    assert messages.untranslated(catalogue) == [], "translate them in django.po, then run `make messages`"


def test_files_are_what_the_command_writes(catalogue):
    for path, content in messages.render(catalogue).items():
        assert path.read_bytes() == content, f"{path.name} is out of date: run `make messages`"


def test_translations_have_no_russian(catalogue):
    assert [english for _, english in pairs(catalogue) if CYRILLIC.search(english)] == []


def test_translations_keep_placeholders_tags_and_edges(catalogue):
    for russian, english in pairs(catalogue):
        assert sorted(PLACEHOLDER.findall(russian)) == sorted(PLACEHOLDER.findall(english)), russian
        assert [one.isspace() for one in (russian[0], russian[-1])] == [
            one.isspace() for one in (english[:1], english[-1:])
        ], russian


def test_russian_needs_no_catalogue(catalogue):
    """Without one gettext knows two Russian forms of the three: counts go through `ui.format.plural` instead."""
    assert [message.id for message in catalogue if message.pluralizable] == []


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a.py", 'x = _("да")', [(None, "да")]),
        ("a.py", 'x = gettext_lazy("да"), gettext_noop("нет")', [(None, "да"), (None, "нет")]),
        ("a.py", 'x = ngettext("день", "дня", n)', [(None, ("день", "дня"))]),
        ("a.py", 'x = pgettext("month", "май")', [("month", "май")]),
        ("a.py", """x = f"{n} {plural(n, _('раз'), _('раза'))}" """, [(None, "раз"), (None, "раза")]),
        ("a.py", 'x = _("да, " "конечно")', [(None, "да, конечно")]),
        ("a.py", 'x = other("да"), _(name), _(), _(1)', []),
        ("a.jinja", "{{ _('да') }}", [(None, "да")]),
        ("a.jinja", "{% trans name=x %}  Имя:\n  {{ name }} {% endtrans %}", [(None, "Имя: %(name)s")]),
    ],
)  # fmt: skip
def test_texts_of_finds_texts(tmp_path, name, source, expected):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")

    assert sorted(messages.texts_of(path), key=str) == sorted(expected, key=str)


def test_translate_keeps_what_is_known_and_drops_the_rest():
    known, fresh = messages.EnglishCatalog(locale="en"), messages.EnglishCatalog(locale="en")
    known.add("да", "yes")
    known.add("может быть", "maybe", flags=["fuzzy"])
    known.add("нет", "no")
    for text in ("да", "может быть", "новое"):
        fresh.add(text)

    messages.translate(fresh, known)

    assert messages.untranslated(fresh) == ["может быть", "новое"]
    assert "нет" not in fresh
    assert b"yes" in messages.render(fresh)[messages.MO]


def outside_gettext(path: Path) -> list[str]:
    """Return the Russian literals of a file that no gettext function takes. Docstrings and comments don't count."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".jinja":
        tree = messages.template_environment().parse(source)
        calls = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in messages.KEYWORDS]
        wrapped = {id(one) for call in calls for argument in call.args for one in _below(argument)}
        found = [one for one in tree.find_all((nodes.Const, nodes.TemplateData)) if id(one) not in wrapped]
        texts = [one.data if isinstance(one, nodes.TemplateData) else one.value for one in found]
    else:
        whole = list(ast.walk(ast.parse(source)))
        calls = [one for one in whole if isinstance(one, ast.Call) and _name(one.func) in messages.KEYWORDS]
        wrapped = {id(one) for call in calls for argument in call.args for one in ast.walk(argument)}
        wrapped |= {id(one.value) for one in whole if isinstance(one, ast.Expr)}
        texts = [one.value for one in whole if isinstance(one, ast.Constant) and id(one) not in wrapped]
    return [text for text in texts if isinstance(text, str) and len(text) > 1 and CYRILLIC.search(text)]


def _below(node: nodes.Node) -> list[nodes.Node]:
    return [node, *node.find_all(nodes.Node)]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def test_no_text_stands_outside_gettext():
    found = {}
    for path in messages.sources():
        name = path.relative_to(messages.PACKAGE).as_posix()
        texts = [text for text in outside_gettext(path) if text not in KNOWN.get(name, ())]
        if texts and not name.startswith(DATA):
            found[name] = texts

    assert found == {}


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("a.py", '"""Про «да»."""\nx = _("да")  # да', []),
        ("a.py", 'x = "Да"\ny = f"нет {x}"', ["Да", "нет "]),
        ("a.jinja", "{# да #}<p>{{ _('да') }}</p>", []),
        ("a.jinja", "<p>Да {{ 'нет' }}</p>", ["<p>Да ", "нет"]),
    ],
)
def test_outside_gettext_finds_plain_literals(tmp_path, name, source, found):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")

    assert sorted(outside_gettext(path)) == sorted(found)


def spoken_at_import(tree: ast.Module) -> list[int]:
    """Return the lines where a text is translated when a module is imported: once, into the server's language."""
    eager = {
        name.asname or name.name
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and one.module == "django.utils.translation"
        for name in one.names
        if name.name in {"gettext", "ngettext", "pgettext", "npgettext"}
    }
    return [one.lineno for one in _outside_functions(tree) if isinstance(one, ast.Call) and _name(one.func) in eager]


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for default in [*child.args.defaults, *filter(None, child.args.kw_defaults)]:
                yield from ast.walk(default)
            continue
        yield child
        yield from _outside_functions(child)


def test_no_text_is_translated_at_import():
    found = {
        path.relative_to(messages.PACKAGE).as_posix(): lines
        for path in messages.sources()
        if path.suffix == ".py" and (lines := spoken_at_import(ast.parse(path.read_text(encoding="utf-8"))))
    }

    assert found == {}


def test_spoken_at_import_sees_module_class_and_default():
    head = "from django.utils.translation import gettext as _\n"
    source = head + 'A = _("а")\nclass B:\n    c = _("в")\ndef d(e=_("е")):\n    return _("ё")\n'

    assert spoken_at_import(ast.parse(source)) == [2, 4, 5]


def foreign(text: str) -> str:
    """Return a text with every Cyrillic letter replaced by another alphabet's, one for one, in the same case."""
    return text.translate(_LETTERS)


_LETTERS = {ord(one): 0x1E00 + 2 * place for place, one in enumerate("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")}
_LETTERS |= {ord(chr(one).lower()): other + 1 for one, other in _LETTERS.items()}
MARK = foreign("Хозяйк")


def make_foreign(value: Any) -> Any:
    if isinstance(value, str):
        return foreign(value)
    if isinstance(value, dict):
        return {make_foreign(key): make_foreign(one) for key, one in value.items()}
    return [make_foreign(one) for one in value] if isinstance(value, list | tuple) else value


def write_data_in_another_alphabet() -> None:
    """Take the Russian out of everything that people and hospitals gave, so that what is left is the portal's own."""
    for model in apps.get_models():
        if not model.__module__.startswith("medkarta.") or model._meta.app_label in ("audit", "pages"):
            continue
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.primary_key
        ]
        for row in model._base_manager.all():
            changed = {name: make_foreign(getattr(row, name)) for name in names}
            if changed != {name: getattr(row, name) for name in names}:
                model._base_manager.filter(pk=row.pk).update(**changed)


@pytest.fixture
def english(house, no_provider, settings):
    write_data_in_another_alphabet()
    settings.OPERATOR_CONTACT = "help@example.org"

    def browser(name: str) -> Client:
        found = house.browser(name) if name else Client()
        found.cookies[settings.PREFERENCES_COOKIE] = ENGLISH
        return found

    return browser


def russian_of(answer: Any) -> list[str]:
    """Return the Russian pieces of a page, but for the button that switches to Russian."""
    html = answer.content.decode()
    assert '<html lang="en"' in html
    assert ">Русский<" in html or answer.status_code >= 500, "there has to be a way back to Russian"
    return re.findall(r".{0,40}[\u0400-\u04ff]+.{0,40}", html.replace(">Русский<", "><"))


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in PAGES if "/files/" not in route])
def test_record_page_is_english(house, english, route):
    told = PAGES[route]
    values = {"key": house.keys["owner", "owner"], **dict(told.values)}
    if told.row:
        values[row_name(route)] = house.residents["owner"].rows[told.row]

    answer = english("owner").get(path_of(route, **values))

    assert answer.status_code == 200
    assert MARK in answer.content.decode(), "the data has to be there"
    assert russian_of(answer) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route", [route for route, told in ROUTES.items() if isinstance(told, Open) and told.statuses.get("GET")]
)
def test_open_page_is_english(house, english, route):
    found = {"{facility}": house.facility_id}
    path = path_of(route, **{name: found.get(value, value) for name, value in ROUTES[route].values})
    for who in ("", "owner"):
        answer = english(who).get(path)

        if answer.status_code != 302 and answer["Content-Type"].startswith("text/html"):
            assert russian_of(answer) == [], f"{path} as {who or 'nobody'}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        ("feedback/", {}, 422),
        ("feedback/", {"kind": "complaint", "topic": "clinic", "text": "x", "email": "nobody"}, 422),
        (f"{KEY}policy/", {"kind": "enp", "number": "1"}, 422),
        (f"{KEY}policy/", {}, 422),
        (f"{KEY}no-such-page/", None, 404),
        (f"{KEY}visits/?page=x", None, 200),
        (f"{KEY}prescriptions/?q=nothing-like-this", None, 200),
        (f"{KEY}documents/?q=nothing-like-this", None, 200),
        ("facilities/?q=nothing-like-this", None, 200),
    ],
)
def test_refusals_and_empty_lists_are_english(house, english, address, data, status):
    path = "/" + address.replace("<str:key>", house.keys["owner", "owner"])
    browser = english("owner")

    answer = browser.get(path) if data is None else browser.post(path, data)

    assert answer.status_code == status
    assert russian_of(answer) == []


@pytest.mark.django_db
def test_record_without_rows_is_english(house, english):
    for resident in house.residents.values():
        for model in apps.get_models():
            names = {field.name for field in model._meta.concrete_fields}
            if model.__module__.startswith("medkarta.") and "patient" in names:
                model._base_manager.filter(patient__person=resident.person).delete()

    for route, told in PAGES.items():
        if not told.row:
            answer = english("owner").get(path_of(route, key=house.keys["owner", "owner"]))
            assert answer.status_code == 200
            assert russian_of(answer) == [], route


@pytest.mark.django_db
def test_consent_says_in_english_that_its_text_is_russian(house, english):
    answer = english("without_consent").get("/consent/")

    html = answer.content.decode()
    article = re.search(r'<article class="card" lang="ru">.*?</article>', html, re.S)
    assert article is not None
    assert "in Russian only" in html
    assert CYRILLIC.search(article.group()), "the text itself stays as it is agreed to"
    answer.content = html.replace(article.group(), "").encode()
    assert russian_of(answer) == []


@pytest.mark.django_db
def test_preferences_switches_the_language_of_a_person_and_back(house):
    browser = house.browser("owner")
    home = f"/p/{house.keys['owner', 'owner']}/"
    assert "Результаты исследований" in browser.get(home).content.decode()

    answer = browser.post("/preferences/", {"language": "en", "next": home})

    assert (answer.status_code, answer["Location"]) == (302, home)
    assert browser.cookies[settings.PREFERENCES_COOKIE].value.endswith(".en")
    html = browser.get(home).content.decode()
    assert "Test results" in html
    assert "Результаты исследований" not in html
    del browser.cookies[settings.PREFERENCES_COOKIE]
    assert "Test results" in browser.get(home).content.decode(), "it is kept on the account"
    browser.post("/preferences/", {"language": "ru"})
    assert "Результаты исследований" in browser.get(home).content.decode()


@pytest.mark.django_db
def test_preferences_switches_the_language_of_an_anonymous_visitor():
    browser = Client()

    browser.post("/preferences/", {"language": "en"})

    assert "Clinic map" in browser.get("/about/").content.decode()
    browser.post("/preferences/", {"language": "xx"})
    assert "Clinic map" in browser.get("/about/").content.decode(), "an unknown language changes nothing"


def test_catalogue_is_loaded_from_the_package():
    with translation.override("en"):
        assert translation.gettext("Прививки") == "Vaccinations"
    with translation.override("ru"):
        assert translation.gettext("Прививки") == "Прививки"
