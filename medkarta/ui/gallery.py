"""Sample data of the component gallery: every macro in every state, with invented persons and clinics."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from medkarta.ui.calendar import APPOINTMENT, HOME_VISIT, Mark, build_month
from medkarta.ui.format import figures
from medkarta.ui.preferences import Preferences
from medkarta.ui.scale import Scale, Window
from medkarta.ui.shell import Announcement, Card, FooterGroup, Link, Menus, NavItem, Shell
from medkarta.ui.tables import Column, Table

SECTIONS = (  # title, icon
    ("Главная", "home"),
    ("Вызовы и записи", "calendar-event"),
    ("Направления", "clipboard-text"),
    ("Электронные мед. документы", "file-text"),
    ("Рецепты", "pill"),
    ("Результаты исследований", "flask"),
    ("Прививки", "vaccine"),
    ("Диспансеризация", "stethoscope"),
    ("Мои медучреждения", "building-hospital"),
    ("История посещений", "history"),
    ("Карта медучреждений", "map-pin"),
    ("Обратная связь", "message-circle"),
    ("О проекте", "info-circle"),
)
ANNOUNCEMENTS = (
    Announcement(
        "Прививка от гриппа",
        "Бесплатно, до 1 декабря. В вашей поликлинике по будням с 09:00 до 18:00, без очереди.",
        "#flu",
        "Записаться",
        "vaccine",
    ),
    Announcement("Пройдите диспансеризацию", "Она положена вам в этом году.", "#checkup", "Записаться", "stethoscope"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sample tables."""

    when: str
    second: str
    what: str
    whom: str
    where: str
    address: str
    tone: str
    state: str


