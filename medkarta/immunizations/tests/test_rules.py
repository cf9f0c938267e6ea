import pytest

from medkarta.immunizations import rules, texts


@pytest.mark.parametrize(
    ("diseases", "series", "vaccine", "name"),
    [
        (["Корь", "Краснуха", "Паротит"], "Ревакцинация", "Приорикс", "Корь, краснуха, паротит, ревакцинация"),
        (["грипп"], "", "Ультрикс Квадри", "Грипп"),
        (["Туберкулёз", "COVID-19"], "", "БЦЖ", "Туберкулёз, COVID-19"),
        ([" "], "", "Гам-КОВИД-Вак", "Гам-КОВИД-Вак"),
        ([], "первая", "", ""),
    ],
)
def test_shown_name(diseases, series, vaccine, name):
    assert rules.shown_name(diseases=diseases, series=series, vaccine=vaccine) == name


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("PATOBJ", "Отказ мамы", "Отказ мамы"),
        ("MEDPREC", "medical precaution", "Медицинское противопоказание"),
        ("OTHER", "something", "something"),
        ("", "", ""),
    ],
)
def test_reason_words(code, text, words):
    assert str(texts.reason_words(code, text)) == words
