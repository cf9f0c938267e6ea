"""Words of requests that the room shows and hands to others: statuses, actions of the log, letters, reasons."""

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.prescriptions.repeats.rules import Why
from medkarta.requests import answered

TITLE = _("Повторный рецепт")
SECTION = "prescriptions/repeats/{target}/"
AUDIT: dict[str, Text] = {
    "prescriptions.repeat": _("просмотр одного запроса повторного рецепта"),
    "prescriptions.repeat_form": _("форма запроса повторного рецепта"),
    "prescriptions.ask_repeat": _("запрос повторного рецепта"),
    "prescriptions.change_repeat": _("изменение статуса запроса повторного рецепта"),
    "prescriptions.cancel_repeat": _("отмена запроса повторного рецепта"),
    "prescriptions.read_repeats": _("чтение запросов повторного рецепта в клинике"),
}
STATUSES = answered.statuses(PrescriptionRepeat.Status)
DETAILED = _("Повторный рецепт: {what}. Статус: {status}. Номер: {number}.")

REASONS: dict[str, Text] = {
    "too-early": _("Просить ещё рано: препарата должно хватить."),
    "replaced": _("Врач заменил этот препарат другим."),
    "not-needed": _("Врач отменил этот препарат."),
    "not-ours": _("Этот рецепт выписывает другая клиника."),
    "other": "",
}
WHY_NOT: dict[Why, Text] = {
    Why.STILL_VALID: _("Этот рецепт ещё действует: сначала получите препарат по нему"),
    Why.AT_PHARMACY: _("Этот рецепт сейчас у аптеки: дождитесь препарата"),
    Why.CANCELLED: _("Врач отменил этот рецепт. Если препарат нужен, запишитесь на приём"),
    Why.IN_PERSON: _("Такой рецепт выписывают только на приёме"),
}


def why_not(why: Why) -> Text:
    """Say why a prescription is not asked for from here; empty if it may be."""
    return WHY_NOT.get(why, "")


def reason(code: str) -> str:
    """Say why a clinic refused; empty where its own words do."""
    return str(REASONS.get(code, ""))
