from datetime import date

import pytest
from django import forms

from medkarta.ui.fields import errors_of, view_of
from medkarta.ui.gallery import SampleForm


class Everything(SampleForm):
    day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", "class": "x", "style": "y", "max": "2027-01-01"})
    )
    code = forms.CharField(widget=forms.HiddenInput, initial="7")
    secret = forms.CharField(widget=forms.PasswordInput)
    towns = forms.MultipleChoiceField(choices=[("Область", [("1", "Мытищи"), ("2", "Клин")]), ("3", "Другой")])
    consent = forms.BooleanField(error_messages={"required": "Отметьте согласие"})


def kinds(form: forms.Form) -> dict[str, str]:
    return {bound.name: view_of(bound).kind for bound in form}


def test_view_of_knows_every_kind():
    assert kinds(Everything()) == {
        "phone": "text",
        "temperature": "text",
        "visit_on": "date",
        "clinic": "select",
        "kind": "radios",
        "signs": "checks",
        "text": "textarea",
        "file": "file",
        "remind": "check",
        "day": "date",
        "code": "hidden",
        "secret": "password",
        "towns": "select",
        "consent": "check",
    }


def test_view_of_keeps_what_was_typed():
    form = Everything({"phone": "+7 916", "kind": "child", "signs": ["throat"], "secret": "тайна", "day": "32.01"})

    assert view_of(form["phone"]).value == "+7 916"
    assert view_of(form["day"]).value == "32.01"
    assert [option.is_on for option in view_of(form["kind"]).options] == [False, True]
    assert [option.is_on for option in view_of(form["signs"]).options] == [False, True]
    assert view_of(form["secret"]).value == ""


def test_view_of_a_date_is_what_the_browser_takes():
    assert view_of(Everything(initial={"day": date(2026, 11, 3)})["day"]).value == "2026-11-03"


def test_view_of_drops_looks_and_keeps_limits():
    assert view_of(Everything()["day"]).attrs == (("max", "2027-01-01"),)
    assert ("maxlength", "20") in view_of(Everything()["phone"]).attrs


def test_view_of_groups_options():
    options = view_of(Everything()["towns"]).options

    assert [(option.group, option.value) for option in options] == [("Область", "1"), ("Область", "2"), ("", "3")]
    assert len({option.id for option in options}) == 3


def test_described_by_names_hint_and_error():
    form = Everything({})

    assert view_of(form["phone"]).described_by == "id_phone-hint id_phone-error"
    assert view_of(Everything()["kind"]).described_by == ""


def test_errors_of_lead_to_the_fields():
    form = Everything({"phone": "1", "temperature": "жар", "consent": ""})
    form.add_error(None, "Вызов на сегодня принимают до 14:00")

    errors = {text: href for href, text in errors_of(form).items}

    assert errors["Вызов на сегодня принимают до 14:00"] == ""
    assert errors["Температура: Введите число."] == "#id_temperature"
    assert errors["Кто заболел: Обязательное поле."] == "#id_kind_0"
    assert errors["Отметьте согласие"] == "#id_consent"
    assert errors["Code: Обязательное поле."] == ""


@pytest.mark.parametrize(
    ("wrong", "title"),
    [(["temperature"], "Проверьте одно поле"), (["temperature", "phone"], "Проверьте 2 поля"), ([], "Не получилось")],
)
def test_errors_of_counts_fields(wrong, title):
    form = SampleForm({"phone": "1", "temperature": "37", "clinic": "1", "kind": "adult"})
    for name in wrong or [None]:
        form.add_error(name, "Нет")

    assert errors_of(form).title == title


def test_errors_of_a_right_form_is_false():
    assert not errors_of(SampleForm({"phone": "1", "temperature": "37", "clinic": "1", "kind": "adult"}))
