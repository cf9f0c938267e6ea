import pytest

from medkarta.ui.phones import phone, tel


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("+7 495 000-01-03", "tel:+7-495-000-01-03"),
        ("8 (495) 000-01-03", "tel:+7-495-000-01-03"),
        ("регистратура", ""),
        ("12", ""),
        ("", ""),
    ],
)
def test_tel_dials_russian_numbers(text, href):
    assert tel(text) == href


@pytest.mark.parametrize(
    ("text", "shown"),
    [("+7(900)0000004", "+7 900 000-00-04"), ("+1 212 555 0123", "+1 212-555-0123"), ("доб. 3", "доб. 3"), ("", "")],
)
def test_phone_reads_as_people_write_it(text, shown):
    assert phone(text) == shown
