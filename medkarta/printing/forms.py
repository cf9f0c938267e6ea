"""What is typed from a sheet to check it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from medkarta.printing import rules


class DigitsField(forms.CharField):
    """Digits of one length; spaces and dashes between them don't matter."""

    def __init__(self, *, length: int, wrong: Any, **kwargs: Any) -> None:
        self.length, self.wrong = length, wrong
        attrs = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", "maxlength": 40}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        digits = rules.read_digits(str(super().clean(value)))
        if len(digits) != self.length:
            raise forms.ValidationError(self.wrong)
        return digits


class CheckForm(forms.Form):
    number = DigitsField(
        label=_("Номер листа"),
        help_text=_("16 цифр, напечатаны рядом с QR-кодом"),
        length=rules.NUMBER_DIGITS,
        wrong=_("В номере листа 16 цифр. Перепишите его целиком"),
        error_messages={"required": _("Перепишите номер с листа")},
    )
    passcode = DigitsField(
        label=_("Код"),
        help_text=_("8 цифр, напечатаны под номером"),
        length=rules.PASSCODE_DIGITS,
        wrong=_("В коде 8 цифр. Перепишите его целиком"),
        error_messages={"required": _("Перепишите код с листа")},
    )
