"""What the files are, looked at with another library than the one that made them."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from medkarta.core.blocks import Paragraph, Picture, Run, Section, paragraph
from medkarta.printing.layout import lay_out
from medkarta.printing.sheets import Code, Sheet
from medkarta.printing.tests.factories import NOW, cell, grid, long_sheet, picture, sheet
from medkarta.printing.tests.reading import squeezed, tags_of, text_of
from medkarta.printing.typesetting import NotTypeset, Stamp, draw, fingerprint, typeset

STAMP = Stamp("4830557211906634", "48271936", NOW)


def pdf_of(one: Sheet) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(typeset(lay_out(one), STAMP, dated_at=one.dated_at)))


def alts_of(pdf: pikepdf.Pdf) -> set[str]:
    return {str(one.Alt) for one in tags_of(pdf) if one.get("/S") == "/Figure"}


def test_pdf_says_that_it_is_archival_and_accessible():
    pdf = pdf_of(long_sheet())

    with pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert meta["dc:title"] == "Справка для бассейна"
    assert pdf.Root.Lang == "ru"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert "/Encrypt" not in pdf.trailer


def test_pdf_is_tagged_with_headings_tables_lists_and_pictures_that_have_words():
    pdf = pdf_of(long_sheet())
    tags = tags_of(pdf)
    names = {str(one.S) for one in tags if "/S" in one}

    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/Figure", "/P", "/Link"} <= names
    assert alts_of(pdf) == {
        "Снимок",
        "QR-код с адресом проверки: http://127.0.0.1:8000/verify/?number=4830557211906634",
    }


def test_every_font_is_inside_and_tells_its_letters():
    pdf = pdf_of(long_sheet())
    fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
    roots = [one for one in fonts if one.Subtype == "/Type0"]
    children = [one for one in fonts if "/FontDescriptor" in one]

    assert roots
    assert children
    assert all("/ToUnicode" in one for one in roots)
    assert all({"/FontFile2", "/FontFile3"} & set(one.FontDescriptor.keys()) for one in children)
    assert any("GolosText" in str(one.BaseFont) for one in roots)


def test_words_can_be_read_out_of_the_file():
    pages = text_of(pdf_of(sheet(paragraph("Ёжик съел йогурт: глюкоза 5,1 ммоль/л"))))

    assert "Ёжик съел йогурт: глюкоза 5,1 ммоль/л" in pages[0]
    for words in (
        "Справка для бассейна",
        "Иванова Анна Сергеевна",
        "4830 5572 1190 6634",
        "4827 1936",
        "страница 1 из 1",
    ):
        assert words in pages[0]


def test_every_page_names_the_patient_the_kind_and_its_place():
    pages = text_of(pdf_of(long_sheet()))

    assert len(pages) >= 3
    for number, words in enumerate(pages, 1):
        assert squeezed("Иванова Анна Сергеевна, дата рождения 17.04.1988") in squeezed(words)
        assert "Медицинская справка" in words
        assert f"страница {number} из {len(pages)}" in words
    assert [("4827 1936" in words) for words in pages] == [True, *[False] * (len(pages) - 1)]


def test_head_of_a_table_stands_on_each_of_its_pages():
    pages = text_of(pdf_of(sheet(grid(5, 100))))

    assert len(pages) >= 3
    assert all("Столбец 4" in words for words in pages)


def test_nothing_in_a_file_acts_or_leads_out_but_to_https():
    styled = Paragraph(
        (Run("а", href="https://example.org/ok"), Run("б", href="http://example.org/"), Run("в", href="javascript:1"))
    )
    pdf = pdf_of(sheet(styled))

    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(pdf.Root.keys())
    marks = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Link"]
    actions = [one.A for one in marks]
    assert [(str(one.S), str(one.URI)) for one in actions] == [("/URI", "https://example.org/ok")]
    assert b"JavaScript" not in pdf_bytes(sheet(styled))


def pdf_bytes(one: Sheet) -> bytes:
    return typeset(lay_out(one), STAMP, dated_at=one.dated_at)


def test_typeset_gives_the_same_bytes_also_in_another_process(tmp_path):
    here = pdf_bytes(long_sheet())
    script = (
        "import hashlib, sys, django; from django.conf import settings;"
        "settings.configure(BASE_URL='http://127.0.0.1:8000', USE_TZ=True, TIME_ZONE='Europe/Moscow'); django.setup();"
        "from medkarta.printing.tests import factories as f; from medkarta.printing.layout import lay_out;"
        "from medkarta.printing.typesetting import Stamp, typeset;"
        "stamp = Stamp('4830557211906634', '48271936', f.NOW);"
        "sys.stdout.buffer.write(typeset(lay_out(f.long_sheet()), stamp, dated_at=f.NOW))"
    )
    there = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, cwd=tmp_path).stdout

    assert pdf_bytes(long_sheet()) == here
    assert there == here


def test_fingerprint_changes_with_every_part_of_a_sheet():
    one = sheet()
    others = [
        replace(one, title="Другая"),
        replace(one, born=None),
        replace(one, facts=()),
        replace(one, notes=("Ещё",)),
        replace(one, language="en"),
        replace(one, code=Code("50 1", "для аптеки")),
        replace(one, dated_at=NOW + timedelta(seconds=1)),
        replace(one, sections=(Section("Заключение", (picture(),)),)),
        replace(one, sections=(Section("Заключение", (picture(size=(61, 40)),)),)),
    ]
    prints = {fingerprint(lay_out(each), each.dated_at) for each in (one, *others)}

    assert fingerprint(lay_out(sheet()), NOW) in prints
    assert len(prints) == len(others) + 1


def test_english_sheet_speaks_english():
    pdf = pdf_of(sheet(language="en"))

    assert pdf.Root.Lang == "en"


def test_code_for_a_pharmacy_stands_on_the_sheet_with_its_words():
    pdf = pdf_of(sheet(code=Code("50 123456", "Номер рецепта")))

    assert "Номер рецепта" in text_of(pdf)[0]
    assert "QR-код. Номер рецепта" in alts_of(pdf)


def test_markup_in_words_is_only_words():
    words = '#panic() *жирно* _курсив_ $x^2$ `код` = Заголовок <метка> @ссылка \\u{41} "кавычки" #import "x" // хвост'
    one = sheet(paragraph(words), title="#sys.inputs", patient="*А*", facts=(("#let", "$1$"),), notes=("= Н",))

    page = squeezed(text_of(pdf_of(one))[0])

    for part in ("#panic() *жирно* _курсив_", "@ссылка", "// хвост", "#sys.inputs", "*А*", "#let", "$1$", "= Н"):
        assert squeezed(part) in page


@pytest.mark.parametrize("columns", [2, 7, 9, 14])
@pytest.mark.parametrize("word", ["ж" * 3000, "1" * 3000, "https://example.org/" + "a/b?c=" * 300, "Ж\u0301" * 900])
def test_long_words_stay_within_the_margins(word, columns):
    one = sheet(paragraph(word), grid(columns, 2, word[:200]), title=word, patient=word, facts=((word, word),))

    for page in draw(lay_out(one), STAMP):
        image = Image.open(io.BytesIO(page)).convert("L")
        margin = round(16 / 25.4 * 100)  # of 18 mm, at 100 points to the inch
        for left in (0, image.width - margin):
            assert image.crop((left, 0, left + margin, image.height)).getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", "image/png"),
        (b"\x89PNG\r\n\x1a\nbroken", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"<svg/>", "image/svg+xml"),
    ],
)
def test_broken_picture_is_told_in_words(data, content_type):
    pdf = pdf_of(sheet(Picture(1, content_type, data, "Снимок грудной клетки")))

    assert "Рисунок напечатать нельзя: Снимок грудной клетки" in text_of(pdf)[0]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
    ],
)
def test_pictures_of_every_kind_are_drawn(kind, mode):
    pdf = pdf_of(sheet(picture(kind, mode)))

    assert "Снимок" in alts_of(pdf)


def test_picture_bigger_than_the_page_is_made_to_fit():
    pdf = pdf_of(sheet(picture("JPEG", size=(2600, 6000))))

    assert len(pdf.pages) <= 2
    assert "Снимок" in alts_of(pdf)


def test_draw_gives_a_picture_of_each_page():
    pages = draw(lay_out(long_sheet()), STAMP)

    assert len(pages) >= 3
    assert all(one.startswith(b"\x89PNG") for one in pages)
    assert re.search(rb"IHDR", pages[0])


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY_TEXT, ANY_TEXT)
@example("漢字 😀 \x00\ufeff\ue000\u202e\ufffe", "")
@example("a\u0300\u0488\u1dff", "\u0e01\u0e33 \u0645\u0631\u062d\u0628\u0627 \u0939\u093f\u0928")
@example("\u200d\u00ad\u2028\u2029\x85", "  \n\t ")
def test_any_words_can_be_typeset(text, other):
    table = grid(3, 1, other)

    made = pdf_bytes(
        sheet(paragraph(text), table, title=text or "а", patient=other, facts=((text, other),), notes=(other,))
    )

    assert made.startswith(b"%PDF-")


def test_refusal_of_the_typesetter_quotes_nothing():
    layout = lay_out(sheet())
    layout.data["title"] = "Иванова 漢"

    with pytest.raises(NotTypeset) as refusal:
        typeset(layout, STAMP, dated_at=NOW)

    assert str(refusal.value).startswith("PDF/A-2a")
    assert not set("Иванова漢") & set(str(refusal.value))
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_broken_spans_of_a_table_are_mended():
    rows = (
        (cell("а", rowspan=99, colspan=99), cell("б")),
        (cell("в", colspan=3),),
        (),
        (cell("г", rowspan=0, colspan=0),) * 3,
    )
    table = grid(2, 0)

    made = pdf_bytes(sheet(type(table)((), rows), type(table)(table.head, rows), type(table)((), ((),))))

    assert made.startswith(b"%PDF-")
