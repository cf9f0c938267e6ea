import pytest

from medkarta.documents import texts
from medkarta.documents.rules import Family


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, ""),
        (0, "0\u00a0Б"),
        (1023, "1023\u00a0Б"),
        (1024, "1\u00a0КБ"),
        (1024 * 1024 - 1, "1024\u00a0КБ"),
        (1024 * 1024, "1,0\u00a0МБ"),
        (1_500_000, "1,4\u00a0МБ"),
    ],
)
def test_size_text_changes_its_unit_at_1024(size, text):
    assert texts.size_text(size) == text


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/hl7-v3+xml", "Электронный документ СЭМД (XML)"),
        ("application/xml", "Файл XML"),
        ("image/jpeg", "Изображение"),
        ("", "Файл"),
    ],
)
def test_family_text_says_what_a_file_is(content_type, text):
    assert texts.family_text(content_type) == text


def test_family_text_and_note_know_every_family():
    types = [
        "application/pdf",
        "application/hl7-v3+xml",
        "text/xml",
        "image/png",
        "text/plain",
        "application/pkcs7-signature",
        "x/y",
    ]

    assert {texts.family_of(each) for each in types} == set(Family)
    assert all(texts.family_text(each) for each in types)
    assert texts.family_note("application/pdf") == ""
