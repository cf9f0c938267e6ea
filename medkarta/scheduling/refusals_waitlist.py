"""Every "no" of the waiting list, in words. What rules of booking forbid is in `refusals`."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Refused, Text


class AlreadyWaiting(Refused):
    text = _("Этот человек уже ждёт приёма у этого специалиста. Заявку можно отменить и подать новую")

    def __init__(self, entry_id: UUID, person_id: UUID | None) -> None:
        super().__init__()
        self.entry_id, self.person_id = entry_id, person_id


class NoSuchList(Refused):
    text = _("К этому специалисту нет листа ожидания в выбранных клиниках. Выберите другую или позвоните по номеру 122")


class PeriodIsOver(Refused):
    text = _("В этом промежутке времени для приёма не остаётся. Выберите более поздний день")


class VisitToSwapIsGone(Refused):
    text = _("Запись, которую вы хотите приблизить, уже отменена, прошла или к другому специалисту")


class FormIsUsedUp(Refused):
    text = _("Заявка по этой форме уже закрыта. Проверьте данные и отправьте ещё раз")


class NotLive(Refused):
    text = _("Эта заявка уже закрыта. Если приём нужен, подайте новую")


class ReasonMissing(Refused):
    text = _("Напишите причину: её прочитает пациент")


_OVER: dict[str, Text] = {
    "accepted": _("По этому предложению вы уже записаны"),
    "declined": _("Вы отказались от этого времени. Место в очереди сохранено: мы предложим следующее"),
    "expired": _("Время на ответ вышло, и его предложили следующему. Место в очереди сохранено: мы предложим другое"),
    "withdrawn": _("Это время уже занято или снято клиникой. Место в очереди сохранено: мы предложим другое"),
}


class OfferIsOver(Refused):
    """`state`: how the offer ended."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state
        self.text = _OVER[state]
