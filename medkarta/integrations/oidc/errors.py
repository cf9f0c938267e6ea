"""The words of a refusal for a provider that is not Госуслуги: the same kinds, neutral sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from medkarta.integrations.esia.port import Action, EsiaError, Kind

SENTENCES: dict[Kind, Promise] = {
    Kind.CANCELLED: _("Вы отменили вход. Чтобы открыть медкарту, войдите ещё раз."),
    Kind.UNAVAILABLE: _("Служба входа сейчас недоступна. Подождите несколько минут и повторите вход."),
    Kind.UNCONFIRMED: _("Ваша учётная запись не подтверждена. Подтвердите её и войдите снова."),
    Kind.SECOND_FACTOR: _("Для входа нужен второй способ подтверждения. Подключите его в настройках учётной записи."),
    Kind.NO_PERMISSION: _("Служба входа не передала данные: вы не дали на это согласие. Повторите вход."),
    Kind.UNTRUSTED: _("Не удалось проверить ответ службы входа, поэтому вход остановлен. Начните вход заново."),
}


def action_of(error: EsiaError) -> Action:
    """Return what to do about an error of this provider, in words that name no provider."""
    action = error.action
    text = SENTENCES.get(action.kind, action.text)
    return Action(action.kind, text, action.way_on, alarm=action.alarm)
