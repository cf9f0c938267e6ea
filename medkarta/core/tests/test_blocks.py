"""Blocks: their words in reading order."""

from medkarta.core.blocks import Cell, Grid, Listing, Paragraph, Picture, Run, Section, paragraph, words


def test_words_come_in_reading_order_from_every_kind_of_block():
    grid = Grid(((Cell((Run("Тест"),), is_header=True),),), ((Cell((Run("10"), Run(" г/л"))),),), "Анализ")
    section = Section(
        "Жалобы",
        (
            paragraph("боль"),
            Listing(((Paragraph((Run("голова"),)),), (grid,)), caption="Где"),
            Picture(1, "image/png", b"", "Снимок"),
        ),
        (Section("Внутри", (paragraph("конец"),)),),
    )

    found = list(words([section]))

    assert found == ["Жалобы", "боль", "Где", "голова", "Анализ", "Тест", "10 г/л", "Снимок", "Внутри", "конец"]
