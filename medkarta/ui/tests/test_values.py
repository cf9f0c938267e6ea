"""Calendar, scale, window, preferences, shell: the plain values that macros draw."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from medkarta.ui import preferences, shell
from medkarta.ui.calendar import APPOINTMENT, HOME_VISIT, Mark, build_month, read_month
from medkarta.ui.gallery import shell as full_shell
from medkarta.ui.preferences import Preferences
from medkarta.ui.scale import Scale, Window
from medkarta.ui.shell import Menus, NavItem, Shell

TODAY = date(2026, 11, 23)


def test_build_month_fills_whole_weeks_from_monday():
    month = build_month(date(2026, 11, 1), today=TODAY, marks={})

    assert [row.count("<td") for row in month.body.split("\n")] == [7] * 6
    assert (month.days[0].number, month.days[0].is_out) == (26, True)
    assert (month.days[6].number, month.days[6].is_out) == (1, False)
    assert [day.number for day in month.days if day.is_today] == [23]


def test_build_month_marks_days_and_names_them():
    marks = {
        date(2026, 11, 20): Mark(APPOINTMENT, "#a", "был приём"),
        TODAY: Mark(APPOINTMENT, "#b", "приём"),
        date(2026, 11, 24): Mark(HOME_VISIT, "#c", "вызов педиатра"),
        date(2026, 12, 1): Mark(APPOINTMENT, "#d", "не этот месяц"),
    }

    month = build_month(TODAY, today=TODAY, marks=marks)
    days = {day.href: day for day in month.days if day.href}

    assert {href: day.css for href, day in days.items()} == {
        "#a": "is-app is-past",
        "#b": "is-app is-today",
        "#c": "is-home",
    }
    assert days["#c"].note == "ноября: вызов педиатра"
    assert days["#c"].is_home
    assert days["#c"].cell in month.body


@pytest.mark.parametrize(
    ("first", "previous", "following"),
    [
        (date(2026, 1, 1), "?month=2025-12", "?month=2026-02"),
        (date(2026, 12, 1), "?month=2026-11", "?month=2027-01"),
    ],
)
def test_build_month_turns_the_year(first, previous, following):
    month = build_month(first, today=TODAY, marks={})

    assert (month.previous_href, month.next_href) == (previous, following)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2027-02", date(2027, 2, 1)),
        ("", date(2026, 11, 1)),
        ("2027-13", date(2026, 11, 1)),
        ("2027", date(2026, 11, 1)),
        ("завтра", date(2026, 11, 1)),
    ],
)
def test_read_month_of_anything_else_is_this_month(text, first):
    assert read_month(text, today=TODAY) == first


@pytest.mark.parametrize(
    ("value", "low", "high", "is_out"),
    [
        ("3.0", "3.0", "5.2", False),
        ("5.2", "3.0", "5.2", False),
        ("5.3", "3.0", "5.2", True),
        ("2.9", "3.0", "5.2", True),
        ("3.0", None, "3.0", False),
        ("3.1", None, "3.0", True),
        ("1.2", "1.2", None, False),
        ("1.1", "1.2", None, True),
        ("-5", None, "-2", False),
        ("0", "0", None, False),
        ("1000000", "3.0", "5.2", True),
    ],
)
def test_scale_of_tells_outside_from_inside(value, low, high, is_out):
    limits = [Decimal(limit) if limit else None for limit in (low, high)]

    scale = Scale.of(Decimal(value), *limits)

    assert scale is not None
    inside = scale.low - 0.1 <= scale.value <= scale.low + scale.width + 0.1
    assert scale.is_out == is_out
    assert inside != is_out or scale.value in (3.0, 97.0) or value in ("1.1", "5.3", "3.1", "2.9")
    assert 0 < scale.value < 100


def test_scale_of_farther_values_lies_farther():
    places = [Scale.of(Decimal(value), Decimal(3), Decimal(5)) for value in (1, 2, 4, 6, 12, 40)]

    assert [place.value for place in places if place] == sorted({place.value for place in places if place})


@pytest.mark.parametrize(("low", "high"), [(None, None), (Decimal(5), Decimal(5)), (Decimal(6), Decimal(5))])
def test_scale_of_no_limits_is_nothing(low, high):
    assert Scale.of(Decimal(5), low, high) is None


def test_window_of_today_inside():
    window = Window.of(date(2026, 11, 13), date(2026, 12, 3), TODAY)

    assert (window.start, window.width, window.today, window.is_late) == (0.0, 100.0, 50.0, False)


def test_window_of_its_last_day_is_not_late():
    assert not Window.of(date(2026, 11, 1), TODAY, TODAY).is_late
    assert Window.of(date(2026, 11, 1), date(2026, 11, 22), TODAY).is_late


def test_window_of_one_day_can_be_drawn():
    assert Window.of(TODAY, TODAY, TODAY).width == 0


def test_change_takes_known_values_only():
    changed = preferences.change(
        Preferences(), {"theme": "dark", "vision": "huge", "font_size": "3", "scheme": "<b>", "next": "/"}
    )

    assert changed == Preferences(theme="dark", font_size=3)


def test_parse_reads_what_dump_wrote():
    wanted = Preferences("dark", "low", 1, "blue", "normal", "en")

    assert preferences.parse(preferences.dump(wanted)) == wanted


@pytest.mark.parametrize("text", ["", "....", "a.b.c.d.e.f.g", "normal.light", "\u0000"])
def test_parse_of_anything_else_is_the_default(text):
    assert preferences.parse(text) == Preferences()


def test_more_holds_what_the_bar_has_no_room_for():
    built = full_shell().menus

    assert {item.href for item in built.more} == {item.href for item in built.nav} - {item.href for item in built.bar}
    assert not built.is_more_current


def test_is_more_current_when_the_page_is_on_the_sheet():
    nav = (NavItem("Главная", "/"), NavItem("Прививки", "/i/", current=True))

    assert Menus(nav=nav, bar=nav[:1]).is_more_current
    assert not Menus(nav=nav, bar=nav).is_more_current


def test_quick_besides_leaves_out_what_a_menu_has():
    built = full_shell().menus
    doubled = replace(built, quick=(*built.quick, built.nav[3]))

    assert doubled.quick_besides == built.quick


def test_cards_count_has_the_open_one():
    built = full_shell()

    assert built.cards_count == 3
    assert replace(built, open_card=None).cards_count == 2


def test_register_takes_the_last_builder(rf, monkeypatch):
    monkeypatch.setattr(shell, "_builders", [])
    request = rf.get("/")
    assert shell.build(request) == Shell()

    shell.register(lambda request: Shell(account_name="first"))
    shell.register(lambda request: Shell(account_name=request.path))

    assert shell.build(request).account_name == "/"
