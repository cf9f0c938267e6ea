"""The form of an order: the same fields for every kind, and the questions of the one that is ordered."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.core.ids import digits
from medkarta.core.text import folded
from medkarta.documents.orders import rules
from medkarta.documents.orders.actions import Order
from medkarta.documents.orders.catalogue import Kind, Option, Question
from medkarta.documents.orders.ordering import Clinic, Orderer

PREFIX = "q_"
PURPOSE_MAX = 300
FARTHEST_YEARS = 2
NAME_WORDS = 2
WIDTHS = {"date": "m", "inn": "m"}


class DayInput(forms.DateInput):
    input_type = "date"


class OrderForm(forms.Form):
    """An order of one kind. What the kind asks stands under `q_<code>`, in the order of its file."""

    facility = forms.ChoiceField(
        label=gettext_lazy("Клиника"),
        help_text=gettext_lazy("Та, где вы лечились или куда прикреплены"),
        error_messages={
            "required": gettext_lazy("Выберите клинику"),
            "invalid_choice": gettext_lazy("Выберите клинику из списка"),
        },
    )
    purpose = forms.CharField(
        label=gettext_lazy("Куда нужна справка"),
        help_text=gettext_lazy("Организация или город. Клиника напишет это в справке"),
        max_length=PURPOSE_MAX,
        error_messages={
            "required": gettext_lazy("Напишите, куда нужна справка"),
            "max_length": gettext_lazy("Слишком длинно: оставьте название организации"),
        },
    )
    delivery = forms.ChoiceField(
        label=gettext_lazy("Как получить"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Выберите, как получить справку"),
            "invalid_choice": gettext_lazy("Выберите, как получить справку"),
        },
    )
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, orderer: Orderer, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.orderer, self.today = kind, orderer, today
        self._choices("facility", _clinic_choices(orderer))
        ways = {rules.PORTAL: _("На портале: файлом в документах"), rules.PAPER: _("На бумаге: в регистратуре")}
        self._choices("delivery", [(way, ways[way]) for way in kind.delivery])
        if not kind.asks_purpose:
            del self.fields["purpose"]
        for question in kind.questions:
            self.fields[PREFIX + question.code] = _field(question, orderer, today)

    @property
    def own_fields(self) -> list[tuple[str, str]]:
        """Names of the kind's own fields in its order, with the width that each is drawn in."""
        return [(PREFIX + one.code, WIDTHS.get(one.kind, "")) for one in self.kind.questions]

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for one in self.kind.questions:
            name = PREFIX + one.code
            if name in told:
                error = _wrong(one, told, self.orderer, self.today)
                if error:
                    self.add_error(name, error)
        return told

    @property
    def key(self) -> UUID:
        """The key of the form; one that is no key only loses the protection from a double click."""
        try:
            return UUID(self.data.get("form_key", ""))
        except ValueError:
            return uuid4()

    def replace_key(self) -> None:
        """Put a new key into the form that is shown again."""
        self.data = {**{key: self.data[key] for key in self.data}, "form_key": str(uuid4())}  # a QueryDict holds lists

    def draft(self) -> Order:
        """Return what was asked, after `is_valid()`. What was answered in vain is left out."""
        answers: dict[str, str] = {}
        for one in self.kind.questions:
            value = self.cleaned_data[PREFIX + one.code]
            if value and _is_asked(one, self.cleaned_data):
                answers[one.code] = value.isoformat() if isinstance(value, date) else str(value)
        return Order(
            kind=self.kind.code,
            facility_id=UUID(self.cleaned_data["facility"]),
            delivery=self.cleaned_data["delivery"],
            purpose=self.cleaned_data.get("purpose", ""),
            answers=answers,
        )


def _is_asked(question: Question, told: Mapping[str, Any]) -> bool:
    """Tell whether a question counts: one that depends on another answer only with that answer."""
    return question.needed_if is None or told.get(PREFIX + question.needed_if[0]) == question.needed_if[1]


def _may_give(option: Option, orderer: Orderer, today: date) -> bool:
    """Tell whether the person is old enough for an answer; an unknown birth date is."""
    return orderer.birth_date is None or rules.years_on(orderer.birth_date, today) >= option.from_years


