import re

import html5lib
import pytest

from medkarta.core.blocks import Cell, Grid, Listing, Paragraph, Picture, Run, Section, Style, paragraph
from medkarta.ui.environment import environment, template_folders

PAGE = (
    '{% from "ui/blocks.jinja" import sections, contents %}{{ contents(list) }}{{ sections(list, picture_url, level) }}'
)


def shown(*sections, picture_url="/pictures/", level=2):
    text = environment().from_string(PAGE).render(list=sections, picture_url=picture_url, level=level)
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(text)
    return text


def tree(*sections, **options):
    return html5lib.parseFragment(shown(*sections, **options), namespaceHTMLElements=False)


def cell(text, **values):
    return Cell((Run(text),) if text else (), **values)


@pytest.mark.parametrize("foreign", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</table><svg>"])
def test_sections_write_every_text_of_a_document_as_text(foreign):
    grid = Grid(((cell(foreign),),), ((cell(foreign, is_header=True), cell(foreign)),), foreign)
    inside = (
        paragraph(foreign),
        Paragraph((Run(foreign, frozenset(Style)), Run(foreign, href="https://example.org/?a=" + foreign))),
        Listing(((paragraph(foreign),),), caption=foreign),
        grid,
        Picture(1, "image/png", b"", foreign),
    )

    found = tree(Section(foreign, inside, (Section(foreign, inside),)), picture_url="/pictures/")

    tags = {one.tag for one in found.iter()}
    assert not tags & {"script", "svg", "iframe", "object", "style"}
    assert {one.get("src") for one in found.iter("img")} == {"/pictures/1/"}
    assert not [name for one in found.iter() for name in one.attrib if str(name).startswith("on")]
    assert found.find(".//caption").text == foreign


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//example.org", "file:///etc/passwd", "JAVASCRIPT:x"]
)
def test_sections_make_no_link_of_an_address_that_is_not_http(href):
    found = tree(Section("", (Paragraph((Run("сюда", href=href),)),)))

    assert list(found.iter("a")) == []
    assert "сюда" in "".join(found.itertext())


def test_a_link_opens_apart_and_says_so():
    found = tree(Section("", (Paragraph((Run("сайт", href="https://example.org/"),)),)))

    link = next(found.iter("a"))
    assert (link.get("href"), link.get("target")) == ("https://example.org/", "_blank")
    assert {"noopener", "noreferrer"} <= set(link.get("rel").split())
    assert "новой вкладке" in "".join(link.itertext())


@pytest.mark.parametrize(("level", "headings"), [(2, ["h2", "h3", "h3", "h2"]), (5, ["h5", "h6", "h6", "h5"])])
def test_headings_stand_in_order_and_an_untitled_part_takes_no_level(level, headings):
    deep = Section("", (), (Section("Осмотр", ()),))

    found = tree(Section("Жалобы", (), (Section("Сейчас", ()), deep)), Section("Диагноз", ()), level=level)

    assert [one.tag for one in found.iter() if re.fullmatch("h[1-6]", one.tag)] == headings


def test_contents_lead_to_the_parts_that_have_a_title():
    found = tree(Section("", (paragraph("вступление"),)), Section("Жалобы", ()), Section("Диагноз", ()))

    links = [one.get("href") for one in found.iter("a")]
    ids = {one.get("id"): "".join(one.itertext()) for one in found.iter() if one.get("id")}
    assert [ids[link.removeprefix("#")] for link in links] == ["Жалобы", "Диагноз"]


def test_a_table_says_what_its_headers_are_of_and_is_reached_by_the_keyboard():
    head = ((cell("Показатель"), cell("Значения", colspan=2)),)
    body = ((cell("СОЭ", is_header=True, rowspan=2), cell("10"), cell("")), (cell("11"), cell("итог", is_header=True)))

    found = tree(Section("Анализ", (Grid(head, body),)))

    scopes = {one.text: one.get("scope") for one in found.iter("th")}
    assert scopes == {"Показатель": "col", "Значения": "colgroup", "СОЭ": "row", "итог": "col"}
    box = next(one for one in found.iter("div") if one.get("tabindex") == "0")
    assert (box.get("role"), box.get("aria-label")) == ("group", "Анализ")
    assert [one.get("rowspan") for one in found.iter("th") if one.get("rowspan")] == ["2"]


def test_a_header_without_words_is_a_plain_cell():
    found = tree(Section("", (Grid(((cell(""), cell("Дата")),), ()),)))

    assert [one.tag for one in found.iter() if one.tag in ("th", "td")] == ["td", "th"]


def test_line_breaks_styles_and_lists_keep_their_shape():
    water = Run("Н"), Run("2", frozenset({Style.SUBSCRIPT})), Run("О")
    told = Paragraph((*water, Run("\n"), Run("да", frozenset({Style.STRONG}))))
    listed = Listing(((paragraph("раз"),), (paragraph("два"), paragraph("три"))), is_ordered=True)

    text = shown(Section("", (told, listed)))

    assert "Н<sub>2</sub>О<br><strong>да</strong>" in text
    assert "<li>раз</li>" in text
    assert "<ol>" in text
    assert "<p>два</p>" in text


def test_a_picture_without_an_address_leaves_its_words():
    assert "Рисунок 3" in shown(Section("", (Picture(3, "image/png", b"", ""),)), picture_url="")


def test_no_template_writes_foreign_text_unescaped():
    blocks = next(path for folder in template_folders() for path in folder.rglob("blocks.jinja"))

    assert not re.search(r"\|\s*safe|Markup|autoescape", blocks.read_text())
