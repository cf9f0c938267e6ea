"""The form of a calendar feed: whose, and how much it tells."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

EVERYBODY = "all"
NEUTRAL, ADDRESS, DETAILS = "neutral", "address", "details"
_CHOOSE = _("Выберите один вариант из списка")


class FeedForm(forms.Form):
    """`people`: id and name of each person whom the account may open."""

    whose = forms.ChoiceField(
        label=_("Чьи приёмы показывать"),
        widget=forms.RadioSelect,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )
    tells = forms.ChoiceField(
        label=_("Что будет написано в календаре"),
        help_text=_("Это увидит каждый, кто смотрит в ваш календарь: семья, коллеги и служба, в которой он хранится."),
        choices=[
            (NEUTRAL, _("Только время и слова «Приём в медучреждении»")),
            (ADDRESS, _("То же и адрес медучреждения")),
            (DETAILS, _("Подробно: врач, специальность, кабинет, медучреждение, как подготовиться")),
        ],
        initial=NEUTRAL,
        widget=forms.RadioSelect,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = [(EVERYBODY, _("Вся семья"))] if len(people) > 1 else []
        whose: Any = self.fields["whose"]
        whose.choices = [*people, *everybody]
        whose.initial = people[0][0] if people else None

    def choices(self) -> dict[str, Any]:
        """Return what was chosen as `actions.feeds.create_feed` takes it, after `is_valid()`."""
        whose, tells = self.cleaned_data["whose"], self.cleaned_data["tells"]
        return {
            "person_id": None if whose == EVERYBODY else UUID(whose),
            "is_detailed": tells == DETAILS,
            "has_address": tells != NEUTRAL,
        }
