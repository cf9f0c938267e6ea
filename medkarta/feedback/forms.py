"""The one form of all messages."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from medkarta.feedback import rules
from medkarta.feedback.actions import Draft
from medkarta.feedback.models import Category

KIND_LABELS = (
    ("problem", _("Сообщить о проблеме: что-то не работает или записано неверно")),
    ("complaint", _("Пожаловаться на клинику или сотрудника")),
    ("question", _("Задать вопрос")),
)


class FeedbackForm(forms.Form):
    """What was typed. E-mail is needed from somebody who is not signed in: there is no other way to answer."""

    kind = forms.ChoiceField(
        label=_("Что вы хотите"),
        choices=KIND_LABELS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Выберите, что вы хотите сделать"),
            "invalid_choice": _("Выберите, что вы хотите сделать"),
        },
    )
    category = forms.ChoiceField(
        label=_("О чём"),
        choices=[("", _("Выберите тему")), *Category.choices],
        error_messages={"required": _("Выберите тему"), "invalid_choice": _("Выберите тему из списка")},
    )
    text = forms.CharField(
        label=_("Текст"),
        help_text=_("Что случилось, где и когда. От 10 до 4000 знаков. Диагнозы и номера документов писать не нужно."),
        widget=forms.Textarea(attrs={"rows": 7}),
        strip=False,
        error_messages={"required": _("Напишите, что случилось")},
    )
    email = forms.EmailField(
        label=_("Электронная почта для ответа"),
        help_text=_("Лучше в российской зоне, например .ru: на зарубежный адрес официальный ответ не отправляют."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Напишите адрес целиком, например anna@example.ru")},
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = not is_signed_in
        self.fields["email"].error_messages["required"] = _("Напишите почту: иначе мы не сможем ответить")

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if len(text) < rules.TEXT_MIN:
            raise forms.ValidationError(_("Напишите чуть подробнее: хотя бы 10 знаков"))
        if len(text) > rules.TEXT_MAX:
            over = len(text) - rules.TEXT_MAX
            raise forms.ValidationError(_("Слишком длинно: сократите на %(over)s знаков"), params={"over": over})
        return text

    def clean_page(self) -> str:
        return rules.page_of(str(self.cleaned_data["page"]))

    def clean_form_key(self) -> UUID:
        """Read the key of the form; one that is no key only loses the protection from a double click."""
        try:
            return UUID(str(self.cleaned_data["form_key"]))
        except ValueError:
            return uuid4()

    def draft(self) -> Draft:
        """Return what was typed, after `is_valid()`."""
        names = ("form_key", "kind", "category", "text", "email", "page")
        return Draft(**{name: self.cleaned_data[name] for name in names})
