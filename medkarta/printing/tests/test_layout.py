from time import process_time

import pytest

from medkarta.core.blocks import Cell, Grid, Listing, Paragraph, Run, Section, paragraph
from medkarta.printing import fonts, grids, trimming
from medkarta.printing.layout import lay_out
from medkarta.printing.sheets import Sheet
from medkarta.printing.tests.factories import cell, grid, picture, sheet


def blocks(*given):
    return lay_out(sheet(*given)).data["blocks"][1:]


def notes(*given, **values):
    return lay_out(sheet(*given, **values)).data["notes"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ёлка № 5 ≤ µ²", "Ёлка № 5 ≤ µ²"),
        ("е\u0308", "ё"),
        ("a\x00b\u202ec\ufeffd", "abcd"),
        ("а\r\nб\u2028в\tг", "а\nб\nв г"),
        ("①ﬁ", "1ﬁ" if "ﬁ" in fonts.coverage() else "1fi"),
        ("漢\ue000", "□□"),
    ],
)
def test_printable_keeps_what_can_be_drawn(text, shown):
    assert fonts.printable(text).replace("①", "1") == shown


def test_lay_out_says_that_a_sign_was_replaced():
    assert any("Знаком □" in note for note in notes(paragraph("漢")))
    assert not notes(paragraph("знак □ стоял и раньше"))


def test_lay_out_leaves_out_empty_facts_paragraphs_and_titles():
    one = Sheet("Т", "В", "И", facts=(("Есть", "да"), ("Нет", "  ")), sections=(Section("\u00ad ", (paragraph(" "),)),))

    data = lay_out(one).data

    assert data["facts"] == [["Есть", "да"]]
    assert data["blocks"] == []


def test_lay_out_of_nothing_has_a_title():
    data = lay_out(Sheet("", " ", "")).data

    assert (data["title"], data["kind"]) == ("Документ", "Документ")


def test_headings_skip_no_level():
    inner = Section("Внутри", (), (Section("Глубже", ()),))
    data = lay_out(Sheet("Т", "В", "И", sections=(Section("", (), (inner,)), Section("Рядом", ())))).data

    assert [(one["text"], one["level"]) for one in data["blocks"]] == [("Внутри", 2), ("Глубже", 3), ("Рядом", 2)]


@pytest.mark.parametrize(
    ("href", "kept"),
    [("https://example.org/", True), ("http://example.org/", False), ("javascript:1", False), ("HTTPS:x", False)],
)
def test_only_https_links_stay(href, kept):
    run = blocks(Paragraph((Run("слово", href=href),)))[0]["runs"][0]

    assert bool(run["href"]) is kept


@pytest.mark.parametrize(("columns", "kind"), [(14, "table"), (15, "listing")])
def test_table_wider_than_a_page_becomes_records(columns, kind):
    assert blocks(grid(columns, 2))[0]["kind"] == kind


def test_records_name_their_columns():
    found = grids.as_records(grid(15, 1, "да"))

    assert "".join(run.text for run in found.items[0][0].runs).startswith("Столбец 0: да; Столбец 1: да; ")


@pytest.mark.parametrize(("columns", "is_wide"), [(7, False), (8, True)])
def test_page_is_turned_for_a_wide_table(columns, is_wide):
    assert lay_out(sheet(grid(columns, 1))).data["wide"] is is_wide


def test_first_row_of_header_cells_is_the_head_of_a_table():
    table = Grid((), ((cell("А", is_header=True), cell("Б", is_header=True)), (cell("1", is_header=True), cell("2"))))

    found = grids.regular(table)

    assert [len(found.head), len(found.body)] == [1, 1]


def test_spans_are_cut_to_what_is_there_and_gaps_are_filled():
    table = Grid((), ((cell("а", rowspan=9, colspan=2), cell("б")), (cell("в"), cell("г")), (cell("д"),)))

    rows = grids.regular(table).body

    assert [[(grids.text_of(one), one.colspan, one.rowspan) for one in row] for row in rows] == [
        [("а", 2, 3), ("б", 1, 1), ("", 1, 1)],
        [("в", 1, 1), ("г", 1, 1)],
        [("д", 1, 1), ("", 1, 1)],
    ]


def test_columns_are_as_wide_as_what_they_hold():
    row = (cell("Грипп"), cell("12.09.2026"), cell("я " * 200))

    first, second, third = grids.regular(Grid((), (row,))).widths

    assert first < second < third
    assert (first, second) == (5 + 3, 10 + 3)