class SampleForm(forms.Form):
    """One field of each kind."""

    phone = forms.CharField(label="Телефон для врача", max_length=20, help_text="Врач позвонит, если не найдёт адрес")
    temperature = forms.DecimalField(label="Температура", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    visit_on = forms.DateField(label="День", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    clinic = forms.ChoiceField(label="Учреждение", choices=[("", "Выберите"), ("1", "Поликлиника № 3")])
    kind = forms.ChoiceField(
        label="Кто заболел", choices=[("adult", "Взрослый"), ("child", "Ребёнок")], widget=forms.RadioSelect
    )
    signs = forms.MultipleChoiceField(
        label="Что беспокоит",
        choices=[("cough", "Кашель"), ("throat", "Болит горло")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(label="Жалобы", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    file = forms.FileField(label="Снимок или справка", required=False)
    remind = forms.BooleanField(label="Напомнить на почту", required=False, help_text="За день до приёма")


def shell(preferences: Preferences | None = None) -> Shell:
    """Return a full shell of an invented family."""
    nav = tuple(NavItem(title, f"#{name}", name, current=index == 0) for index, (title, name) in enumerate(SECTIONS))
    short = {1: "Записи", 3: "Документы", 5: "Анализы"}
    bar = tuple(replace(nav[index], title=short.get(index, nav[index].title)) for index in (0, 1, 5, 3))
    anna = Card(
        "a", "#anna", "Иванова Анна Сергеевна", "Анна", "АИ", "17.04.1988", "38 лет",
        "Полис ОМС", "5055 •••• •••• 1010", True,
    )  # fmt: skip
    petr = Card("p", "#petr", "Иванов Пётр Дмитриевич", "Пётр", "ПИ", "03.09.2019", "7 лет", "", "", False, 1)
    maria = replace(petr, key="m", href="#maria", given_short="Мария", initials="МИ", age_words="14 лет", attention=0)
    quick = (
        NavItem("Записаться к врачу", "#book"),
        NavItem("Статусы заявлений", "#requests", "list-check"),
        NavItem("Мои записи", "#appointments"),
    )
    footer = ("Каталог услуг", "Список МФЦ", "Заказать справку", "Оставить жалобу", "Доступность")
    return Shell(
        account_name="Иванова А. С.",
        open_card=anna,
        other_cards=(petr, maria),
        add_policy_href="#add",
        menus=Menus(nav, bar, quick),
        footer=(FooterGroup("", tuple(Link(title, f"#{index}") for index, title in enumerate(footer))),),
        announcement=ANNOUNCEMENTS[0],
        preferences=preferences or Preferences(),
        unread=2,
        is_signed_in=True,
        home_href="#home",
        login_href="/login",
        logout_href="/logout",
        search_href="#search",
        notifications_href="#notifications",
        problem_href="#problem",
        preferences_href="/preferences/",
    )


def context(today: date, *, query: str = "") -> dict[str, Any]:
    """Return the context of `ui/gallery.jinja`. `query`: the address's query, so that its tables can be sorted."""
    params = QueryDict(query)
    columns = (
        Column("when", _("Дата/время")),
        Column("what", _("Специальность/ФИО врача")),
        Column("where", _("Учреждение")),
        Column("state", _("Статус"), sortable=False),
        Column("act", _("Действия"), sortable=False, hidden=True),
    )
    table = Table.read(params, columns=columns, default="when", path="", anchor="apps")
    named = (replace(columns[1], title=_("Название")), replace(columns[0], title=_("Дата")), columns[2], columns[4])
    papers = Table.read(params, columns=named, default="-when", path="", prefix="docs_", anchor="docs")
    tomorrow = today + timedelta(days=1)
    form = SampleForm({"phone": "+7 916", "temperature": "жар", "kind": "child", "signs": ["cough"]})
    form.add_error(None, "Вызов на сегодня принимают до 14:00")
    return {
        "today": today,
        "table": table.with_total(2),
        "papers": papers.with_total(138),
        "nothing": table.with_total(0),
        "rows": _rows(),
        "month": build_month(
            today,
            today=today,
            marks={
                tomorrow: Mark(HOME_VISIT, "#d1", "вызов педиатра на дом"),
                today + timedelta(days=2): Mark(APPOINTMENT, "#d2", "приём терапевта в 08:40"),
                today - timedelta(days=3): Mark(APPOINTMENT, "#d3", "был приём хирурга"),
            },
            add_href="#book",
        ),
        "announcements": ANNOUNCEMENTS,
        "scales": _scales(),
        "windows": _windows(today),
        "form": form,
        "fresh_form": SampleForm(prefix="fresh"),
    }


def _rows() -> list[Row]:
    return [
        Row(
            "чт, 26 ноября, 08:40", "через 3 дня", "Терапевт", "Петрова Е. С., каб. 214",
            "Поликлиника № 3", "ул. Мира, 7", "ok", "Подтверждена",
        ),
        Row(
            "вт, 8 декабря, 14:20", "", "Стоматолог", "Хромов И. В., каб. 5",
            "Стоматология № 1", "Олимпийский пр., 15", "neutral", "Ждёт клинику",
        ),
    ]  # fmt: skip


def _scales() -> list[tuple[str, str, str, str, str, str, Scale | None]]:
    return [
        (
            "Холестерин общий", "6,1", "ммоль/л", "3,0–5,2", "Выше нормы", "warn",
            Scale.of(Decimal("6.1"), Decimal("3.0"), Decimal("5.2")),
        ),
        ("ЛПВП", "1,5", "ммоль/л", "от 1,2", "В норме", "ok", Scale.of(Decimal("1.5"), Decimal("1.2"), None)),
        ("АЛТ", "18", "Ед/л", "до 33", "В норме", "ok", Scale.of(Decimal(18), None, Decimal(33))),
        ("Цвет", "жёлтый", "", "", "", "ok", None),
    ]  # fmt: skip


def _windows(today: date) -> list[tuple[str, Window, str, str]]:
    late = (today - timedelta(days=500), today - timedelta(days=200))
    due = (today - timedelta(days=90), today + timedelta(days=100))
    return [
        (name, Window.of(*dates, today), f"с {figures(dates[0])} по {figures(dates[1])}", left)
        for name, dates, left in (
            ("Корь, краснуха, паротит", late, "Опоздание 6 месяцев, можно сейчас"),
            ("Дифтерия, столбняк", due, "Осталось 3 месяца"),
        )
    ]
