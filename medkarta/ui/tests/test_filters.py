import pytest

from medkarta.ui.filters import read_year, year_options


@pytest.mark.parametrize(
    ("text", "year"),
    [("2026", 2026), ("1900", 1900), ("9999", 9999), ("1899", None), ("٢٠٢٦", None), ("20260", None), ("", None)],
)
def test_read_year_takes_a_year_from_1900(text, year):
    assert read_year(text) == year


def test_year_options_go_back_to_the_first_one():
    assert [value for value, _text in year_options(2024, this_year=2026)] == ["", 2026, 2025, 2024]
    assert [value for value, _text in year_options(None, this_year=2026)] == ["", 2026]
    assert [value for value, _text in year_options(2027, this_year=2026)] == [""]