def test_longest_cells_give_way_first_and_words_stay_whole():
    row = (*(cell("слово " * 10) for _ in range(3)), cell("12.09.2026"), cell("противопоказание"))

    found = grids.regular(Grid((), (row,)))

    assert found.widths[3:] == (10 + 3, 16 + 3)
    assert sum(found.widths) <= 94
    assert not found.is_tight


def test_table_that_is_too_narrow_for_its_words_is_tight():
    assert grids.regular(Grid((), ((cell("противопоказание"),) * 7,))).is_tight
    assert not grids.regular(Grid((), ((cell("противопоказание"),) * 5,))).is_tight


def test_long_head_is_not_repeated():
    long = Grid(((cell("ж" * (grids.MAX_HEAD_CHARACTERS + 1)),),), ((cell("1"),),))
    short = Grid(((cell("ж" * grids.MAX_HEAD_CHARACTERS),),), ((cell("1"),),))

    assert not grids.regular(long).repeats_head
    assert grids.regular(short).repeats_head


def test_document_within_the_bounds_is_whole():
    text = "я" * (trimming.BUDGET - 3 * trimming.PIECE - len("Заключение"))

    assert blocks(paragraph(text))[0]["runs"][0]["text"].replace("\u200b", "") == text
    assert not notes(paragraph(text))


@pytest.mark.parametrize(
    "block",
    [
        paragraph("я " * trimming.BUDGET),
        grid(6, 5000),
        Grid((), (tuple(cell("1") for _ in range(trimming.MAX_COLUMNS + 1)),)),
        Listing(tuple((paragraph("а"),) for _ in range(trimming.BUDGET // 10))),
    ],
)
def test_document_beyond_the_bounds_is_cut_and_says_so(block):
    assert any("сокращён при печати" in note for note in notes(block))


@pytest.mark.parametrize("row", [(), (Cell(()),), (Cell(()),) * 15], ids=["no cells", "an empty cell", "empty cells"])
def test_rows_without_a_word_use_the_bounds_up_too(row):
    kept, is_cut = trimming.trimmed((Section("", (Grid((), (row,) * 20_000),)),))

    body = kept[0].blocks[0].body
    assert is_cut
    assert 0 < len(body) * max(1, len(row)) <= trimming.BUDGET // trimming.PIECE


@pytest.mark.parametrize("block", [Paragraph(()), Listing(((),) * 20_000)], ids=["paragraphs", "items"])
def test_blocks_without_a_word_use_the_bounds_up_too(block):
    kept, is_cut = trimming.trimmed((Section("", (block,) * 20_000),))

    assert is_cut
    assert 0 < len(kept[0].blocks) <= trimming.BUDGET // trimming.PIECE
    assert sum(len(getattr(one, "items", ())) for one in kept[0].blocks) <= trimming.BUDGET // trimming.PIECE


def test_long_table_becomes_records_in_time_that_grows_with_its_rows():
    table = Grid((), ((cell("1"),) * (grids.MAX_TABLE_COLUMNS + 1),) * 8000)
    before = process_time()

    found = grids.as_records(table)

    assert len(found.items) == 8000
    assert process_time() - before < 5


def test_records_repeat_the_names_of_their_columns_within_bounds():
    row = (cell("1"),) * (grids.MAX_TABLE_COLUMNS + 1)
    head = ((cell("название " * 40),) * len(row),)

    short, long = (grids.as_records(Grid(head, (row,) * count)) for count in (1, 500))

    assert short.items[0][0].runs[0].text == "название " * 40 + ": "
    assert long.items[0][0].runs[0].text == "название назван…: "
    said = sum(len(run.text) for item in long.items for block in item for run in block.runs)
    assert said < 2 * trimming.BUDGET


def test_deep_nesting_is_cut():
    deep = Listing(((paragraph("дно"),),))
    for _level in range(50):
        deep = Listing(((deep,),))
    section = Section("дно", (paragraph("дно"),))
    for _level in range(50):
        section = Section("С", (), (section,))

    assert any("сокращён" in note for note in notes(deep))
    assert any("сокращён" in note for note in notes(sections=(section,)))


def test_pictures_beyond_the_bound_are_told_in_words():
    found = blocks(*[picture() for _ in range(trimming.MAX_PICTURES + 1)])

    assert [one["kind"] for one in found] == ["picture"] * trimming.MAX_PICTURES + ["paragraph"]


def test_huge_pictures_are_told_in_words():
    huge = picture("PNG", "1", size=(4001, 4000))
    fitting = picture("PNG", "1", size=(4000, 4000))

    assert [one["kind"] for one in blocks(huge)] == ["paragraph"]
    assert [one["kind"] for one in blocks(*[fitting] * 4)] == ["picture"] * 3 + ["paragraph"]
