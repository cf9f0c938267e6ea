import pytest

from medkarta.core.blocks import Cell, Grid, Listing, Paragraph, Picture, Run, Style, paragraph, words
from medkarta.hl7 import cda
from medkarta.hl7.cda.inline import address_of
from medkarta.hl7.tests.cda_documents import JPEG, PNG, media, sections, text

STRONG, EMPHASIS, SUP = frozenset({Style.STRONG}), frozenset({Style.EMPHASIS}), frozenset({Style.SUPERSCRIPT})


def read(narrative):
    return cda.read_document(text(narrative))


def blocks(narrative):
    return read(narrative).sections[0].blocks


def one(narrative):
    (block,) = blocks(narrative)
    return block


def said(narrative):
    return " ".join(words(read(narrative).sections))


def cells(row):
    return ["".join(run.text for run in cell.runs) for cell in row]


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        ("кашель", "кашель"),
        ("  кашель \n  и   насморк ", "кашель и насморк"),
        ("10\u00a0мм", "10\u00a0мм"),
        ("<content>сухой</content> <content>кашель</content>", "сухой кашель"),
        ("a<!-- нет -->b<?php нет ?>c", "abc"),
        ("&lt;b&gt; &amp;", "<b> &"),
        ("<unknown>текст</unknown>", "текст"),
    ],
)
def test_read_narrative_reads_running_text(narrative, expected):
    assert one(narrative) == paragraph(expected)


def test_read_narrative_keeps_styles_and_breaks():
    found = one(
        "<content styleCode='Bold'>Да</content>, "
        "<content styleCode='Italics Underline xFoo'>нет</content><br/><br/>H<sub>2</sub>O 10<sup>9</sup>"
        "<content revised='delete'>x</content><b>c</b>"
    )

    assert found == Paragraph(
        (
            Run("Да", STRONG),
            Run(", "),
            Run("нет", frozenset({Style.EMPHASIS, Style.UNDERLINE})),
            Run("\n"),
            Run("\n"),
            Run("H"),
            Run("2", frozenset({Style.SUBSCRIPT})),
            Run("O 10"),
            Run("9", SUP),
            Run("x", frozenset({Style.STRIKE})),
            Run("c", STRONG),
        )
    )


def test_read_narrative_drops_breaks_and_spaces_around_a_paragraph():
    assert one("<br/> <paragraph> <b> </b>текст <br/> </paragraph>") == paragraph("текст")


def test_read_narrative_splits_paragraphs():
    assert blocks("до<paragraph><caption>Имя</caption>раз</paragraph><p>два</p>после") == (
        paragraph("до"),
        paragraph("Имя"),
        paragraph("раз"),
        paragraph("два"),
        paragraph("после"),
    )


def test_read_narrative_reads_lists():
    found = blocks(
        "<list listType='ordered'><caption>План</caption><item>раз</item><!-- -->вне"
        "<item>два<list><item>внутри</item></list></item><item/></list>"
    )

    assert found == (
        paragraph("вне"),
        Listing(
            ((paragraph("раз"),), (paragraph("два"), Listing(((paragraph("внутри"),),)))),
            is_ordered=True,
            caption="План",
        ),
    )


def test_read_narrative_takes_html_lists_and_strangers_in_lists():
    assert blocks("<ol><li>раз</li></ol><ul><p>два</p></ul><list/>") == (
        Listing(((paragraph("раз"),),), is_ordered=True),
        Listing(((paragraph("два"),),)),
    )


@pytest.mark.parametrize(("levels", "listings"), [(4, 4), (5, 4), (60, 4)])
def test_read_narrative_flattens_lists_that_nest_too_deep(levels, listings):
    narrative = "<list><item>уровень" * levels + "</item></list>" * levels

    found, depth = blocks(narrative), 0
    while found and isinstance(found[-1], Listing):
        depth, found = depth + 1, found[-1].items[0]

    assert depth == listings
    assert said(narrative).count("уровень") == levels


def test_read_narrative_reads_a_table():
    found = one(
        "<table width='100%'><caption>Анализ</caption><colgroup><col width='1%'/></colgroup><col/>"
        "<thead><tr><th>Показатель</th><td>Результат</td></tr></thead>"
        "<tfoot><tr><td colspan='2'>итог</td></tr></tfoot>"
        "<tbody><tr><th>СОЭ</th><td><content styleCode='Bold'>10</content><br/>мм/ч</td></tr></tbody></table>"
    )

    assert found == Grid(
        head=((Cell((Run("Показатель"),), is_header=True), Cell((Run("Результат"),), is_header=True)),),
        body=(
            (Cell((Run("СОЭ"),), is_header=True), Cell((Run("10", STRONG), Run("\n"), Run("мм/ч")))),
            (Cell((Run("итог"),), colspan=2),),
        ),
        caption="Анализ",
    )


