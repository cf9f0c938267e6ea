import pytest
from django.http import QueryDict

from medkarta.ui.tables import MAX_PAGE, Column, Page, Sorting, Table, read_page_number

COLUMNS = (Column("when", "Дата"), Column("what", "Название"), Column("state", "Статус", sortable=False))


def read(query: str = "", **changes) -> Table:
    return Table.read(QueryDict(query), **{"columns": COLUMNS, "default": "-when", "path": "/list/", **changes})


def test_read_takes_a_known_column():
    assert read("sort=what").sorting == Sorting("what")
    assert read("sort=-what").sorting == Sorting("what", descending=True)


@pytest.mark.parametrize("query", ["", "sort=", "sort=-", "sort=state", "sort=password", "sort=--when", "sort=when;--"])
def test_read_of_an_unknown_order_is_the_default(query):
    assert read(query).sorting == Sorting("when", descending=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1), ("0", 1), ("1", 1), ("2", 2), ("-1", 1), ("1.5", 1), ("два", 1), ("²", 1), ("٣", 1),
        ("500", 500), ("501", MAX_PAGE), ("9" * 5000, MAX_PAGE), ("007", 7),
    ],
)  # fmt: skip
def test_read_page_number_stays_within_its_limits(text, number):
    assert read_page_number(text) == number


def test_page_knows_its_rows():
    page = Page(number=3, size=20, total=45)

    assert (page.count, page.offset, page.limit, page.first, page.last) == (3, 40, 20, 41, 45)


@pytest.mark.parametrize(("total", "count"), [(0, 1), (20, 1), (21, 2), (20 * MAX_PAGE, MAX_PAGE), (10**6, MAX_PAGE)])
def test_page_count_has_both_limits(total, count):
    assert Page(total=total).count == count


def test_page_past_the_end_becomes_the_last():
    assert Page(number=9).with_total(41).number == 3
    assert Page(number=3).with_total(41).number == 3
    assert Page(number=3).with_total(0).number == 1


@pytest.mark.parametrize(
    ("number", "total", "shown"),
    [
        (1, 20, (1,)),
        (1, 60, (1, 2, 3)),
        (1, 200, (1, 2, 0, 10)),
        (3, 200, (1, 2, 3, 4, 0, 10)),
        (4, 200, (1, 2, 3, 4, 5, 0, 10)),
        (5, 200, (1, 0, 4, 5, 6, 0, 10)),
        (10, 200, (1, 0, 9, 10)),
    ],
)
def test_shown_numbers_close_a_gap_of_one(number, total, shown):
    assert Page(number=number, total=total).shown_numbers() == shown


def test_heads_turn_the_current_order_around():
    when, what, state = read("sort=when").heads()

    assert (when.sort, when.href) == ("ascending", "/list/")  # the default order needs no parameter
    assert (what.sort, what.href) == ("", "/list/?sort=what")
    assert (state.sort, state.href) == ("", "")


def test_sort_href_starts_from_the_first_page_and_keeps_filters():
    table = read("type=lab&page=3")

    assert table.sort_href(Sorting("what", descending=True)) == "/list/?type=lab&sort=-what"


def test_page_href_keeps_filters_and_order():
    table = read("q=%D0%AD%D0%9A%D0%93&sort=what", anchor="docs")

    assert table.page_href(2) == "/list/?q=%D0%AD%D0%9A%D0%93&sort=what&page=2#docs"
    assert table.page_href(1) == "/list/?q=%D0%AD%D0%9A%D0%93&sort=what#docs"


def test_page_href_escapes_what_a_filter_holds():
    assert read('q="><script>&empty=').page_href(2) == "/list/?q=%22%3E%3Cscript%3E&page=2"


def test_prefix_keeps_two_tables_apart():
    table = read("sort=what&a_sort=-what&a_page=2", prefix="a_")

    assert table.sorting == Sorting("what", descending=True)
    assert table.page.number == 2
    assert table.page_href(3) == "/list/?sort=what&a_sort=-what&a_page=3"


def test_order_is_told_to_forms_unless_it_is_the_default():
    assert read("a_sort=-what", prefix="a_").order == (("a_sort", "-what"),)
    assert read("sort=-when&page=2").order == ()


def test_is_filtered_looks_at_foreign_parameters_only():
    assert not read("sort=what&page=2&type=").is_filtered
    assert read("type=lab").is_filtered


def test_pick_turns_every_name_around():
    names = {"when": ("starts_at", "-id")}

    assert Sorting("when").pick(names) == ("starts_at", "-id")
    assert Sorting("when", descending=True).pick(names) == ("-starts_at", "id")
