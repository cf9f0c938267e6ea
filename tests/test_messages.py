"""The English catalogue is complete and exact, and no text of the product stands beside it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from jinja2 import nodes

from medkarta.config.sections import SECTIONS
from tests.catalogue import CYRILLIC, messages

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w*\}|<[^>]+>|https?://\S+")

# Russian that is no text of ours for people: data of the demo, the gallery of components, names of months by language.
DATA = ("devtools/", "ui/gallery.py", "ui/jinja2/ui/gallery.jinja", "ui/format.py")
# Own names, words that are read rather than shown, and notes for developers.
KNOWN = {
    "accounts/rules.py": {"Яндекс Браузер"},
    "checkups/models.py": {"«404н Диспансеризация»"},
    "config/management/commands/run.py": {"Медкарта: "},
    "config/outgoing.py": {"Медкарта <no-reply@medkarta.example>"},
    "config/settings.py": {"Русский"},
    "facilities/models.py": {"Casefolded, ё as е"},
    "hl7/cda/source.py": {"[А-яЁё]", "[а-яё]"},
    "immunizations/rules.py": {"абвгдеёжзийклмнопрстуфхцчшщъыьэюя"},
    "integrations/esia/reading.py": {"д. ", "корп. ", "стр. ", "кв. "},
    "prescriptions/models.py": {"Active ingredients, МНН"},
    "prescriptions/validity.py": {"1094н"},
    "referrals/rules.py": {"подозрен"},
    "requests/actions.py": {"МК"},
    "scheduling/desk/home_visits.py": {"number of the call, such as МК-2026-000123"},
    "scheduling/home_visit_form.py": {"°CСcс "},
    "scheduling/models/waitlist.py": {"Asked «ещё нужно?»; the place is kept"},
    "scheduling/rules/home_visits.py": {r"^(?P<rest>.+?),\s*кв(?:артира|\.)?\s*(?P<flat>[^\s,]{1,16})$"},
    "scheduling/why_words.py": {"постановление Правительства РФ"},
    "search/lemmas.py": {"[а-яё]", "быть", "мочь"},
    "search/rules.py": {"ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ", "[а-яё]"},
    "search/snippets.py": {"[её]"},
    "terminology/dictionaries.py": {"нет"},
    "terminology/management/commands/load-dictionary.py": {
        "Load the official dictionary 1.2.643.5.1.13.13.11.1520 (JSON of the НСИ service, or CSV)"
    },
    "terminology/rules.py": {r"\s*\((?:CDA|PDF/A-1)\)\s*|\s*Редакция \d+\s*$"},
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


def test_catalogue_is_loaded_from_the_package():
    with translation.override("en"):
        assert translation.gettext("Прививки") == "Vaccinations"
    with translation.override("ru"):
        assert translation.gettext("Прививки") == "Прививки"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_help_calls_sections_as_the_menu_does(language):
    text = (messages.PACKAGE / f"pages/texts/{language}/sections.md").read_text(encoding="utf-8")
    with translation.override(language):
        titles = {str(one.title) for one in SECTIONS} | {str(one.short) for one in SECTIONS if one.short}

    named = set(re.findall(r"\*\*(.+?)\.?\*\*", text))

    assert len(named) > 5
    assert named <= titles