def test_read_narrative_reads_rows_without_a_body_and_keeps_what_stands_between_cells():
    found = blocks(
        "<table>вне<tr>ряда<td>1</td><td/><content>возле</content></tr><tr><content>без ячеек</content></tr>"
        "<paragraph>абзац</paragraph><tbody>тела<tr/><td>ячейка</td></tbody></table>"
    )

    assert found[0] == Grid((), ((Cell((Run("1"),)), Cell(())),))
    assert len(found) == 2
    assert sorted("".join(run.text for run in found[1].runs).split("\n")) == sorted(
        ["вне", "ряда", "возле", "без ячеек", "абзац", "тела", "ячейка"]
    )


@pytest.mark.parametrize(
    ("cell", "runs"),
    [
        ("<content>а</content>", (Run("а"),)),
        (" <content styleCode='Bold'> а  б </content>\n", (Run("а б", STRONG),)),
        ("до<content styleCode='Bold'>а</content>", (Run("до"), Run("а", STRONG))),
        ("<content styleCode='Bold'>а</content>после", (Run("а", STRONG), Run("после"))),
        ("<content>а</content><content>б</content>", (Run("аб"),)),
        ("<content>а<br/>б</content>", (Run("а"), Run("\n"), Run("б"))),
        ("<paragraph>а</paragraph>", (Run("а"),)),
        ("<!-- -->а", (Run("а"),)),
        ("<content/>", ()),
        ("", ()),
    ],
)
def test_read_narrative_reads_cells_with_and_without_content(cell, runs):
    assert one(f"<table><tr><td>{cell}</td></tr></table>").body == ((Cell(runs),),)


def test_read_narrative_of_a_table_of_nothing_keeps_its_caption():
    assert one("<table><caption>Пусто</caption></table>") == paragraph("Пусто")


@pytest.mark.parametrize(
    ("given", "columns"),
    [("2", 2), ("100", 100), ("101", 100), ("99999999999", 100), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1)],
)
def test_read_narrative_bounds_colspan(given, columns):
    assert one(f"<table><tr><td colspan='{given}'>1</td></tr></table>").body[0][0].colspan == columns


def test_read_narrative_ends_rowspan_with_the_table():
    found = one("<table><tr><td rowspan='2'>1</td></tr><tr><td rowspan='2'>2</td></tr></table>")

    assert [row[0].rowspan for row in found.body] == [2, 1]


def test_read_narrative_flattens_what_nests_in_a_cell():
    found = one(
        "<table><tr><td>до<list><item>раз</item><item><paragraph>два</paragraph></item></list>"
        "<table><tr><td>а</td><td>б</td></tr><tr><td>в</td></tr></table></td></tr></table>"
    )

    assert cells(found.body[0]) == ["до\n• раз\n• два\nа; б\nв"]


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c#d", "http://example.org", "HTTPS://EXAMPLE.ORG", " https://example.org "]
)
def test_address_of_takes_absolute_web_addresses(address):
    assert address_of(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "#x",
        "/a",
        "//example.org",
        "javascript:alert(1)",
        " java\tscript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "https://",
        "https://clinic.example@evil.example/",
        "https://exa mple.org",
        "https://[::1",
        'https://example.org/"onclick="x',
        "http:\\\\example.org",
    ],
)
def test_address_of_takes_nothing_else(address):
    assert address_of(address) == ""


def test_read_narrative_links_only_to_the_web():
    assert one(
        "<linkHtml href='https://example.org/a'>сайт</linkHtml> <linkHtml href='javascript:alert(1)'>нажми</linkHtml> "
        "<linkHtml href='#a'>выше</linkHtml> <linkHtml href='https://example.org/b'/>"
    ) == Paragraph(
        (
            Run("сайт", href="https://example.org/a"),
            Run(" нажми выше "),
            Run("https://example.org/b", href="https://example.org/b"),
        )
    )


@pytest.mark.parametrize("tag", ["script", "style"])
def test_read_narrative_leaves_out_what_could_run_and_says_so(tag):
    document = read(f"до<{tag} onload='x()'>alert(1)</{tag}>после")

    assert document.sections[0].blocks == (paragraph("допосле"),)
    assert len(document.notes) == 1


def test_read_narrative_keeps_scripts_out_of_captions_and_depths():
    narrative = "<table><caption>Т<script>a()</script></caption><tr><td>1</td></tr></table>"
    deep = "<content>" * 80 + "дно<script>b()</script>" + "</content>" * 80

    assert said(narrative + deep) == "Т Т 1 дно"


def test_read_narrative_never_fetches_a_picture():
    document = read("<img src='http://127.0.0.1:9/x.png' alt='снимок'/>")

    assert document.sections[0].blocks == (paragraph("снимок"),)
    assert document.pictures == ()
    assert "извне" in document.notes[0]


@pytest.mark.parametrize("tag", ["iframe", "object", "embed", "video"])
def test_read_narrative_never_fetches_what_is_embedded_and_keeps_its_text(tag):
    document = read(f"<{tag} src='http://127.0.0.1:9/' data='http://127.0.0.1:9/'>описание</{tag}>")

    assert document.sections[0].blocks == (paragraph("описание"),)
    assert "извне" in document.notes[0]


