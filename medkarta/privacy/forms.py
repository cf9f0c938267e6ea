"""What a person chooses of messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from medkarta.mailer import queries as mailer


class ChannelsForm(forms.Form):
    """Which news go through which channel. Nothing is ticked that the person has not ticked."""

    mail = forms.MultipleChoiceField(
        label=_("Письма на почту"), required=False, widget=forms.CheckboxSelectMultiple, choices=mailer.kinds_to_choose
    )
    push = forms.MultipleChoiceField(
        label=_("Сообщения на устройства"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=mailer.kinds_to_choose,
    )
    is_detailed = forms.BooleanField(
        label=_("Подробные письма"),
        help_text=_(
            "С врачом, специальностью и клиникой. Письмо может увидеть тот, кто читает вашу почту, "
            "поэтому обычно в нём только дата и ссылка на портал."
        ),
        required=False,
    )

    def __init__(self, *args: Any, has_mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_mail:
            del self.fields["mail"], self.fields["is_detailed"]


class AddressForm(forms.Form):
    """Another address for letters than the one from Госуслуги."""

    address = forms.EmailField(
        label=_("Другой адрес"),
        help_text=_("Пришлём на него письмо со ссылкой: по ней адрес подтверждается."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Напишите адрес целиком, например anna@example.ru"),
            "invalid": _("Напишите адрес целиком, например anna@example.ru"),
        },
    )
