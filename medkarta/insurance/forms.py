"""A policy typed by hand: the ЕНП with its check digit, and the older kinds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from medkarta.core.ids import digits, is_valid_enp
from medkarta.insurance.models import PolicyKind

OLD_NUMBER_CHARS = 20


class PolicyForm(forms.Form):
    kind = forms.ChoiceField(label=_("Вид полиса"), choices=PolicyKind.choices, widget=forms.RadioSelect)
    series = forms.CharField(
        label=pgettext_lazy("policy", "Серия"),
        required=False,
        max_length=20,
        help_text=_("Только у полиса старого образца"),
    )
    number = forms.CharField(
        label=_("Номер"),
        max_length=24,
        help_text=_("У полиса единого образца — 16 цифр, у временного свидетельства — 9"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, number = data.get("kind"), data.get("number", "")
        found = digits(number)
        if kind == PolicyKind.UNIFIED and number:
            if len(found) != 16:
                self.add_error("number", _("В номере полиса единого образца 16 цифр. Проверьте, все ли введены."))
            elif not is_valid_enp(found):
                self.add_error("number", _("В номере ошибка: не сходится последняя цифра. Сверьте его с полисом."))
        elif kind == PolicyKind.TEMPORARY and number and len(found) != 9:
            self.add_error("number", _("В номере временного свидетельства 9 цифр."))
        elif kind == PolicyKind.OLD:
            if not data.get("series"):
                self.add_error("series", _("Введите серию полиса старого образца."))
            if number and not found:
                self.add_error("number", _("Введите номер полиса цифрами."))
            elif len(number) > OLD_NUMBER_CHARS:
                self.add_error("number", _("Номер слишком длинный. Проверьте, нет ли в нём лишнего."))
        return data
