"""What a person chooses of messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from medkarta.mailer import queries as mailer


class Ticks(forms.MultipleChoiceField):
    """Ticks of which none is an answer too, so that no label says «необязательно»."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        unknown = [one for one in value if not self.valid_value(one)]
        if unknown:
            raise forms.ValidationError(_("Выберите из списка"))


class ChannelsForm(forms.Form):
    """Which news go through which channel. Nothing is ticked that the person has not ticked."""

    mail = Ticks(label=_("Письма на почту"), choices=mailer.kinds_to_choose)
    push = Ticks(label=_("Сообщения на устройства"), choices=mailer.kinds_to_choose)
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