def _wrong(question: Question, told: Mapping[str, Any], orderer: Orderer, today: date) -> str:
    """Return what is wrong with an answer that is of the right kind; empty if nothing is."""
    if not _is_asked(question, told):
        return ""
    value = told[PREFIX + question.code]
    if not value:
        return _("Заполните это поле") if question.needed_if else ""
    if isinstance(value, date):
        return _wrong_day(question, value, told.get(PREFIX + question.after), today)
    if question.kind == "payer-name":
        return _wrong_payer(str(value), orderer)
    return ""


def _wrong_day(question: Question, day: date, other: Any, today: date) -> str:
    if question.when == "past" and day > today:
        return _("Эта дата ещё не наступила")
    if question.when == "ahead" and day < today:
        return _("Эта дата уже прошла")
    if question.when == "ahead" and day.year > today.year + FARTHEST_YEARS:
        return _("Проверьте год: до этой даты слишком далеко")
    if day.year < 1900:
        return _("Проверьте год")
    if isinstance(other, date) and day < other:
        return _("Эта дата раньше первой: проверьте обе")
    if question.from_years and rules.years_on(day, today) < question.from_years:
        return _("Проверьте дату: ему не может быть меньше %(years)s лет") % {"years": question.from_years}
    return ""


def _wrong_payer(name: str, orderer: Orderer) -> str:
    if folded(name) == folded(orderer.name):
        return _("Это сам пациент. Если платил он, выберите выше «Сам пациент»")
    if len(name.split()) < NAME_WORDS or any(one.isdigit() for one in name):
        return _("Напишите фамилию, имя и отчество целиком")
    return ""


class InnField(forms.CharField):
    """A person's ИНН: twelve digits with two check digits; spaces and hyphens between them are dropped."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        found = digits(text)
        if not text:
            return ""
        if len(found) != len("".join(text.replace("-", " ").split())):
            raise forms.ValidationError(_("В ИНН бывают только цифры"))
        if len(found) != 12:
            raise forms.ValidationError(_("В ИНН человека 12 цифр, а здесь %(count)s"), params={"count": len(found)})
        if not rules.is_valid_inn(found):
            raise forms.ValidationError(_("Такого ИНН не бывает: проверьте цифры"))
        return found


def _field(question: Question, orderer: Orderer, today: date) -> forms.Field:
    common: dict[str, Any] = {
        "label": str(question.title),
        "help_text": str(question.hint),
        "required": question.is_required,
        "error_messages": {"required": _("Заполните это поле")},
    }
    match question.kind:
        case "date":
            common["error_messages"]["invalid"] = _("Напишите дату, например 25.11.2026")
            return forms.DateField(widget=DayInput, input_formats=["%Y-%m-%d", "%d.%m.%Y"], **common)
        case "choice" | "tax-year":
            years = [(str(one), str(one)) for one in rules.tax_years(today)]
            options = [(one.value, str(one.title)) for one in question.options if _may_give(one, orderer, today)]
            common["error_messages"] |= {"required": _("Выберите ответ"), "invalid_choice": _("Выберите ответ")}
            choices = years if question.kind == "tax-year" else options
            return forms.ChoiceField(widget=forms.RadioSelect, choices=choices, **common)
        case "inn":
            attributes = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}
            return InnField(widget=forms.TextInput(attrs=attributes), **common)
    common["error_messages"]["max_length"] = _("Слишком длинно: не больше %(limit_value)s знаков")
    widget = forms.Textarea(attrs={"rows": 3}) if question.kind == "long" else forms.TextInput()
    return forms.CharField(max_length=question.max_length, widget=widget, **common)


def _clinic_choices(orderer: Orderer) -> list[Any]:
    """Return the clinics in groups, after a line that chooses none."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in orderer.registered:
        groups.setdefault(_("Ваша поликлиника"), []).append(_choice(one))
    for one in orderer.visited:
        groups.setdefault(_("Где вы лечились"), []).append(_choice(one))
    for one in orderer.others:
        groups.setdefault(one.town or _("Другие"), []).append(_choice(one))
    return [("", _("Выберите клинику")), *groups.items()]


def _choice(clinic: Clinic) -> tuple[str, str]:
    return str(clinic.id), f"{clinic.name}, {clinic.address}" if clinic.address else clinic.name