def test_read_narrative_keeps_the_text_of_a_drawing_without_its_script():
    assert said("<svg onload='x()'><text>подпись</text><script>x()</script></svg>") == "Т подпись"


def test_read_narrative_numbers_footnotes():
    found = blocks(
        "Один<footnote ID='a'>Первая <content styleCode='Bold'>сноска</content></footnote>, "
        "два<footnote>Вторая</footnote>, снова<footnoteRef IDREF='a'/><footnoteRef IDREF='no'/><footnote/>"
    )

    assert found == (
        Paragraph((Run("Один"), Run("[1]", SUP), Run(", два"), Run("[2]", SUP), Run(", снова"), Run("[1]", SUP))),
        Paragraph((Run("[1] "), Run("Первая "), Run("сноска", STRONG))),
        Paragraph((Run("[2] "), Run("Вторая"))),
    )


def pictured(narrative, *entries):
    return cda.read_document(sections(f"<title>Т</title><text>{narrative}</text>{''.join(entries)}"))


def test_read_narrative_shows_pictures_where_they_stand():
    document = pictured(
        "до<renderMultiMedia referencedObject='b a'><caption>Снимок</caption></renderMultiMedia>после"
        "<renderMultiMedia referencedObject='b'/>",
        media("a", PNG),
        media("b", JPEG),
    )

    first, second = document.pictures
    assert (first.position, first.content_type, first.data, first.alt) == (1, "image/jpeg", JPEG, "Снимок")
    assert document.sections[0].blocks == (paragraph("до"), first, second, paragraph("после"), first)
    assert document.notes == ()


def test_read_narrative_shows_pictures_of_cells_footnotes_and_deep_lists_after_them():
    shown = "<renderMultiMedia referencedObject='a'/>"
    deep = "<list><item>" * 5 + shown + "</item></list>" * 5

    table = pictured(f"<table><tr><td>{shown}</td></tr></table>", media("a", PNG)).sections[0].blocks
    loose = pictured(f"<table><tr><td>1</td></tr>{shown}</table>", media("a", PNG)).sections[0].blocks
    note = pictured(f"x<footnote>{shown}</footnote>", media("a", PNG)).sections[0].blocks
    inner = pictured(deep, media("a", PNG)).sections[0].blocks
    while isinstance(inner[-1], Listing):
        inner = inner[-1].items[0]

    assert cells(table[0].body[0]) == ["[рис. 1]"]
    for found in (table, loose, note, inner):
        assert isinstance(found[-1], Picture)


def test_read_narrative_finds_a_picture_through_a_region():
    inside = media("m", PNG).removeprefix("<entry>").removesuffix("</entry>")
    region = f"<entry><regionOfInterest ID='r'><component>{inside}</component></regionOfInterest></entry>"

    document = pictured("<renderMultiMedia referencedObject='r'/>", region)

    assert [picture.data for picture in document.pictures] == [PNG]


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        ("", "которого в документе нет"),
        (media("a", b"GIF89a"), "не PNG и не JPEG"),
        (media("a", b"<svg onload='x()'/>"), "не PNG и не JPEG"),
        (
            "<entry><observationMedia ID='a'><value representation='B64'>=x=</value></observationMedia></entry>",
            "не PNG",
        ),
        ("<entry><observationMedia ID='a'/></entry>", "по внешнему адресу"),
        (
            "<entry><observationMedia ID='a'><value><reference value='http://127.0.0.1:9/a.png'/></value>"
            "</observationMedia></entry>",
            "по внешнему адресу",
        ),
    ],
)
def test_read_narrative_says_why_a_picture_is_not_shown(entry, note):
    document = pictured("текст<renderMultiMedia referencedObject='a'/>", entry)

    assert document.pictures == ()
    assert len(document.notes) == 1
    assert note in document.notes[0]


@pytest.mark.parametrize(("count", "noted"), [(200, False), (201, True)])
def test_read_narrative_bounds_the_places_of_pictures(count, noted):
    document = pictured("<renderMultiMedia referencedObject='a'/>" * count, media("a", PNG))

    assert len(document.sections[0].blocks) == 200
    assert bool(document.notes) is noted


@pytest.mark.parametrize(
    "tag", ["content", "paragraph", "list", "item", "table", "td", "footnote", "sup", "linkHtml", "unknown"]
)
def test_read_narrative_survives_any_nesting(tag):
    assert "дно" in said(f"<{tag}>" * 200 + "дно" + f"</{tag}>" * 200)


def test_read_narrative_of_html_in_another_namespace():
    assert one("<div xmlns='http://www.w3.org/1999/xhtml'>Слово <em>важно</em></div>") == Paragraph(
        (Run("Слово "), Run("важно", EMPHASIS))
    )
