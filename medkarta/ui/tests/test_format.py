from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation
from markupsafe import Markup

from medkarta.ui import format

NBSP = "\u00a0"
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(autouse=True)
def _monday_of_november():
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False), translation.override("ru"):
        yield


def test_when_leaves_out_the_current_year():
    assert format.when(datetime(2026, 11, 26, 5, 40, tzinfo=UTC), tz=MOSCOW) == f"чт, 26{NBSP}ноября, 08:40"


def test_when_names_another_year():
    assert format.when(datetime(2027, 1, 5, 5, 0, tzinfo=UTC), tz=MOSCOW) == f"вт, 5{NBSP}января 2027, 08:00"


@pytest.mark.parametrize("name", ["", None, "Mars/Base", "../etc/passwd", "Europe"])
def test_zone_of_nothing_known_is_the_portals(name):
    assert str(format.zone_of(name)) == "Europe/Moscow"


def test_zone_of_a_clinic_is_its_own():
    assert str(format.zone_of("Europe/Kaliningrad")) == "Europe/Kaliningrad"


def test_when_takes_the_current_zone_of_django():
    assert format.when(datetime(2026, 12, 31, 21, 30, tzinfo=UTC)) == f"пт, 1{NBSP}января 2027, 00:30"


def test_when_takes_the_zone_given():
    assert format.when(datetime(2026, 11, 26, 22, 0, tzinfo=UTC), tz=ZoneInfo("Asia/Omsk")).startswith("пт, 27")


def test_day_takes_a_date_as_it_is():
    assert format.day(date(2026, 11, 28)) == f"сб, 28{NBSP}ноября"


def test_day_takes_a_moment_in_the_zone():
    assert format.day(datetime(2026, 11, 27, 21, 0, tzinfo=UTC), tz=MOSCOW) == f"сб, 28{NBSP}ноября"


def test_figures_are_padded():
    assert format.figures(date(1988, 4, 7)) == "07.04.1988"


def test_time_of_is_padded():
    assert format.time_of(datetime(2026, 11, 23, 5, 5, tzinfo=UTC), tz=MOSCOW) == "08:05"


def test_long_day_spells_the_weekday():
    assert format.long_day(date(2026, 11, 23)) == f"понедельник, 23{NBSP}ноября"


def test_month_title_is_in_the_nominative():
    assert format.month_title(2026, 11) == f"Ноябрь{NBSP}2026"


@pytest.mark.parametrize(
    "write",
    [
        format.when,
        format.day,
        format.day_and_month,
        format.long_day,
        format.figures,
        format.time_of,
        format.age_words,
        format.number,
        format.short_name,
    ],
)
def test_format_of_nothing_says_so(write):
    assert write(None) == "не указан"
    assert write(None, missing="нет") == "нет"


@pytest.mark.parametrize(
    ("birth", "words"),
    [
        (date(2026, 10, 24), "меньше месяца"),
        (date(2026, 10, 23), "1 месяц"),
        (date(2025, 11, 24), "11 месяцев"),
        (date(2025, 11, 23), "1 год"),
        (date(2019, 11, 24), "6 лет"),
        (date(2019, 11, 23), "7 лет"),
        (date(2004, 11, 23), "22 года"),
    ],
)
def test_age_words_change_on_the_day(birth, words):
    assert format.age_words(birth, date(2026, 11, 23)) == words.replace(" ", NBSP, words[0].isdigit())


def test_full_years_of_a_leap_day_change_in_march():
    assert format.full_years(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert format.full_years(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "записей"), (1, "запись"), (2, "записи"), (4, "записи"), (5, "записей"), (11, "записей"),
        (12, "записей"), (14, "записей"), (21, "запись"), (22, "записи"), (111, "записей"), (121, "запись"),
    ],
)  # fmt: skip
def test_plural_follows_russian(count, word):
    assert format.plural(count, "запись", "записи", "записей") == word
    assert format.counted(count, "запись", "записи", "записей") == f"{count}{NBSP}{word}"


def test_plural_follows_english():
    with translation.override("en"):
        assert [format.plural(count, "day", "days", "days") for count in (0, 1, 2)] == ["days", "day", "days"]
        assert [format.plural(count, "man", "men", "man") for count in (0, 1, 5)] == ["men", "man", "men"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("6.10"), "6,10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("9999"), "9999"),
        (Decimal("10000.5"), f"10{NBSP}000,5"),
        (Decimal("-3.5"), "−3,5"),
        (0, "0"),
        (2.5, "2,5"),
    ],
)
def test_number_keeps_digits_and_takes_a_comma(value, text):
    assert format.number(value) == text


@pytest.mark.parametrize(
    ("full_name", "short"),
    [
        ("Петрова Елена Сергеевна", f"Петрова{NBSP}Е.{NBSP}С."),
        ("Ким  Антон", f"Ким{NBSP}А."),
        ("Алиев Гейдар Алирза оглы", f"Алиев{NBSP}Г.{NBSP}А."),
        ("Мадонна", "Мадонна"),
        ("  ", "не указан"),
    ],
)
def test_short_name_keeps_the_family_name(full_name, short):
    assert format.short_name(full_name) == short


def test_initials_begin_with_the_given_name():
    assert format.initials("Иванова Анна Сергеевна") == "АИ"
    assert format.initials("Мадонна") == "М"
    assert format.initials(None) == ""


def test_dates_speak_english():
    with translation.override("en"):
        assert format.when(datetime(2026, 11, 26, 5, 40, tzinfo=UTC), tz=MOSCOW) == f"Thu, 26{NBSP}November, 08:40"
        assert format.age_words(date(2019, 11, 23), date(2026, 11, 23)) == f"7{NBSP}years"
        assert format.number(Decimal("12500.5")) == "12,500.5"
        assert format.month_name(12) == "December"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Поликлиника № 3", "Поликлиника №~3"),
        ("Мытищи, ул. Мира, 7", "Мытищи, ул.~Мира,~7"),
        ("д. 12, кв. 45", "д.~12, кв.~45"),
        ("Сальбутамол, аэрозоль 100 мкг/доза", "Сальбутамол, аэрозоль 100~мкг/доза"),
        ("таблетки 100 г", "таблетки 100~г"),
        ("в 2026 год и 5 глав", "в 2026 год и 5 глав"),
        ("доза 1, 10 таблеток", "доза 1, 10 таблеток"),
    ],
)
def test_tied_joins_signs_houses_and_units_only(text, expected):
    assert format.tied(text) == expected.replace("~", NBSP)


def test_tied_leaves_anything_but_a_plain_text_alone():
    assert format.tied(None) is None
    assert format.tied(Markup("№ 3")) == Markup("№ 3")
