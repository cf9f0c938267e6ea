"""The form of a request to prescribe again."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from medkarta.prescriptions.repeats.actions import MOST_LETTERS


class RepeatForm(forms.Form):
    wish = forms.CharField(
        label=_("Что передать врачу"),
        help_text=_("Например: сколько осталось препарата и хорошо ли он переносится"),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Слишком длинно: не больше %(limit_value)s знаков")},
    )
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def key(self) -> UUID:
        """The key of the form; one that is no key only loses the protection from a double click."""
        try:
            return UUID(self.data.get("form_key", ""))
        except ValueError:
            return uuid4()

    def replace_key(self) -> None:
        """Put a new key into the form that is shown again."""
        changed: dict[str, Any] = {key: self.data[key] for key in self.data}
        self.data = {**changed, "form_key": str(uuid4())}
