"""What the pages of a home call ask: first the red flags, then the call itself."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

import phonenumbers
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.scheduling.actions.home_visits import HomeVisitForm
from medkarta.scheduling.queries.home_visits import CHILDCARE, CONTACT, HALVES, Caller
from medkarta.scheduling.rules import home_visits as rules
from medkarta.ui import format

NONE = "none"
COMPLAINT_MIN, COMPLAINT_MAX = 3, 1000
ADDRESS_MIN = 5
OLDEST_ONSET = timedelta(days=366)
YES, NO = "yes", "no"


class DayInput(forms.DateInput):
    input_type = "date"


class FlagsForm(forms.Form):
    """The conditions that need an ambulance; the answer «nothing of this» has to be given, not left out."""

    flag = forms.MultipleChoiceField(
        label=gettext_lazy("Что есть сейчас?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Отметьте, что есть сейчас, или «Ничего из этого нет»"),
            "invalid_choice": gettext_lazy("Отметьте, что есть сейчас, или «Ничего из этого нет»"),
        },
    )

    def __init__(self, *args: Any, flags: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["flag"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [*flags, (NONE, _("Ничего из этого нет"))]

    @property
    def stops(self) -> bool:
        """Tell whether something was ticked that needs an ambulance, whatever else was; after `is_valid()`."""
        return any(code != NONE for code in self.cleaned_data["flag"])


class CallForm(forms.Form):
    """A call of a doctor. What is asked depends on whom it is for; `offers_booking`: he can come himself."""

    facility = forms.ChoiceField(
        label=gettext_lazy("Клиника"),
        help_text=gettext_lazy("Та, что обслуживает адрес, где сейчас находится больной"),
        error_messages={
            "required": gettext_lazy("Выберите клинику"),
            "invalid_choice": gettext_lazy("Выберите клинику из списка"),
        },
    )
    on = forms.ChoiceField(
        label=gettext_lazy("На какой день"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Выберите день"),
            "invalid_choice": gettext_lazy("На этот день вызвать врача уже нельзя. Выберите из списка"),
        },
    )
    half = forms.ChoiceField(
        label=gettext_lazy("Когда удобнее"),
        help_text=gettext_lazy("Это пожелание: точное время назначит клиника"),
        widget=forms.RadioSelect,
        choices=tuple(HALVES.items()),
        error_messages={"required": gettext_lazy("Выберите, когда удобнее")},
    )
    complaint = forms.CharField(
        label=gettext_lazy("Что беспокоит"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Напишите, что беспокоит")},
    )
    temperature = forms.CharField(
        label=gettext_lazy("Температура"),
        help_text=gettext_lazy("Например, 38,4"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 8}),
    )
    onset_on = forms.DateField(
        label=gettext_lazy("Когда началось"),
        required=False,
        widget=DayInput,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"invalid": gettext_lazy("Напишите дату, например 25.11.2026")},
    )
    can_come = forms.ChoiceField(
        label=gettext_lazy("Может ли больной прийти в клинику"),
        widget=forms.RadioSelect,
        choices=((NO, gettext_lazy("Нет, прийти не может")), (YES, gettext_lazy("Да, может"))),
        error_messages={"required": gettext_lazy("Ответьте, может ли больной прийти в клинику")},
    )
    contact = forms.ChoiceField(
        label=gettext_lazy("Был ли контакт с больным инфекцией"),
        required=False,
        widget=forms.RadioSelect,
        choices=tuple(CONTACT.items()),
    )
    childcare = forms.ChoiceField(
        label=gettext_lazy("Куда ходит ребёнок"),
        widget=forms.RadioSelect,
        choices=tuple(CHILDCARE.items()),
        error_messages={"required": gettext_lazy("Выберите, куда ходит ребёнок")},
    )
    needs_sick_leave = forms.BooleanField(label=gettext_lazy("Нужен больничный лист"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Адрес, где сейчас больной"),
        help_text=gettext_lazy("Город, улица, дом, корпус"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={
            "required": gettext_lazy("Напишите адрес, куда приехать врачу"),
            "max_length": gettext_lazy("Адрес слишком длинный: оставьте город, улицу и дом"),
        },
    )
    flat = forms.CharField(label=gettext_lazy("Квартира"), required=False, max_length=16)
    entrance = forms.CharField(label=gettext_lazy("Подъезд"), required=False, max_length=16)
    floor = forms.CharField(label=gettext_lazy("Этаж"), required=False, max_length=16)
    door_code = forms.CharField(label=gettext_lazy("Код двери или домофона"), required=False, max_length=32)
    phone = forms.CharField(
        label=gettext_lazy("Телефон для врача"),
        help_text=gettext_lazy("По нему врач позвонит, если не сможет войти"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "maxlength": 32}),
        error_messages={"required": gettext_lazy("Напишите телефон для врача")},
    )
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)
    step = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, caller: Caller, days: Sequence[date], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caller, self.today = caller, today
        self._only = caller.clinics[0] if len(caller.clinics) == 1 else None
        self._choices("facility", _clinic_choices(caller))
        self._choices("on", [(one.isoformat(), _day_words(one, today)) for one in days])
        self.fields["onset_on"].widget.attrs["max"] = today.isoformat()
        asked = {
            "facility": self._only is None,
            "can_come": rules.asks_about_clinic(caller.months),
            "childcare": rules.is_child(caller.months),
        }
        for name in [name for name, is_asked in asked.items() if not is_asked]:
            del self.fields[name]
        if asked["childcare"]:
            self.fields["needs_sick_leave"].label = _("Нужен больничный лист по уходу за ребёнком")

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def offers_booking(self) -> bool:
        return self.is_bound and self.data.get("can_come") == YES and "can_come" in self.fields

    def clean_complaint(self) -> str:
        text = str(self.cleaned_data["complaint"]).replace("\r\n", "\n")
        if len(text) < COMPLAINT_MIN:
            raise forms.ValidationError(_("Напишите чуть подробнее, что беспокоит"))
        if len(text) > COMPLAINT_MAX:
            over = len(text) - COMPLAINT_MAX
            raise forms.ValidationError(_("Слишком длинно: сократите на %(over)s знаков"), params={"over": over})
        return text

    def clean_temperature(self) -> Decimal | None:
        return read_temperature(str(self.cleaned_data["temperature"]))

    def clean_onset_on(self) -> date | None:
        found: date | None = self.cleaned_data["onset_on"]
        if found and found > self.today:
            raise forms.ValidationError(_("Эта дата ещё не наступила"))
        if found and found < self.today - OLDEST_ONSET:
            raise forms.ValidationError(_("Проверьте дату: прошло больше года"))
        return found

    def clean_can_come(self) -> str:
        if self.cleaned_data["can_come"] == YES:
            raise forms.ValidationError(
                _("Если больной может прийти, запишитесь на приём: на дом едут к тем, кто не может")
            )
        return NO

    def clean_address(self) -> str:
        text = str(self.cleaned_data["address"])
        if len(text) < ADDRESS_MIN:
            raise forms.ValidationError(_("Напишите адрес целиком: город, улицу и дом"))
        return text

    def clean_phone(self) -> str:
        return read_phone(str(self.cleaned_data["phone"]))

    @property
    def key(self) -> UUID:
        """The key of the form; one that is no key only loses the protection from a double click."""
        try:
            return UUID(self.data.get("form_key", ""))
        except ValueError:
            return uuid4()

    def replace(self, name: str, value: str) -> None:
        """Put another value into a hidden field of the form that is shown again."""
        self.data = {**{key: self.data[key] for key in self.data}, name: value}  # a QueryDict holds lists

    def check_half(self, now: datetime) -> None:
        """Add an error if the half of the day that is wished has passed on the clinic's clock."""
        clinic = self.caller.clinic(self.facility_id)
        if clinic and rules.is_half_over(self.cleaned_data["half"], self.day, now.astimezone(clinic.zone)):
            self.add_error("half", _("Первая половина дня уже прошла. Выберите другое время или день"))

    @property
    def facility_id(self) -> UUID:
        return self._only.id if self._only else UUID(self.cleaned_data["facility"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.cleaned_data["on"])

    def draft(self) -> HomeVisitForm:
        """Return what was asked, after `is_valid()`."""
        same = (
            "half", "address", "phone", "complaint", "flat", "entrance", "floor", "door_code", "temperature",
            "onset_on", "contact", "needs_sick_leave",
        )  # fmt: skip
        told = {name: self.cleaned_data[name] for name in same}
        childcare = self.cleaned_data.get("childcare", "")
        return HomeVisitForm(facility_id=self.facility_id, on=self.day, childcare=childcare, **told)


def _clinic_choices(caller: Caller) -> list[Any]:
    """Return the clinics under their towns, after a line that chooses none."""
    towns: dict[str, list[tuple[str, str]]] = {}
    for one in caller.clinics:
        words = f"{one.name}, {one.address}" if one.address else one.name
        towns.setdefault(one.town or _("Другие"), []).append((str(one.id), words))
    return [("", _("Выберите клинику")), *towns.items()]


def _day_words(day: date, today: date) -> str:
    words = format.day(day)
    return _("Сегодня, %(day)s") % {"day": words} if day == today else words


def read_temperature(text: str) -> Decimal | None:
    """Return degrees Celsius to a tenth; None for an empty text. Raises ValidationError outside of 34-43."""
    text = text.strip().rstrip("°CСcс ").replace(",", ".")
    if not text:
        return None
    low, high = rules.TEMPERATURES
    try:
        found = Decimal(text).quantize(Decimal("0.1"))
    except InvalidOperation:
        found = low - 1
    if not low <= found <= high:  # also what is no number
        raise forms.ValidationError(_("Температура бывает от 34 до 43, например 38,4"))
    return found


def read_phone(text: str) -> str:
    """Return a number as +7…; without a country code it is Russian. Raises ValidationError with what is wrong."""
    reasons = phonenumbers.ValidationResult
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        raise forms.ValidationError(_("Напишите телефон цифрами, например +7 916 000-00-00")) from None
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict == reasons.TOO_LONG:
        raise forms.ValidationError(_("В номере лишние цифры. Нужно так: +7 916 000-00-00"))
    if verdict != reasons.IS_POSSIBLE:
        raise forms.ValidationError(_("В номере не хватает цифр. Нужно так: +7 916 000-00-00"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
