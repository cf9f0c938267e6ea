import re

import pytest

from medkarta.pages import changelog, library, markup, product

CHANGES = """# Changelog
Words.

## [Unreleased]

## [0.2.0] - 2026-11-30
### Added
- Shows `results` of **today**,
  see [docs](docs/x.md).
- <b>Safe</b>
### Fixed

## 0.1.0
- First.
"""


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("просто\nтекст", "<p>просто текст</p>"),
        ("## Часть", "<h2>Часть</h2>"),
        ("- раз\n  дальше\n- два", "<ul><li>раз дальше</li><li>два</li></ul>"),
        ("1. раз\n2. два", "<ol><li>раз</li><li>два</li></ol>"),
        ("**жирно** и <i>", "<p><b>жирно</b> и &lt;i&gt;</p>"),
        ("[раздел](/help/)", '<p><a href="/help/">раздел</a></p>'),
        ("[сайт](https://example.org/?a=1&b=2)", '<p><a href="https://example.org/?a=1&amp;b=2">сайт</a></p>'),
        ("[плохо](javascript:alert)", "<p>плохо</p>"),
        ("[чужой](//example.org)", "<p>чужой</p>"),
        ("", ""),
    ],
)
def test_render_knows_a_few_marks_and_escapes_the_rest(source, html):
    assert markup.render(source) == html


def test_read_parts_title_and_lead_from_the_body():
    text = markup.read("# Имя\n\nКоротко\nо главном.\n\nДальше")

    assert (text.title, text.lead, text.body) == ("Имя", "Коротко о главном.", "<p>Дальше</p>")


def test_read_refuses_a_text_without_a_title():
    with pytest.raises(ValueError, match="title"):
        markup.read("Без имени")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("slug", [*library.HELP, "privacy", "accessibility"])
def test_text_is_there_and_its_help_links_exist(slug, language):
    assert library.is_translated(slug, language)
    source = library.source_of(slug, language)

    assert markup.read(source).lead
    for linked in re.findall(r"\(/help/([a-z-]*)/?\)", source):
        assert linked == "" or linked in library.HELP


@pytest.mark.parametrize("slug", [*library.HELP, "privacy", "accessibility"])
def test_text_has_the_same_links_and_parts_in_both_languages(slug):
    russian, english = library.source_of(slug, "ru"), library.source_of(slug, "en")

    for mark in (r"\]\(([^)]*)\)", r"\{([a-z_]+)\}"):
        assert re.findall(mark, english) == re.findall(mark, russian)
    assert english.count("\n## ") == russian.count("\n## ")
    assert english.count("\n- ") == russian.count("\n- ")


def test_text_of_falls_back_to_russian():
    assert library.source_of("entry", "xx") == library.source_of("entry", "ru")
    assert not library.is_translated("entry", "xx")


def test_changelog_read_keeps_releases_that_say_something():
    releases = changelog.read(CHANGES)

    assert [(one.version, one.on) for one in releases] == [("0.2.0", "2026-11-30"), ("0.1.0", "")]
    assert releases[0].groups == (("Added", ("Shows results of today, see docs.", "<b>Safe</b>")),)
    assert releases[1].groups == (("", ("First.",)),)


def test_changelog_read_stops_at_the_limit():
    assert [one.version for one in changelog.read(CHANGES, limit=1)] == ["0.2.0"]


def test_parts_names_what_the_pages_are_made_with():
    assert {part.name for part in product.parts()} == {"Tabler", "Tabler Icons", "Golos Text", "htmx"}
    assert all(part.version and part.licence for part in product.parts())
