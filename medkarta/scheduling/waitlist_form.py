"""What the form of the waiting list asks: where, to whom, on which days and hours, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.scheduling.actions.waitlist_joining import WaitlistForm
from medkarta.scheduling.addresses import Wish, read_uuid
from medkarta.scheduling.rules import waitlist

COMPLAINT_MAX = 1000
LONGEST_DAYS = 180
FIRST_HOUR, LAST_HOUR = 7, 21
THIS_DOCTOR, ANY_DOCTOR = "this", "any"
WEEKDAYS = (
    gettext_lazy("понедельник"), gettext_lazy("вторник"), gettext_lazy("среда"), gettext_lazy("четверг"),
    gettext_lazy("пятница"), gettext_lazy("суббота"), gettext_lazy("воскресенье"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: clinics in the order of their offer, the doctor of the address, children.

    `last`: the latest day that a grant or the visit to swap allows, `days`: how long an entry stands by itself.
    """

    clinics: Sequence[tuple[UUID, str]]
    doctor: str = ""
    doctor_clinic: UUID | None = None
    together: Sequence[tuple[str, str]] = ()
    last: date | None = None
    days: int = 30

    def first(self, facility: UUID | None) -> tuple[UUID, ...]:
        """Return what is ticked to begin with: the clinic of the address, else the best one."""
        known = [pk for pk, _words in self.clinics]
        return (facility,) if facility in known and facility else tuple(known[:1])

    def last_day(self, today: date) -> date:
        usual = today + timedelta(days=self.days)
        return min(usual, self.last) if self.last else usual


class _DayInput(forms.DateInput):
    input_type = "date"


class EntryForm(forms.Form):
    """An entry of the waiting list. A doctor is asked about only where the address names one."""

    doctor = forms.ChoiceField(
        label=gettext_lazy("К кому"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Выберите, к кому записать")},
    )
    clinics = forms.MultipleChoiceField(
        label=gettext_lazy("Какие клиники подходят"),
        help_text=gettext_lazy("Чем больше клиник, тем раньше подойдёт очередь"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Отметьте хотя бы одну клинику"),
            "invalid_choice": gettext_lazy("Выберите клиники из списка"),
        },
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("В какие дни удобно"),
        widget=forms.CheckboxSelectMultiple,
        choices=tuple((str(number), name) for number, name in enumerate(WEEKDAYS)),
        error_messages={"required": gettext_lazy("Отметьте хотя бы один день недели")},
    )
    hour_from = forms.ChoiceField(label=gettext_lazy("Не раньше"), required=False)
    hour_to = forms.ChoiceField(label=gettext_lazy("Не позже"), required=False)
    first_day = forms.DateField(
        label=gettext_lazy("С какого дня"),
        required=False,
        widget=_DayInput,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"invalid": gettext_lazy("Напишите дату, например 25.11.2026")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("До какого дня ждать"),
        widget=_DayInput,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={
            "required": gettext_lazy("Напишите, до какого дня ждать"),
            "invalid": gettext_lazy("Напишите дату, например 25.12.2026"),
        },
    )
    together = forms.MultipleChoiceField(
        label=gettext_lazy("Записать вместе"),
        help_text=gettext_lazy("Предложим соседнее время у одного врача"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    auto_book = forms.BooleanField(
        label=gettext_lazy("Записать автоматически"),
        help_text=gettext_lazy("Сразу запишем на первое подходящее время и сообщим. Отменить запись можно всегда"),
        required=False,
    )
    complaint = forms.CharField(
        label=gettext_lazy("Что беспокоит"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Choices, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.today = choices, today
        self._choose("clinics", [(str(pk), words) for pk, words in choices.clinics])
        self._choose("doctor", [(THIS_DOCTOR, choices.doctor), (ANY_DOCTOR, _("К любому врачу этой специальности"))])
        self._choose("together", choices.together)
        hours = [(str(hour), f"{hour:02d}:00") for hour in range(FIRST_HOUR, LAST_HOUR + 1)]
        self._choose("hour_from", [("", _("в любое время")), *hours[:-1]])
        self._choose("hour_to", [("", _("в любое время")), *hours[1:]])
        for name in ("first_day", "last_day"):
            self.fields[name].widget.attrs["min"] = today.isoformat()
        for name, is_asked in (("doctor", choices.doctor), ("together", choices.together)):
            if not is_asked:
                del self.fields[name]

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def key(self) -> UUID:
        """The key of the form; one that is no key only loses the protection from a double click."""
        return read_uuid(str(self.data.get("form_key", ""))) or uuid4()

    def renew_key(self) -> None:
        """Let the form that is shown again be sent as a new one."""
        assert isinstance(self.data, QueryDict)
        self.data = self.data.copy()
        self.data["form_key"] = str(uuid4())

    def refuse_together(self, key: str) -> None:
        """Say that somebody who was to be put on the list too waits already."""
        name = dict(self.offered.together).get(key, "")
        self.add_error("together", _("%(name)s уже ждёт приёма у этого специалиста: снимите отметку") % {"name": name})

    def clean_complaint(self) -> str:
        text = str(self.cleaned_data["complaint"]).replace("\r\n", "\n")
        if len(text) > COMPLAINT_MAX:
            over = len(text) - COMPLAINT_MAX
            raise forms.ValidationError(_("Слишком длинно: сократите на %(over)s знаков"), params={"over": over})
        return text

    def clean_last_day(self) -> date:
        found: date = self.cleaned_data["last_day"]
        if found < self.today:
            raise forms.ValidationError(_("Этот день уже прошёл"))
        if found > self.today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Столько ждать нельзя: выберите день в ближайшие полгода"))
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("first_day"), found.get("last_day")
        if first and last and first > last:
            self.add_error("first_day", _("Первый день позже последнего"))
        start, end = found.get("hour_from"), found.get("hour_to")
        if start and end and int(start) >= int(end):
            self.add_error("hour_to", _("Это раньше, чем начало: выберите более позднее время"))
        return found

    def draft(self, wish: Wish, swaps: UUID | None) -> WaitlistForm:
        """Return what was asked, after `is_valid()`."""
        told = self.cleaned_data
        is_this = told.get("doctor") == THIS_DOCTOR and self.offered.doctor_clinic is not None
        wanted = set(told["clinics"])
        clinics = tuple(pk for pk, _words in self.offered.clinics if str(pk) in wanted)
        if is_this and self.offered.doctor_clinic:
            clinics = (self.offered.doctor_clinic,)
        return WaitlistForm(
            specialty=wish.specialty,
            facility_ids=clinics,
            role=wish.role if is_this else None,
            weekdays=sum(1 << int(one) for one in told["weekdays"]) or waitlist.ALL_DAYS,
            minute_from=int(told["hour_from"] or 0) * 60,
            minute_to=int(told["hour_to"] or 24) * 60,
            first_day=told["first_day"],
            last_day=told["last_day"],
            auto_book=told["auto_book"],
            complaint=told["complaint"],
            grant_kind=wish.grant_kind,
            grant_ref=wish.grant_ref,
            swaps=swaps,
        )
