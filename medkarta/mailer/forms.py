"""What a person fills in to send something to an address, and what somebody types who got a link."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.mailer import consent, rules
from medkarta.mailer.addresses import AddressUnusable, read_address
from medkarta.mailer.queries import OwnAddress
from medkarta.ui.format import counted

OTHER = "other"
CODE_LENGTH = 64


class ChosenField(forms.CharField):
    """Needed only if it was chosen: the form itself asks for it, and no label says «необязательно»."""

    def validate(self, value: Any) -> None:
        pass


class SendForm(forms.Form):
    """Where to, how, and the consent. `own`: the addresses that the person has confirmed."""

    to = forms.ChoiceField(
        label=gettext_lazy("Куда отправить"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Выберите, куда отправить"),
            "invalid_choice": gettext_lazy("Выберите, куда отправить"),
        },
    )
    address = ChosenField(
        label=gettext_lazy("Другой адрес"),
        help_text=gettext_lazy("Один, например anna@example.ru. Перед отправкой мы покажем его ещё раз."),
        strip=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Как отправить"),
        widget=forms.RadioSelect,
        choices=[
            ("link", gettext_lazy("Ссылкой с кодом: её можно отозвать, и видно, сколько раз её открывали")),
            ("pdf", gettext_lazy("Файлом PDF с паролем: он останется в почте получателя")),
        ],
        error_messages={
            "required": gettext_lazy("Выберите, как отправить"),
            "invalid_choice": gettext_lazy("Выберите, как отправить"),
        },
    )
    days = forms.ChoiceField(
        label=gettext_lazy("Сколько действует ссылка"),
        error_messages={
            "required": gettext_lazy("Выберите срок из списка"),
            "invalid_choice": gettext_lazy("Выберите срок из списка"),
        },
    )
    password = forms.CharField(
        label=gettext_lazy("Свой пароль для файла"),
        help_text=gettext_lazy("От 8 знаков, латиницей. Оставьте пустым, и мы придумаем пароль сами."),
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    is_secret_meant = forms.BooleanField(
        label=gettext_lazy("Да, отправить запись под особой врачебной тайной"),
        help_text=gettext_lazy(
            "На портале её видите только вы и только после повторного входа. В почте этой защиты нет."
        ),
        error_messages={"required": gettext_lazy("Отметьте, что запись под особой тайной можно отправить")},
    )
    is_agreed = forms.BooleanField(
        error_messages={"required": gettext_lazy("Без согласия мы не можем ничего отправить на почту")},
    )
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, own: Sequence[OwnAddress], is_restricted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = {one.source: one.address for one in own}
        confirmed = {"esia": _("подтверждён на Госуслугах"), "letters": _("подтверждён по ссылке из письма")}
        to, days = self.fields["to"], self.fields["days"]
        assert isinstance(to, forms.ChoiceField)
        assert isinstance(days, forms.ChoiceField)
        to.choices = [
            *((one.source, f"{one.address}, {confirmed[one.source]}") for one in own),
            (OTHER, _("На другой адрес")),
        ]
        days.choices = [(one, counted(one, _("день"), _("дня"), _("дней"))) for one in rules.LINK_DAYS]
        self.fields["is_agreed"].label = consent.text()
        if not is_restricted:
            del self.fields["is_secret_meant"]

    @property
    def is_typed(self) -> bool:
        """Tell whether the letter goes to an address that nobody has confirmed. After `is_valid()`."""
        address = str(self.cleaned_data["address"]).lower()
        return self.cleaned_data["to"] == OTHER and address not in {one.lower() for one in self._own.values()}

    def clean_days(self) -> int:
        return int(self.cleaned_data["days"])

    def clean_form_key(self) -> UUID:
        """Read the key of the form; one that is no key only loses the protection from a double click."""
        try:
            return UUID(str(self.cleaned_data["form_key"]))
        except ValueError:
            return uuid4()

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not password or self.data.get("way") != "pdf":
            return ""
        if not all("!" <= sign <= "~" for sign in password):
            raise ValidationError(
                _("Только латинские буквы, цифры и знаки без пробелов: не каждая программа поймёт другой пароль")
            )
        if len(password) < rules.PASSWORD_MIN:
            raise ValidationError(_("Слишком короткий пароль: нужно не меньше 8 знаков"))
        if len(password) > rules.PASSWORD_MAX:
            raise ValidationError(_("Слишком длинный пароль: не больше 64 знаков"))
        if password.isdigit() or len(set(password)) < 4:
            raise ValidationError(_("Такой пароль легко подобрать: добавьте буквы"))
        try:
            CommonPasswordValidator().validate(password)
        except ValidationError:
            raise ValidationError(_("Такой пароль подберут первым: он слишком известный")) from None
        return password

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        to = values.get("to")
        if to == OTHER:
            try:
                values["address"] = read_address(str(values.get("address", "")))
            except AddressUnusable as refusal:
                self.add_error("address", str(refusal.text))
        elif to:
            values["address"] = self._own[to]
        return values


def keep(value: object) -> str:
    """Return a value of a form as a hidden field carries it over."""
    return "on" if value is True else str(value)


class CodeForm(forms.Form):
    """The passcode of a link, however it is written."""

    code = forms.CharField(
        label=gettext_lazy("Код"),
        help_text=gettext_lazy("Восемь букв и цифр. Его сообщил тот, кто отправил документ: в письме кода нет."),
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Введите код"),
            "max_length": gettext_lazy("Код короче: в нём восемь букв и цифр"),
        },
    )
